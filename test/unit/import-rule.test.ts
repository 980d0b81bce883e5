/** Imports go one way: core ← ports ← tasks ← {aws, local, trino} ← {functions, cli}. Violations are planted, and must be found. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeWorld, type World, writeFileAt } from '../oracle/world.ts';

const ROOT = join(import.meta.dirname, '../..');
const BIOME = createRequire(import.meta.url).resolve('@biomejs/biome/bin/biome');

const VIOLATIONS: readonly (readonly [string, string, string])[] = [
  ['core: a task', 'src/core', "import { scan } from '../tasks/scan.ts';\nexport const use = scan;"],
  [
    'core: a type of a task',
    'src/core',
    "import type { ScanPorts } from '../tasks/scan.ts';\nexport type Use = ScanPorts;",
  ],
  [
    'core: an inline type',
    'src/core',
    "import { type ScanPorts } from '../tasks/scan.ts';\nexport type Use = ScanPorts;",
  ],
  ['core: a port', 'src/core', "import type { LogStore } from '../ports.ts';\nexport type Use = LogStore;"],
  ['core: an adapter', 'src/core', "import { logFiles } from '../local/log-files.ts';\nexport const use = logFiles;"],
  ['core: an adapter, the long way round', 'src/core', "import { a } from './../local/a.ts';\nexport const use = a;"],
  ['core: functions', 'src/core', "import { a } from '../../functions/scan.ts';\nexport const use = a;"],
  ['core: at run time', 'src/core', "export const use = () => import('../tasks/scan.ts');"],
  ['core: for its effect', 'src/core', "import '../local/tasks.ts';"],
  ['core: handed on', 'src/core', "export { scan } from '../tasks/scan.ts';"],
  ['core: all handed on', 'src/core', "export * from '../tasks/scan.ts';"],
  ['core: files', 'src/core', "import { readFileSync } from 'node:fs';\nexport const use = readFileSync;"],
  ['core: files by promise', 'src/core', "import { readFile } from 'node:fs/promises';\nexport const use = readFile;"],
  ['core: files without node:', 'src/core', "import { readFile } from 'fs/promises';\nexport const use = readFile;"],
  ['core: the network', 'src/core', "import { connect } from 'node:net';\nexport const use = connect;"],
  ['core: processes', 'src/core', "import { spawn } from 'node:child_process';\nexport const use = spawn;"],
  ['core: require', 'src/core', "import { createRequire } from 'node:module';\nexport const use = createRequire;"],
  [
    'core: DuckDB',
    'src/core',
    "import { DuckDBInstance } from '@duckdb/node-api';\nexport const use = DuckDBInstance;",
  ],
  ['core: an AWS client', 'src/core', "import { S3Client } from '@aws-sdk/client-s3';\nexport const use = S3Client;"],
  ['core: commander', 'src/core', "import { Command } from 'commander';\nexport const use = Command;"],
  ['core: all of zod', 'src/core', "import { z } from 'zod';\nexport const use = z;"],
  ['ports: a task', 'src', "import type { ScanPorts } from './tasks/scan.ts';\nexport type Use = ScanPorts;"],
  ['ports: an adapter', 'src', "import type { World } from './local/world.ts';\nexport type Use = World;"],
  ['ports: a package', 'src', "import type { S3Client } from '@aws-sdk/client-s3';\nexport type Use = S3Client;"],
  [
    'tasks: this machine',
    'src/tasks',
    "import { logFiles } from '../local/log-files.ts';\nexport const use = logFiles;",
  ],
  ['tasks: AWS', 'src/tasks', "import { store } from '../aws/store.ts';\nexport const use = store;"],
  ['tasks: Trino', 'src/tasks', "import { query } from '../trino/query.ts';\nexport const use = query;"],
  ['tasks: the command line', 'src/tasks', "import { talk } from '../cli/talk.ts';\nexport const use = talk;"],
  ['tasks: the report', 'src/tasks', "import { page } from '../report/page.ts';\nexport const use = page;"],
  ['tasks: functions', 'src/tasks', "import { handler } from '../../functions/scan.ts';\nexport const use = handler;"],
  ['tasks: at run time', 'src/tasks', "export const use = () => import('../local/log-files.ts');"],
  ['tasks: files', 'src/tasks', "import { readFileSync } from 'node:fs';\nexport const use = readFileSync;"],
  ['tasks: files without node:', 'src/tasks', "import { readFileSync } from 'fs';\nexport const use = readFileSync;"],
  [
    'tasks: an AWS client',
    'src/tasks',
    "import type { S3Client } from '@aws-sdk/client-s3';\nexport type Use = S3Client;",
  ],
  ['local: AWS', 'src/local', "import { store } from '../aws/store.ts';\nexport const use = store;"],
  [
    'local: AWS, the long way round',
    'src/local',
    "import { store } from './../aws/store.ts';\nexport const use = store;",
  ],
  ['local: Trino', 'src/local', "import { query } from '../trino/query.ts';\nexport const use = query;"],
  ['local: the command line', 'src/local', "import type { Talk } from '../cli/talk.ts';\nexport type Use = Talk;"],
  ['local: functions', 'src/local', "import { handler } from '../../functions/scan.ts';\nexport const use = handler;"],
  ['aws: this machine', 'src/aws', "import { logFiles } from '../local/log-files.ts';\nexport const use = logFiles;"],
  ['aws: the command line', 'src/aws', "import { talk } from '../cli/talk.ts';\nexport const use = talk;"],
  [
    'trino: this machine',
    'src/trino',
    "import { logFiles } from '../local/log-files.ts';\nexport const use = logFiles;",
  ],
  [
    'functions: this machine',
    'functions',
    "import { logFiles } from '../src/local/log-files.ts';\nexport const use = logFiles;",
  ],
  ['functions: the command line', 'functions', "import { talk } from '../src/cli/talk.ts';\nexport const use = talk;"],
  ['cli: functions', 'src/cli', "import { handler } from '../../functions/scan.ts';\nexport const use = handler;"],
];

const CLEAN: readonly (readonly [string, string, string])[] = [
  [
    'core: core, zod/mini, ipaddr.js, pure built-ins',
    'src/core',
    "import { createHash } from 'node:crypto';\nimport { gunzipSync } from 'node:zlib';\nimport ipaddr from 'ipaddr.js';\nimport * as z from 'zod/mini';\nimport { parseKey } from './log-object.ts';\nexport const use = [createHash, gunzipSync, ipaddr, z, parseKey];",
  ],
  [
    'tasks: core, ports, another task',
    'src/tasks',
    "import { parseKey } from '../core/log-object.ts';\nimport type { LogStore } from '../ports.ts';\nimport { plan } from './plan.ts';\nexport const use: LogStore[] = [];\nexport const more = [parseKey, plan];",
  ],
  [
    'local: tasks, ports, core, files, DuckDB',
    'src/local',
    "import { readFileSync } from 'node:fs';\nimport { DuckDBInstance } from '@duckdb/node-api';\nimport { parseKey } from '../core/log-object.ts';\nimport { plan } from '../tasks/plan.ts';\nexport const use = [readFileSync, DuckDBInstance, parseKey, plan];",
  ],
  [
    'aws: tasks and clients',
    'src/aws',
    "import { S3Client } from '@aws-sdk/client-s3';\nimport { plan } from '../tasks/plan.ts';\nexport const use = [S3Client, plan];",
  ],
  [
    'functions: tasks and AWS',
    'functions',
    "import { store } from '../src/aws/store.ts';\nimport { plan } from '../src/tasks/plan.ts';\nexport const use = [store, plan];",
  ],
  [
    'cli: adapters and core',
    'src/cli',
    "import { Command } from 'commander';\nimport { parseKey } from '../core/log-object.ts';\nimport { sweep } from '../local/sweep.ts';\nexport const use = [Command, parseKey, sweep];",
  ],
];

/** src/ports.ts is a file of that name; each violation of its rule has a tree of its own. */
function plantedPath(kind: string, serial: number, folder: string): string {
  return folder === 'src' ? `ports-${serial}/src/ports.ts` : `${folder}/${kind}-${serial}.ts`;
}

