/**
 * Rows of the bench corpus: v5 (29 fields), shaped like a busy estate. Written for speed: texts that repeat are made
 * once per partition, a row is one template string, and the object is one buffer that is used again.
 */
import { createRandom, type Random } from '../demo/random.ts';
import { plantedIndicator } from './lists.ts';

export const HEADER =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr region az-id sublocation-type sublocation-id pkt-src-aws-service pkt-dst-aws-service flow-direction traffic-path';

/** One row in this many carries a planted indicator: 1e-5. */
const PLANT_EVERY = 100_000;
const PLANT_AT = 31_337;
const HOSTS = 120;
const CLIENTS = 3_000_000;
const SCANNERS = 400_000;
const SERVICES = 1_500;

/** What one log object is made from. */
export type ObjectPlan = {
  readonly path: string;
  readonly seed: number;
  readonly accountId: string;
  readonly region: string;
  /** Number of the object's first row in the whole corpus: it decides where indicators are planted. */
  readonly firstRow: number;
  readonly rows: number;
  readonly startSecond: number;
};

/** How many of the first `records` rows carry an indicator. */
export function plantedRows(records: number): number {
  return Math.max(0, Math.ceil((records - PLANT_AT) / PLANT_EVERY));
}

type BenchHost = {
  readonly address: string;
  readonly ipv6: string;
  readonly head: string;
  readonly middle: string;
  readonly zone: string;
};

/** Fills the buffer with an object's text and returns its length. The buffer must hold 400 bytes a row. */
export function writeRows(plan: ObjectPlan, buffer: Buffer): number {
  const random = createRandom(plan.seed);
  const hosts = toHosts(plan);
  let length = buffer.write(`${HEADER}\n`, 0, 'latin1');
  let pending = '';
  for (let i = 0; i < plan.rows; i++) {
    const end = plan.startSecond + Math.floor((i * 299) / plan.rows);
    pending += toRow(random, hosts, plan.firstRow + i, end);
    // Writes of some ten kilobytes: few calls, and strings short enough to stay in the young generation.
    if (pending.length < 16_384) continue;
    length += buffer.write(pending, length, 'latin1');
    pending = '';
  }
  return length + buffer.write(pending, length, 'latin1');
}

/** 0.4 % of rows are NODATA or SKIPDATA; the others are 38 % east-west, 26 % outbound, 24 % clients, 9 % scanners, 3 % IPv6. */
function toRow(random: Random, hosts: BenchHost[], row: number, end: number): string {
  const host = hosts[zipf(random, HOSTS)]!;
  if (row % PLANT_EVERY === PLANT_AT) {
    const peer = plantedIndicator(Math.floor(row / PLANT_EVERY));
    return flow(random, host, end, { peer, peerPort: 443, isClient: true, service: '-', action: 'ACCEPT' });
  }
  if (random.unit() < 0.004)
    return `${host.head}- - - - - - - ${end - 59} ${end} - ${random.below(8) === 0 ? 'SKIPDATA' : 'NODATA'}${ABSENT}`;
  const kind = random.below(100);
  if (kind < 38) {
    const peer = hosts[(hosts.indexOf(host) + 1 + zipf(random, HOSTS - 1)) % HOSTS]!.address;
    return flow(random, host, end, {
      peer,
      peerPort: INSIDE_PORTS[zipf(random, INSIDE_PORTS.length)]!,
      isClient: random.unit() < 0.5,
      service: '-',
      action: 'ACCEPT',
    });
  }
  if (kind < 64) {
    const rank = zipf(random, SERVICES);
    return flow(random, host, end, {
      peer: publicAddress(rank, 0x51ed27),
      peerPort: 443,
      isClient: true,
      service: AWS_SERVICES[rank % 8]!,
      action: 'ACCEPT',
    });
  }
  if (kind < 88) {
    return flow(random, host, end, {
      peer: publicAddress(zipf(random, CLIENTS), 0x2c1b3d),
      peerPort: random.below(8) === 0 ? 80 : 443,
      isClient: false,
      service: '-',
      action: 'ACCEPT',
    });
  }
  if (kind < 97) {
    return flow(random, host, end, {
      peer: publicAddress(zipf(random, SCANNERS), 0x77a1f5),
      peerPort: SCAN_PORTS[zipf(random, SCAN_PORTS.length)]!,
      isClient: false,
      service: '-',
      action: 'REJECT',
    });
  }
  return flow(random, host, end, {
    peer: publicIpv6(zipf(random, 50_000)),
    peerPort: 443,
    isClient: random.unit() < 0.3,
    service: '-',
    action: 'ACCEPT',
  });
}

type Flow = {
  readonly peer: string;
  readonly peerPort: number;
  readonly isClient: boolean;
  readonly service: string;
  readonly action: 'ACCEPT' | 'REJECT';
};

