/**
 * Claimed notices → messages. A digest is written down before it is sent, with its message and its notices, so that a run
 * that ends in the middle is followed by the same digest under the same id, and by no other with the same notices.
 */
import {
  type Digest,
  type DueNotice,
  type PendingDigest,
  planMessages,
  toDigestEntry,
  toDigestText,
  toPendingDigest,
} from '../core/digest.ts';
import { fromJson } from '../core/exact-json.ts';
import type { Finding } from '../core/finding-document.ts';
import { mapConcurrently } from '../core/limit-concurrency.ts';
import { EACH_AT_ONCE, mustWait } from '../core/notice-rules.ts';
import { toNotification } from '../core/notification.ts';
import { isFresh } from '../core/publication.ts';
import type { Notifier } from '../ports.ts';
import { findingKey } from './fold.ts';
import { digestKey } from './pending-digests.ts';
import { attempt, type Errand, type PublishRun, writeNotice } from './publish-errand.ts';

/** A large run holds many: the finding is then read again, should it get a message of its own after all. */
export type DueErrand = DueNotice & { readonly finding?: Finding };

const CONCURRENCY = 16;

export function toDue({ finding, notice, way }: Errand): DueErrand[] {
  if (finding === undefined || notice === undefined || way === undefined) return [];
  return [{ notice, way, severity: finding.severity, entry: toDigestEntry(finding, notice), finding }];
}

export async function deliverNotices(due: readonly DueErrand[], run: PublishRun, notifier: Notifier): Promise<void> {
  const { singles, digests } = planMessages(due, run.terms.notices ?? EACH_AT_ONCE);
  await mapConcurrently(CONCURRENCY, singles, (single) => deliverSingle(single, run, notifier));
  for (const digest of digests) await deliverDigest(digest, run, notifier);
}

async function deliverSingle({ notice, severity, entry, ...due }: DueErrand, run: PublishRun, notifier: Notifier) {
  const { store, terms } = run;
  const { finding_id } = entry;
  const isSent = await attempt(run, async () => {
    const finding = due.finding ?? fromJson<Finding | null>((await store.get(findingKey(finding_id))) ?? 'null');
    if (finding === null) return false;
    await notifier.notify(toNotification(finding, notice, terms.notices?.topics[severity]));
    return true;
  });
  if (isSent) run.counts.notified++;
  await attempt(run, () => writeNotice({ finding_id, severity, notice }, isSent ? terms.clock : null, store));
}

async function deliverDigest(digest: Digest<DueErrand>, run: PublishRun, notifier: Notifier): Promise<void> {
  const pending = toPendingDigest(digest, run.terms.clock);
  const isOurs = await attempt(run, () => run.store.replace(digestKey(pending.id), toDigestText(pending), undefined));
  // One that is there is somebody else's, who says the same.
  if (isOurs) await sendDigest(pending, run, notifier);
  if (isOurs === undefined) await settleAll(pending, run, null);
}

/** Takes over digests whose run is no more. */
export async function resumeDigests(keys: readonly string[], run: PublishRun, notifier: Notifier): Promise<void> {
  const { clock, notices = EACH_AT_ONCE } = run.terms;
  for (const key of keys) {
    await attempt(run, async () => {
      const stored = await run.store.read(key);
      if (stored === undefined) return;
      const digest = fromJson<PendingDigest>(stored.text);
      const isUnsaid = digest.state === 'pending';
      if (isFresh(digest.at, clock) || (isUnsaid && mustWait(digest.notices[0]!.severity, clock, notices))) return;
      const claimed = { ...digest, at: clock };
      if (await run.store.replace(key, toDigestText(claimed), stored.version)) await sendDigest(claimed, run, notifier);
    });
  }
}

async function sendDigest(digest: PendingDigest, run: PublishRun, notifier: Notifier): Promise<void> {
  if (digest.state === 'pending') {
    // Topics may have been set anew since it was written down.
    const topic = run.terms.notices?.topics[digest.notices[0]!.severity];
    const isSent = await attempt(run, async () => {
      await notifier.notify({ ...digest.message, topic });
      return true;
    });
    await attempt(run, () => rewrite(isSent ? { ...digest, state: 'sent' } : { ...digest, at: null }, run));
    if (!isSent) return;
    run.counts.notified += digest.notices.length;
  }
  const areSettled = await settleAll(digest, run, run.terms.clock);
  if (areSettled) await attempt(run, () => run.store.remove(digestKey(digest.id)));
}

async function settleAll({ id, notices }: PendingDigest, run: PublishRun, sentAt: string | null): Promise<boolean> {
  const digest = sentAt === null ? undefined : id;
  const settled = await mapConcurrently(CONCURRENCY, notices, (notice) =>
    attempt(run, async () => {
      await writeNotice(notice, sentAt, run.store, digest);
      return true;
    }),
  );
  return settled.every((isSettled) => isSettled);
}

/** Unless somebody with another clock took it over and is through with it. */
async function rewrite(digest: PendingDigest, { store }: PublishRun): Promise<void> {
  const stored = await store.read(digestKey(digest.id));
  if (stored !== undefined) await store.replace(digestKey(digest.id), toDigestText(digest), stored.version);
}