let world: World;
/** Rules broken, by file. */
let broken: Map<string, string[]>;

beforeAll(() => {
  world = makeWorld();
  const { $schema: _schema, ...config } = JSON.parse(readFileSync(join(ROOT, 'biome.json'), 'utf8'));
  // The copy is no repository; and in it each rule also holds for the several trees of src/ports.ts.
  config.vcs = { enabled: false };
  for (const override of config.overrides) {
    if (override.includes.includes('src/ports.ts')) override.includes.push('ports-*/src/ports.ts');
  }
  writeFileAt(world.logs, 'biome.json', JSON.stringify(config));
  for (const [kind, plants] of [
    ['violation', VIOLATIONS],
    ['clean', CLEAN],
  ] as const) {
    for (const [serial, [, folder, text]] of plants.entries()) {
      writeFileAt(world.logs, plantedPath(kind, serial, folder), `${text}\n`);
    }
  }
  broken = lint(world.logs);
});
afterAll(() => world.remove());

function lint(folder: string): Map<string, string[]> {
  const options = ['lint', '--reporter=json', '--max-diagnostics=none', '.'];
  let output: string;
  try {
    output = execFileSync(process.execPath, [BIOME, ...options], { cwd: folder, encoding: 'utf8', stdio: 'pipe' });
  } catch (error) {
    output = (error as { stdout: string }).stdout;
  }
  const { diagnostics } = JSON.parse(output) as {
    diagnostics: { category: string; severity: string; location: { path: string } }[];
  };
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  const byFile = Map.groupBy(errors, ({ location }) => location.path);
  return new Map([...byFile].map(([file, found]) => [file, found.map(({ category }) => category)]));
}

