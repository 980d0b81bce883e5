/** The incident: what happens to the invented network between 1 and 3 September 2026. */
import { ephemeralPort } from './background.ts';
import { type Conversation, type FlowRecord, observeAtHost, observeAtNat } from './conversation.ts';
import { type Delivery, FIRST_SECOND } from './delivery.ts';
import {
  BEACONING_HOST,
  BLOCKED_HOST,
  EXFILTRATING_HOST,
  FLOW_LOGS,
  type FlowLog,
  type Host,
  NAT_GATEWAY,
  SCANNED_HOSTS,
  SSH_HOST,
} from './network.ts';
import type { Random } from './random.ts';
import type { Truth } from './truth.ts';

export const INDICATORS = {
  c2: '203.0.113.66',
  dropSite: '198.51.100.0/24',
  scannerIpv6: '2001:db8:77::1',
  scannerNetwork: '192.0.2.0/24',
  phishing: '203.0.113.129',
} as const;

const DROP_SITE_ADDRESS = '198.51.100.23';
const FIVE_MINUTES = 300;

export type Stage = {
  readonly delivery: Delivery;
  readonly truth: Truth;
  readonly random: Random;
  /** Whether the object that a record would land in loses records or is never delivered. */
  readonly isLost: (log: FlowLog, epochSeconds: number) => boolean;
};

/** Plants everything the IOC list of the demo names. */
export function addIncident(stage: Stage): void {
  addScan(stage);
  addBeacon(stage, BEACONING_HOST, at(1, 2, 10), at(3, 23, 55));
  addSsh(stage);
  addLateralMove(stage);
  addBeacon(stage, EXFILTRATING_HOST, at(2, 20, 31), at(3, 0, 31));
  addExfiltration(stage);
  addBlockedAttempts(stage);
}

/** Every five minutes, give or take four seconds: a short question, a shorter answer. */
function addBeacon(stage: Stage, host: Host, first: number, last: number): void {
  for (let due = first; due <= last; due += FIVE_MINUTES) {
    const start = due + (due === first ? 0 : stage.random.between(-4, 4));
    const packetsUp = stage.random.between(9, 13);
    plant(
      stage,
      { indicator: INDICATORS.c2, remote: INDICATORS.c2, host },
      {
        ...connection(stage, host.address, INDICATORS.c2, 443),
        start,
        end: start + stage.random.between(1, 3),
        packetsUp,
        bytesUp: packetsUp * stage.random.between(190, 230),
        packetsDown: packetsUp - 3,
        bytesDown: (packetsUp - 3) * stage.random.between(52, 68),
      },
    );
  }
}

/** 21:04 to 00:16, one record a minute on each leg, a new connection every sixteen minutes: some 42 GB. */
const LAST_MINUTE = 192;

function addExfiltration(stage: Stage): void {
  const first = at(2, 21, 4);
  let session = connection(stage, EXFILTRATING_HOST.address, DROP_SITE_ADDRESS, 443);
  let natPort = ephemeralPort(stage.random);
  for (let minute = 0; minute <= LAST_MINUTE; minute++) {
    const isOpening = minute % 16 === 0 && minute < LAST_MINUTE;
    if (isOpening) {
      session = connection(stage, EXFILTRATING_HOST.address, DROP_SITE_ADDRESS, 443);
      natPort = ephemeralPort(stage.random);
    }
    const isClosing = (minute % 16 === 15 && minute < LAST_MINUTE - 1) || minute === LAST_MINUTE;
    const packetsUp = stage.random.between(136_000, 154_000);
    const packetsDown = Math.floor(packetsUp / stage.random.between(9, 12));
    plant(
      stage,
      { indicator: INDICATORS.dropSite, remote: DROP_SITE_ADDRESS, host: EXFILTRATING_HOST, natPort },
      {
        ...session,
        start: first + minute * 60 + (minute === 0 ? 7 : 0),
        end: first + minute * 60 + (minute === LAST_MINUTE ? 8 : 59),
        packetsUp,
        bytesUp: packetsUp * 1500 - stage.random.below(9000),
        packetsDown,
        bytesDown: packetsDown * 52,
        tcpFlagsUp: (isOpening ? 2 : 0) + (isClosing ? 1 : 0),
        tcpFlagsDown: (isOpening ? 18 : 0) + (isClosing ? 1 : 0),
      },
    );
  }
}

/** Someone outside logs in over IPv6, for some minutes. */
function addSsh(stage: Stage): void {
  const session = { ...connection(stage, INDICATORS.scannerIpv6, SSH_HOST.ipv6!, 22) };
  for (let minute = 0; minute < 6; minute++) {
    const start = at(2, 11, 31 + minute) + (minute === 0 ? 12 : 0);
    const packets = stage.random.between(24, 32);
    plant(
      stage,
      { indicator: INDICATORS.scannerIpv6, remote: INDICATORS.scannerIpv6, host: SSH_HOST },
      {
        ...session,
        start,
        end: at(2, 11, 31 + minute) + 57,
        packetsUp: packets,
        bytesUp: packets * stage.random.between(76, 92),
        packetsDown: packets + 4,
        bytesDown: (packets + 4) * stage.random.between(250, 290),
      },
    );
  }
}

