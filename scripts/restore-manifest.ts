/** Undoes what prepack did to package.json, however far it came. */
import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { toPackedManifest } from './packed-manifest.ts';

export const MANIFEST = fileURLToPath(new URL('../package.json', import.meta.url));
export const ORIGINAL = `${MANIFEST}.original`;

/** Puts package.json.original back; nothing happens where there is none. An edited package.json is never overwritten. */
export function restoreManifest(): void {
  for (const path of [MANIFEST, ORIGINAL]) rmSync(`${path}.unfinished`, { force: true });
  if (!existsSync(ORIGINAL)) return;
  const original = readFileSync(ORIGINAL, 'utf8');
  const current = existsSync(MANIFEST) ? readFileSync(MANIFEST, 'utf8') : undefined;
  const isOurs = current === undefined || current === original || current === toPackedManifest(original);
  if (!isOurs) {
    throw new Error(
      'package.json was edited after an interrupted npm pack. Take what you need from package.json.original, remove it, and pack again.',
    );
  }
  renameSync(ORIGINAL, MANIFEST);
}
