/** Tally + its finding → sighting, the document that `sweep` and `findings --sightings` print. */
import type { Fold } from './finding.ts';
import { type Finding, toTotals } from './finding-document.ts';
import { type Initiator, judgeInitiator } from './initiator.ts';
import { toIsoSecond } from './iso-second.ts';
import { isAtLeast, type Severity } from './severity.ts';
import { Tallies, type Tally } from './sighting.ts';

/** One (indicator, account, region, interface, local address). Integers are exact, times ISO 8601 UTC in whole seconds. */
export type Sighting = {
  readonly indicator: string;
  readonly indicator_ip: readonly string[];
  readonly comment: string;
  readonly source: string;
  readonly also_in: readonly string[];
  readonly account_id: string;
  readonly region: string;
  readonly interface_id: string;
  readonly local_ip: string;
  readonly records_out: number;
  readonly bytes_out: bigint;
  readonly packets_out: bigint;
  readonly records_in: number;
  readonly bytes_in: bigint;
  readonly packets_in: bigint;
  readonly accepted: number;
  readonly rejected: number;
  readonly first_seen: string | null;
  readonly last_seen: string | null;
  readonly initiator: Initiator;
  readonly initiator_reason: string;
  readonly severity: Severity;
  readonly finding_id: string;
};

/** Tallies, by month, to sightings over all months; severity and finding id are those of the gravest month, then the latest. */
export function toSightings(tallies: readonly Tally[], fold: Fold): Sighting[] {
  const overMonths = new Tallies();
  const gravest = new Map<string, Finding>();
  for (const tally of tallies) {
    overMonths.merge(tally, '');
    const finding = fold.findingOf(tally);
    const known = gravest.get(toKey(tally));
    if (finding !== undefined && (known === undefined || isGraver(finding, known))) gravest.set(toKey(tally), finding);
  }
  return overMonths.sorted().flatMap((tally) => {
    const finding = gravest.get(toKey(tally));
    return finding === undefined ? [] : [toSighting(tally, finding)];
  });
}

function isGraver(finding: Finding, other: Finding): boolean {
  if (finding.severity !== other.severity) return isAtLeast(finding.severity, other.severity);
  return finding.month > other.month;
}

function toSighting(tally: Tally, finding: Finding): Sighting {
  const { initiator, reason } = judgeInitiator(tally.votes);
  return {
    indicator: tally.indicator,
    indicator_ip: tally.indicatorIps,
    comment: tally.comment,
    source: tally.source,
    also_in: tally.alsoIn,
    account_id: tally.accountId,
    region: tally.region,
    interface_id: tally.interfaceId,
    local_ip: tally.localIp,
    ...toTotals(tally),
    first_seen: toIsoSecond(tally.firstSeen),
    last_seen: toIsoSecond(tally.lastSeen),
    initiator,
    initiator_reason: reason,
    severity: finding.severity,
    finding_id: finding.finding_id,
  };
}

function toKey(tally: Tally): string {
  return [tally.indicator, tally.accountId, tally.region, tally.interfaceId, tally.localIp].join('\u0000');
}
