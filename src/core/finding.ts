/**
 * Tallies → findings. A finding is one (host, indicator, UTC month), or what an indicator tried in vain on one UTC day: a pure
 * fold, the same tallies in any order give the same findings. Legs of one stream are one finding, see legs.ts; its totals are
 * those of the leg with most records, never summed over legs.
 */
import { findLongest, judgeBeacon } from './beacon.ts';
import {
  type Finding,
  tellIndicator,
  toHourly,
  toLegs,
  topServices,
  toRatios,
  toTimes,
  toTotals,
} from './finding-document.ts';
import { toIdOfHost } from './finding-id.ts';
import { type JudgedHost, judgeHost } from './judged-host.ts';
import { groupLegs } from './legs.ts';
import { foldScans } from './rejected-scans.ts';
import { isAtLeast } from './severity.ts';
import { raiseForHosts } from './severity-judgement.ts';
import { DEFAULT_SEVERITY_TABLE, SEVERAL_HOSTS, type SeverityTable } from './severity-table.ts';
import type { Tally } from './sighting.ts';
import { nameTechnique } from './technique.ts';

export type Fold = {
  /** Severest first, then most bytes, then by id. */
  readonly findings: readonly Finding[];
  /** Finding of a tally; an outer leg shared by several hosts goes to the one with most records. */
  readonly findingOf: (tally: Tally) => Finding | undefined;
};

/** Folds all tallies of a home or a bucket. One tally per indicator, account, region, interface, local address, month. */
export function foldFindings(tallies: readonly Tally[], table: SeverityTable = DEFAULT_SEVERITY_TABLE): Fold {
  const { hosts, hostsOf } = groupLegs(tallies);
  const judged = [...hosts].map(([key, legs]) => judgeHost(key, legs, table));
  const [scanned, serious] = partition(judged, ({ severity }) => severity.line.id === 'rejected-from-outside');
  const peers = Map.groupBy(
    serious.filter((host) => isAtLeast(host.severity.severity, 'HIGH') && isOpenedByHost(host)),
    toGroup,
  );
  const byHost = new Map<string, Finding>();
  for (const host of serious) {
    const hosts = isOpenedByHost(host) ? (peers.get(toGroup(host))?.length ?? 0) : 0;
    byHost.set(host.key, toFinding(host, hosts, table));
  }
  const scans = foldScans(scanned);
  const findings = [...byHost.values(), ...scans.findings].sort(bySeverity);
  const findingOf = (tally: Tally) => {
    const hosts = hostsOf(tally);
    return mostRecords(hosts.flatMap((key) => byHost.get(key) ?? scans.byHost.get(key) ?? []));
  };
  return { findings, findingOf };
}

function toGroup({ main }: JudgedHost): string {
  return `${main.indicator} ${main.month}`;
}

function isOpenedByHost({ initiator }: JudgedHost): boolean {
  return initiator.initiator !== 'indicator';
}

function toFinding(host: JudgedHost, peers: number, table: SeverityTable): Finding {
  const { key, main, merged, initiator, severity } = host;
  const raised = raiseForHosts(severity, peers, table);
  return {
    finding_id: toIdOfHost(key),
    kind: 'host',
    severity: raised?.severity ?? severity.severity,
    severity_reason: raised?.reason ?? severity.reason,
    severity_line: raised === undefined ? severity.line.id : SEVERAL_HOSTS,
    technique: nameTechnique(severity.line, main),
    initiator: initiator.initiator,
    initiator_reason: initiator.reason,
    account_id: merged.accountId,
    region: main.region,
    ...{ local_ip: main.localIp, host_count: 1, hosts: [main.localIp] },
    instance_id: merged.instanceIds[0] ?? null,
    vpc_id: merged.vpcIds[0] ?? null,
    subnet_id: merged.subnetIds[0] ?? null,
    ...tellIndicator(merged),
    ...{ month: main.month, day: null, interface_id: main.interfaceId },
    ...toTotals(main),
    ...toRatios(main),
    ...toTimes(merged),
    services: topServices(main),
    aws_services: merged.awsServices,
    beacon: judgeBeacon(main.course.contacts, main.votes.synLocal > 0) ?? null,
    longest_connection: findLongest(main.course.connections) ?? null,
    hourly: toHourly(main.course.hours),
    legs: toLegs(host),
  };
}

function mostRecords(findings: readonly Finding[]): Finding | undefined {
  const records = (finding: Finding) => finding.records_out + finding.records_in;
  return findings.toSorted((a, b) => records(b) - records(a) || (a.finding_id < b.finding_id ? -1 : 1))[0];
}

/** Severest first, then most bytes: the order in which findings are shown. */
export function bySeverity(a: Finding, b: Finding): number {
  if (a.severity !== b.severity) return isAtLeast(a.severity, b.severity) ? -1 : 1;
  const bytes = toBytes(b) - toBytes(a);
  if (bytes !== 0n) return bytes > 0n ? 1 : -1;
  return a.finding_id < b.finding_id ? -1 : 1;
}

/** Read back from JSON, what fits a number is one. */
function toBytes({ bytes_out, bytes_in }: Finding): bigint {
  return BigInt(bytes_out) + BigInt(bytes_in);
}

function partition<Item>(items: readonly Item[], isFirst: (item: Item) => boolean): [Item[], Item[]] {
  return [items.filter(isFirst), items.filter((item) => !isFirst(item))];
}
