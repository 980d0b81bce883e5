/** Files of the address index, out of the store. They come and go while they are read: compaction replaces them. */
import { type AddressIndex, openAddressIndex } from '../core/address-index-reader.ts';
import { AddressIndexDamaged } from '../core/errors.ts';
import type { ObjectStore } from '../ports.ts';

/** A file that is not what was written. */
export type DamagedFile = { readonly key: string; readonly reason: string };

/** What came of work on files. Gone: one was there and is no more, and what it held is in another. */
export type FileOutcome<Result> =
  | { readonly result: Result }
  | { readonly gone: true }
  | { readonly damaged: DamagedFile };

class AddressFileGone extends Error {}

/** Opens a file; reading it may turn out, then or later, that it is gone or damaged: see tellOutcome. */
export function openAddressFile(key: string, store: ObjectStore): Promise<AddressIndex> {
  return openAddressIndex(key, async (range) => {
    const bytes = await store.bytes(key, range);
    if (bytes === undefined) throw new AddressFileGone(key);
    return bytes;
  });
}

/** Works on opened files; that one of them is gone or damaged is a value. */
export async function tellOutcome<Result>(work: () => Promise<Result>): Promise<FileOutcome<Result>> {
  try {
    return { result: await work() };
  } catch (error) {
    if (error instanceof AddressFileGone) return { gone: true };
    if (error instanceof AddressIndexDamaged) return { damaged: { key: error.file, reason: error.reason } };
    throw error;
  }
}
