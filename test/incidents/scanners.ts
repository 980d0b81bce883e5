/**
 * Ten thousand scanners of three listed networks knock at twelve dual-stack hosts of two accounts for two days; every knock is rejected.
 * One of them gets into one host by SSH. Made anew from a seed; what it plants it adds up. For tests only.
 */
import { createRandom } from '../../demo/random.ts';
import { type Conversation, observe } from './conversation.ts';
import { DEFAULT_FIELDS, Delivery, type FlowLog, INSTANCE_FIELDS } from './flow-logs.ts';

const PROD: FlowLog = { id: 'fl-0p', accountId: '111122223333', region: 'us-east-1', fields: INSTANCE_FIELDS };
/** Nobody thought of flags here. */
const DEV: FlowLog = { id: 'fl-0d', accountId: '444455556666', region: 'eu-west-1', fields: DEFAULT_FIELDS };

export const LIST = `threat_ip,threat_comment
192.0.2.0/24,survey of the internet
198.51.100.0/24,botnet
2001:db8:5ca::/48,IPv6 survey
`;

/** So many addresses of each network knock; ten thousand in all. */
const SOURCES = { '192.0.2.0/24': 250, '198.51.100.0/24': 250, '2001:db8:5ca::/48': 9500 } as const;
type Network = keyof typeof SOURCES;

/** 2026-09-07T00:00:00Z */
const MONDAY = Date.UTC(2026, 8, 7) / 1000;
const DAY = 86_400;
const PORTS = [22, 23, 445, 3389, 8080] as const;

const HOSTS = Array.from({ length: 12 }, (_, i) => {
  const log = i < 8 ? PROD : DEV;
  const names = { 'interface-id': `eni-0${i}`, 'instance-id': `i-0${i}`, 'subnet-id': 'subnet-0', 'vpc-id': 'vpc-0' };
  return { log, ipv4: `10.0.1.${10 + i}`, ipv6: `2001:db8:d0::${(10 + i).toString(16)}`, names };
});
type Host = (typeof HOSTS)[number];

/** The one that got in, and where. */
export const INTRUDER = '198.51.100.23';
const ENTERED = HOSTS[3]!;

/** By network and day: knocks at all hosts and, for the botnet, those at the host that was entered. */
export type Planted = Record<string, { knocks: number; atEntered: number; hosts: Set<string> }>;

export function makeScanners(seed = 6): { delivery: Delivery; planted: Planted; sources: Set<string> } {
  const random = createRandom(seed);
  const delivery = new Delivery();
  const planted: Planted = {};
  const sources = new Set<string>();
  for (const [network, count] of Object.entries(SOURCES) as [Network, number][]) {
    for (let i = 0; i < count; i++) {
      const source = toSource(network, i, random.below);
      sources.add(source);
      const host = random.pick(HOSTS);
      const day = random.below(2);
      const server = network.includes(':') ? host.ipv6 : host.ipv4;
      const start = MONDAY + day * DAY + random.below(DAY - 60);
      const knock = toKnock(source, server, random.pick(PORTS), start, 1024 + random.below(60_000));
      for (const record of observe(knock, 60, false)) delivery.add(host.log, { ...record, ...host.names });
      note(planted, `${network} ${day}`, host, server);
    }
  }
  for (const record of observe(INTRUSION, 60, false)) delivery.add(ENTERED.log, { ...record, ...ENTERED.names });
  return { delivery, planted, sources };
}

/** IPv4 networks have an address for each; an IPv6 scanner takes a new one out of its 2^80 whenever it likes. */
function toSource(network: Network, i: number, below: (limit: number) => number): string {
  if (!network.includes(':')) return network.replace('0/24', String(i + 1));
  return `2001:db8:5ca:${below(65_536).toString(16)}::${(i + 1).toString(16)}`;
}

function toKnock(client: string, server: string, serverPort: number, start: number, clientPort: number): Conversation {
  return {
    ...{ client, clientPort, server, serverPort, start, seconds: 0, action: 'REJECT' },
    ...{ bytesUp: 40, packetsUp: 1, bytesDown: 0, packetsDown: 0 },
  };
}

/** Monday at 13:00, an hour and a quarter; what comes back is a little more than what is typed. */
const INTRUSION: Conversation = {
  ...{ client: INTRUDER, clientPort: 51_022, server: ENTERED.ipv4, serverPort: 22, action: 'ACCEPT' },
  ...{
    start: MONDAY + 13 * 3600,
    seconds: 4500,
    bytesUp: 90_000,
    packetsUp: 1500,
    bytesDown: 375_000,
    packetsDown: 1650,
  },
};

function note(planted: Planted, key: string, host: Host, server: string): void {
  planted[key] ??= { knocks: 0, atEntered: 0, hosts: new Set() };
  const counts = planted[key];
  counts.knocks++;
  if (host === ENTERED) counts.atEntered++;
  counts.hosts.add(server);
}
