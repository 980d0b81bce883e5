/**
 * Rows of the bench corpus: v5 (29 fields), shaped like a busy estate. Written for speed: texts that repeat are made
 * once per object, a row is one template string.
 */
import { createRandom, type Random } from '../../demo/random.ts';
import { HUNTED, plantedIndicator, publicAddress, publicIpv6 } from './address.ts';
import { type BenchHost, flow, HOSTS, toHosts, zipf } from './flow.ts';
import { type ObjectPlan, plantedAt } from './plan.ts';

export const HEADER =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr region az-id sublocation-type sublocation-id pkt-src-aws-service pkt-dst-aws-service flow-direction traffic-path';

const CLIENTS = 3_000_000;
const SCANNERS = 400_000;
const SERVICES = 1_500;
const PIECE_BYTES = 256 * 1024;
/** A write of rows goes over the edge by less than this. */
const SPARE_BYTES = 32 * 1024;

/** The text of a log object, in pieces of some 256 KiB. */
export function* writeRows(plan: ObjectPlan): Generator<Buffer> {
  const random = createRandom(plan.seed);
  const hosts = toHosts(plan);
  const hunted = new Set(plan.huntedRows);
  let piece = Buffer.allocUnsafe(PIECE_BYTES + SPARE_BYTES);
  let length = piece.write(`${HEADER}\n`, 0, 'latin1');
  let pending = '';
  for (let i = 0; i < plan.rows; i++) {
    const end = plan.startSecond + Math.floor((i * 299) / plan.rows);
    const planted = hunted.has(i) ? HUNTED : toPlanted(plan.firstRow + i);
    pending += planted === undefined ? toRow(random, hosts, end) : toPlantedRow(random, hosts, end, planted);
    // Writes of some ten kilobytes: few calls, and strings short enough to stay in the young generation.
    if (pending.length < 16_384) continue;
    length += piece.write(pending, length, 'latin1');
    pending = '';
    if (length < PIECE_BYTES) continue;
    yield piece.subarray(0, length);
    piece = Buffer.allocUnsafe(PIECE_BYTES + SPARE_BYTES);
    length = 0;
  }
  length += piece.write(pending, length, 'latin1');
  yield piece.subarray(0, length);
}

function toPlanted(row: number): string | undefined {
  const n = plantedAt(row);
  return n === undefined ? undefined : plantedIndicator(n);
}

function toPlantedRow(random: Random, hosts: BenchHost[], end: number, peer: string): string {
  const host = hosts[zipf(random, HOSTS)]!;
  return flow(random, host, end, { peer, peerPort: 443, isClient: true, service: '-', action: 'ACCEPT' });
}

/** 0.4 % of rows are NODATA or SKIPDATA; the others are 38 % east-west, 26 % outbound, 24 % clients, 9 % scanners, 3 % IPv6. */
function toRow(random: Random, hosts: BenchHost[], end: number): string {
  const host = hosts[zipf(random, HOSTS)]!;
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

const ABSENT = `${' -'.repeat(15)}\n`;
const INSIDE_PORTS = [443, 5432, 6379, 8080, 3306, 9092, 8443, 53, 2049, 9200];
const SCAN_PORTS = [23, 22, 3389, 445, 80, 8080, 5900, 1433, 2375, 6379, 8443, 5555, 37215, 9200, 123, 161];
const AWS_SERVICES = ['S3', 'AMAZON', 'EC2', 'DYNAMODB', 'S3', 'CLOUDFRONT', '-', '-'];
