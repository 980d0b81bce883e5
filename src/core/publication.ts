/** What has been said about one finding, and is being said: publications/<finding_id>.json. */
import { createHash } from 'node:crypto';
import type { AsffFinding } from './asff.ts';
import { toJson } from './exact-json.ts';
import { SEVERITIES, type Severity } from './severity.ts';

export type Publication = {
  readonly finding_id: string;
  /** When the findings service was first offered it. */
  readonly created_at?: string;
  /** Greatest UpdatedAt ever given out: the next one is greater. */
  readonly updated_at?: string;
  /** What the service took last; not certain if nobody saw the outcome. */
  readonly imported?: { readonly at: string; readonly is_certain: boolean; readonly document: AsffFinding };
  /** What it is being offered, by whoever claimed it; null if the claim was given up. */
  readonly importing?: { readonly claimed_at: string | null; readonly document: AsffFinding };
  /** Why it did not take the last one. */
  readonly failed?: FailedImport;
  readonly notifications: Readonly<Partial<Record<Severity, Notice>>>;
};

export type FailedImport = {
  readonly outcome: 'refused' | 'disabled';
  readonly reason: string;
  readonly at: string;
  readonly content: string;
  readonly severity: Severity;
};

/** One notification: pending until it is known to be sent. */
export type Notice = {
  readonly id: string;
  readonly kind: 'new' | 'escalated';
  readonly state: 'pending' | 'sent';
  /** When it was claimed or sent; null if the claim was given up, or nobody claimed it yet. */
  readonly at: string | null;
  readonly attempts: number;
  /** When it was held back, for the end of quiet hours or for a digest. */
  readonly waits_since?: string;
  /** The digest that said it. */
  readonly digest?: string;
};

/** Longer than a Lambda function can run: who claimed then is no more. */
export const STALE_AFTER_MS = 15 * 60_000;

export function publicationKey(findingId: string): string {
  return `publications/${findingId}.json`;
}

/** True while somebody may still be at it. A claim of a clock ahead of ours counts as fresh. */
export function isFresh(claimedAt: string | null, clock: string): boolean {
  return claimedAt !== null && Date.parse(clock) - Date.parse(claimedAt) < STALE_AFTER_MS;
}

/** UpdatedAt of the next import: the service ignores what is not newer than what it has. */
export function toNextUpdate(previous: string | undefined, clock: string): string {
  const least = previous === undefined ? 0 : Date.parse(previous) + 1;
  return new Date(Math.max(least, Date.parse(clock))).toISOString();
}

/** The same for documents that say the same, whenever they say it. */
export function toContent({ CreatedAt, UpdatedAt, ...said }: AsffFinding): string {
  return createHash('sha256').update(toJson(said)).digest('hex');
}

/** An archived finding is below all others: that it comes back is an escalation. */
export function rankDocument({ RecordState, FindingProviderFields }: AsffFinding): number {
  return RecordState === 'ARCHIVED' ? -1 : SEVERITIES.indexOf(FindingProviderFields.Severity.Label);
}

/**
 * Mark of a finding that is about to change, under outbox/: put before the finding is written, so that nothing is lost
 * between. No two marks are the same text, since a mark is removed only if it is still the one that was read.
 */
export type OutboxMark = { readonly finding_id: string; readonly execution: string; readonly at: string };
