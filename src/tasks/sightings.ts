/**
 * Outcomes of log objects → `sightings/<identity>.json`, each replaced as a whole, and the totals over objects that findings
 * are folded from: `totals/<month>/<indicator>/<day of the objects>.json`. Totals follow from the outcomes; an object
 * evaluated again with another outcome makes its totals anew.
 */
import { createHash } from 'node:crypto';
import { fromJson, toJson } from '../core/exact-json.ts';
import { toFindingId } from '../core/finding.ts';
import { mapConcurrently } from '../core/limit-concurrency.ts';
import { Tallies, type Tally } from '../core/sighting.ts';
import type { ObjectStore } from '../ports.ts';

/** What one log object showed, by the evaluation with the latest clock. */
export type Outcome = {
  readonly clock: string;
  /** UTC day of the object's key. */
  readonly date: string;
  readonly tallies: readonly Tally[];
};

/** All tallies of one indicator in one UTC month: what one fold reads. */
export type Group = { readonly month: string; readonly indicator: string };

/** Totals of a group over the log objects of one UTC day, and which objects' outcomes are in them. */
type Totals = { readonly objects: Record<string, string>; readonly tallies: readonly Tally[] };

/** What outcomes touched, or may have: totals with the objects to look at again, and groups with the findings about them. */
export class Affected {
  /** Key of the totals → identities. */
  readonly totals = new Map<string, Set<string>>();
  readonly #groups = new Map<string, { readonly group: Group; readonly findingIds: Set<string> }>();

  get groups(): readonly { readonly group: Group; readonly findingIds: ReadonlySet<string> }[] {
    return [...this.#groups.values()];
  }

  add(identity: string, { date, tallies }: Pick<Outcome, 'date' | 'tallies'>): void {
    for (const tally of tallies) {
      const key = toTotalsKey(tally, date);
      this.totals.set(key, (this.totals.get(key) ?? new Set()).add(identity));
      const { month, indicator } = tally;
      const entry = this.#groups.get(groupPrefix(tally)) ?? { group: { month, indicator }, findingIds: new Set() };
      this.#groups.set(groupPrefix(tally), entry);
      entry.findingIds.add(toFindingId(tally));
    }
  }
}

const CONCURRENCY = 32;

export function outcomeKey(identity: string): string {
  return `sightings/${identity}.json`;
}

/** `totals/2026-09/203.0.113.0_24/`: neither `/` nor `:` may stand in a name of its own. */
export function groupPrefix({ month, indicator }: Group): string {
  return `totals/${month}/${indicator.replaceAll('/', '_').replaceAll(':', '-')}/`;
}

/** Puts the object's outcome in place of the stored one, unless that came from a later evaluation; returns the one before. */
export async function replaceOutcome(
  identity: string,
  outcome: Outcome,
  store: ObjectStore,
): Promise<Outcome | undefined> {
  const key = outcomeKey(identity);
  for (;;) {
    const stored = await store.read(key);
    const before = stored === undefined ? undefined : fromJson<Outcome>(stored.text);
    if (before !== undefined && before.clock > outcome.clock) return before;
    if (await write(key, outcome, stored?.version, store)) return before;
  }
}

async function write(key: string, outcome: Outcome, version: string | undefined, store: ObjectStore): Promise<boolean> {
  if (outcome.tallies.length > 0) return store.replace(key, toJson(outcome), version);
  return version === undefined || store.remove(key, version);
}

/** What is stored of the object, or undefined. */
export async function readOutcome(identity: string, store: ObjectStore): Promise<Outcome | undefined> {
  const text = await store.get(outcomeKey(identity));
  return text === undefined ? undefined : fromJson<Outcome>(text);
}

function toTotalsKey(group: Group, date: string): string {
  return `${groupPrefix(group)}${date}.json`;
}

/** Brings the totals up to the stored outcomes of these objects; twice is as good as once. */
export async function updateTotals({ totals }: Affected, store: ObjectStore): Promise<void> {
  const outcomes = new Map<string, Promise<OutcomeByTotals>>();
  const readCached = (identity: string) => {
    const outcome = outcomes.get(identity) ?? readOutcomeByTotals(identity, store);
    outcomes.set(identity, outcome);
    return outcome;
  };
  for (const [key, identities] of totals) await updateTotal(key, [...identities], readCached, store);
}

/** An object's tallies by the key of the totals that they belong to. */
type OutcomeByTotals = ReadonlyMap<string, readonly Tally[]>;
type ReadOutcome = (identity: string) => Promise<OutcomeByTotals>;

async function readOutcomeByTotals(identity: string, store: ObjectStore): Promise<OutcomeByTotals> {
  const outcome = await readOutcome(identity, store);
  return outcome === undefined ? new Map() : Map.groupBy(outcome.tallies, (tally) => toTotalsKey(tally, outcome.date));
}

async function updateTotal(
  key: string,
  identities: readonly string[],
  readCached: ReadOutcome,
  store: ObjectStore,
): Promise<void> {
  for (;;) {
    const stored = await store.read(key);
    const before: Totals = stored === undefined ? { objects: {}, tallies: [] } : fromJson<Totals>(stored.text);
    const own = await readTalliesOf(identities, key, readCached);
    const changed = own.filter(({ identity, hash }) => before.objects[identity] !== hash);
    if (changed.length === 0) return;
    const isAddition = changed.every(({ identity }) => before.objects[identity] === undefined);
    const others = Object.keys(before.objects).filter((identity) => !identities.includes(identity));
    const anew = (identity: string) => readOutcomeByTotals(identity, store);
    const after = isAddition
      ? toTotals(before, changed)
      : toTotals({ objects: {}, tallies: [] }, [...own, ...(await readTalliesOf(others, key, anew))]);
    if (await store.replace(key, toJson(after), stored?.version)) return;
  }
}

type OwnTallies = { readonly identity: string; readonly tallies: readonly Tally[]; readonly hash: string | undefined };

async function readTalliesOf(identities: readonly string[], key: string, read: ReadOutcome): Promise<OwnTallies[]> {
  return mapConcurrently(CONCURRENCY, identities, async (identity) => {
    const tallies = (await read(identity)).get(key) ?? [];
    const hash =
      tallies.length === 0 ? undefined : createHash('sha256').update(toJson(tallies)).digest('hex').slice(0, 16);
    return { identity, tallies, hash };
  });
}

function toTotals(base: Totals, more: readonly OwnTallies[]): Totals {
  const all = new Tallies();
  for (const tally of base.tallies) all.merge(tally);
  const objects = { ...base.objects };
  for (const { identity, tallies, hash } of more) {
    for (const tally of tallies) all.merge(tally);
    if (hash !== undefined) objects[identity] = hash;
  }
  return { objects, tallies: all.sorted() };
}

/** Stored tallies added up over the log objects: of these groups, or all. */
export async function readTallies(store: ObjectStore, groups?: readonly Group[]): Promise<Tally[]> {
  const all = new Tallies();
  for (const prefix of groups === undefined ? ['totals/'] : new Set(groups.map(groupPrefix))) {
    const keys = await Array.fromAsync(store.list(prefix));
    const texts = await mapConcurrently(CONCURRENCY, keys, (key) => store.get(key));
    for (const text of texts) {
      for (const tally of text === undefined ? [] : fromJson<Totals>(text).tallies) all.merge(tally);
    }
  }
  return all.sorted();
}
