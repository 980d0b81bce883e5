/** On what the bench ran: the class of the machine and the versions of all who took part. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { PYTHON } from '../engines/engine.ts';

const ROOT = join(import.meta.dirname, '../..');

export type Machine = { readonly name: string; readonly versions: readonly string[] };

export function readMachine(): Machine {
  const memory = Math.round(totalmem() / 2 ** 30);
  const name = `${cpus()[0]?.model.trim()}, ${availableParallelism()} cores, ${memory} GiB, ${process.platform} ${process.arch}, Node ${process.versions.node}`;
  return { name, versions: [...readTools(), ...readPackages()] };
}

/** Each tool says its version in words of its own; the first number with a dot is it. */
const TOOLS: readonly (readonly string[])[] = [
  ['igzip', '--version'],
  ['libdeflate-gunzip', '-V'],
  ['gzip', '--version'],
  ['zgrep', '--version'],
  ['grep', '--version'],
  ['rg', '--version'],
  ['mawk', '-W', 'version'],
  ['nfdump', '-V'],
];

function readTools(): string[] {
  return TOOLS.flatMap(([tool, ...flags]) => {
    const said = spawnSync(tool!, flags, { encoding: 'utf8', input: '' });
    const version = /\d+\.[\d.]*\d/.exec(`${said.stdout ?? ''}${said.stderr ?? ''}`)?.[0];
    return said.error !== undefined || version === undefined ? [] : [`${tool} ${version}`];
  });
}

function readPackages(): string[] {
  const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const script =
    "import importlib.metadata as m\nfor p in ('polars','chdb','flowlogs-reader'):\n try: print(p, m.version(p))\n except m.PackageNotFoundError: pass";
  const python = spawnSync(PYTHON, ['-c', script], { encoding: 'utf8' });
  const packages = python.error === undefined ? python.stdout.trim().split('\n') : [];
  return [`DuckDB ${manifest.dependencies['@duckdb/node-api']}`, ...packages.filter((line) => line !== '')];
}
