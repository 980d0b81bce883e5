/** A copy of this repository as a clone has it, so that a test may change files in it. For tests only. */
import { cpSync, mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));
const NOT_CLONED = new Set(['.git', 'node_modules', 'dist', '.flowhound', 'coverage']);

/** Makes the copy; node_modules is a link to the installed one, as `npm ci` takes half a minute. */
export function copyClone(): string {
  const clone = mkdtempSync(join(tmpdir(), 'flowhound-clone-'));
  const isCloned = (path: string) => !NOT_CLONED.has(basename(path)) && !path.endsWith('.tgz');
  cpSync(REPOSITORY, clone, { recursive: true, filter: (path) => path === REPOSITORY || isCloned(path) });
  symlinkSync(join(REPOSITORY, 'node_modules'), join(clone, 'node_modules'), 'junction');
  return clone;
}
