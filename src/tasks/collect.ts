/**
 * Collect: match rows → sightings per log object → findings. The outcome of every object in the batch is replaced as a
 * whole, so that doing it twice, or with another indicator list, leaves what one evaluation with the newest list would.
 */

import type { StoredLogObject } from '../core/batch.ts';
import { ExecutionFailed } from '../core/errors.ts';
import { fromJson, toJson } from '../core/exact-json.ts';
import type { ExecutionInput } from '../core/execution.ts';
import { mapConcurrently } from '../core/limit-concurrency.ts';
import { type Match, toMatch } from '../core/match.ts';
import { Tallies, type Tally } from '../core/sighting.ts';
import type { FindingChanges, ObjectStore, QueryResults } from '../ports.ts';
import { type AffectedGroups, foldGroups } from './fold.ts';
import { readManifest } from './manifest.ts';
import { type Evaluated, type Outcome, replaceOutcome, type StoredOutcome, toReferences } from './sightings.ts';
import { updateTotals } from './totals.ts';

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

export type CollectOptions = {
  /** So many tallies are held before they are written. */
  readonly mostHeld?: number;
  /** Whether Publish has anybody to say something to: else nothing is marked for it. */
  readonly isPublished?: boolean;
};

/** Some 50 MB. */
const MOST_HELD = 50_000;

/** Stores sightings, folds findings, and writes what changed for Publish. A hunt only looks: it stores neither. */
export async function collect(
  input: CollectInput,
  store: ObjectStore,
  results: QueryResults,
  { mostHeld = MOST_HELD, isPublished = true }: CollectOptions = {},
): Promise<CollectOutput> {
  const shown = new Tallies();
  const outcomes = input.mode === 'hunt' ? undefined : await openOutcomes(input, store, mostHeld);
  let matches = 0;
  for (const location of input.matches) {
    for await (const row of results.rows(location)) {
      const match = toMatch(row);
      matches++;
      if (isInWindow(match, input.window)) shown.add(match);
      await outcomes?.add(match);
    }
  }
  const groups = await outcomes?.close();
  const { opened, updated, withdrawn } =
    groups === undefined ? NO_CHANGES : await foldGroups(groups, { execution: input.execution, isPublished }, store);
  const changes = `runs/${input.execution}/changes.json`;
  // Where the queries left their rows: on Athena the file's name is the query's id.
  await store.put(changes, toJson({ opened, updated, withdrawn, results: input.matches }));
  const tallies = shown.sorted();
  await store.put(`runs/${input.execution}/sightings.json`, toJson(tallies));
  const counts = { opened: opened.length, updated: updated.length, withdrawn: withdrawn.length };
  return { matches, sightings: tallies.length, changes, ...counts };
}

const CONCURRENCY = 32;

/** Outcomes of the execution's objects. Matches come in any order and are added up in bounded memory. */
type Outcomes = { add(match: Match): Promise<void>; close(): Promise<AffectedGroups> };

async function openOutcomes(input: CollectInput, store: ObjectStore, mostHeld: number): Promise<Outcomes> {
  const { objects } = await readManifest(input.manifest, store);
  const identities = new Set(objects.map(({ identity }) => identity));
  const parts = openParts(input.execution, store);
  let held = new Map<string, Tallies>();
  let heldTallies = 0;
  return {
    async add(match) {
      if (!identities.has(match.object)) throw new ExecutionFailed(`${match.object} is not in ${input.manifest}`);
      const tallies = held.get(match.object) ?? new Tallies();
      held.set(match.object, tallies);
      const before = tallies.size;
      tallies.add(match);
      heldTallies += tallies.size - before;
      if (heldTallies < mostHeld) return;
      await parts.write(held);
      held = new Map();
      heldTallies = 0;
    },
    async close() {
      const evaluate = async ({ identity, date }: StoredLogObject): Promise<Evaluated> => {
        return { identity, date, clock: input.clock, tallies: await parts.addUp(identity, held.get(identity)) };
      };
      const groups = new Map<string, Set<string>>();
      for await (const outcomes of storeOutcomes(objects, evaluate, mostHeld, store)) {
        await updateTotals(outcomes, store);
        for (const { outcome } of outcomes) addGroups(outcome, groups);
      }
      return groups;
    },
  };
}

/**
 * Tallies that memory has no place for, until an object's are all there: no outcome is ever stored in parts. Attempts at one
 * execution read the same matches in the same order, and so write the same parts.
 */
function openParts(execution: string, store: ObjectStore) {
  const keys = new Map<string, string[]>();
  let written = 0;
  return {
    async write(held: ReadonlyMap<string, Tallies>): Promise<void> {
      const folder = `runs/${execution}/parts/${written++}`;
      await mapConcurrently(CONCURRENCY, [...held], async ([identity, tallies]) => {
        const key = `${folder}/${identity}.json`;
        await store.put(key, toJson(tallies.sorted()));
        keys.set(identity, [...(keys.get(identity) ?? []), key]);
      });
    },
    async addUp(identity: string, rest = new Tallies()): Promise<Tally[]> {
      for (const key of keys.get(identity) ?? []) {
        for (const tally of fromJson<Tally[]>((await store.get(key))!)) rest.merge(tally);
      }
      return rest.sorted();
    },
  };
}

/** Puts the objects' outcomes in place, and hands over what is stored of them, at most some `mostHeld` tallies at a time. */
async function* storeOutcomes(
  objects: readonly StoredLogObject[],
  evaluate: (object: StoredLogObject) => Promise<Evaluated>,
  mostHeld: number,
  store: ObjectStore,
): AsyncGenerator<StoredOutcome[]> {
  let outcomes: StoredOutcome[] = [];
  for (let at = 0; at < objects.length; at += CONCURRENCY) {
    const some = objects.slice(at, at + CONCURRENCY);
    const stored = await mapConcurrently(CONCURRENCY, some, async (each) =>
      replaceOutcome(await evaluate(each), store),
    );
    outcomes.push(...stored.filter((outcome) => outcome !== undefined));
    if (outcomes.reduce((total, { outcome }) => total + outcome.tallies.length, 0) < mostHeld) continue;
    yield outcomes;
    outcomes = [];
  }
  if (outcomes.length > 0) yield outcomes;
}

function addGroups(outcome: Outcome, groups: Map<string, Set<string>>): void {
  for (const [key, ids] of toReferences(outcome)) {
    const prefix = key.slice(0, key.lastIndexOf('/') + 1);
    groups.set(prefix, (groups.get(prefix) ?? new Set()).union(ids));
  }
}

function isInWindow({ end }: Match, { from, to }: ExecutionInput['window']): boolean {
  if (from === undefined && to === undefined) return true;
  if (end === null) return false;
  return (from === undefined || end >= from) && (to === undefined || end < to);
}
