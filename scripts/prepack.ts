/**
 * Before `npm pack`: builds the scan kernel, compiles src/ to dist/, and puts the tarball's package.json in place of ours, which waits beside it
 * as package.json.original. Killed midway, the next pack (or `node scripts/postpack.ts`) restores it first.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { toPackedManifest } from './packed-manifest.ts';
import { MANIFEST, ORIGINAL, restoreManifest } from './restore-manifest.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const COMPILER = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url));

restoreManifest();
rmSync(new URL('../dist', import.meta.url), { recursive: true, force: true });
// Not left to npm's own `prepare`: a tarball without the kernel would be a slow one, and nobody would notice.
execFileSync('npm', ['run', '--silent', 'build'], { cwd: ROOT, stdio: 'inherit', shell: process.platform === 'win32' });
execFileSync(process.execPath, [COMPILER, '-p', 'tsconfig.build.json'], { cwd: ROOT, stdio: 'inherit' });
// What the report carries inside is no TypeScript.
cpSync(new URL('../src/report/client', import.meta.url), new URL('../dist/report/client', import.meta.url), {
  recursive: true,
});
const packed = toPackedManifest(readFileSync(MANIFEST, 'utf8'));
// Written beside their places and renamed, so that neither file is ever half there.
copyFileSync(MANIFEST, `${ORIGINAL}.unfinished`);
renameSync(`${ORIGINAL}.unfinished`, ORIGINAL);
writeFileSync(`${MANIFEST}.unfinished`, packed);
renameSync(`${MANIFEST}.unfinished`, MANIFEST);
