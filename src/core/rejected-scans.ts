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

/** A host's totals are those of its leg with most records. */
export function foldScans(hosts: readonly JudgedHost[]): Scans {
  const groups = new Map<string, { day: string; hosts: JudgedHost[] }>();
  for (const host of hosts) {
    for (const day of daysOf(host.main)) {
      const id = toScansId(host.main.indicator, day);
      const group = groups.get(id) ?? { day, hosts: [] };
      groups.set(id, group);
      group.hosts.push(host);
    }
  }
  const findings = new Map([...groups].map(([id, { day, hosts: own }]) => [id, toFinding(id, day, own)]));
  const latest = ({ main }: JudgedHost) => toScansId(main.indicator, daysOf(main).toSorted().at(-1)!);
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
  const totals = hosts.map(({ main }) => totalsOf(main, day)).reduce((sum, one) => addDayTotals(sum, one));
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
    services: topServices(merged.services),
    ...{ aws_services: merged.awsServices, beacon: null, longest_connection: null },
    hourly: [],
    legs: hosts.slice(0, MOST_LEGS).flatMap(toLegs).toSorted(byLegName),
  };
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
