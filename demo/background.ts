/** Three days of ordinary traffic: clients, services, databases, time, scanners, idle interfaces, lost records. */
import { type Conversation, observeAtHost, observeAtNat, observeAtTransit } from './conversation.ts';
import { type Delivery, FIRST_SECOND, SLOT_COUNT, SLOT_SECONDS } from './delivery.ts';
import { DEV_RUNNER, FLOW_LOGS, type FlowLog, type Host, PROD_REGISTRY } from './network.ts';
import type { Random } from './random.ts';

/**
 * The internet of the demo is 198.18.0.0/15 (RFC 2544, set aside for tests) and 2001:db8::/32 (documentation): no
 * address in it belongs to anyone. Indicators and their neighbours are in the documentation ranges.
 */
const NEIGHBOURS = ['203.0.113.6', '203.0.113.67', '198.51.101.23'];
const NEIGHBOUR_IPV6 = '2001:db8:770::1';

/** Traffic by hour of the day (UTC), in percent of the busiest hour, one figure for two hours. */
const HOURLY_LOAD = [38, 31, 28, 36, 62, 88, 100, 97, 94, 81, 63, 47];

/** Conversations of one host in a two-hour slot at full load, in the order of what they are. */
const CONVERSATIONS = {
  web: { clients: 150, inside: 30, services: 13, probes: 16 },
  app: { clients: 0, inside: 30, services: 20, probes: 0 },
} as const;

const EPHEMERAL = 32768;

/** Adds the background of every flow log, slot by slot. */
export function addBackground(delivery: Delivery, random: Random): void {
  for (let slot = 0; slot < SLOT_COUNT; slot++) {
    const load = HOURLY_LOAD[slot % HOURLY_LOAD.length]!;
    for (const log of FLOW_LOGS) for (const host of log.hosts) addHost(delivery, random, { log, host, slot, load });
    addTransit(delivery, random, slot, load);
  }
  addLostRecords(delivery, random);
}

type Place = { readonly log: FlowLog; readonly host: Host; readonly slot: number; readonly load: number };

function addHost(delivery: Delivery, random: Random, place: Place): void {
  const { host, log, slot, load } = place;
  if (host.role === 'idle') addIdle(delivery, log, host, slot);
  if (host.role !== 'web' && host.role !== 'app') return;
  const plan = CONVERSATIONS[host.role];
  const repeat = (times: number, add: () => void): void => {
    for (let i = Math.ceil((times * load) / 100); i > 0; i--) add();
  };
  repeat(plan.clients, () => addAtHost(delivery, place, clientRequest(random, host, slot)));
  repeat(plan.services, () => addOutbound(delivery, random, place));
  repeat(plan.inside, () => addInside(delivery, random, place));
  // Scanners keep no office hours.
  for (let i = 0; i < plan.probes; i++) addAtHost(delivery, place, probe(random, host, slot));
}

function addAtHost(delivery: Delivery, place: Place, seen: Conversation): void {
  for (const record of observeAtHost(place.host, seen)) delivery.add(place.log, record);
}

/** Private hosts of the first VPC go through the NAT gateway, whose own flow log sees both its legs. */
function addOutbound(delivery: Delivery, random: Random, place: Place): void {
  const seen = serviceCall(random, place.host, place.slot);
  addAtHost(delivery, place, seen);
  const natLog = FLOW_LOGS.find((log) => log.hosts.some((host) => host.role === 'nat'))!;
  if (place.host.role !== 'app' || place.log.vpcId !== natLog.vpcId) return;
  for (const record of observeAtNat(seen, ephemeralPort(random))) delivery.add(natLog, record);
}

/** To a database, cache or application host of the same VPC: both interfaces write about it. */
function addInside(delivery: Delivery, random: Random, place: Place): void {
  const peers = place.log.hosts.filter(
    (peer) => peer !== place.host && ['app', 'database', 'cache'].includes(peer.role),
  );
  const peer = random.pick(peers);
  const port = { app: 8080, database: 5432, cache: 6379 }[peer.role as 'app' | 'database' | 'cache'];
  const seen = exchange(random, place.slot, { client: place.host.address, server: peer.address, serverPort: port });
  addAtHost(delivery, place, seen);
  addAtHost(delivery, { ...place, host: peer }, seen);
}

/** The dev account's runner fetches from the prod account's registry over the transit gateway. */
function addTransit(delivery: Delivery, random: Random, slot: number, load: number): void {
  const transitLog = FLOW_LOGS.find((log) => log.fields.includes('tgw-id'))!;
  for (let i = Math.ceil((load * 24) / 100); i > 0; i--) {
    const seen = exchange(random, slot, {
      client: DEV_RUNNER.address,
      server: PROD_REGISTRY.address,
      serverPort: 8443,
    });
    for (const record of observeAtTransit(DEV_RUNNER, PROD_REGISTRY, seen)) delivery.add(transitLog, record);
    for (const host of [DEV_RUNNER, PROD_REGISTRY]) {
      const log = FLOW_LOGS.find((candidate) => candidate.hosts.includes(host))!;
      for (const record of observeAtHost(host, seen)) delivery.add(log, record);
    }
  }
}

