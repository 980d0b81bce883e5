/** Runs the entries of a section in turns, round by round, so that a noisy minute falls on all of them. */
import { readFileSync } from 'node:fs';
import type { Course, Engine } from './engines/engine.ts';
import { type Measurement, measure, type Stopwatch } from './measure.ts';

/** An engine on a course, in one section. */
export type Entry = {
  /** Unique in the section; goals name it. */
  readonly id: string;
  readonly engine: Engine;
  readonly course: Course;
  /** What it must find; undefined where nobody knows. */
  readonly expected?: number;
  /** Takes part in so many rounds only. */
  readonly rounds?: number;
  /** What it is told as, where the engine's name is not enough. */
  readonly name?: string;
  /** Its place on a growth curve. */
  readonly at?: number;
  /** It runs over a part of the logs, and its times are multiplied by this. */
  readonly scale?: number;
  /** It sees only a part of the records, so nobody need agree with it where the truth is not known. */
  readonly isPart?: true;
  /** gz bytes of the logs that its figures stand for. */
  readonly gzBytes: number;
};

export type Run = Pick<Measurement, 'wallSeconds' | 'cpuSeconds' | 'peakMegabytes'>;

/** What came of an entry; plain data, kept between runs of the bench. */
export type Outcome = Pick<Entry, 'id' | 'expected' | 'at' | 'scale' | 'isPart' | 'gzBytes'> & {
  readonly name: string;
  /** Name of the engine alone: outcomes of one engine make a curve. */
  readonly engine: string;
  readonly finds: Engine['finds'];
  readonly counts: 'records' | 'objects';
  readonly runs: Run[];
  readonly hits: number[];
  /** Why it broke off; then it has no figures. */
  failure?: string;
};

export type Clocked = { readonly stopwatch: Stopwatch; readonly scratch: string; readonly say: (text: string) => void };

/** Runs all entries; whose engine is absent must not be among them. */
export function interleave(entries: readonly Entry[], rounds: number, clocked: Clocked): Outcome[] {
  const outcomes = entries.map(toOutcome);
  if (entries.length === 0) return outcomes;
  for (let round = 0; round < rounds; round++) {
    for (const [i, entry] of entries.entries()) {
      const outcome = outcomes[i]!;
      if (round >= (entry.rounds ?? rounds) || outcome.failure !== undefined) continue;
      try {
        runOnce(entry, outcome, clocked);
      } catch (error) {
        outcome.failure = error instanceof Error ? error.message : String(error);
        clocked.say(`${outcome.name} FAILED: ${outcome.failure}`);
      }
    }
    clocked.say(`round ${round + 1} of ${rounds} done`);
  }
  return outcomes;
}

function toOutcome({ id, engine, expected, name, at, scale, isPart, gzBytes }: Entry): Outcome {
  return {
    ...{
      id,
      name: name ?? engine.name,
      engine: engine.name,
      finds: engine.finds,
      counts: engine.counts ?? 'records',
      gzBytes,
    },
    ...(expected === undefined ? {} : { expected }),
    ...(at === undefined ? {} : { at }),
    ...(scale === undefined ? {} : { scale }),
    ...(isPart === undefined ? {} : { isPart }),
    ...{ runs: [], hits: [] },
  };
}

function runOnce({ engine, course }: Entry, outcome: Outcome, { stopwatch, scratch }: Clocked): void {
  const { stdoutFile, ...run } = measure(engine.prepare(course), stopwatch, scratch);
  outcome.runs.push(run);
  if (engine.countHits === undefined) return;
  const stdout = readFileSync(stdoutFile, 'utf8');
  const hits = engine.countHits(stdout);
  if (!Number.isInteger(hits)) throw new Error(`printed what cannot be counted: ${stdout.slice(0, 200).trimEnd()}`);
  outcome.hits.push(hits);
}

export type Figures = { readonly cpu: number; readonly wall: number; readonly peak: number };

/** Least times of all rounds, greatest peak; undefined where it never ran to its end. */
export function toFigures({ runs, scale = 1, failure }: Outcome): Figures | undefined {
  if (failure !== undefined || runs.length === 0) return undefined;
  return {
    cpu: Math.min(...runs.map((run) => run.cpuSeconds)) * scale,
    wall: Math.min(...runs.map((run) => run.wallSeconds)) * scale,
    peak: Math.max(...runs.map((run) => run.peakMegabytes)),
  };
}
