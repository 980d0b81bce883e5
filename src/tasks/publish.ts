/**
 * Publish: what changed among the findings → Security Hub and SNS, each at least once. A finding is read as it is now, so
 * that the order of executions does not matter; what has been said is under publications/, what is still to be said is
 * marked under outbox/. Publishing the same changes twice says nothing twice.
 */
import { fromJson } from '../core/exact-json.ts';
import { mapConcurrently } from '../core/limit-concurrency.ts';
import { toNotification } from '../core/notification.ts';
import type { ImportResult } from '../core/publication-claim.ts';
import type { PublishingTerms } from '../core/publishing-rules.ts';
import type { FindingChanges, FindingsService, Notifier, ObjectStore } from '../ports.ts';
import { outboxKey } from './fold.ts';
import { type Errand, finishErrand, type PublishRun, prepareErrand, settleErrandNotice } from './publish-errand.ts';

export type PublishInput =
  | { readonly changes: string; readonly execution: string; readonly clock: string }
  | { readonly flush: true; readonly clock: string };

/** A runtime without a findings service, without a notifier, or with neither is fine. */
export type PublishPorts = {
  readonly store: ObjectStore;
  readonly findings?: FindingsService | undefined;
  readonly notifier?: Notifier | undefined;
};

export type PublishSettings = PublishingTerms['owner'] & Pick<PublishingTerms, 'publishFrom'>;

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
const NO_CHANGES: FindingChanges = { opened: [], updated: [], withdrawn: [] };

/** Says what is due about the findings of an execution's changes, or, on flush, of all that are marked. */
export async function publish(
  input: PublishInput,
  ports: PublishPorts,
  { publishFrom, ...owner }: PublishSettings,
): Promise<PublishOutput> {
  const { store, findings, notifier } = ports;
  const isFlush = 'flush' in input;
  const changes = isFlush ? NO_CHANGES : await readChanges(input.changes, store);
  const run: PublishRun = {
    ...{ store, terms: { clock: input.clock, owner, publishFrom, isFlush } },
    ...{ execution: isFlush ? undefined : input.execution, imports: findings !== undefined },
    ...{ notifies: notifier !== undefined, isServiceOff: false, failures: [] },
    counts: { published: 0, deferred: 0, notified: 0, refused: 0, disabled: 0 },
  };
  const ids = isFlush ? markedIds(store) : changedIds(changes);
  for await (const batch of inBatches(ids)) await publishBatch(batch, run, ports);
  if (run.failures.length > 0) {
    const [cause] = run.failures;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new PublishFailed(`${run.failures.length} deliveries failed, the first: ${reason}`, { cause });
  }
  const { opened, updated, withdrawn } = changes;
  return { opened: opened.length, updated: updated.length, withdrawn: withdrawn.length, ...run.counts };
}

async function publishBatch(ids: readonly string[], run: PublishRun, ports: PublishPorts): Promise<void> {
  const { store, findings, notifier } = ports;
  if (findings === undefined && notifier === undefined) {
    // There is nobody to say anything to.
    await mapConcurrently(CONCURRENCY, ids, (id) => store.remove(outboxKey(id)));
    return;
  }
  const prepared = await mapConcurrently(CONCURRENCY, ids, (id) => attempt(run, () => prepareErrand(id, run)));
  const errands = prepared.filter((errand) => errand !== undefined);
  // Whatever the findings service is up to, people are told, and it is written down that they were.
  if (notifier !== undefined) await mapConcurrently(CONCURRENCY, errands, (errand) => notify(errand, run, notifier));
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

async function notify(errand: Errand, run: PublishRun, notifier: Notifier): Promise<void> {
  const { finding, notice } = errand;
  if (finding === undefined || notice === undefined) return;
  const isSent = await attempt(run, async () => {
    await notifier.notify(toNotification(finding, notice));
    return true;
  });
  if (isSent) run.counts.notified++;
  await attempt(run, () => settleErrandNotice(errand, isSent ?? false, run));
}

/** One finding's trouble does not keep the others back; it is told at the end. */
async function attempt<Result>(run: PublishRun, action: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await action();
  } catch (error) {
    run.failures.push(error);
    return undefined;
  }
}

async function readChanges(key: string, store: ObjectStore): Promise<FindingChanges> {
  const text = await store.get(key);
  if (text === undefined) throw new PublishFailed(`there is no ${key}`);
  return fromJson<FindingChanges>(text);
}

function* changedIds({ opened, updated, withdrawn }: FindingChanges): Generator<string> {
  for (const { finding_id } of [...opened, ...updated, ...withdrawn]) yield finding_id;
}

async function* markedIds(store: ObjectStore): AsyncGenerator<string> {
  for await (const key of store.list('outbox/')) yield key.slice('outbox/'.length, -'.json'.length);
}

async function* inBatches(ids: Iterable<string> | AsyncIterable<string>): AsyncGenerator<string[]> {
  let batch: string[] = [];
  for await (const id of ids) {
    batch.push(id);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