/** A row of one side, request or reply. Scanners get no replies. */
function flow(
  random: Random,
  host: BenchHost,
  end: number,
  { peer, peerPort, isClient, service, action }: Flow,
): string {
  const isRejected = action === 'REJECT';
  const isEgress = isClient ? isRejected || random.unit() < 0.5 : !isRejected && random.unit() < 0.5;
  const isIpv6 = peer.includes(':');
  const local = isIpv6 ? host.ipv6 : host.address;
  const ephemeral = 32_768 + random.below(28_000);
  const localPort = isClient ? ephemeral : peerPort;
  const remotePort = isClient ? peerPort : ephemeral;
  const packets = isRejected ? 1 + random.below(3) : heavyTail(random);
  const bytes = packets * (isRejected ? 40 + 4 * random.below(6) : PACKET_SIZES[zipf(random, PACKET_SIZES.length)]!);
  const start = end - random.below(60);
  const protocol = !isRejected && random.below(20) === 0 ? 17 : 6;
  const flags = protocol === 17 ? 0 : isRejected ? 2 : TCP_FLAGS[random.below(TCP_FLAGS.length)]!;
  const tail = `${protocol} ${packets} ${bytes} ${start} ${end} ${action} OK ${host.middle} ${flags} ${isIpv6 ? 'IPv6' : 'IPv4'}`;
  return isEgress
    ? `${host.head}${local} ${peer} ${localPort} ${remotePort} ${tail} ${local} ${peer} ${host.zone} - - - ${service} egress ${peer.startsWith('10.') ? 1 : 8}\n`
    : `${host.head}${peer} ${local} ${remotePort} ${localPort} ${tail} ${peer} ${local} ${host.zone} - - ${service} - ingress -\n`;
}

const ABSENT = `${' -'.repeat(15)}\n`;
const INSIDE_PORTS = [443, 5432, 6379, 8080, 3306, 9092, 8443, 53, 2049, 9200];
const SCAN_PORTS = [23, 22, 3389, 445, 80, 8080, 5900, 1433, 2375, 6379, 8443, 5555, 37215, 9200, 123, 161];
const AWS_SERVICES = ['S3', 'AMAZON', 'EC2', 'DYNAMODB', 'S3', 'CLOUDFRONT', '-', '-'];
/** Mean bytes of a packet, commonest first. */
const PACKET_SIZES = [
  52, 60, 1440, 76, 89, 104, 120, 148, 171, 205, 233, 290, 344, 402, 487, 530, 618, 702, 811, 940, 1050, 1180, 1312,
  1400,
];
/** Middles of long connections show 0, whole short ones 3 or 19. */
const TCP_FLAGS = [0, 0, 0, 3, 19, 2, 18, 1];

/** Rank from 0, probability about 1 / (rank + 1): the logarithm of a Zipf rank is uniform. */
function zipf(random: Random, count: number): number {
  return Math.floor(Math.exp(random.unit() * Math.log(count + 1))) - 1;
}

/** Pareto with index 1.2, cut at a million packets. */
function heavyTail(random: Random): number {
  return Math.min(1_000_000, Math.floor((1 - random.unit()) ** (-1 / 1.2)));
}

/** A scattered address for a rank. Its last octet is even; indicators have odd ones, so that only planted rows match. */
function publicAddress(rank: number, salt: number): string {
  let mixed = Math.imul(rank + salt, 0x9e3779b1);
  mixed ^= mixed >>> 15;
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  const first = 11 + ((mixed >>> 24) % 112);
  return `${first}.${(mixed >>> 16) & 255}.${(mixed >>> 8) & 255}.${mixed & 254}`;
}

function publicIpv6(rank: number): string {
  const mixed = Math.imul(rank + 7, 0x9e3779b1) >>> 0;
  return `2001:db8:${(mixed >>> 20).toString(16)}:${((mixed >>> 8) & 4095).toString(16)}::${(mixed & 254).toString(16)}`;
}

function toHosts({ accountId, region }: ObjectPlan): BenchHost[] {
  const random = createRandom(Number(accountId.slice(0, 6)) + region.length * 7919);
  const hex = (digits: number): string => Array.from({ length: digits }, () => random.below(16).toString(16)).join('');
  const vpcs = [`vpc-0${hex(16)}`, `vpc-0${hex(16)}`];
  const subnets = Array.from({ length: 12 }, () => `subnet-0${hex(16)}`);
  const zone = region.startsWith('us') ? 'use1-az' : 'euw1-az';
  return Array.from({ length: HOSTS }, (_, i) => ({
    address: `10.${accountId.slice(0, 2)}.${1 + (i % 12)}.${10 + Math.floor(i / 12)}`,
    ipv6: `2001:db8:ffff:${i.toString(16)}::10`,
    head: `5 ${accountId} eni-0${hex(16)} `,
    middle: `${vpcs[i % 2]} ${subnets[i % 12]} i-0${hex(16)}`,
    zone: `${region} ${zone}${1 + (i % 3)}`,
  }));
}
