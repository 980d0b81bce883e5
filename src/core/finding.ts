/**
 * Tallies → findings. A finding is one (host, indicator, UTC month), a pure fold: the same tallies in any order give the
 * same findings. A stream seen on several interfaces (instance, NAT gateway, transit gateway) is one finding, blamed on
 * the inner host; its totals are those of the leg with most records, never summed over legs.
 */
import { createHash } from 'node:crypto';
import { type Initiator, judgeInitiator } from './initiator.ts';
import { isAtLeast, judgeSeverity, raiseForHosts, type Severity } from './severity.ts';
import { Tallies, type Tally } from './sighting.ts';

/** One interface on which the stream was seen. */
export type Leg = {
  readonly interface_id: string;
  readonly local_ip: string;
  readonly records: number;
  readonly bytes_out: bigint;
  readonly bytes_in: bigint;
  /** True for the far side of a NAT gateway: its traffic is the inner hosts', all together. */
  readonly is_outer: boolean;
};

export type Finding = {
  readonly finding_id: string;
  readonly severity: Severity;
  readonly severity_reason: string;
  readonly initiator: Initiator;
  readonly initiator_reason: string;
  readonly account_id: string;
  readonly region: string;
  readonly local_ip: string;
  readonly instance_id: string | null;
  readonly vpc_id: string | null;
  readonly subnet_id: string | null;
  readonly indicator: string;
  readonly indicator_ip: readonly string[];
  readonly comment: string;
  readonly source: string;
  readonly also_in: readonly string[];
  readonly month: string;
  /** The leg whose totals these are. */
  readonly interface_id: string;
  readonly records_out: number;
  readonly bytes_out: bigint;
  readonly packets_out: bigint;
  readonly records_in: number;
  readonly bytes_in: bigint;
  readonly packets_in: bigint;
  readonly accepted: number;
  readonly rejected: number;
  /** Over all legs, ISO 8601 UTC, whole seconds. */
  readonly first_seen: string | null;
  readonly last_seen: string | null;
  /** Records by protocol and service port, most first: `6/443`. */
  readonly services: readonly { readonly service: string; readonly records: number }[];
  readonly legs: readonly Leg[];
};

export type Fold = {
  /** Severest first, then most bytes, then by id. */
  readonly findings: readonly Finding[];
  /** Finding of a tally, by its parts; an outer leg shared by several hosts goes to the one with most records. */
  readonly findingOf: (tally: Tally) => Finding | undefined;
};

const MOST_SERVICES = 5;

/** Folds all tallies of a home or a bucket. One tally per indicator, account, region, interface, local address, month. */
export function foldFindings(tallies: readonly Tally[]): Fold {
  const outerLegs = findOuterLegs(tallies);
  const hosts = new Map<string, { own: Tally[]; outer: Tally[] }>();
  for (const tally of tallies) {
    const inner = outerLegs.get(toLegKey(tally));
    for (const key of inner ?? [toHostKey(tally)]) {
      const host = hosts.get(key) ?? { own: [], outer: [] };
      host[inner === undefined ? 'own' : 'outer'].push(tally);
      hosts.set(key, host);
    }
  }
  const judged = [...hosts].map(([key, legs]) => ({ key, ...legs, ...judgeHost(legs.own) }));
  const hostsByIndicator = Map.groupBy(
    judged.filter(({ severity }) => isAtLeast(severity.severity, 'HIGH')),
    ({ main }) => `${main.indicator} ${main.month}`,
  );
  const findings = new Map<string, Finding>();
  for (const host of judged) {
    const peers = hostsByIndicator.get(`${host.main.indicator} ${host.main.month}`)?.filter(isOpenedByHost).length ?? 0;
    findings.set(host.key, toFinding(host, isOpenedByHost(host) ? peers : 0));
  }
  return {
    findings: [...findings.values()].sort(bySeverity),
    findingOf: (tally) => findings.get(pickHost(tally, outerLegs, findings)),
  };
}

type JudgedHost = ReturnType<typeof judgeHost> & { key: string; own: Tally[]; outer: Tally[] };

function judgeHost(own: readonly Tally[]) {
  const main = own.reduce((best, leg) => (isGreaterLeg(leg, best) ? leg : best));
  const all = new Tallies();
  for (const leg of own) all.merge({ ...leg, interfaceId: '' });
  const merged = all.sorted()[0]!;
  const initiator = judgeInitiator(merged.votes);
  return { main, merged, initiator, severity: judgeSeverity(main, initiator.initiator) };
}

function isOpenedByHost(host: ReturnType<typeof judgeHost>): boolean {
  return host.initiator.initiator !== 'indicator';
}

function isGreaterLeg(leg: Tally, best: Tally): boolean {
  const difference = leg.recordsOut + leg.recordsIn - (best.recordsOut + best.recordsIn);
  if (difference !== 0) return difference > 0;
  const bytes = leg.bytesOut + leg.bytesIn - (best.bytesOut + best.bytesIn);
  return bytes === 0n ? leg.interfaceId < best.interfaceId : bytes > 0n;
}

