/** What a finding says, and its parts that follow from one tally. */
import type { Beacon, LongestConnection } from './beacon.ts';
import { toDataRatio } from './data-ratio.ts';
import type { FindingContext } from './finding-context.ts';
import type { Initiator } from './initiator.ts';
import { toIsoSecond } from './iso-second.ts';
import type { HostLegs } from './legs.ts';
import type { Severity } from './severity.ts';
import type { Technique } from './severity-table.ts';
import type { Tally } from './sighting.ts';

/** One interface on which the stream was seen. */
export type Leg = {
  readonly account_id: string;
  readonly interface_id: string;
  readonly local_ip: string;
  readonly records: number;
  readonly bytes_out: bigint;
  readonly bytes_in: bigint;
  /** True for the far side of a NAT gateway: its traffic is the inner hosts', all together. */
  readonly is_outer: boolean;
};

export type Hour = {
  readonly hour: string;
  readonly records: number;
  readonly bytes_out: bigint;
  readonly bytes_in: bigint;
};

export type Finding = {
  readonly finding_id: string;
  /** `scans`: attempts from outside, all rejected, of one indicator on one UTC day, at however many hosts. */
  readonly kind: 'host' | 'scans';
  readonly severity: Severity;
  readonly severity_reason: string;
  /** The line of the severity table that applied. */
  readonly severity_line: string;
  /** MITRE ATT&CK. */
  readonly technique: Technique;
  readonly initiator: Initiator;
  readonly initiator_reason: string;
  readonly account_id: string;
  readonly region: string;
  /** Of several hosts the first. */
  readonly local_ip: string;
  readonly host_count: number;
  /** Their addresses, sorted, as many as people read. */
  readonly hosts: readonly string[];
  readonly instance_id: string | null;
  readonly vpc_id: string | null;
  readonly subnet_id: string | null;
  readonly indicator: string;
  /** Its addresses that were seen, those that traffic passed with first. */
  readonly indicator_ip: readonly string[];
  /** Who got through: as many of these as people read. */
  readonly passed_ip: readonly string[];
  readonly comment: string;
  readonly source: string;
  readonly also_in: readonly string[];
  readonly month: string;
  /** UTC day of rejected scans. */
  readonly day: string | null;
  /** The leg whose totals these are; `-` for several hosts. */
  readonly interface_id: string;
  readonly records_out: number;
  readonly bytes_out: bigint;
  readonly packets_out: bigint;
  readonly records_in: number;
  readonly bytes_in: bigint;
  readonly packets_in: bigint;
  readonly accepted: number;
  readonly rejected: number;
  /** Bytes per record each way, two decimals: the data ratio of the pair. */
  readonly data_ratio_out: string | null;
  readonly data_ratio_in: string | null;
  /** Over all legs, ISO 8601 UTC, whole seconds. */
  readonly first_seen: string | null;
  readonly last_seen: string | null;
  readonly duration_seconds: number | null;
  /** Records that passed, or where none did all, by protocol and service port, most first: `6/443`. */
  readonly services: readonly { readonly service: string; readonly records: number }[];
  readonly aws_services: readonly string[];
  readonly beacon: Beacon | null;
  readonly longest_connection: LongestConnection | null;
  /** Hours with records, ascending. */
  readonly hourly: readonly Hour[];
  readonly legs: readonly Leg[];
  /** Only where the finding is told: what is known beside its sightings is no part of the fold. */
  readonly context?: FindingContext;
};

const MOST_SERVICES = 5;
const MOST_PASSED = 20;

/** What is said of the indicator. */
export function tellIndicator({ indicator, indicatorIps, passedIps, comment, source, alsoIn }: Tally) {
  const passed = new Set(passedIps);
  const all = [...passedIps, ...indicatorIps.filter((ip) => !passed.has(ip))];
  return { indicator, indicator_ip: all, passed_ip: passedIps.slice(0, MOST_PASSED), comment, source, also_in: alsoIn };
}

/** Counts of a tally as documents write them. */
export function toTotals(tally: Tally) {
  return {
    records_out: tally.recordsOut,
    bytes_out: tally.bytesOut,
    packets_out: tally.packetsOut,
    records_in: tally.recordsIn,
    bytes_in: tally.bytesIn,
    packets_in: tally.packetsIn,
    accepted: tally.acceptedOut + tally.acceptedIn,
    rejected: tally.rejectedOut + tally.rejectedIn,
  };
}

export function toRatios(totals: Pick<Tally, 'recordsOut' | 'bytesOut' | 'recordsIn' | 'bytesIn'>) {
  return {
    data_ratio_out: toRatio(totals.bytesOut, totals.recordsOut),
    data_ratio_in: toRatio(totals.bytesIn, totals.recordsIn),
  };
}

/** Null without records. */
function toRatio(bytes: bigint, records: number): string | null {
  return records === 0 ? null : toDataRatio(bytes, BigInt(records));
}

export function toTimes({ firstSeen, lastSeen }: Pick<Tally, 'firstSeen' | 'lastSeen'>) {
  const duration = firstSeen === null || lastSeen === null ? null : Math.max(0, lastSeen - firstSeen);
  return { first_seen: toIsoSecond(firstSeen), last_seen: toIsoSecond(lastSeen), duration_seconds: duration };
}

export function toHourly(hours: Tally['course']['hours']): Hour[] {
  return Object.entries(hours)
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([hour, { records, bytesOut, bytesIn }]) => ({
      hour: toIsoSecond(Number(hour) * 3600),
      ...{ records, bytes_out: bytesOut, bytes_in: bytesIn },
    }));
}

/** All legs of a host, by name. */
export function toLegs({ own, outer }: HostLegs): Leg[] {
  return [...own.map((leg) => toLeg(leg, false)), ...outer.map((leg) => toLeg(leg, true))].sort(byLegName);
}

function toLeg(tally: Tally, isOuter: boolean): Leg {
  return {
    account_id: tally.accountId,
    interface_id: tally.interfaceId,
    local_ip: tally.localIp,
    records: tally.recordsOut + tally.recordsIn,
    bytes_out: tally.bytesOut,
    bytes_in: tally.bytesIn,
    is_outer: isOuter,
  };
}

export function byLegName(a: Leg, b: Leg): number {
  return toLegName(a) < toLegName(b) ? -1 : 1;
}

function toLegName({ interface_id, local_ip, account_id, is_outer }: Leg): string {
  return [interface_id, local_ip, account_id, is_outer].join(' ');
}

/** Of what passed; where nothing did, of what was rejected. */
export function topServices({ services, rejectedServices }: Pick<Tally, 'services' | 'rejectedServices'>): {
  service: string;
  records: number;
}[] {
  const isPassed = Object.keys(services).length > 0;
  return Object.entries(isPassed ? services : rejectedServices)
    .map(([service, records]) => ({ service, records }))
    .sort((a, b) => b.records - a.records || (a.service < b.service ? -1 : 1))
    .slice(0, MOST_SERVICES);
}
