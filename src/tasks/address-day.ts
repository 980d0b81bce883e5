/** Where the files of the address index of a day lie, and what their names say. Look-ups need no more: hashing takes 4 ms to load. */

/** A compacted file's name says what is in it. */
export type CompactedName = { readonly accountId: string; readonly region: string; readonly generation: number };

export function dayPrefix(day: string): string {
  return `addresses/date=${day}/`;
}

const COMPACTED = /\/compacted_(\d{6})_(\d{12})_([a-z0-9-]+)_[0-9a-f]{16}\.gz$/;

/** What a key says of a compacted file; undefined for a part. */
export function parseCompactedKey(key: string): CompactedName | undefined {
  const [, generation, accountId, region] = COMPACTED.exec(key) ?? [];
  if (accountId === undefined || region === undefined) return undefined;
  return { accountId, region, generation: Number(generation) };
}