describe('the one-way import rule', () => {
  it.each(VIOLATIONS.map(([name, folder], serial) => [name, plantedPath('violation', serial, folder)] as const))(
    'finds %s',
    (_name, path) => {
      expect(broken.get(path)).toContain('lint/style/noRestrictedImports');
    },
  );

  it.each(CLEAN.map(([name, folder], serial) => [name, plantedPath('clean', serial, folder)] as const))(
    'lets pass %s',
    (_name, path) => {
      expect(broken.get(path)).toBeUndefined();
    },
  );
});

/** File → the files of its own tree that it names in any kind of import. */
function readImports(folder: string): Map<string, string[]> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'));
  return new Map(
    files.map((file) => {
      const path = join(folder, file);
      const named = readFileSync(path, 'utf8').matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g);
      return [file, [...named].map(([, name]) => relative(folder, resolve(path, '..', name!)))];
    }),
  );
}

/** The files of a circle, or undefined. */
function findCycle(imports: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return undefined;
    for (const next of imports.get(file) ?? []) {
      const cycle = visit(next, [...path, file]);
      if (cycle !== undefined) return cycle;
    }
    done.add(file);
    return undefined;
  };
  for (const file of imports.keys()) {
    const cycle = visit(file, []);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}

describe('imports', () => {
  const imports = readImports(join(ROOT, 'src'));

  it('run in no circle, types included', () => {
    expect(findCycle(imports)).toBeUndefined();
  });

  it('are read as they stand', () => {
    expect(imports.get('tasks/scan.ts')).toContain('core/object-reader.ts');
    expect(imports.get('cli/main.ts')?.length).toBeGreaterThan(1);
    expect([...imports.values()].flat().filter((file) => !imports.has(file))).toEqual([]);
  });

  it('a circle would be found', () => {
    const circle = new Map([
      ['a', ['b', 'c']],
      ['b', []],
      ['c', ['d']],
      ['d', ['b', 'a']],
    ]);
    expect(findCycle(circle)).toEqual(['a', 'c', 'd', 'a']);
  });
});