/** About a thousand knocks at closed ports, on six hosts, on all days; nothing answers. */
function addScan(stage: Stage): void {
  const ports = [22, 23, 3389, 445, 8080, 5900, 2375];
  for (let i = 0; i < 1012; i++) {
    const host = SCANNED_HOSTS[i % SCANNED_HOSTS.length]!;
    const remote = `192.0.2.${10 + stage.random.skewed(24, 2)}`;
    const log = logOf(host);
    let start = FIRST_SECOND + stage.random.below(3 * 86_400 - 2);
    while (stage.isLost(log, start) || stage.isLost(log, start + 1))
      start = FIRST_SECOND + stage.random.below(3 * 86_400 - 2);
    plant(
      stage,
      { indicator: INDICATORS.scannerNetwork, remote, host },
      {
        ...connection(stage, remote, host.address, stage.random.pick(ports)),
        ...rejected(stage.random.between(1, 2)),
        start,
        end: start + stage.random.below(2),
      },
    );
  }
}

/** Another host tries another indicator; its security group stops it each time. */
function addBlockedAttempts(stage: Stage): void {
  for (let i = 0; i < 9; i++) {
    const start = at(3, 14, 12) + i * 61;
    plant(
      stage,
      { indicator: INDICATORS.phishing, remote: INDICATORS.phishing, host: BLOCKED_HOST },
      {
        ...connection(stage, BLOCKED_HOST.address, INDICATORS.phishing, 443),
        ...rejected(3),
        start,
        end: start + 7,
      },
    );
  }
}

/** How the second host was reached: SSH from the first, inside the VPC. No indicator, so no match; a trail to follow. */
function addLateralMove(stage: Stage): void {
  const seen = {
    ...connection(stage, BEACONING_HOST.address, EXFILTRATING_HOST.address, 22),
    start: at(2, 20, 22) + 9,
    end: at(2, 20, 29) + 41,
    packetsUp: 412,
    bytesUp: 61_388,
    packetsDown: 377,
    bytesDown: 88_204,
  };
  for (const host of [BEACONING_HOST, EXFILTRATING_HOST])
    for (const record of observeAtHost(host, seen)) stage.delivery.add(logOf(host), record);
}

type Trace = { readonly indicator: string; readonly remote: string; readonly host: Host; readonly natPort?: number };

/** Writes a conversation where it is seen and adds it to the truth. The second host lives behind the NAT gateway. */
function plant(stage: Stage, trace: Trace, seen: Conversation): void {
  plantRecords(stage, trace, logOf(trace.host), observeAtHost(trace.host, seen));
  if (trace.host !== EXFILTRATING_HOST) return;
  const natPort = trace.natPort ?? ephemeralPort(stage.random);
  plantRecords(stage, trace, logOf(NAT_GATEWAY), observeAtNat(seen, natPort));
}

function plantRecords(stage: Stage, trace: Trace, log: FlowLog, records: FlowRecord[]): void {
  for (const record of records) {
    if (stage.isLost(log, record.end)) throw new Error(`A planted record would be lost: ${log.id} ${record.end}`);
    stage.delivery.add(log, record);
    stage.truth.note({ indicator: trace.indicator, remote: trace.remote, log, record });
  }
}

function connection(stage: Stage, client: string, server: string, serverPort: number): Conversation {
  const clientPort = ephemeralPort(stage.random);
  const open = {
    client,
    clientPort,
    server,
    serverPort,
    protocol: 6,
    action: 'ACCEPT',
    tcpFlagsUp: 3,
    tcpFlagsDown: 19,
  } as const;
  return { ...open, start: 0, end: 0, packetsUp: 0, bytesUp: 0, packetsDown: 0, bytesDown: 0 };
}

function rejected(packets: number) {
  return {
    packetsUp: packets,
    bytesUp: packets * 44,
    packetsDown: 0,
    bytesDown: 0,
    tcpFlagsUp: 2,
    tcpFlagsDown: 0,
    action: 'REJECT',
  } as const;
}

function logOf(host: Host): FlowLog {
  return FLOW_LOGS.find((log) => log.hosts.some((candidate) => candidate.interfaceId === host.interfaceId))!;
}

/** Day of September 2026, hour, minute, UTC → epoch seconds. */
function at(day: number, hour: number, minute: number): number {
  return Date.UTC(2026, 8, day, hour, minute) / 1000;
}
