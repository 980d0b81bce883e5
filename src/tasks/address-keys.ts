/** Names of the files of the address index. */
import { createHash } from 'node:crypto';

/** A part is named by its content: what is written twice is one file, and no name ever has another content. */
export function partKey(day: string, content: Uint8Array): string {
  return `addresses/date=${day}/chunk_${createHash('sha256').update(content).digest('hex').slice(0, 32)}.gz`;
}
