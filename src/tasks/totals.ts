/**
 * Outcomes → `totals/<month>/<indicator>/<day of the objects>.json`, the tallies of one indicator added up over objects: what
 * findings are folded from. Totals follow from the outcomes; where an object in them has another outcome, they are made anew.
 */
import { fromJson, toJson } from '../core/exact-json.ts';
import { mapConcurrently } from '../core/limit-concurrency.ts';
import { Tallies, type Tally } from '../core/sighting.ts';
import type { ObjectStore } from '../ports.ts';
import {
  type Group,
  groupPrefix,
  type Outcome,
  readChanged,
  readOutcomes,
  type StoredOutcome,
  toDigest,
  totalsKey,
} from './sightings.ts';

/** Totals of a group over the log objects of one UTC day, and a digest of each object's tallies in them. */
type Totals = { readonly objects: Record<string, string>; readonly tallies: readonly Tally[] };

/** What one object has in the totals of one key; no digest: nothing. */
type Share = { readonly identity: string; readonly tallies: readonly Tally[]; readonly digest: string | undefined };

const CONCURRENCY = 8;
const NONE: Totals = { objects: {}, tallies: [] };

/**
 * Brings the totals up to these outcomes; twice is as good as once. An outcome may be replaced meanwhile, and who replaced it
 * may be done with the totals before they are written here: so the outcomes are looked at once more after that.
 */
export async function updateTotals(outcomes: readonly StoredOutcome[], store: ObjectStore): Promise<void> {
  for (let waiting = outcomes; waiting.length > 0; ) {
    const used = new Map(waiting.map(({ identity, digest }) => [identity, digest]));
    await mapConcurrently(CONCURRENCY, [...toShares(waiting)], async ([key, own]) => {
      for (const { identity, digest } of await updateTotal(key, own, store)) used.set(identity, digest);
    });
    waiting = await readChanged(used, store);
  }
}

function toShares(outcomes: readonly StoredOutcome[]): Map<string, Share[]> {
  const shares = new Map<string, Share[]>();
  for (const { identity, outcome } of outcomes) {
    const byKey = groupByKey(outcome);
    for (const key of new Set([...byKey.keys(), ...Object.keys(outcome.withdrawn ?? {})])) {
      const own = shares.get(key) ?? [];
      shares.set(key, own);
      own.push(toShare(identity, byKey.get(key) ?? []));
    }
  }
  return shares;
}

/** Returns the outcomes of other objects that were needed for it. */
async function updateTotal(key: string, own: readonly Share[], store: ObjectStore): Promise<readonly StoredOutcome[]> {
  for (;;) {
    const stored = await store.read(key);
    const before = stored === undefined ? NONE : fromJson<Totals>(stored.text);
    const changed = own.filter(({ identity, digest }) => before.objects[identity] !== digest);
    if (changed.length === 0) return [];
    const isAddition = changed.every(({ identity }) => before.objects[identity] === undefined);
    const others = isAddition ? [] : await readOthers(before, own, store);
    const rest = others.map(({ identity, outcome }) => toShare(identity, groupByKey(outcome).get(key) ?? []));
    const after = isAddition ? addShares(before, changed) : addShares(NONE, [...own, ...rest]);
    const isWritten =
      after.tallies.length > 0
        ? await store.replace(key, toJson(after), stored?.version)
        : await store.remove(key, stored?.version);
    if (isWritten) return others;
  }
}

async function readOthers({ objects }: Totals, own: readonly Share[], store: ObjectStore): Promise<StoredOutcome[]> {
  const known = new Set(own.map(({ identity }) => identity));
  return readOutcomes(
    Object.keys(objects).filter((identity) => !known.has(identity)),
    store,
  );
}

function groupByKey({ date, tallies }: Outcome): Map<string, Tally[]> {
  return Map.groupBy(tallies, (tally) => totalsKey(tally, date));
}

function toShare(identity: string, tallies: readonly Tally[]): Share {
  return { identity, tallies, digest: tallies.length === 0 ? undefined : toDigest(toJson(tallies)) };
}

function addShares(base: Totals, shares: readonly Share[]): Totals {
  const objects = { ...base.objects };
  for (const { identity, digest } of shares) if (digest !== undefined) objects[identity] = digest;
  // Nearly always one object has all there is, and each object's are in order.
  const [tallies = [], ...more] = [base, ...shares].map((each) => each.tallies).filter(({ length }) => length > 0);
  if (more.length === 0) return { objects, tallies };
  const all = new Tallies();
  for (const tally of [tallies, ...more].flat()) all.merge(tally);
  return { objects, tallies: all.sorted() };
}

/** Tallies of a group added up over log objects, and a digest of the totals that they are from. */
export async function readGroup(
  prefix: string,
  store: ObjectStore,
): Promise<{ readonly tallies: readonly Tally[]; readonly digest: string }> {
  const texts = await readTexts(prefix, store);
  return { tallies: addTexts(texts).sorted(), digest: toDigest(texts.join('\n')) };
}

/** Whether the totals of the group are still those with this digest. */
export async function isGroupSame(prefix: string, digest: string, store: ObjectStore): Promise<boolean> {
  return toDigest((await readTexts(prefix, store)).join('\n')) === digest;
}

/** Stored tallies added up over the log objects: of these groups, or all. */
export async function readTallies(store: ObjectStore, groups?: readonly Group[]): Promise<Tally[]> {
  const all = new Tallies();
  for (const prefix of groups === undefined ? ['totals/'] : new Set(groups.map(groupPrefix))) {
    addTexts(await readTexts(prefix, store), all);
  }
  return all.sorted();
}

async function readTexts(prefix: string, store: ObjectStore): Promise<string[]> {
  const keys = (await Array.fromAsync(store.list(prefix))).sort();
  const texts = await mapConcurrently(CONCURRENCY, keys, (key) => store.get(key));
  return texts.filter((text) => text !== undefined);
}

function addTexts(texts: readonly string[], all = new Tallies()): Tallies {
  for (const text of texts) for (const tally of fromJson<Totals>(text).tallies) all.merge(tally);
  return all;
}
