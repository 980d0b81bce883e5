/**
 * Publish: what changed among the findings → Security Hub and SNS, each at least once. A finding is read as it is now, so
 * that the order of executions does not matter; what has been said is under publications/, what is still to be said is
 * marked under outbox/. Publishing the same changes twice says nothing twice.
 */
import { fromJson } from '../core/exact-json.ts';
import { mapConcurrently } from '../core/limit-concurrency.ts';
import type { ImportResult } from '../core/publication-claim.ts';
import type { PublishingTerms } from '../core/publishing-rules.ts';
import type { FindingChanges, FindingsService, Notifier, ObjectStore } from '../ports.ts';
import { type DueErrand, deliverNotices, resumeDigests, toDue } from './deliver-notices.ts';
import { outboxKey } from './fold.ts';
import { DIGESTS } from './pending-digests.ts';
import { attempt, type Errand, finishErrand, type PublishRun, prepareErrand } from './publish-errand.ts';

export type PublishInput =
  | { readonly changes: string; readonly execution: string; readonly clock: string }
  | { readonly flush: true; readonly clock: string };

/** A runtime without a findings service, without a notifier, or with neither is fine. */
export type PublishPorts = {
  readonly store: ObjectStore;
  readonly findings?: FindingsService | undefined;
  readonly notifier?: Notifier | undefined;
};

export type PublishSettings = PublishingTerms['owner'] & Pick<PublishingTerms, 'publishFrom' | 'notices'>;

/** Numbers of findings. */
export type PublishOutput = {
  readonly opened: number;
  readonly updated: number;
  readonly withdrawn: number;
  /** Imported into the findings service. */
  readonly published: number;
  /** Something is due, but not yet: the hourly flush says it. */
  readonly deferred: number;
  readonly notified: number;
  /** The findings service does not take them; why is in publications/. */
  readonly refused: number;
  /** The findings service is switched off; the next flush tries again. */
  readonly disabled: number;
};

/** Deliveries failed that another try may help; what was delivered is written down and is not delivered again. */
export class PublishFailed extends Error {
  override readonly name = 'PublishFailed';
  readonly exitStatus = 1;
}

/** Findings prepared, imported and settled together: one call to the findings service. */
const BATCH = 100;
const CONCURRENCY = 16;
/** Notices of one digest, some minutes' work: a run that ends before it told anything would begin anew for ever. */
const MOST_GATHERED = 2000;
const NO_CHANGES: FindingChanges = { opened: [], updated: [], withdrawn: [] };

/** Says what is due about the findings of an execution's changes, or, on flush, of all that are marked. */
export async function publish(
  input: PublishInput,
  ports: PublishPorts,
  { publishFrom, notices, ...owner }: PublishSettings,
): Promise<PublishOutput> {
  const { store, findings, notifier } = ports;
  const isFlush = 'flush' in input;
  const changes = isFlush ? NO_CHANGES : await readChanges(input.changes, store);
  const run: PublishRun = {
    ...{ store, terms: { clock: input.clock, owner, publishFrom, notices, isFlush } },
    ...{ execution: isFlush ? undefined : input.execution, imports: findings !== undefined },
    ...{ notifies: notifier !== undefined, isServiceOff: false, inDigests: undefined, failures: [] },
    counts: { published: 0, deferred: 0, notified: 0, refused: 0, disabled: 0 },
  };
  const ids = isFlush ? await readMarks(run, notifier) : changedIds(changes);
  // Notices gather over batches, since many of them make a digest.
  let due: DueErrand[] = [];
  for (let at = 0; at < ids.length; at += BATCH) {
    await publishBatch(ids.slice(at, at + BATCH), at + BATCH >= ids.length, due, run, ports);
    due = due.map(({ finding: _large, ...light }) => light);
  }
  if (run.failures.length > 0) {
    const [cause] = run.failures;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new PublishFailed(`${run.failures.length} deliveries failed, the first: ${reason}`, { cause });
  }
  const { opened, updated, withdrawn } = changes;
  return { opened: opened.length, updated: updated.length, withdrawn: withdrawn.length, ...run.counts };
}

async function publishBatch(
  ids: readonly string[],
  isLast: boolean,
  due: DueErrand[],
  run: PublishRun,
  { store, findings, notifier }: PublishPorts,
): Promise<void> {
  if (findings === undefined && notifier === undefined) {
    // There is nobody to say anything to.
    await mapConcurrently(CONCURRENCY, ids, (id) => store.remove(outboxKey(id)));
    return;
  }
  const prepared = await mapConcurrently(CONCURRENCY, ids, (id) => attempt(run, () => prepareErrand(id, run)));
  const errands = prepared.filter((errand) => errand !== undefined);
  due.push(...errands.flatMap(toDue));
  // Whatever the findings service is up to, people are told, and it is written down that they were.
  if (notifier !== undefined && (isLast || due.length >= MOST_GATHERED))
    await deliverNotices(due.splice(0), run, notifier);
  const imported = findings === undefined ? new Map() : await importAll(errands, run, findings);
  const finish = (errand: Errand) => finishErrand(errand, imported.get(errand.document?.Id), run);
  await mapConcurrently(CONCURRENCY, errands, (errand) => attempt(run, () => finish(errand)));
}

/** Outcomes by document id. What the call did not answer for is unknown and offered again. */
async function importAll(
  errands: readonly Errand[],
  run: PublishRun,
  findings: FindingsService,
): Promise<Map<string | undefined, ImportResult>> {
  const documents = errands.flatMap(({ document }) => (document === undefined ? [] : [document]));
  const results = new Map<string | undefined, ImportResult>(documents.map(({ Id }) => [Id, { outcome: 'unknown' }]));
  if (documents.length === 0) return results;
  const outcomes = (await attempt(run, () => findings.importFindings(documents))) ?? [];
  for (const { id, ...result } of outcomes) results.set(id, result);
  run.isServiceOff ||= outcomes.some(({ outcome }) => outcome === 'disabled');
  return results;
}

async function readChanges(key: string, store: ObjectStore): Promise<FindingChanges> {
  const text = await store.get(key);
  if (text === undefined) throw new PublishFailed(`there is no ${key}`);
  return fromJson<FindingChanges>(text);
}

function changedIds({ opened, updated, withdrawn }: FindingChanges): string[] {
  return [...opened, ...updated, ...withdrawn].map(({ finding_id }) => finding_id);
}

/** Digests that were left in the middle come first: what they say is not to be said beside them. */
async function readMarks(run: PublishRun, notifier: Notifier | undefined): Promise<string[]> {
  const keys = await Array.fromAsync(run.store.list('outbox/'));
  const digests = keys.filter((key) => key.startsWith(DIGESTS));
  if (notifier !== undefined) await resumeDigests(digests, run, notifier);
  const marks = keys.filter((key) => !key.startsWith(DIGESTS));
  return marks.map((key) => key.slice('outbox/'.length, -'.json'.length));
}
