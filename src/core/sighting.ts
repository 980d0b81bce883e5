/**
 * Matches → sightings: all matches of one indicator with one local address on one interface. They are kept per log
 * object and UTC month, so that adding them up in any order, in any grouping, gives the same totals.
 */
import { addVote, emptyVotes, type InitiatorVotes } from './initiator.ts';
import type { Match } from './match.ts';
import { addToCourse, type Course, emptyCourse, mergeCourse, settleCourse } from './sighting-course.ts';

/** What is added up; bytes and packets stay exact beyond 2^53. */
export type Tally = {
  indicator: string;
  comment: string;
  source: string;
  alsoIn: string[];
  indicatorIps: string[];
  /** Those of them whose records were not all rejected. */
  passedIps: string[];
  accountId: string;
  region: string;
  interfaceId: string;
  localIp: string;
  /** UTC month of the records' end: `2026-09`; `unknown` where no record has a time. */
  month: string;
  recordsOut: number;
  bytesOut: bigint;
  packetsOut: bigint;
  recordsIn: number;
  bytesIn: bigint;
  packetsIn: bigint;
  acceptedOut: number;
  acceptedIn: number;
  rejectedOut: number;
  rejectedIn: number;
  /** Unix seconds: least start, greatest end. */
  firstSeen: number | null;
  lastSeen: number | null;
  votes: InitiatorVotes;
  via: string[];
  instanceIds: string[];
  vpcIds: string[];
  subnetIds: string[];
  /** Records that passed by the service's protocol and port: `{"6/443": 12}`. */
  services: Record<string, number>;
  /** Of those that were rejected: what was knocked at is not what was talked about. */
  rejectedServices: Record<string, number>;
  /** AWS services that its packets came from or went to. */
  awsServices: string[];
  course: Course;
};

/** A tally being added up; its addresses, of which a network can have very many, are lists only in the end. */
type Sum = { readonly tally: Tally; readonly ips: Set<string>; readonly passed: Set<string> };

/** Adds matches up into tallies, one per indicator, account, region, interface, local address and month. */
export class Tallies {
  readonly #byKey = new Map<string, Sum>();

  get size(): number {
    return this.#byKey.size;
  }

  /** Adds one match. */
  add(match: Match): void {
    const month = toMonth(match.end ?? match.start);
    const { tally, ips, passed } = this.#sumOf(toKey(match, month), () => emptyTally(match, month));
    addRecord(tally, match);
    for (const ip of match.indicatorIps) {
      ips.add(ip);
      if (match.action !== 'REJECT') passed.add(ip);
    }
  }

  /** Adds a tally up; with `month` given, as if all its records ended in that month. */
  merge(other: Tally, month = other.month): void {
    const key = toKey(other, month);
    const isNew = !this.#byKey.has(key);
    const { tally, ips, passed } = this.#sumOf(key, () => ({ ...copyOf(other), ...exactTotals(other), month }));
    if (!isNew) mergeInto(tally, other);
    for (const ip of other.indicatorIps) ips.add(ip);
    for (const ip of other.passedIps ?? []) passed.add(ip);
  }

  /** In the order of CONTRACT: indicator, account, region, interface, local address, as plain text. */
  sorted(): Tally[] {
    return [...this.#byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, sum]) => settle(sum));
  }

  #sumOf(key: string, make: () => Tally): Sum {
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    const sum = { tally: make(), ips: new Set<string>(), passed: new Set<string>() };
    this.#byKey.set(key, sum);
    return sum;
  }
}

function settle({ tally, ips, passed }: Sum): Tally {
  const addresses = { indicatorIps: [...ips].sort(), passedIps: [...passed].sort() };
  return { ...tally, ...addresses, course: settleCourse(tally.course) };
}

const LISTS = ['alsoIn', 'via', 'instanceIds', 'vpcIds', 'subnetIds', 'awsServices'] as const;

function addRecord(tally: Tally, match: Match): void {
  const { direction, action } = match;
  if (direction === 'out') {
    tally.recordsOut++;
    tally.bytesOut += match.bytes;
    tally.packetsOut += match.packets;
  } else {
    tally.recordsIn++;
    tally.bytesIn += match.bytes;
    tally.packetsIn += match.packets;
  }
  if (action === 'ACCEPT') tally[direction === 'out' ? 'acceptedOut' : 'acceptedIn']++;
  if (action === 'REJECT') tally[direction === 'out' ? 'rejectedOut' : 'rejectedIn']++;
  tally.firstSeen = least(tally.firstSeen, match.start);
  tally.lastSeen = greatest(tally.lastSeen, match.end);
  tally.alsoIn = unite(tally.alsoIn, match.alsoIn);
  tally.via = unite(tally.via, present(match.via));
  tally.instanceIds = unite(tally.instanceIds, present(match.instanceId));
  tally.vpcIds = unite(tally.vpcIds, present(match.vpcId));
  tally.subnetIds = unite(tally.subnetIds, present(match.subnetId));
  tally.awsServices = unite(tally.awsServices, match.awsServices);
  addVote(tally.votes, match);
  addToCourse(tally.course, match);
  const service = toService(match);
  const counts = action === 'REJECT' ? tally.rejectedServices : tally.services;
  if (service !== undefined) counts[service] = (counts[service] ?? 0) + 1;
}

