/** Files of the address index, out of the store. They come and go while they are read: compaction replaces them. */
import { type AddressIndex, openAddressIndex } from '../core/address-index-reader.ts';
import { AddressIndexDamaged } from '../core/errors.ts';
import type { ObjectStore } from '../ports.ts';

/** The file was there and is no more: what it held is in another. */
class AddressFileGone extends Error {}

/** A file that is not what was written. */
export type DamagedFile = { readonly key: string; readonly reason: string };

export type FileOutcome<Result> =
  | { readonly result: Result }
  | { readonly gone: true }
  | { readonly damaged: DamagedFile };

/** Opens a file, works on it, and tells of one that is gone or damaged as a value. */
export async function readAddressFile<Result>(
  key: string,
  store: ObjectStore,
  work: (index: AddressIndex) => Promise<Result>,
): Promise<FileOutcome<Result>> {
  try {
    return { result: await work(await openAddressIndex(key, (range) => readRange(key, range, store))) };
  } catch (error) {
    if (error instanceof AddressFileGone) return { gone: true };
    if (error instanceof AddressIndexDamaged) return { damaged: { key: error.file, reason: error.reason } };
    throw error;
  }
}

async function readRange(
  key: string,
  range: Parameters<ObjectStore['bytes']>[1],
  store: ObjectStore,
): Promise<Uint8Array> {
  const bytes = await store.bytes(key, range);
  if (bytes === undefined) throw new AddressFileGone(key);
  return bytes;
}
