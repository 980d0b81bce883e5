/** Tally + its finding → sighting, the document that `sweep` and `findings --sightings` print. */
import { type Finding, type Fold, toIsoSecond, toTotals } from './finding.ts';
import { type Initiator, judgeInitiator } from './initiator.ts';
import type { Severity } from './severity.ts';
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

/** Tallies, by month, to sightings over all months; severity and finding id are those of the latest month. */
export function toSightings(tallies: readonly Tally[], fold: Fold): Sighting[] {
  const overMonths = new Tallies();
  const latest = new Map<string, Tally>();
  for (const tally of tallies) {
    overMonths.merge(tally, '');
    const key = toKey(tally);
    if ((latest.get(key)?.month ?? '') < tally.month) latest.set(key, tally);
  }
  return overMonths.sorted().flatMap((tally) => {
    const finding = fold.findingOf(latest.get(toKey(tally))!);
    return finding === undefined ? [] : [toSighting(tally, finding)];
  });
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
