/**
 * Data leaves through a central NAT gateway, and every conversation is logged where it passes: on the instance (account 1111…,
 * a record a minute), at the transit gateway (account 4444…, a record a minute, no interface, no action), on the near and the
 * far side of the NAT gateway's interface (account 4444…, a record every ten minutes). Made anew from a seed. For tests only.
 */
import { createRandom } from '../../demo/random.ts';
import { type Conversation, observe, throughGateway } from './conversation.ts';
import { Delivery, type FlowLog, INSTANCE_FIELDS, TRANSIT_FIELDS } from './flow-logs.ts';

const REGION = 'us-east-1';
const WORKLOADS: FlowLog = { id: 'fl-0w', accountId: '111122223333', region: REGION, fields: INSTANCE_FIELDS };
const EGRESS: FlowLog = { id: 'fl-0e', accountId: '444455556666', region: REGION, fields: INSTANCE_FIELDS };
const TRANSIT: FlowLog = { id: 'fl-0t', accountId: '444455556666', region: REGION, fields: TRANSIT_FIELDS };

/** Its database was dumped and sent away. */
const DATABASE = {
  ...{
    address: '10.20.4.15',
    'interface-id': 'eni-0db',
    'instance-id': 'i-0db',
    'subnet-id': 'subnet-0db',
    'vpc-id': 'vpc-0w',
  },
};
/** In a VPC that nobody logs: only the gateways see it. */
const UNLOGGED = '10.30.7.30';
/** A neighbour that does nothing wrong, behind the same gateway. */
const NEIGHBOUR = {
  ...{
    address: '10.20.4.16',
    'interface-id': 'eni-0nb',
    'instance-id': 'i-0nb',
    'subnet-id': 'subnet-0db',
    'vpc-id': 'vpc-0w',
  },
};
const GATEWAY = { address: '10.99.0.8', 'interface-id': 'eni-0nat', 'subnet-id': 'subnet-0out', 'vpc-id': 'vpc-0e' };

const DROP = '198.51.100.77';
const SECOND_DROP = '198.51.100.200';
const PANEL = '203.0.113.66';
const SCANNER = '192.0.2.44';
const BENIGN = '198.51.101.20';

export const LIST = `threat_ip,threat_comment
198.51.100.0/25,file drop
${SECOND_DROP},second file drop
${PANEL},C2 panel
${SCANNER},scanner
`;

/** 2026-09-14T22:00:00Z */
const EVENING = Date.UTC(2026, 8, 14, 22) / 1000;
const HOUR = 3600;

export function makeExfiltration(seed = 20): Delivery {
  const random = createRandom(seed);
  const delivery = new Delivery();
  for (const upload of makeUploads(random.between)) send(delivery, DATABASE, upload, random.between);
  for (const call of makeCalls(random.between)) observeAtGateways(delivery, UNLOGGED, call, random.between);
  for (const attempt of makeBlockedAttempts(random.between))
    addAt(delivery, WORKLOADS, DATABASE, observe(attempt, 60, true));
  for (let i = 0; i < 200; i++) send(delivery, NEIGHBOUR, makeVisit(i, random.between), random.between);
  addScans(delivery, random.between);
  return delivery;
}

type Between = (low: number, high: number) => number;

/** Two connections of an hour and a half, one after the other: 21 GB each, acknowledged by 70.2 MB. */
function makeUploads(between: Between): Conversation[] {
  return Array.from({ length: 2 }, (_, i) => ({
    ...{ client: DATABASE.address, clientPort: 50_000 + i, server: DROP, serverPort: 443 },
    ...{ start: EVENING + i * 5500 + between(0, 20), seconds: 5400, action: 'ACCEPT' },
    ...{ bytesUp: 21_000_000_000, packetsUp: 14_100_000, bytesDown: 70_200_000, packetsDown: 1_350_000 },
  }));
}

/** A call every ten minutes, give or take 20 s, for eight hours. */
function makeCalls(between: Between): Conversation[] {
  return Array.from({ length: 48 }, (_, i) => ({
    ...{ client: UNLOGGED, clientPort: 40_000 + i, server: PANEL, serverPort: 8443 },
    ...{ start: EVENING + i * 600 + between(0, 20), seconds: 3, action: 'ACCEPT' },
    ...{ bytesUp: 1_100, packetsUp: 8, bytesDown: 900, packetsDown: 7 },
  }));
}

/** Three tries of the second drop; the network's rules stop them at the instance. */
function makeBlockedAttempts(between: Between): Conversation[] {
  return [0, 1, 2].map((i) => ({
    ...{ client: DATABASE.address, clientPort: 51_000 + i, server: SECOND_DROP, serverPort: 443 },
    ...{ start: EVENING - HOUR + i * 7 + between(0, 3), seconds: 2, action: 'REJECT' },
    ...{ bytesUp: 180, packetsUp: 3, bytesDown: 0, packetsDown: 0 },
  }));
}

function makeVisit(i: number, between: Between): Conversation {
  return {
    ...{ client: NEIGHBOUR.address, clientPort: 45_000 + i, server: BENIGN, serverPort: 443 },
    ...{ start: EVENING + i * 60 + between(0, 40), seconds: 5, action: 'ACCEPT' },
    ...{ bytesUp: between(500, 5000), packetsUp: 12, bytesDown: between(5000, 90_000), packetsDown: 40 },
  };
}

type Host = Readonly<Record<string, string>> & { readonly address: string };

/** Logged on every interface of the way. */
function send(delivery: Delivery, host: Host, seen: Conversation, between: Between): void {
  addAt(delivery, WORKLOADS, host, observe(seen, 60, true));
  observeAtGateways(delivery, host.address, seen, between);
}

function observeAtGateways(delivery: Delivery, host: string, seen: Conversation, between: Between): void {
  const transit = { 'resource-type': 'TransitGateway', 'tgw-id': 'tgw-0a', region: REGION, version: 6 };
  for (const record of observe(seen, 60, true)) delivery.add(TRANSIT, { ...record, ...transit });
  const near = observe(seen, 600, false).map((record) => throughGateway(record, GATEWAY.address, host));
  const translated = { ...seen, client: GATEWAY.address, clientPort: between(1024, 65_000) };
  addAt(delivery, EGRESS, GATEWAY, [...near, ...observe(translated, 600, true)]);
}

/** The gateway has a public address, and what has one is knocked at: ten times a day. */
function addScans(delivery: Delivery, between: Between): void {
  for (let i = 0; i < 20; i++) {
    const start = Date.UTC(2026, 8, 14 + Math.floor(i / 10), 3) / 1000 + (i % 10) * 1000 + between(0, 60);
    const knock: Conversation = {
      ...{ client: SCANNER, clientPort: 60_000 + i, server: GATEWAY.address, serverPort: 23, start, seconds: 0 },
      ...{ bytesUp: 40, packetsUp: 1, bytesDown: 0, packetsDown: 0, action: 'REJECT' },
    };
    addAt(delivery, EGRESS, GATEWAY, observe(knock, 600, false));
  }
}

function addAt(
  delivery: Delivery,
  log: FlowLog,
  { address: _, ...host }: Host,
  records: ReturnType<typeof observe>,
): void {
  for (const record of records) delivery.add(log, { ...record, ...host });
}
