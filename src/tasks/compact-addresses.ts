/**
 * Compaction of the address index: the parts of a day and what they were compacted into before → one file for each account
 * and region. Whoever is cut short, or does it at the same time as another, loses nothing: a file is removed only after one
 * with all that is in it was written, no name ever has another content, and what is there twice is united by who reads it.
 */
import { mergeAddressIndexes } from '../core/address-merge.ts';
import { mapConcurrently } from '../core/limit-concurrency.ts';
import type { ObjectStore } from '../ports.ts';
import { dayPrefix, parseCompactedKey } from './address-day.ts';
import { type DamagedFile, type FileOutcome, tellOutcome } from './address-files.ts';
import { compactedKey } from './address-keys.ts';
import { type CompactionLimits, type Merge, needsCompaction, openWork } from './compaction-work.ts';

export type Compaction = {
  /** Compacted files that were written. */
  readonly written: number;
  /** Files that could not be read, and were left where they are. */
  readonly damaged: readonly DamagedFile[];
  /** False where time was up first. */
  readonly isDone: boolean;
};

/** Some 18 GB of logs. */
const MOST: CompactionLimits = {
  parts: 250,
  partBytes: 256 * 1024 * 1024,
  fileBytes: 256 * 1024 * 1024,
  comparedBytes: 32 * 1024 * 1024,
};
/** Merges at once, some 60 MB in memory each. */
const MERGES = 3;
/** Many more than a day with a part a minute takes; others that compact the same day make rounds fail. */
const MOST_ROUNDS = 1000;
const DAYS_LISTED = 8;

/** Compacts those of the days that have so many parts, or files left over by a compaction that was cut short. */
export async function compactDays(
  days: readonly string[],
  leastParts: number,
  store: ObjectStore,
  isTimeUp: () => boolean = () => false,
): Promise<Compaction> {
  const needed = await mapConcurrently(DAYS_LISTED, days, async (day) =>
    needsCompaction(await Array.fromAsync(store.list(dayPrefix(day))), leastParts) ? [day] : [],
  );
  const done: Compaction[] = [];
  for (const day of needed.flat()) done.push(await compactDay(day, store, isTimeUp));
  return {
    written: done.reduce((sum, { written }) => sum + written, 0),
    damaged: done.flatMap(({ damaged }) => damaged),
    isDone: done.every(({ isDone }) => isDone),
  };
}

/** Compacts a day. Done again it does nothing. */
export async function compactDay(
  day: string,
  store: ObjectStore,
  isTimeUp: () => boolean = () => false,
  limits: CompactionLimits = MOST,
): Promise<Compaction> {
  const damaged = new Map<string, DamagedFile>();
  let written = 0;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    if (isTimeUp()) return { written, damaged: [...damaged.values()], isDone: false };
    const listed = (await Array.fromAsync(store.list(dayPrefix(day)))).filter((key) => key.endsWith('.gz'));
    const files = listed.filter((key) => !damaged.has(key)).sort();
    const outcomes = await runRound(day, files, limits, store);
    // What is gone another has compacted, and what is damaged stays: the next round does without.
    for (const outcome of outcomes) if ('damaged' in outcome) damaged.set(outcome.damaged.key, outcome.damaged);
    const results = outcomes.flatMap((outcome) => ('result' in outcome ? [outcome.result] : []));
    written += results.filter((key) => !files.includes(key)).length;
    // Where no parts are left it goes round once: two that tidy up after each other would never end.
    const isLast = results.length === outcomes.length && files.every((key) => parseCompactedKey(key) !== undefined);
    if (isLast) return { written, damaged: [...damaged.values()], isDone: true };
  }
  throw new Error(`${dayPrefix(day)} is not compacted after ${MOST_ROUNDS} rounds`);
}

/** Takes some parts into compacted files; an outcome for each, none if there was nothing to do. */
async function runRound(
  day: string,
  keys: readonly string[],
  limits: CompactionLimits,
  store: ObjectStore,
): Promise<FileOutcome<string>[]> {
  const opened = await tellOutcome(() => openWork(keys, limits, store));
  if (!('result' in opened)) return [opened];
  const outcomes = await mapConcurrently(MERGES, opened.result, (merge) => runMerge(day, merge, limits, store));
  // A part holds something of several accounts and regions: it goes when all of it is in other files. And since nothing goes
  // before, of several that compact the day at once one comes to its end.
  if (!outcomes.every((outcome) => 'result' in outcome)) return outcomes;
  const files = opened.result.flatMap((merge) => merge.files.map(({ file }) => file));
  const kept = new Set(outcomes.map((outcome) => 'result' in outcome && outcome.result));
  for (const key of new Set(files)) if (!kept.has(key)) await store.remove(key);
  return outcomes;
}

/** Writes the merged file; the outcome is its key, or that of the compacted file to which the others add nothing. */
function runMerge(
  day: string,
  merge: Merge,
  limits: CompactionLimits,
  store: ObjectStore,
): Promise<FileOutcome<string>> {
  const inputs = merge.files.map(({ file }) => file);
  const key = compactedKey(day, merge, inputs);
  return tellOutcome(async () => {
    if (merge.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) > limits.comparedBytes) {
      await putMerged(key, merge, store);
      return key;
    }
    const merged = Buffer.concat(await Array.fromAsync(mergeAddressIndexes(merge.files, merge)));
    const [only, second] = merge.files.filter(({ file }) => parseCompactedKey(file) !== undefined);
    const isAlike = second === undefined && only?.sizeBytes === merged.length;
    if (isAlike && merged.equals(await only.read({ last: merged.length }))) return only.file;
    await store.put(key, merged);
    return key;
  });
}

async function putMerged(key: string, merge: Merge, store: ObjectStore): Promise<void> {
  let failure: unknown;
  async function* body() {
    try {
      yield* mergeAddressIndexes(merge.files, merge);
    } catch (error) {
      failure = error;
      throw error;
    }
  }
  await store.put(key, body()).catch((error) => {
    // What a store says of a body that broke off may hide why it did.
    throw failure ?? error;
  });
}