/** An interface without traffic says so in each aggregation interval; one line in thirty minutes is enough here. */
function addIdle(delivery: Delivery, log: FlowLog, host: Host, slot: number): void {
  for (let minute = 0; minute < 120; minute += 30) {
    const start = slotStart(slot) + minute * 60;
    delivery.addStatus(log, host, 'NODATA', start, start + 599);
  }
}

/** Twelve times in three days AWS lost records of a busy interface. */
function addLostRecords(delivery: Delivery, random: Random): void {
  const busy = FLOW_LOGS.flatMap((log) =>
    log.hosts.filter((host) => host.role === 'web').map((host) => ({ log, host })),
  );
  for (let i = 0; i < 12; i++) {
    const { log, host } = busy[i % busy.length]!;
    const start = slotStart(3 * i + 1) + 60 * random.below(100);
    delivery.addStatus(log, host, 'SKIPDATA', start, start + 59);
  }
}

function clientRequest(random: Random, host: Host, slot: number): Conversation {
  const isIpv6 = host.ipv6 !== undefined && random.below(100) < 12;
  const ipv6Peer =
    random.below(40) === 0
      ? NEIGHBOUR_IPV6
      : `2001:db8:c${random.skewed(900, 2).toString(16)}::${random.below(16).toString(16)}5`;
  const number = random.skewed(60_000, 3);
  const client = isIpv6 ? ipv6Peer : `198.19.${number >>> 8}.${number & 255}`;
  return exchange(random, slot, {
    client,
    server: isIpv6 ? host.ipv6! : host.address,
    serverPort: random.below(20) === 0 ? 80 : 443,
  });
}

function serviceCall(random: Random, host: Host, slot: number): Conversation {
  if (random.below(40) === 0)
    return exchange(random, slot, { client: host.address, server: random.pick(NEIGHBOURS), serverPort: 443 });
  if (random.below(12) === 0) return timeQuery(random, host, slot);
  const number = random.skewed(240, 2);
  const service = ['S3', 'EC2', 'DYNAMODB', 'AMAZON', '-', '-'][number % 6]!;
  return exchange(random, slot, {
    client: host.address,
    server: `198.18.${number % 24}.${1 + number}`,
    serverPort: 443,
    service,
  });
}

function timeQuery(random: Random, host: Host, slot: number): Conversation {
  const seen = exchange(random, slot, {
    client: host.address,
    server: `198.18.64.${1 + random.below(4)}`,
    serverPort: 123,
  });
  return {
    ...seen,
    protocol: 17,
    end: seen.start,
    packetsUp: 1,
    bytesUp: 76,
    packetsDown: 1,
    bytesDown: 76,
    tcpFlagsUp: 0,
    tcpFlagsDown: 0,
  };
}

/** A scanner's knock at a closed port. */
function probe(random: Random, host: Host, slot: number): Conversation {
  const number = random.skewed(20_000, 2);
  const serverPort = random.pick([
    22,
    23,
    80,
    445,
    1433,
    2375,
    3389,
    5900,
    6379,
    8080,
    8443,
    9200,
    1024 + random.below(60_000),
  ]);
  const seen = exchange(random, slot, {
    client: `198.18.${128 + (number >>> 8)}.${number & 255}`,
    server: host.address,
    serverPort,
  });
  return {
    ...seen,
    end: seen.start + random.below(3),
    packetsUp: 1,
    bytesUp: 40,
    packetsDown: 0,
    bytesDown: 0,
    tcpFlagsUp: 2,
    tcpFlagsDown: 0,
    action: 'REJECT',
  };
}

type Ends = {
  readonly client: string;
  readonly server: string;
  readonly serverPort: number;
  readonly service?: string;
};

/** A TCP exchange of ordinary size, inside its slot. Few are long and few are large. */
function exchange(random: Random, slot: number, ends: Ends): Conversation {
  const start = slotStart(slot) + random.below(SLOT_SECONDS - 600);
  const packetsDown = 3 + random.skewed(900, 4);
  const packetsUp = 4 + Math.floor((packetsDown * random.between(40, 80)) / 100);
  return {
    ...ends,
    clientPort: ephemeralPort(random),
    protocol: 6,
    start,
    end: start + random.skewed(590, 4),
    packetsUp,
    bytesUp: packetsUp * random.between(52, 460),
    packetsDown,
    bytesDown: packetsDown * random.between(60, 1400),
    tcpFlagsUp: 3,
    tcpFlagsDown: 19,
    action: 'ACCEPT',
  };
}

export function ephemeralPort(random: Random): number {
  return EPHEMERAL + random.below(28_000);
}

function slotStart(slot: number): number {
  return FIRST_SECOND + slot * SLOT_SECONDS;
}
