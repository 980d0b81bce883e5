/** Hosts of the corpus, and the rows of a flow log that tell of their flows. */
import { createRandom, type Random } from '../../demo/random.ts';
import type { ObjectPlan } from './plan.ts';

/** Per account and region. */
export const HOSTS = 120;

export type BenchHost = {
  readonly address: string;
  readonly ipv6: string;
  readonly head: string;
  readonly middle: string;
  readonly zone: string;
};

type Flow = {
  readonly peer: string;
  readonly peerPort: number;
  readonly isClient: boolean;
  readonly service: string;
  readonly action: 'ACCEPT' | 'REJECT';
};

/** A row of one side, request or reply. Scanners get no replies. */
export function flow(
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

/** Mean bytes of a packet, commonest first. */
const PACKET_SIZES = [
  52, 60, 1440, 76, 89, 104, 120, 148, 171, 205, 233, 290, 344, 402, 487, 530, 618, 702, 811, 940, 1050, 1180, 1312,
  1400,
];
/** Middles of long connections show 0, whole short ones 3 or 19. */
const TCP_FLAGS = [0, 0, 0, 3, 19, 2, 18, 1];

/** Rank from 0, probability about 1 / (rank + 1): the logarithm of a Zipf rank is uniform. */
export function zipf(random: Random, count: number): number {
  return Math.floor(Math.exp(random.unit() * Math.log(count + 1))) - 1;
}

/** Pareto with index 1.2, cut at a million packets. */
function heavyTail(random: Random): number {
  return Math.min(1_000_000, Math.floor((1 - random.unit()) ** (-1 / 1.2)));
}

export function toHosts({ accountId, region }: ObjectPlan): BenchHost[] {
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
