/**
 * Collect: match rows → sightings per log object → findings. The outcome of every object in the batch is replaced as a
 * whole, so that doing it twice, or with another indicator list, leaves what one evaluation with the newest list would.
 */
import type { StoredLogObject } from '../core/batch.ts';
import { fromJson, toJson } from '../core/exact-json.ts';
import type { ExecutionInput } from '../core/execution.ts';
import { mapConcurrently } from '../core/limit-concurrency.ts';
import { type Match, toMatch } from '../core/match.ts';
import { Tallies } from '../core/sighting.ts';
import type { FindingChanges, ObjectStore, QueryResults } from '../ports.ts';
import { foldGroups } from './fold.ts';
import { readManifest } from './manifest.ts';
import { Affected, type Outcome, readOutcome, replaceOutcome, updateTotals } from './sightings.ts';

export type CollectInput = Pick<ExecutionInput, 'execution' | 'mode' | 'clock' | 'manifest' | 'window'> & {
  /** Result locations of the match queries. */
  readonly matches: readonly string[];
};

export type CollectOutput = {
  readonly matches: number;
  readonly sightings: number;
  readonly changes: string;
  readonly opened: number;
  readonly updated: number;
  readonly withdrawn: number;
};

const NO_CHANGES: FindingChanges = { opened: [], updated: [], withdrawn: [] };

/** Stores sightings, folds findings, and writes what changed for Publish. A hunt only looks: it stores neither. */
export async function collect(input: CollectInput, store: ObjectStore, results: QueryResults): Promise<CollectOutput> {
  const shown = new Tallies();
  const outcomes = input.mode === 'hunt' ? undefined : await openOutcomes(input, store);
  let matches = 0;
  for (const location of input.matches) {
    for await (const row of results.rows(location)) {
      const match = toMatch(row);
      matches++;
      if (isInWindow(match, input.window)) shown.add(match);
      await outcomes?.add(match);
    }
  }
  const affected = await outcomes?.close();
  const { opened, updated, withdrawn } = affected === undefined ? NO_CHANGES : await foldGroups(affected.groups, store);
  const changes = `runs/${input.execution}/changes.json`;
  await store.put(changes, toJson({ opened, updated, withdrawn }));
  const tallies = shown.sorted();
  await store.put(`runs/${input.execution}/sightings.json`, toJson(tallies));
  const counts = { opened: opened.length, updated: updated.length, withdrawn: withdrawn.length };
  return { matches, sightings: tallies.length, changes, ...counts };
}

/** So many tallies are held before they are written: some 50 MB. */
const MOST_HELD = 50_000;
const CONCURRENCY = 32;

/** Outcomes of the execution's objects. Matches come in any order and are added up in bounded memory. */
type Outcomes = { add(match: Match): Promise<void>; close(): Promise<Affected> };

async function openOutcomes(input: CollectInput, store: ObjectStore): Promise<Outcomes> {
  const { objects } = await readManifest(input.manifest, store);
  const dates = new Map(objects.map(({ identity, date }) => [identity, date]));
  const record = await openAffected(input.execution, store);
  const written = new Set<string>();
  let held = new Map<string, Tallies>();
  let heldTallies = 0;

  const flush = async (): Promise<void> => {
    const outcomes = [...held].map(([identity, tallies]) => ({ identity, tallies, date: dates.get(identity)! }));
    held = new Map();
    heldTallies = 0;
    const isAgain = (identity: string) => written.has(identity);
    await storeOutcomes(outcomes, { clock: input.clock, isAgain, record }, store);
    for (const { identity } of outcomes) written.add(identity);
  };

  return {
    async add(match) {
      const tallies = held.get(match.object) ?? new Tallies();
      held.set(match.object, tallies);
      const before = tallies.size;
      tallies.add(match);
      heldTallies += tallies.size - before;
      if (heldTallies >= MOST_HELD) await flush();
    },
    async close() {
      await flush();
      const unsighted = objects.filter(({ identity }) => !written.has(identity));
      const before = await mapConcurrently(CONCURRENCY, unsighted, ({ identity }) => readOutcome(identity, store));
      const withdrawn = unsighted.filter((_object, at) => before[at] !== undefined).map(toNoTallies);
      await storeOutcomes(withdrawn, { clock: input.clock, isAgain: () => false, record }, store);
      await updateTotals(record.earlier, store);
      return record.affected;
    },
  };
}

type HeldOutcome = { readonly identity: string; readonly date: string; readonly tallies: Tallies };

function toNoTallies({ identity, date }: StoredLogObject): HeldOutcome {
  return { identity, date, tallies: new Tallies() };
}

type Storing = {
  readonly clock: string;
  /** True for an object that this run has written to before: the rest of its tallies comes to them. */
  readonly isAgain: (identity: string) => boolean;
  readonly record: AffectedRecord;
};

async function storeOutcomes(
  held: readonly HeldOutcome[],
  { clock, isAgain, record }: Storing,
  store: ObjectStore,
): Promise<void> {
  const outcomes = await mapConcurrently(CONCURRENCY, held, async ({ identity, date, tallies }) => {
    const before = await readOutcome(identity, store);
    if (isAgain(identity)) for (const tally of before?.tallies ?? []) tallies.merge(tally);
    return { identity, before, outcome: { clock, date, tallies: tallies.sorted() } };
  });
  // What an object showed before must be known to a second attempt too, which finds it replaced already.
  await record.keep(outcomes.filter(({ identity, before }) => before !== undefined && !isAgain(identity)));
  const now = new Affected();
  await mapConcurrently(CONCURRENCY, outcomes, async ({ identity, outcome }) => {
    const before = await replaceOutcome(identity, outcome, store);
    for (const affected of [record.affected, now]) {
      affected.add(identity, outcome);
      if (before !== undefined) affected.add(identity, before);
    }
  });
  // What was added just now is read back at once, while little is held.
  await updateTotals(now, store);
}

/** What the execution touches, earlier attempts included. */
type AffectedRecord = {
  readonly affected: Affected;
  /** What an attempt before this one replaced. */
  readonly earlier: Affected;
  keep(outcomes: readonly { readonly identity: string; readonly before: Outcome | undefined }[]): Promise<void>;
};

async function openAffected(execution: string, store: ObjectStore): Promise<AffectedRecord> {
  const key = `runs/${execution}/replaced.json`;
  const [affected, earlier] = [new Affected(), new Affected()];
  const replaced = fromJson<Record<string, Outcome>>((await store.get(key)) ?? '{}');
  for (const [identity, outcome] of Object.entries(replaced)) {
    affected.add(identity, outcome);
    earlier.add(identity, outcome);
  }
  return {
    affected,
    earlier,
    async keep(outcomes) {
      const more = outcomes.filter(({ identity }) => !Object.hasOwn(replaced, identity));
      if (more.length === 0) return;
      for (const { identity, before } of more) {
        replaced[identity] = before!;
        affected.add(identity, before!);
      }
      await store.put(key, toJson(replaced));
    },
  };
}

function isInWindow({ end }: Match, { from, to }: ExecutionInput['window']): boolean {
  if (from === undefined && to === undefined) return true;
  if (end === null) return false;
  return (from === undefined || end >= from) && (to === undefined || end < to);
}
