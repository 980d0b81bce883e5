/** Flowhound itself: the scan kernel alone, and the commands a person types. */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { bundle } from './bundle.ts';
import { type Course, countLines, type Engine, needTools, PROGRAMS } from './engine.ts';

const ROOT = join(import.meta.dirname, '../..');
const COMMAND = join(ROOT, 'bin/flowhound.js');

/** The scan kernel with nothing around it: objects in, counts out. */
export function kernel(options: { readonly workers?: number; readonly index?: true } = {}): Engine {
  const workers = options.workers ?? 1;
  const name = [
    'scan kernel',
    ...(options.index ? ['with index'] : []),
    ...(workers > 1 ? [`${workers} workers`] : []),
  ];
  return {
    name: name.join(', '),
    finds: 'addresses',
    knowsNetworks: true,
    takesCompiled: true,
    absence: () => undefined,
    prepare: ({ logs, list, compiledList, scratch }) => {
      const index = freshFolder(scratch);
      const flags = ['--workers', `${workers}`, ...(options.index ? ['--index', index] : [])];
      return { file: process.execPath, args: [bundle('kernel-scan'), ...flags, logs, compiledList ?? list] };
    },
    countHits: (stdout) => (JSON.parse(stdout) as { matches: number }).matches,
  };
}

/** The whole product, from the start of the process to its last line: index, evidence, sightings and findings too. */
export const SWEEP: Engine = {
  name: 'flowhound sweep',
  finds: 'addresses',
  knowsNetworks: true,
  absence: () => undefined,
  prepare: ({ logs, list, scratch }) => ({
    file: process.execPath,
    args: sweepArguments(logs, list, freshFolder(scratch)),
  }),
  countHits: countSighted,
};

/** A sweep that may use one core alone. */
export const SWEEP_ON_ONE_CORE: Engine = {
  ...SWEEP,
  name: 'flowhound sweep, on one core',
  absence: () => needTools('taskset')() ?? (availableParallelism() < 2 ? 'this machine has one core' : undefined),
  prepare: (course) => {
    const { file, args } = SWEEP.prepare(course);
    return { file: 'taskset', args: ['-c', '0', file, ...args] };
  },
};

/** Which log objects hold an address of the list, from the address index alone. */
export const INDEX_ANSWER: Engine = {
  name: 'answer from the index',
  finds: 'addresses',
  counts: 'objects',
  knowsNetworks: true,
  takesCompiled: true,
  absence: () => undefined,
  prepare: ({ home, list, compiledList }) => ({
    file: process.execPath,
    args: [bundle(compiledList === undefined ? 'index-answer-text' : 'index-answer'), home!, compiledList ?? list],
  }),
  countHits: (stdout) => (JSON.parse(stdout) as { objects: number }).objects,
};

/** A hunt for the list over what was swept before, to sightings with evidence. */
export const HUNT: Engine = {
  name: 'flowhound hunt',
  finds: 'addresses',
  knowsNetworks: true,
  absence: () => undefined,
  prepare: ({ home, list }) => ({
    file: process.execPath,
    args: [COMMAND, 'hunt', '--iocs', list, '--home', home!, '--output', 'ndjson'],
  }),
  countHits: countSighted,
};

/** The list is text: parsed and compiled in the same process. */
export const INDEX_ANSWER_FROM_TEXT: Engine = {
  ...INDEX_ANSWER,
  name: 'answer from the index, list as text',
  prepare: ({ compiledList: _, ...course }) => INDEX_ANSWER.prepare(course),
};

let folders = 0;

/**
 * A folder that is not there yet. Those of former rounds stay until the end: ext4 looks twice at each place of a file that was
 * deleted within the last seconds, and a sweep that follows would take a tenth longer for it.
 */
function freshFolder(scratch: string): string {
  return join(scratch, `fresh-${process.pid}-${folders++}`);
}

const compiledLists = new Set<string>();

/** The list as a version of the indicators is stored, beside its text; made once in a run of the bench. */
export function compileList(list: string): string {
  const compiled = list.replace(/\.txt$/, '.bin');
  if (compiledLists.has(compiled)) return compiled;
  const made = spawnSync(process.execPath, [join(PROGRAMS, 'compile-list.ts'), list, compiled], { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`${list} could not be compiled: ${made.stderr.slice(-500)}`);
  compiledLists.add(compiled);
  return compiled;
}

/** Sweeps into a home that hunts then look into; not measured. */
export function makeHome({ logs, list }: Course, home: string): string {
  rmSync(home, { recursive: true, force: true });
  const swept = spawnSync(process.execPath, sweepArguments(logs, list, home), { encoding: 'utf8', maxBuffer: 2 ** 30 });
  if (swept.status !== 0) throw new Error(`the sweep that hunts need failed: ${swept.stderr.slice(-500)}`);
  return home;
}

function sweepArguments(logs: string, list: string, home: string): string[] {
  return [COMMAND, 'sweep', logs, '--iocs', list, '--home', home, '--output', 'ndjson', '--quiet'];
}

function countSighted(stdout: string): number {
  if (countLines(stdout) === 0) return 0;
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { records_out: number; records_in: number })
    .reduce((total, sighting) => total + sighting.records_out + sighting.records_in, 0);
}
