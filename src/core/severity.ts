/** How bad a finding is. It is earned by the outcome: who began, what was let through, what came back. */
import { UsageError } from './errors.ts';
import type { Initiator } from './initiator.ts';
import type { Tally } from './sighting.ts';

export const SEVERITIES = ['INFORMATIONAL', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** 25 MB sent to one indicator is more than a beacon needs (RITA's threat-intel threshold). */
const LARGE_BYTES_OUT = 25_000_000n;

export function isAtLeast(severity: Severity, least: Severity): boolean {
  return SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(least);
}

/** `high`, `HIGH`, `info` → a severity. */
export function parseSeverity(text: string): Severity {
  const upper = text.toUpperCase();
  const severity = upper === 'INFO' ? 'INFORMATIONAL' : SEVERITIES.find((one) => one === upper);
  if (severity === undefined) throw new UsageError(`"${text}" is no severity. Use ${SEVERITIES.join(', ')}.`);
  return severity;
}

/** Severity of one host's traffic with one indicator, and the reason in words. Other hosts may still raise it. */
export function judgeSeverity(tally: Tally, initiator: Initiator): { severity: Severity; reason: string } {
  const openedByHost = initiator === 'local' || (initiator === 'unknown' && tally.recordsOut > 0);
  if (!openedByHost && tally.votes.synLocal === 0) return judgeInbound(tally);
  const outbound = judgeOutbound(tally);
  if (openedByHost) return outbound;
  const inbound = judgeInbound(tally);
  return isAtLeast(outbound.severity, inbound.severity) ? outbound : inbound;
}

/** Several hosts with accepted, two-way traffic to one indicator: no longer one machine's trouble. */
export function raiseForHosts(
  severity: Severity,
  reason: string,
  hosts: number,
): { severity: Severity; reason: string } {
  if (severity !== 'HIGH' || hosts < 2) return { severity, reason };
  return { severity: 'CRITICAL', reason: `${reason}; ${hosts} hosts talk to this indicator` };
}

function judgeOutbound(tally: Tally): { severity: Severity; reason: string } {
  // A transit gateway record has no action and is never a reject.
  const passedOut = tally.recordsOut - tally.rejectedOut;
  const passedIn = tally.recordsIn - tally.rejectedIn;
  if (passedOut === 0 && passedIn === 0) return { severity: 'MEDIUM', reason: 'the host tried and was blocked' };
  const isTwoWay = tally.bytesOut > 0n && tally.bytesIn > 0n && passedOut > 0 && passedIn > 0;
  const isOnlyAttempts = tally.recordsIn === 0 && tally.votes.synLocal >= tally.recordsOut;
  const lasted = tally.firstSeen !== null && tally.lastSeen !== null && tally.lastSeen > tally.firstSeen;
  if (!isTwoWay && (isOnlyAttempts || !lasted)) {
    return { severity: 'MEDIUM', reason: 'the host opened it, nothing came back' };
  }
  const reason = isTwoWay ? 'the host opened it, data went both ways' : 'the host kept sending';
  if (tally.bytesOut >= LARGE_BYTES_OUT) return { severity: 'CRITICAL', reason: `${reason}; 25 MB or more left` };
  return { severity: 'HIGH', reason };
}

function judgeInbound(tally: Tally): { severity: Severity; reason: string } {
  if (tally.recordsIn - tally.rejectedIn === 0)
    return { severity: 'INFORMATIONAL', reason: 'attempts from outside, all blocked' };
  if (tally.recordsOut - tally.rejectedOut > 0)
    return { severity: 'HIGH', reason: 'let in from outside, and answered' };
  return { severity: 'MEDIUM', reason: 'let in from outside, no answer seen' };
}
