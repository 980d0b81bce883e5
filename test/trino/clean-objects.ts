/** Log objects without damage: over them every engine gives the same rows. */
import { cpSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { checkObject } from '../../src/local/good-rows.ts';

/** Copies them, under the same keys. */
export async function copyCleanObjects(from: string, to: string): Promise<void> {
  for (const entry of readdirSync(from, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || !entry.name.endsWith('.log.gz') || !(await checkObject(path)).clean) continue;
    cpSync(path, join(to, relative(from, path)));
  }
}
