/**
 * Claims in a publication. Whoever wants to say something first writes the claim, on condition that nobody else did, then
 * says it, then writes down how it went. A claim that is not followed up goes stale and is taken over, so that everything
 * is said at least once. What others wrote between stays.
 */
import type { AsffFinding } from './asff.ts';
import { type Notice, type Publication, toContent } from './publication.ts';
import type { Severity } from './severity.ts';

/** How an import went; `unknown` if the call itself failed. */
export type ImportResult =
  | { readonly outcome: 'imported' }
  | { readonly outcome: 'unknown' }
  | { readonly outcome: 'refused'; readonly reason: string }
  | { readonly outcome: 'disabled'; readonly reason: string };

/** Claims the import of a document. What was offered before, with unknown outcome, may have arrived. */
export function claimImport(publication: Publication, document: AsffFinding, clock: string): Publication {
  const { importing } = publication;
  const before = importing && { at: importing.claimed_at ?? clock, is_certain: false, document: importing.document };
  return {
    ...publication,
    created_at: publication.created_at ?? document.CreatedAt,
    updated_at: document.UpdatedAt,
    ...(before === undefined ? {} : { imported: before }),
    importing: { claimed_at: clock, document },
  };
}

/** Writes down how an import went. A later claim of somebody else is left to them. */
export function settleImport(
  publication: Publication,
  document: AsffFinding,
  result: ImportResult,
  clock: string,
): Publication {
  const { importing, failed, ...others } = publication;
  const isOurs = importing?.document.UpdatedAt === document.UpdatedAt;
  if (result.outcome === 'imported') {
    const isNewest = (publication.imported?.document.UpdatedAt ?? '') <= document.UpdatedAt;
    const imported = isNewest ? { imported: { at: clock, is_certain: true, document } } : {};
    return { ...(isOurs ? others : publication), ...imported };
  }
  if (!isOurs) return publication;
  if (result.outcome === 'unknown') return { ...publication, importing: { ...importing, claimed_at: null } };
  const { outcome, reason } = result;
  const severity = document.FindingProviderFields.Severity.Label;
  return { ...others, failed: { outcome, reason, at: clock, content: toContent(document), severity } };
}

/** Undoes a claim whose document was not offered to anybody; `before` is what it was claimed from. */
export function takeBackImport(publication: Publication, document: AsffFinding, before: Publication): Publication {
  const { importing, imported, ...others } = publication;
  if (importing?.document.UpdatedAt !== document.UpdatedAt) return publication;
  const known = imported?.is_certain ? imported : before.imported;
  // Whoever held the claim before may have arrived meanwhile.
  const isSettled = known !== undefined && known.document.UpdatedAt >= (before.importing?.document.UpdatedAt ?? '');
  return {
    ...others,
    ...(known === undefined ? {} : { imported: known }),
    ...(before.importing === undefined || isSettled ? {} : { importing: before.importing }),
  };
}

/** Claims the notification about a finding of this severity. Its id is the same however often it is claimed. */
export function claimNotice(publication: Publication, severity: Severity, clock: string): Publication {
  const notice = toNotice(publication, severity);
  return withNotice(publication, severity, { ...notice, at: clock, attempts: notice.attempts + 1 });
}

/** Notes that the notification is due and waits for its time. */
export function holdNotice(publication: Publication, severity: Severity, clock: string): Publication {
  const notice = toNotice(publication, severity);
  return withNotice(publication, severity, { ...notice, at: null, waits_since: notice.waits_since ?? clock });
}

/**
 * Writes down whether a notification was sent, and in which digest; if it was not, anybody may claim it at once.
 */
export function settleNotice(
  publication: Publication,
  severity: Severity,
  { attempts }: Pick<Notice, 'attempts'>,
  sentAt: string | null,
  digest?: string,
): Publication {
  const notice = publication.notifications[severity];
  if (notice === undefined || notice.state === 'sent') return publication;
  if (sentAt === null && notice.attempts !== attempts) return publication;
  const state = sentAt === null ? 'pending' : 'sent';
  return withNotice(publication, severity, {
    ...notice,
    state,
    at: sentAt,
    ...(digest === undefined ? {} : { digest }),
  });
}

function toNotice({ finding_id, notifications }: Publication, severity: Severity): Notice {
  const known = notifications[severity];
  const isFirst = !Object.values(notifications).some(({ state }) => state === 'sent');
  const kind = isFirst ? 'new' : 'escalated';
  return { id: `${finding_id}:${severity}`, kind, at: null, attempts: 0, ...known, state: 'pending' };
}

function withNotice(publication: Publication, severity: Severity, notice: Notice): Publication {
  return { ...publication, notifications: { ...publication.notifications, [severity]: notice } };
}
