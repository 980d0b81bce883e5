/** Who takes part in the bench, each as a whole process that prints what it found. */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from './measure.ts';

export type Course = { readonly logs: string; readonly list: string; readonly scratch: string };

export type Engine = {
  readonly name: string;
  /** The command for one run; what it needs fresh is made fresh here, outside the measured time. */
  readonly prepare: (course: Course) => Command;
  /** Matching rows, from what the process printed. */
  readonly countHits: (stdout: string) => number;
};

const ROOT = join(import.meta.dirname, '..');

export const SWEEP: Engine = {
  name: 'flowhound sweep',
  prepare: ({ logs, list, scratch }) => {
    const home = join(scratch, 'home');
    rmSync(home, { recursive: true, force: true });
    const args = [join(ROOT, 'bin/flowhound.js'), 'sweep', logs, '--iocs', list, '--home', home, '--output', 'ndjson'];
    return { file: process.execPath, args };
  },
  countHits: (stdout) =>
    lines(stdout)
      .map((line) => JSON.parse(line) as { records_out: number; records_in: number })
      .reduce((total, sighting) => total + sighting.records_out + sighting.records_in, 0),
};

const ZGREP: Engine = {
  name: 'zgrep -F -f',
  // xargs ends with 123 where a grep found nothing, which is no failure; a signal (124 and up) is one.
  prepare: ({ logs, list }) => ({
    file: 'bash',
    args: [
      '-c',
      'find "$1" -name "*.log.gz" -print0 | xargs -0 zgrep -h -F -f "$2"; status=$?; [ $status -eq 123 ] || exit $status',
      'zgrep',
      logs,
      list,
    ],
  }),
  countHits: (stdout) => lines(stdout).length,
};

function duckDb(name: string, threads: readonly string[]): Engine {
  return {
    name,
    prepare: ({ logs, list }) => ({
      file: process.execPath,
      args: [join(import.meta.dirname, 'duckdb-scan.ts'), logs, list, ...threads],
    }),
    countHits: (stdout) => Number(stdout),
  };
}

export const PEERS: readonly Engine[] = [ZGREP, duckDb('DuckDB, 1 thread', ['1']), duckDb('DuckDB, all cores', [])];

/** Tools the peers need and this machine lacks. */
export function missingTools(): string[] {
  return ['bash', 'find', 'xargs', 'zgrep'].filter(
    (tool) => spawnSync('sh', ['-c', `command -v ${tool}`]).status !== 0,
  );
}

function lines(stdout: string): string[] {
  return stdout.split('\n').filter((line) => line !== '');
}