function mergeInto(tally: Tally, other: Tally): void {
  tally.recordsOut += other.recordsOut;
  tally.recordsIn += other.recordsIn;
  const exact = exactTotals(other);
  for (const total of ['bytesOut', 'packetsOut', 'bytesIn', 'packetsIn'] as const) tally[total] += exact[total];
  tally.acceptedOut += other.acceptedOut;
  tally.acceptedIn += other.acceptedIn;
  tally.rejectedOut += other.rejectedOut;
  tally.rejectedIn += other.rejectedIn;
  tally.firstSeen = least(tally.firstSeen, other.firstSeen);
  tally.lastSeen = greatest(tally.lastSeen, other.lastSeen);
  // Two list versions may comment differently; whichever came first must not decide.
  if (`${other.source} ${other.comment}` < `${tally.source} ${tally.comment}`) {
    tally.source = other.source;
    tally.comment = other.comment;
  }
  for (const list of LISTS) tally[list] = unite(tally[list], other[list] ?? []);
  mergeCourse(tally.course, other.course ?? emptyCourse());
  for (const level of Object.keys(tally.votes) as (keyof InitiatorVotes)[]) tally.votes[level] += other.votes[level];
  for (const counts of ['services', 'rejectedServices'] as const) addCounts(tally[counts], other[counts] ?? {});
}

function addCounts(counts: Record<string, number>, more: Readonly<Record<string, number>>): void {
  for (const [service, records] of Object.entries(more)) counts[service] = (counts[service] ?? 0) + records;
}

/** What is added to in place is copied; lists never are. */
function copyOf(tally: Tally): Tally {
  const course = emptyCourse();
  // Version 0.1.0 stored none of these.
  mergeCourse(course, tally.course ?? course);
  const awsServices = tally.awsServices ?? [];
  const services = { services: { ...tally.services }, rejectedServices: { ...tally.rejectedServices } };
  return { ...tally, ...services, awsServices, votes: { ...tally.votes }, course };
}

/** Read back from JSON, a total that fits a number is one. */
function exactTotals(tally: Tally): Pick<Tally, 'bytesOut' | 'packetsOut' | 'bytesIn' | 'packetsIn'> {
  return {
    bytesOut: BigInt(tally.bytesOut),
    packetsOut: BigInt(tally.packetsOut),
    bytesIn: BigInt(tally.bytesIn),
    packetsIn: BigInt(tally.packetsIn),
  };
}

function emptyTally(match: Match, month: string): Tally {
  const { indicator, comment, source, accountId, region, interfaceId, localIp } = match;
  return {
    ...{
      indicator,
      comment,
      source,
      alsoIn: [],
      indicatorIps: [],
      passedIps: [],
      accountId,
      region,
      interfaceId,
      localIp,
      month,
    },
    ...{ recordsOut: 0, bytesOut: 0n, packetsOut: 0n, recordsIn: 0, bytesIn: 0n, packetsIn: 0n },
    ...{ acceptedOut: 0, acceptedIn: 0, rejectedOut: 0, rejectedIn: 0, firstSeen: null, lastSeen: null },
    ...{ votes: emptyVotes(), via: [], instanceIds: [], vpcIds: [], subnetIds: [] },
    ...{ services: {}, rejectedServices: {}, awsServices: [], course: emptyCourse() },
  };
}

type KeyParts = Pick<Tally, 'indicator' | 'accountId' | 'region' | 'interfaceId' | 'localIp'>;

function toKey(parts: KeyParts, month: string): string {
  return [parts.indicator, parts.accountId, parts.region, parts.interfaceId, parts.localIp, month].join('\u0000');
}

function toMonth(second: number | null): string {
  return second === null ? 'unknown' : new Date(second * 1000).toISOString().slice(0, 7);
}

/** The service's port is the lower of the two: clients take high ones. */
function toService({ protocol, localPort, remotePort }: Match): string | undefined {
  if (protocol === null) return undefined;
  if (localPort === null || remotePort === null) return `${protocol}`;
  return `${protocol}/${Math.min(localPort, remotePort)}`;
}

function present(value: string | null): string[] {
  return value === null ? [] : [value];
}

/** Sorted union. Nearly always nothing new comes, so look before building. */
function unite(have: string[], more: readonly string[]): string[] {
  return more.every((value) => have.includes(value)) ? have : [...new Set([...have, ...more])].sort();
}

function least(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.min(a, b);
}

function greatest(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b);
}
