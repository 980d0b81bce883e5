/**
 * Totals → findings, one group (indicator and month) at a time. Another execution may change the totals meanwhile and be done
 * with its own fold before the findings are written here: so the totals are looked at once more after that.
 */
import { fromJson, toJson } from '../core/exact-json.ts';
import { foldFindings } from '../core/finding.ts';
import type { Finding } from '../core/finding-document.ts';
import { findingIdsOf } from '../core/finding-id.ts';
import { mapConcurrently } from '../core/limit-concurrency.ts';
import type { OutboxMark } from '../core/publication.ts';
import type { SeverityTable } from '../core/severity-table.ts';
import type { FindingChanges, ObjectStore } from '../ports.ts';
import { readSeverityTable } from './severity-table.ts';
import { isGroupSame, readGroup } from './totals.ts';

/** So many groups are folded at once: their findings are in memory. */
const CONCURRENCY = 8;

/** Prefix of a group's totals → ids of the findings that are or may have been about it. */
export type AffectedGroups = ReadonlyMap<string, ReadonlySet<string>>;

/** A finding before the fold and after it. */
type Change = { readonly before: Finding | undefined; readonly after: Finding | undefined };

type FoldRun = { readonly execution: string; readonly isPublished: boolean };

/** Folds the groups anew and stores what changed; what is published is marked for that before it is written. */
export async function foldGroups(groups: AffectedGroups, run: FoldRun, store: ObjectStore): Promise<FindingChanges> {
  const table = await readSeverityTable(store);
  const changes = await mapConcurrently(CONCURRENCY, [...groups], ([prefix, ids]) =>
    foldGroup(prefix, ids, { ...run, table }, store),
  );
  return toFindingChanges(changes.flat());
}

export function findingKey(findingId: string): string {
  return `findings/${findingId}.json`;
}

/** Marks a finding as due for publishing; Publish removes the mark. */
export function outboxKey(findingId: string): string {
  return `outbox/${findingId}.json`;
}

async function foldGroup(
  prefix: string,
  ids: ReadonlySet<string>,
  { table, ...run }: FoldRun & { readonly table: SeverityTable },
  store: ObjectStore,
): Promise<Change[]> {
  const changes = new Map<string, Change>();
  for (;;) {
    const { tallies, digest } = await readGroup(prefix, store);
    const folded = new Map(foldFindings(tallies, table).findings.map((finding) => [finding.finding_id, finding]));
    // A host that turns out to be the far side of a gateway loses its finding, one that was let in leaves those of scans.
    const all = new Set([...ids, ...changes.keys(), ...tallies.flatMap(findingIdsOf)]);
    let isChanged = false;
    await mapConcurrently(CONCURRENCY, [...all], async (id) => {
      const change = await storeFinding(id, folded.get(id), run, store);
      if (change === undefined) return;
      isChanged = true;
      const before = changes.has(id) ? changes.get(id)!.before : change.before;
      changes.set(id, { before, after: change.after });
    });
    if (!isChanged || (await isGroupSame(prefix, digest, store))) return [...changes.values()];
  }
}

/** What it changed, if anything. */
async function storeFinding(
  id: string,
  after: Finding | undefined,
  { execution, isPublished }: FoldRun,
  store: ObjectStore,
): Promise<Change | undefined> {
  const key = findingKey(id);
  const text = after === undefined ? undefined : `${toJson(after, 2)}\n`;
  for (;;) {
    const stored = await store.read(key);
    if (stored?.text === text) return undefined;
    if (isPublished) await mark(id, execution, store);
    const isStored =
      text === undefined ? await store.remove(key, stored!.version) : await store.replace(key, text, stored?.version);
    const before = stored === undefined ? undefined : fromJson<Finding>(stored.text);
    if (isStored) return { before, after };
  }
}

/** Of now, not of when the execution began: a fresh mark is left alone by whoever else publishes. */
function mark(id: string, execution: string, store: ObjectStore): Promise<void> {
  const document: OutboxMark = { finding_id: id, execution, at: new Date().toISOString() };
  return store.put(outboxKey(id), toJson(document));
}

function toFindingChanges(changes: readonly Change[]): FindingChanges {
  const findings = (of: (change: Change) => Finding | undefined) =>
    changes.map(of).filter((finding) => finding !== undefined);
  return {
    opened: findings(({ before, after }) => (before === undefined ? after : undefined)),
    updated: findings(({ before, after }) => (before === undefined ? undefined : after)),
    withdrawn: findings(({ before, after }) => (after === undefined ? before : undefined)),
  };
}

/** All stored findings by id. */
export async function readFindings(store: ObjectStore): Promise<Map<string, Finding>> {
  const keys = await Array.fromAsync(store.list('findings/'));
  const texts = await mapConcurrently(CONCURRENCY, keys, (key) => store.get(key));
  const findings = texts.filter((text) => text !== undefined).map((text) => fromJson<Finding>(text));
  return new Map(findings.map((finding) => [finding.finding_id, finding]));
}
