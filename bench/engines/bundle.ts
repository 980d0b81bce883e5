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
/** As scripts/bundle-command.ts does: what is imported at run time is loaded at run time, Node's own modules too. */
const OPTIONS: BuildOptions = {
  ...{ bundle: true, minify: true, platform: 'node', format: 'cjs', logLevel: 'error' },
  supported: { 'dynamic-import': false },
  define: { 'import.meta.url': 'BUNDLE_URL' },
  banner: { js: "const BUNDLE_URL=require('node:url').pathToFileURL(__filename).href;" },
};
const bundled = new Set<string>();

/** Path of the bundle of bench/<name>.ts, made once in a run of the bench. */
export function bundle(name: string): string {
  const outfile = join(BUNDLES, `${name}.cjs`);
  if (bundled.has(name)) return outfile;
  mkdirSync(BUNDLES, { recursive: true });
  const scanner = join(CACHE, 'scanner');
  if (!existsSync(scanner)) {
    rmSync(scanner, { force: true });
    symlinkSync(join(ROOT, 'scanner'), scanner);
  }
  buildSync({ ...OPTIONS, entryPoints: [join(ROOT, 'bench', `${name}.ts`)], outfile });
  bundled.add(name);
  return outfile;
}
