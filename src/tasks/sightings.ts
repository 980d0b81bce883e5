/**
 * Outcomes of log objects → `sightings/<identity>.json`, each replaced as a whole by the evaluation with the latest clock.
 * Totals and findings follow from the outcomes.
 */
import { hash } from 'node:crypto';
import { fromJson, toJson } from '../core/exact-json.ts';
import { findingIdsOf } from '../core/finding-id.ts';
import { mapConcurrently } from '../core/limit-concurrency.ts';
import type { Tally } from '../core/sighting.ts';
import type { ObjectStore } from '../ports.ts';

/** What one log object showed, by the evaluation with the latest clock. */
export type Outcome = {
  readonly clock: string;
  /** UTC day of the object's key. */
  readonly date: string;
  readonly tallies: readonly Tally[];
  /**
   * What evaluations before this one gave the object, and this one does not. It stays: whoever replaced them may have been
   * cut short before totals and findings were told.
   */
  readonly withdrawn?: References;
};

/** Key of totals → ids of the findings that an object's tallies in them are about. */
export type References = Readonly<Record<string, readonly string[]>>;

/** An outcome as it lies in the store. */
export type StoredOutcome = { readonly identity: string; readonly outcome: Outcome; readonly digest: string };

/** All tallies of one indicator in one UTC month: what one fold reads. */
export type Group = { readonly month: string; readonly indicator: string };

/** What an evaluation gives an object. */
export type Evaluated = Omit<Outcome, 'withdrawn'> & { readonly identity: string };

const CONCURRENCY = 32;

export function outcomeKey(identity: string): string {
  return `sightings/${identity}.json`;
}

/** `totals/2026-09/203.0.113.0_24/`: neither `/` nor `:` may stand in a name of its own. */
export function groupPrefix({ month, indicator }: Group): string {
  return `totals/${month}/${indicator.replaceAll('/', '_').replaceAll(':', '-')}/`;
}

/** Totals of a group over the log objects of one UTC day. */
export function totalsKey(group: Group, date: string): string {
  return `${groupPrefix(group)}${date}.json`;
}

/** Everything that the object's tallies are in, or were in by an earlier evaluation. */
export function toReferences({ date, tallies, withdrawn = {} }: Omit<Outcome, 'clock'>): Map<string, Set<string>> {
  const references = new Map(Object.entries(withdrawn).map(([key, ids]) => [key, new Set(ids)]));
  for (const tally of tallies) {
    const key = totalsKey(tally, date);
    const ids = references.get(key) ?? new Set();
    for (const id of findingIdsOf(tally)) ids.add(id);
    references.set(key, ids);
  }
  return references;
}

/**
 * Puts what the evaluation gives in place of the stored outcome, unless that came from a later one. Returns what is stored
 * then; nothing, where nothing was found and nothing had been.
 */
export async function replaceOutcome(evaluated: Evaluated, store: ObjectStore): Promise<StoredOutcome | undefined> {
  const { identity, ...outcome } = evaluated;
  const key = outcomeKey(identity);
  for (;;) {
    const stored = await store.read(key);
    if (stored === undefined && outcome.tallies.length === 0) return undefined;
    const before = stored === undefined ? undefined : toStored(identity, stored.text);
    if (before !== undefined && before.outcome.clock > outcome.clock) return before;
    const after = withWithdrawn(outcome, before?.outcome);
    const text = toJson(after);
    if (await store.replace(key, text, stored?.version)) return { identity, outcome: after, digest: toDigest(text) };
  }
}

function withWithdrawn(outcome: Outcome, before: Outcome | undefined): Outcome {
  if (before === undefined) return outcome;
  const now = toReferences(outcome);
  const withdrawn: Record<string, string[]> = {};
  for (const [key, ids] of toReferences(before)) {
    const gone = [...ids].filter((id) => !now.get(key)?.has(id));
    if (gone.length > 0) withdrawn[key] = gone.sort();
  }
  return Object.keys(withdrawn).length === 0 ? outcome : { ...outcome, withdrawn };
}

/** What is stored of these objects; those of which nothing is are left out. */
export async function readOutcomes(identities: readonly string[], store: ObjectStore): Promise<StoredOutcome[]> {
  const read = await mapConcurrently(CONCURRENCY, identities, async (identity) => {
    const text = await store.get(outcomeKey(identity));
    return text === undefined ? [] : [toStored(identity, text)];
  });
  return read.flat();
}

/** Those of the objects whose stored outcome is no longer the one with this digest. */
export async function readChanged(known: ReadonlyMap<string, string>, store: ObjectStore): Promise<StoredOutcome[]> {
  const read = await mapConcurrently(CONCURRENCY, [...known], async ([identity, digest]) => {
    const text = await store.get(outcomeKey(identity));
    return text === undefined || toDigest(text) === digest ? [] : [toStored(identity, text)];
  });
  return read.flat();
}

function toStored(identity: string, text: string): StoredOutcome {
  const stored = fromJson<Outcome | readonly Tally[]>(text);
  // Version 0.1.0 wrote tallies alone; they are in no totals, and the next sweep over the object replaces them.
  const outcome = 'tallies' in stored ? stored : { clock: '', date: '', tallies: [] };
  return { identity, outcome, digest: toDigest(text) };
}

export function toDigest(text: string): string {
  return hash('sha256', text).slice(0, 16);
}
