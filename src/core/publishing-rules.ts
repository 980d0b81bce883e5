/** What is due to be said about a finding now, what later, and what not: decided from what has been said before. */
import { type AsffFinding, type FindingOwner, toAsff } from './asff.ts';
import type { Finding } from './finding-document.ts';
import { type NoticeRules, type NoticeWay, toNoticeWay } from './notice-rules.ts';
import { isFresh, type Publication, rankDocument, toContent, toNextUpdate } from './publication.ts';
import { isAtLeast, SEVERITIES, type Severity } from './severity.ts';

/** A finding's updates go out at most so often, unless it got worse. */
const UPDATE_AFTER_MS = 60 * 60_000;
/** What was refused is offered again at most so often: only another version of something can make it acceptable. */
const RETRY_REFUSED_AFTER_MS = 24 * 60 * 60_000;

export type PublishingTerms = {
  readonly clock: string;
  readonly owner: FindingOwner;
  /** Findings are published from this severity on; what was published once is kept up to date below it too. */
  readonly publishFrom: Severity;
  readonly isFlush: boolean;
  /** Each finding by itself and at once, unless given. */
  readonly notices?: NoticeRules | undefined;
};

/** The document to import now; 'later' if it must wait or somebody else is at it; 'nothing' if all is said. */
export function judgeImport(
  finding: Finding | undefined,
  publication: Publication,
  terms: PublishingTerms,
): AsffFinding | 'later' | 'nothing' {
  const document = toNextDocument(finding, publication, terms);
  if (document === undefined) return 'nothing';
  const { importing, imported, failed } = publication;
  if (importing !== undefined) {
    const isWorse = rankDocument(document) > rankDocument(importing.document);
    return isWorse || !isFresh(importing.claimed_at, terms.clock) ? document : 'later';
  }
  const content = toContent(document);
  if (imported?.is_certain && toContent(imported.document) === content) return 'nothing';
  if (failed?.outcome === 'disabled') return document;
  if (failed !== undefined) {
    const age = Date.parse(terms.clock) - Date.parse(failed.at);
    if (failed.content === content) return terms.isFlush && age >= RETRY_REFUSED_AFTER_MS ? document : 'later';
    const isWorse = rankDocument(document) > SEVERITIES.indexOf(failed.severity);
    return isWorse || age >= UPDATE_AFTER_MS ? document : 'later';
  }
  if (imported === undefined || rankDocument(document) > rankDocument(imported.document)) return document;
  return Date.parse(terms.clock) - Date.parse(imported.at) >= UPDATE_AFTER_MS ? document : 'later';
}

/** Notifications are for findings that are new or worse than what was notified. */
export function judgeNotice(
  finding: Finding | undefined,
  { notifications }: Publication,
  terms: PublishingTerms,
): NoticeWay | 'later' | 'nothing' {
  if (finding === undefined || !isAtLeast(finding.severity, terms.publishFrom)) return 'nothing';
  const isSaid = SEVERITIES.some(
    (severity) => isAtLeast(severity, finding.severity) && notifications[severity]?.state === 'sent',
  );
  if (isSaid) return 'nothing';
  const known = notifications[finding.severity];
  if (isFresh(known?.at ?? null, terms.clock)) return 'later';
  const way = toNoticeWay(finding.severity, known?.waits_since, terms);
  return way === 'hold' && known?.waits_since !== undefined ? 'later' : way;
}

/** The finding as the service should have it, or undefined if the service need not know it. */
function toNextDocument(
  finding: Finding | undefined,
  { created_at, updated_at, importing, imported }: Publication,
  { clock, owner, publishFrom }: PublishingTerms,
): AsffFinding | undefined {
  const known = importing?.document ?? imported?.document;
  const updatedAt = toNextUpdate(updated_at, clock);
  if (finding === undefined) return known && { ...known, UpdatedAt: updatedAt, RecordState: 'ARCHIVED' };
  if (known === undefined && !isAtLeast(finding.severity, publishFrom)) return undefined;
  return toAsff(finding, owner, updatedAt, created_at);
}
