/** nfdump over its own store: the peer to beat for questions to the past, once somebody has converted the logs. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { countLines, type Engine, needTools, PROGRAMS } from './engine.ts';

const needs = needTools('nfdump', 'nfcapd');

export const NFDUMP: Engine = {
  name: 'nfdump over its own store',
  finds: 'addresses',
  absence: () => needs() ?? (existsSync('/proc/net/udp') ? undefined : 'nfdump: its store is made only on Linux'),
  prepare: ({ netflow, list, scratch }) => {
    const filter = join(scratch, 'nfdump-filter.txt');
    writeFileSync(filter, `ip in [\n${readFileSync(list, 'utf8')}]\n`);
    return { file: 'nfdump', args: ['-R', netflow!, '-q', '-o', 'fmt:%sa %da', '-f', filter] };
  },
  countHits: countLines,
};

/** Converts logs once and keeps the store in `folder`; undefined where nfdump cannot take part. */
export function makeNetflowStore(logs: string, folder: string): string | undefined {
  if (NFDUMP.absence() !== undefined) return undefined;
  if (existsSync(folder)) return folder;
  rmSync(`${folder}.new`, { recursive: true, force: true });
  const program = join(PROGRAMS, 'netflow-store.ts');
  const made = spawnSync(process.execPath, [program, logs, `${folder}.new`], { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`the NetFlow store could not be made: ${made.stderr.slice(-500)}`);
  renameSync(`${folder}.new`, folder);
  return folder;
}