function toFinding({ main, merged, own, outer, initiator, severity }: JudgedHost, hosts: number): Finding {
  const raised = raiseForHosts(severity.severity, severity.reason, hosts);
  return {
    finding_id: toFindingId(main),
    severity: raised.severity,
    severity_reason: raised.reason,
    initiator: initiator.initiator,
    initiator_reason: initiator.reason,
    account_id: main.accountId,
    region: main.region,
    local_ip: main.localIp,
    instance_id: merged.instanceIds[0] ?? null,
    vpc_id: merged.vpcIds[0] ?? null,
    subnet_id: merged.subnetIds[0] ?? null,
    indicator: main.indicator,
    indicator_ip: merged.indicatorIps,
    comment: merged.comment,
    source: merged.source,
    also_in: merged.alsoIn,
    month: main.month,
    interface_id: main.interfaceId,
    ...toTotals(main),
    first_seen: toIsoSecond(merged.firstSeen),
    last_seen: toIsoSecond(merged.lastSeen),
    services: topServices(main.services),
    legs: [...own.map((leg) => toLeg(leg, false)), ...outer.map((leg) => toLeg(leg, true))].sort(byLegName),
  };
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

/** Unix seconds → `2026-09-01T00:05:12Z`. */
export function toIsoSecond(second: number | null): string | null {
  return second === null ? null : `${new Date(second * 1000).toISOString().slice(0, 19)}Z`;
}

/**
 * The far side of a NAT gateway carries the gateway's own address at every level. It is known by the near side: on the
 * same interface another host reached the same indicator through that address. Leg → the hosts behind it.
 */
function findOuterLegs(tallies: readonly Tally[]): Map<string, string[]> {
  const toInterfaceKey = (tally: Tally) =>
    [tally.indicator, tally.accountId, tally.region, tally.interfaceId, tally.month].join(' ');
  const nearSides = Map.groupBy(
    tallies.filter((tally) => tally.via.length > 0 && tally.interfaceId !== '-'),
    toInterfaceKey,
  );
  const candidates = new Map<string, Tally[]>();
  for (const tally of tallies) {
    const inner = nearSides
      .get(toInterfaceKey(tally))
      ?.filter((near) => near.localIp !== tally.localIp && near.via.includes(tally.localIp));
    if (inner !== undefined && inner.length > 0) candidates.set(toLegKey(tally), inner);
  }
  // Two hosts that each seem to be the other's gateway are just two hosts.
  const outer = [...candidates].map(
    ([leg, inner]) => [leg, inner.filter((near) => !candidates.has(toLegKey(near)))] as const,
  );
  return new Map(outer.filter(([, inner]) => inner.length > 0).map(([leg, inner]) => [leg, inner.map(toHostKey)]));
}

function pickHost(tally: Tally, outerLegs: Map<string, string[]>, findings: Map<string, Finding>): string {
  const inner = outerLegs.get(toLegKey(tally));
  if (inner === undefined) return toHostKey(tally);
  const records = (host: string) => (findings.get(host)?.records_out ?? 0) + (findings.get(host)?.records_in ?? 0);
  return inner.toSorted((a, b) => records(b) - records(a) || (a < b ? -1 : 1))[0]!;
}

function toLegKey(tally: Tally): string {
  return `${toHostKey(tally)} ${tally.interfaceId}`;
}

function toHostKey(tally: Parameters<typeof toFindingId>[0]): string {
  return [tally.indicator, tally.accountId, tally.region, tally.localIp, tally.month].join(' ');
}

/** Id of the finding about the tally's host; it has no clock in it. */
export function toFindingId(tally: Pick<Tally, 'indicator' | 'accountId' | 'region' | 'localIp' | 'month'>): string {
  return `fh-${createHash('sha256').update(toHostKey(tally)).digest('hex').slice(0, 40)}`;
}

function toLeg(tally: Tally, isOuter: boolean): Leg {
  return {
    interface_id: tally.interfaceId,
    local_ip: tally.localIp,
    records: tally.recordsOut + tally.recordsIn,
    bytes_out: tally.bytesOut,
    bytes_in: tally.bytesIn,
    is_outer: isOuter,
  };
}

function byLegName(a: Leg, b: Leg): number {
  return `${a.interface_id} ${a.local_ip}` < `${b.interface_id} ${b.local_ip}` ? -1 : 1;
}

/** Severest first, then most bytes: the order in which findings are shown. */
export function bySeverity(a: Finding, b: Finding): number {
  if (a.severity !== b.severity) return isAtLeast(a.severity, b.severity) ? -1 : 1;
  const bytes = b.bytes_out + b.bytes_in - a.bytes_out - a.bytes_in;
  if (bytes !== 0n) return bytes > 0n ? 1 : -1;
  return a.finding_id < b.finding_id ? -1 : 1;
}

function topServices(services: Readonly<Record<string, number>>): { service: string; records: number }[] {
  return Object.entries(services)
    .map(([service, records]) => ({ service, records }))
    .sort((a, b) => b.records - a.records || (a.service < b.service ? -1 : 1))
    .slice(0, MOST_SERVICES);
}
