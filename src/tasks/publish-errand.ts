/** One finding's way through Publish: claim what is due, hand it out for delivery, write down how it went. */
import type { AsffFinding } from '../core/asff.ts';
import { fromJson, toJson } from '../core/exact-json.ts';
import type { Finding } from '../core/finding-document.ts';
import { isFresh, type Notice, type OutboxMark, type Publication, publicationKey } from '../core/publication.ts';
import {
  claimImport,
  claimNotice,
  holdNotice,
  type ImportResult,
  settleImport,
  settleNotice,
  takeBackImport,
} from '../core/publication-claim.ts';
import { judgeImport, judgeNotice, type PublishingTerms } from '../core/publishing-rules.ts';
import type { Severity } from '../core/severity.ts';
import type { ObjectStore, Versioned } from '../ports.ts';
import { findingKey, outboxKey } from './fold.ts';
import { pendingNoticeIds } from './pending-digests.ts';
import { readContext } from './record-data-ratio.ts';

/** One run of Publish, and what came of it so far. */
export type PublishRun = {
  readonly store: ObjectStore;
  readonly terms: PublishingTerms;
  /** Undefined for a flush. */
  readonly execution: string | undefined;
  readonly imports: boolean;
  readonly notifies: boolean;
  /** The findings service said so: asking it again for each of thousands costs only writes. */
  isServiceOff: boolean;
  /** Notices in digests that are under way, once somebody needed to know. */
  inDigests: Promise<ReadonlySet<string>> | undefined;
  readonly counts: { published: number; deferred: number; notified: number; refused: number; disabled: number };
  readonly failures: unknown[];
};

/** What this run claimed: a document, a notification, both, or, if nothing is due to us now, neither. */
export type Errand = {
  readonly id: string;
  /** The mark as it was before anything else was read. */
  readonly mark: Versioned | undefined;
  readonly finding: Finding | undefined;
  readonly publication: Publication;
  readonly document?: AsffFinding;
  readonly notice?: Notice;
  /** In a message of its own, or in a digest. */
  readonly way?: 'single' | 'digest';
};

/** Two writers that meet try again at once; more than this and they are left to the flush. */
const MOST_CONFLICTS = 20;

/** Claims what is due, on condition that nobody else claimed meanwhile. */
export async function prepareErrand(id: string, run: PublishRun): Promise<Errand | undefined> {
  const { store } = run;
  const mark = await store.read(outboxKey(id));
  for (let conflicts = 0; conflicts < MOST_CONFLICTS; conflicts++) {
    const stored = await store.read(publicationKey(id));
    const before: Publication = stored === undefined ? { finding_id: id, notifications: {} } : fromJson(stored.text);
    const text = await store.get(findingKey(id));
    const finding = text === undefined ? undefined : await withContext(fromJson<Finding>(text), store);
    const claim = claimDue(finding, before, run, await isInDigest(finding, before, run));
    const errand = { id, mark, finding, ...claim };
    if (claim.publication === before) return errand;
    if (!(await store.replace(publicationKey(id), toText(claim.publication), stored?.version))) continue;
    // Whoever changes the finding from here on sees the claim; who did so just before may not have.
    if ((await store.get(findingKey(id))) === text) return errand;
    await takeBack(errand, before, store);
  }
  await keepMark({ id, mark }, run);
  run.counts.deferred++;
  return undefined;
}

async function withContext(finding: Finding, store: ObjectStore): Promise<Finding> {
  const context = await readContext(finding.finding_id, store);
  return context === undefined ? finding : { ...finding, context };
}

/** Nothing of the claim was delivered. */
async function takeBack(errand: Errand, before: Publication, store: ObjectStore): Promise<void> {
  const { document, notice, finding } = errand;
  const settlement = (publication: Publication) => {
    const rest = document === undefined ? publication : takeBackImport(publication, document, before);
    return notice && finding ? settleNotice(rest, finding.severity, notice, null) : rest;
  };
  await settle(errand, settlement, store);
}

/** A notice that was claimed and not settled may be in a digest that the flush says again, and must not be said beside it. */
async function isInDigest(
  finding: Finding | undefined,
  { notifications }: Publication,
  run: PublishRun,
): Promise<boolean> {
  const known = finding && notifications[finding.severity];
  if (known === undefined || known.state === 'sent' || known.attempts === 0) return false;
  run.inDigests ??= pendingNoticeIds(run.store);
  return (await run.inDigests).has(known.id);
}

type Claim = Pick<Errand, 'publication' | 'document' | 'notice' | 'way'>;

