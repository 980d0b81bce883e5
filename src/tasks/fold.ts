/**
 * Totals → findings, one group (indicator and month) at a time: each finding is written only if it is still what it was
 * before the totals were read, so that of two executions the later fold, which sees both, has the last word.
 */
import { fromJson, toJson } from '../core/exact-json.ts';
import { type Finding, foldFindings, toFindingId } from '../core/finding.ts';
import { mapConcurrently } from '../core/limit-concurrency.ts';
import type { FindingChanges, ObjectStore, Versioned } from '../ports.ts';
import { type Group, readTallies } from './sightings.ts';

/** So many groups are folded at once: their findings are in memory. */
const CONCURRENCY = 8;

/** A group to fold, and findings that may have been about it. */
export type AffectedGroup = { readonly group: Group; readonly findingIds: ReadonlySet<string> };

/** Folds the groups anew and stores what changed; each changed finding is marked for publishing before it is written. */
export async function foldGroups(groups: readonly AffectedGroup[], store: ObjectStore): Promise<FindingChanges> {
  const changes = await mapConcurrently(CONCURRENCY, groups, (group) => foldGroup(group, store));
  return {
    opened: changes.flatMap(({ opened }) => opened),
    updated: changes.flatMap(({ updated }) => updated),
    withdrawn: changes.flatMap(({ withdrawn }) => withdrawn),
  };
}

export function findingKey(findingId: string): string {
  return `findings/${findingId}.json`;
}

/** Marks a finding as due for publishing; Publish removes the mark. */
export function outboxKey(findingId: string): string {
  return `outbox/${findingId}.json`;
}

async function foldGroup({ group, findingIds }: AffectedGroup, store: ObjectStore): Promise<FindingChanges> {
  const changes = { opened: [] as Finding[], updated: [] as Finding[], withdrawn: [] as Finding[] };
  const all = new Set([...findingIds, ...(await readTallies(store, [group])).map(toFindingId)]);
  let waiting: readonly string[] = [...all];
  while (waiting.length > 0) {
    const stored = await readStored(waiting, store);
    const { findings } = foldFindings(await readTallies(store, [group]));
    const folded = new Map(findings.map((finding) => [finding.finding_id, finding]));
    const outcomes = await mapConcurrently(CONCURRENCY, waiting, async (id) => {
      const [before, after] = [stored.get(id), folded.get(id)];
      const kind = await storeFinding(id, before, after, store);
      if (kind === 'withdrawn') changes.withdrawn.push(fromJson<Finding>(before!.text));
      else if (kind === 'opened' || kind === 'updated') changes[kind].push(after!);
      return { id, kind };
    });
    waiting = outcomes.filter(({ kind }) => kind === 'conflict').map(({ id }) => id);
  }
  return changes;
}

async function readStored(ids: readonly string[], store: ObjectStore): Promise<Map<string, Versioned | undefined>> {
  const stored = await mapConcurrently(CONCURRENCY, ids, (id) => store.read(findingKey(id)));
  return new Map(ids.map((id, at) => [id, stored[at]]));
}

async function storeFinding(
  id: string,
  before: Versioned | undefined,
  after: Finding | undefined,
  store: ObjectStore,
): Promise<keyof FindingChanges | 'same' | 'conflict'> {
  const text = after === undefined ? undefined : `${toJson(after, 2)}\n`;
  if (text === before?.text) return 'same';
  await store.put(outboxKey(id), toJson({ finding_id: id }));
  if (text === undefined) return (await store.remove(findingKey(id), before!.version)) ? 'withdrawn' : 'conflict';
  if (!(await store.replace(findingKey(id), text, before?.version))) return 'conflict';
  return before === undefined ? 'opened' : 'updated';
}

/** All stored findings by id. */
export async function readFindings(store: ObjectStore): Promise<Map<string, Finding>> {
  const keys = await Array.fromAsync(store.list('findings/'));
  const texts = await mapConcurrently(CONCURRENCY, keys, (key) => store.get(key));
  const findings = texts.filter((text) => text !== undefined).map((text) => fromJson<Finding>(text));
  return new Map(findings.map((finding) => [finding.finding_id, finding]));
}
