/**
 * Flowhound's bench programs in one file of JavaScript each, as the functions are deployed: stripping types and loading
 * modules one by one takes 50 to 100 ms, which is no scanning.
 */
import { existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { type BuildOptions, buildSync } from 'esbuild';
import { CACHE } from './engine.ts';

const ROOT = join(import.meta.dirname, '../..');
/** As deep below CACHE as src/local/ is below the root: the kernel is found by a relative path. */
const BUNDLES = join(CACHE, 'bundles/bench');
/** As the command is bundled; what is imported on the way is in files of its own. */
const OPTIONS: BuildOptions = {
  bundle: true,
  splitting: true,
  minify: true,
  platform: 'node',
  format: 'esm',
  outExtension: { '.js': '.mjs' },
  logLevel: 'error',
};
const bundled = new Set<string>();

/** Path of the bundle of bench/<name>.ts, made once in a run of the bench. */
export function bundle(name: string): string {
  const outfile = join(BUNDLES, `${name}.mjs`);
  if (bundled.has(name)) return outfile;
  mkdirSync(BUNDLES, { recursive: true });
  const scanner = join(CACHE, 'scanner');
  if (!existsSync(scanner)) {
    rmSync(scanner, { force: true });
    symlinkSync(join(ROOT, 'scanner'), scanner);
  }
  const entryPoints = [join(ROOT, 'bench', `${name}.ts`)];
  buildSync({ ...OPTIONS, entryPoints, outdir: BUNDLES });
  bundled.add(name);
  return outfile;
}
