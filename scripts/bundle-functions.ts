/**
 * functions/<name>.ts → dist/functions/<name>/index.mjs, one file with all it needs: no node_modules in Lambda, the AWS SDK
 * bundled, `.sql` imported as text and `.wasm` as bytes. The same sources give the same bytes on every machine.
 *
 *     node scripts/bundle-functions.ts [folder]
 */
import { readdirSync, rmSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SOURCES = join(ROOT, 'functions');

export type Bundle = { readonly name: string; readonly path: string; readonly bytes: number };

/** Names of the Lambda functions: a file each in functions/. */
export function functionNames(): string[] {
  return readdirSync(SOURCES, { withFileTypes: true })
    .filter((entry) => entry.isFile() && /^[a-z-]+\.ts$/.test(entry.name))
    .map((entry) => basename(entry.name, '.ts'))
    .sort();
}

/** Bundles every function into a folder of its own below `folder`, which is emptied first. */
export async function bundleFunctions(folder = join(ROOT, 'dist/functions')): Promise<Bundle[]> {
  rmSync(folder, { recursive: true, force: true });
  const names = functionNames();
  await build({
    entryPoints: Object.fromEntries(names.map((name) => [`${name}/index`, join(SOURCES, `${name}.ts`)])),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    absWorkingDir: ROOT,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    // Some parts of Powertools and X-Ray are CommonJS, whose `require` of built-ins has no meaning in a module.
    banner: { js: "import{createRequire as toRequire}from'node:module';const require=toRequire(import.meta.url);" },
    mainFields: ['module', 'main'],
    loader: { '.sql': 'text', '.wasm': 'binary' },
    minify: true,
    // Step Functions retries by an error's name, and stack traces in the log are read by people.
    keepNames: true,
    legalComments: 'none',
    logLevel: 'warning',
  });
  return names.map((name) => {
    const path = join(folder, name, 'index.mjs');
    return { name, path, bytes: statSync(path).size };
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = process.argv[2];
  const bundles = await bundleFunctions(folder === undefined ? undefined : resolve(folder));
  for (const { name, bytes } of bundles) console.log(`${name.padEnd(20)} ${Math.ceil(bytes / 1024)} kB`);
}