function claimDue(finding: Finding | undefined, before: Publication, run: PublishRun, isInDigest: boolean): Claim {
  const { clock } = run.terms;
  const due = judge(finding, before, run);
  let publication = before;
  const claimed: { document?: AsffFinding; notice?: Notice; way?: 'single' | 'digest' } = {};
  if (typeof due.import === 'object' && !run.isServiceOff) {
    claimed.document = due.import;
    publication = claimImport(publication, due.import, clock);
  }
  if (finding === undefined || isInDigest) return { publication, ...claimed };
  if (due.notice === 'hold') publication = holdNotice(publication, finding.severity, clock);
  if (due.notice === 'single' || due.notice === 'digest') {
    publication = claimNotice(publication, finding.severity, clock);
    claimed.notice = publication.notifications[finding.severity]!;
    claimed.way = due.notice;
  }
  return { publication, ...claimed };
}

function judge(finding: Finding | undefined, publication: Publication, { terms, imports, notifies }: PublishRun) {
  return {
    import: imports ? judgeImport(finding, publication, terms) : 'nothing',
    notice: notifies ? judgeNotice(finding, publication, terms) : 'nothing',
  } as const;
}

/** Writes down whether a notification was sent, and in which digest. */
export async function writeNotice(
  { finding_id, severity, notice }: { finding_id: string; severity: Severity; notice: Notice },
  sentAt: string | null,
  store: ObjectStore,
  digest?: string,
): Promise<void> {
  const claimed: Publication = { finding_id, notifications: { [severity]: notice } };
  const settlement = (publication: Publication) => settleNotice(publication, severity, notice, sentAt, digest);
  await settle({ id: finding_id, publication: claimed }, settlement, store);
}

/** Writes down how the import went, if there was one; the mark goes when nothing is due any more. */
export async function finishErrand(errand: Errand, result: ImportResult | undefined, run: PublishRun): Promise<void> {
  const { id, finding, mark, document, notice } = errand;
  const { counts, store, terms } = run;
  if (result?.outcome === 'imported') counts.published++;
  if (result?.outcome === 'refused' || result?.outcome === 'disabled') counts[result.outcome]++;
  const isClaimed = document !== undefined || notice !== undefined;
  const settlement = (publication: Publication) =>
    document && result ? settleImport(publication, document, result, terms.clock) : publication;
  const settled = isClaimed ? await settle(errand, settlement, store) : errand.publication;
  const due = judge(finding, settled, run);
  if (due.import === 'nothing' && due.notice === 'nothing') {
    if (mark !== undefined && isRemovable(mark, run)) await store.remove(outboxKey(id), mark.version);
    return;
  }
  await keepMark(errand, run);
  const isLeft = (document === undefined || result?.outcome === 'unknown') && due.import !== 'nothing';
  if (isLeft && run.isServiceOff) counts.disabled++;
  else if (isLeft || (notice === undefined && due.notice !== 'nothing')) counts.deferred++;
}

type Settlement = (publication: Publication) => Publication;

/** Changes what is stored, again if somebody else just did. */
async function settle(
  { id, publication }: Pick<Errand, 'id' | 'publication'>,
  settlement: Settlement,
  store: ObjectStore,
): Promise<Publication> {
  for (let conflicts = 0; conflicts < MOST_CONFLICTS; conflicts++) {
    const stored = await store.read(publicationKey(id));
    const before = stored === undefined ? publication : fromJson<Publication>(stored.text);
    const after = settlement(before);
    if (after === before) return after;
    if (await store.replace(publicationKey(id), toText(after), stored?.version)) return after;
  }
  // The claim goes stale, and the flush says it again.
  return publication;
}

/** A deferred finding needs a mark for the flush to find it. */
async function keepMark(
  { id, mark }: Pick<Errand, 'id' | 'mark'>,
  { store, execution, terms: { clock } }: PublishRun,
): Promise<void> {
  if (mark !== undefined) return;
  const newMark: OutboxMark = { finding_id: id, execution: execution ?? 'flush', at: clock };
  await store.replace(outboxKey(id), toJson(newMark), undefined);
}

/**
 * A mark is put before its finding is written. This execution's findings are written; another's are once it cannot be
 * running any more.
 */
function isRemovable({ text }: Versioned, { execution, terms }: PublishRun): boolean {
  const mark = fromJson<Partial<OutboxMark>>(text);
  if (mark.at === undefined || mark.execution === execution) return true;
  return !isFresh(mark.at, terms.clock);
}

function toText(publication: Publication): string {
  return `${toJson(publication, 2)}\n`;
}

/** One finding's trouble does not keep the others back; it is told at the end. */
export async function attempt<Result>(run: PublishRun, action: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await action();
  } catch (error) {
    run.failures.push(error);
    return undefined;
  }
}
