/**
 * The command line with all that it imports, in one file of JavaScript: node_modules/.cache/command/main.cjs. bin/flowhound.js
 * takes it for as long as nothing in src/ is newer. Module by module, `hunt` loads some 700, two thirds of them other people's:
 * 0.2 CPU s more, which is half of what a hunt takes. As CommonJS, since what is imported at run time is then loaded at run
 * time, Node's own modules too; as modules in 76 files, a hunt takes 5 % more.
 *
 *     node scripts/bundle-command.ts [folder]
 */
import { readFileSync, renameSync, rmSync, utimesSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const FOLDER = resolve(process.argv[2] ?? join(ROOT, 'node_modules/.cache/command'));
/** Threads are started from a file beside the one that starts them. */
const ENTRIES = { main: 'src/cli/main.ts', 'scan-worker': 'src/local/scan-worker.ts' };
const STARTS_THREADS = 'scan-pool.ts';

/** What lies beside a source file is found from where that lies. */
const OWN_PLACES: Plugin = {
  name: 'own places',
  setup: ({ onLoad }) => {
    onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, ({ path }) => {
      const name = basename(path);
      const place = name === STARTS_THREADS ? name.replace('.ts', '.cjs') : relative(FOLDER, path).replaceAll(sep, '/');
      const own = `new URL('${place}', BUNDLE_URL).href`;
      const contents = readFileSync(path, 'utf8').replaceAll('import.meta.url', own);
      return { contents, loader: 'ts', resolveDir: dirname(path) };
    });
  },
};

/** What the interpreter of the state machine brings and nothing here calls: 80 ms. */
const UNUSED: Readonly<Record<string, string>> = {
  '@aws-sdk/client-lambda': 'export class LambdaClient {} export class InvokeCommand {}',
  '@aws-sdk/credential-providers': 'export function fromCognitoIdentityPool() {}',
  'asl-validator': 'export default function validate() { throw new Error("left out of the bundle"); }',
};
const WITHOUT_UNUSED: Plugin = {
  name: 'without what is not used',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^(@aws-sdk|asl-validator)/ }, ({ path, importer }) =>
      importer.includes('aws-local-stepfunctions') && path in UNUSED ? { path, namespace: 'unused' } : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'unused' }, ({ path }) => ({ contents: UNUSED[path]! }));
  },
};

/** Whatever is changed while this runs is newer than what it makes. */
const began = new Date();
const unfinished = `${FOLDER}-${process.pid}`;
await build({
  entryPoints: Object.fromEntries(Object.entries(ENTRIES).map(([name, path]) => [name, join(ROOT, path)])),
  outdir: unfinished,
  outExtension: { '.js': '.cjs' },
  absWorkingDir: ROOT,
  ...{ bundle: true, platform: 'node', format: 'cjs', target: 'node22', logLevel: 'warning' },
  // DuckDB itself is no JavaScript. The SDK is CommonJS, of whose names a bundle's `import()` sees none, and is seldom called.
  external: ['@duckdb/node-bindings', '@aws-sdk/*', '@smithy/*'],
  // bin/flowhound.js runs it as a script, which has no import().
  supported: { 'dynamic-import': false },
  banner: { js: "const BUNDLE_URL=require('node:url').pathToFileURL(__filename).href;" },
  minifyWhitespace: true,
  legalComments: 'none',
  plugins: [OWN_PLACES, WITHOUT_UNUSED],
});
utimesSync(join(unfinished, 'main.cjs'), began, began);
rmSync(FOLDER, { recursive: true, force: true });
renameSync(unfinished, FOLDER);
