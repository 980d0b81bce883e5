/** Names for files of the address index. A day has parts, as Scan wrote them, and compacted files, made of parts and of such. */
import { createHash } from 'node:crypto';
import { type CompactedName, dayPrefix } from './address-day.ts';

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
