/**
 * Hosts at which an indicator knocked in vain → one finding per indicator and UTC day. Scanners try everybody, all day: a
 * finding for each host would bury the one that let them in.
 */

import { byLegName, type Finding, tellIndicator, toLegs, topServices, toRatios, toTimes } from './finding-document.ts';
import { daysOf, toScansId } from './finding-id.ts';
import type { JudgedHost } from './judged-host.ts';
import { Tallies, type Tally } from './sighting.ts';
import { addDayTotals, type DayTotals } from './sighting-course.ts';

/** As many as people read. */
const MOST_HOSTS = 20;
/** Hosts whose interfaces are named. */
const MOST_LEGS = 200;

export type Scans = {
  readonly findings: readonly Finding[];
  /** Host key → the finding of its latest day. */
  readonly byHost: ReadonlyMap<string, Finding>;
};

/** A host's totals are those of its leg with most records on that day. */
export function foldScans(hosts: readonly JudgedHost[]): Scans {
  const groups = new Map<string, { day: string; hosts: JudgedHost[] }>();
  for (const host of hosts) {
    for (const day of daysOfHost(host)) {
      const id = toScansId(host.main.indicator, day);
      const group = groups.get(id) ?? { day, hosts: [] };
      groups.set(id, group);
      group.hosts.push(host);
    }
  }
  const findings = new Map([...groups].map(([id, { day, hosts: own }]) => [id, toFinding(id, day, own)]));
  const latest = (host: JudgedHost) => toScansId(host.main.indicator, daysOfHost(host).at(-1)!);
  return {
    findings: [...findings.values()],
    byHost: new Map(hosts.map((host) => [host.key, findings.get(latest(host))!])),
  };
}

function toFinding(id: string, day: string, all: readonly JudgedHost[]): Finding {
  const hosts = all.toSorted((a, b) => (a.key < b.key ? -1 : 1));
  const first = hosts[0]!;
  const isAlone = hosts.length === 1;
  const merged = unite(hosts.map(({ merged }) => merged));
  const totals = hosts.map((host) => totalsOn(host, day)).reduce((sum, one) => addDayTotals(sum, one));
  const { line, severity, reason } = first.severity;
  return {
    ...{ finding_id: id, kind: 'scans', severity, severity_reason: reason, severity_line: line.id },
    ...{ technique: line.technique, initiator: first.initiator.initiator, initiator_reason: first.initiator.reason },
    ...{ account_id: first.merged.accountId, region: first.main.region, local_ip: first.main.localIp },
    host_count: hosts.length,
    hosts: [...new Set(hosts.map(({ main }) => main.localIp))].sort().slice(0, MOST_HOSTS),
    instance_id: isAlone ? (first.merged.instanceIds[0] ?? null) : null,
    vpc_id: isAlone ? (first.merged.vpcIds[0] ?? null) : null,
    subnet_id: isAlone ? (first.merged.subnetIds[0] ?? null) : null,
    ...tellIndicator(merged),
    ...{ month: first.main.month, day, interface_id: isAlone ? first.main.interfaceId : '-' },
    ...{ records_out: totals.recordsOut, bytes_out: totals.bytesOut, packets_out: totals.packetsOut },
    ...{ records_in: totals.recordsIn, bytes_in: totals.bytesIn, packets_in: totals.packetsIn },
    ...{ accepted: totals.accepted, rejected: totals.rejected },
    ...toRatios(totals),
    ...toTimes({ firstSeen: totals.seen[0], lastSeen: totals.seen[1] }),
    services: topServices(merged),
    ...{ aws_services: merged.awsServices, beacon: null, longest_connection: null },
    hourly: [],
    legs: hosts
      .slice(0, MOST_LEGS)
      .flatMap(({ own, outer }) => toLegs({ own: onDay(own, day), outer: onDay(outer, day) }))
      .toSorted(byLegName),
  };
}

function daysOfHost({ own }: JudgedHost): string[] {
  return [...new Set(own.flatMap(daysOf))].sort();
}

function totalsOn({ own }: JudgedHost, day: string): DayTotals {
  const seen = own.filter((leg) => daysOf(leg).includes(day)).toSorted((a, b) => (toName(a) < toName(b) ? -1 : 1));
  return seen.map((leg) => totalsOf(leg, day)).reduce((best, totals) => (isGreater(totals, best) ? totals : best));
}

function toName({ interfaceId, accountId }: Tally): string {
  return `${interfaceId} ${accountId}`;
}

function isGreater(totals: DayTotals, best: DayTotals): boolean {
  const records = totals.recordsOut + totals.recordsIn - (best.recordsOut + best.recordsIn);
  if (records !== 0) return records > 0;
  return BigInt(totals.bytesOut) + BigInt(totals.bytesIn) > BigInt(best.bytesOut) + BigInt(best.bytesIn);
}

/** The legs that saw anything on that day, with what they saw then. */
function onDay(legs: readonly Tally[], day: string): Tally[] {
  return legs
    .filter((leg) => daysOf(leg).includes(day) || daysOf(leg).includes(leg.month))
    .map((leg) => {
      const { recordsOut, bytesOut, recordsIn, bytesIn } = totalsOf(leg, day);
      return { ...leg, recordsOut, bytesOut, recordsIn, bytesIn };
    });
}

/** A tally of a version before there were days counts as a whole. */
function totalsOf(tally: Tally, day: string): DayTotals {
  const { recordsOut, bytesOut, packetsOut, recordsIn, bytesIn, packetsIn, firstSeen, lastSeen } = tally;
  return (
    tally.course.days[day] ?? {
      seen: [firstSeen ?? lastSeen, lastSeen ?? firstSeen],
      ...{ recordsOut, bytesOut, packetsOut, recordsIn, bytesIn, packetsIn },
      ...{ accepted: tally.acceptedOut + tally.acceptedIn, rejected: tally.rejectedOut + tally.rejectedIn },
    }
  );
}

function unite(tallies: readonly Tally[]): Tally {
  const all = new Tallies();
  for (const tally of tallies) all.merge({ ...tally, accountId: '', region: '', localIp: '' });
  return all.sorted()[0]!;
}
