/** Names of the files of the address index. A day has parts, as Scan wrote them, and compacted files, made of parts and of such. */
import { createHash } from 'node:crypto';

/** A compacted file's name says what is in it. */
export type CompactedName = { readonly accountId: string; readonly region: string; readonly generation: number };

export function dayPrefix(day: string): string {
  return `addresses/date=${day}/`;
}

/** Where the parts of a day begin. In order of keys they come before what they are compacted into. */
export function partPrefix(day: string): string {
  return `${dayPrefix(day)}chunk_`;
}

/** A part is named by its content: what is written twice is one file, and no name ever has another content. */
export function partKey(day: string, content: Uint8Array): string {
  return `${partPrefix(day)}${createHash('sha256').update(content).digest('hex').slice(0, 32)}.gz`;
}

/**
 * A compacted file is named by what it was made of, and by a generation above those: so its key comes after theirs, and who
 * lists keys in their order while files are replaced sees one of the two.
 */
export function compactedKey(
  day: string,
  { accountId, region, generation }: CompactedName,
  inputs: readonly string[],
): string {
  const hash = createHash('sha256')
    .update([...inputs].sort().join('\n'))
    .digest('hex')
    .slice(0, 16);
  return `${dayPrefix(day)}compacted_${String(generation).padStart(6, '0')}_${accountId}_${region}_${hash}.gz`;
}

const COMPACTED = /\/compacted_(\d{6})_(\d{12})_([a-z0-9-]+)_[0-9a-f]{16}\.gz$/;

/** What a key says of a compacted file; undefined for a part. */
export function parseCompactedKey(key: string): CompactedName | undefined {
  const [, generation, accountId, region] = COMPACTED.exec(key) ?? [];
  if (accountId === undefined || region === undefined) return undefined;
  return { accountId, region, generation: Number(generation) };
}
