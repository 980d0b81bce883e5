/** What takes part in the bench: a whole process that reads logs, and maybe a list, and prints what it found. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Command } from '../measure.ts';

/** What a run is given. */
export type Course = {
  /** Folder that holds AWSLogs/… */
  readonly logs: string;
  /** One object of it. */
  readonly firstObject: string;
  /** Bare text, one address or network a line. */
  readonly list: string;
  /** The same as Flowhound stores it: compiled once per version of a list, not once per run. */
  readonly compiledList?: string;
  /** Names of the columns of the logs, and of those in which the peers look for addresses. */
  readonly columns: readonly string[];
  readonly addressColumns: readonly string[];
  /** Folder for what a run writes. */
  readonly scratch: string;
  /** A home that was swept with these logs, and a store of NetFlow made from them, where the run wants one. */
  readonly home?: string;
  readonly netflow?: string;
};

export type Engine = {
  readonly name: string;
  /** What it means by a hit: `text` finds the list's texts anywhere in a line, `nothing` only inflates. */
  readonly finds: 'addresses' | 'text' | 'nothing';
  /** What its hits are; records unless told. */
  readonly counts?: 'objects';
  /** Whether networks in the list are understood. */
  readonly knowsNetworks?: true;
  /** Whether it is given the compiled list too. */
  readonly takesCompiled?: true;
  /** Why it cannot take part on this machine; undefined where it can. */
  readonly absence: () => string | undefined;
  /** The command for one run; what it needs fresh is made fresh here, outside the measured time. */
  readonly prepare: (course: Course) => Command;
  /** Hits, from what the process printed. */
  readonly countHits?: (stdout: string) => number;
};

export const PROGRAMS = join(import.meta.dirname, '../programs');
export const CACHE = join(import.meta.dirname, '../../node_modules/.cache/bench');
/** Where bench/peers.sh puts what comes as Python packages. */
export const PYTHON = join(CACHE, 'python/bin/python');

/** A shell command over all objects of the logs: "$@" are the arguments after the logs. */
export function overObjects(logs: string, script: string, ...args: string[]): Command {
  const list = 'logs=$1; shift; objects() { find "$logs" -name "*.log.gz" -print0 | sort -z; }';
  return { file: 'bash', args: ['-o', 'pipefail', '-c', `${list}; ${script}`, 'bench', logs, ...args] };
}

/** Tells which of the tools are not there. */
export function needTools(...tools: string[]): () => string | undefined {
  return () => {
    const missing = tools.filter((tool) => !hasTool(tool));
    return missing.length === 0 ? undefined : `${missing.join(', ')} not on this machine`;
  };
}

const known = new Map<string, boolean>();

function hasTool(tool: string): boolean {
  if (!known.has(tool)) known.set(tool, spawnSync('sh', ['-c', 'command -v "$1"', 'sh', tool]).status === 0);
  return known.get(tool)!;
}

export function needModule(module: string): () => string | undefined {
  return () =>
    spawnSync(PYTHON, ['-c', `import importlib.util as u; raise SystemExit(u.find_spec('${module}') is None)`])
      .status === 0
      ? undefined
      : `Python package ${module} not on this machine`;
}

export function countLines(stdout: string): number {
  return stdout.split('\n').filter((line) => line !== '').length;
}
