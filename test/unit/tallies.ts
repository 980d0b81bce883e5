/** Matches and tallies with plain values, each test changing what it is about. For tests only. */
import { emptyVotes } from '../../src/core/initiator.ts';
import type { Match, ResultRow } from '../../src/core/match.ts';
import type { Tally } from '../../src/core/sighting.ts';
import { emptyCourse } from '../../src/core/sighting-course.ts';

/** 2026-09-01T00:00:00Z */
export const MIDNIGHT = 1_788_220_800;

/** A record of a minute from 10.0.0.5 to port 443 of the indicator, accepted. */
export function makeMatch(more: Partial<Match> = {}): Match {
  return {
    ...{ object: 'object.log.gz', lineNumber: 2, direction: 'out', indicator: '203.0.113.7', comment: 'C2' },
    ...{ source: 'iocs.csv', alsoIn: [], indicatorIps: ['203.0.113.7'], accountId: '111122223333' },
    ...{ region: 'us-east-1', interfaceId: 'eni-0a1b2c3d', localIp: '10.0.0.5', via: null, instanceId: null },
    ...{ vpcId: null, subnetId: null, localPort: 49_152, remotePort: 443, protocol: 6, packets: 10n, bytes: 840n },
    ...{ start: MIDNIGHT, end: MIDNIGHT + 60, action: 'ACCEPT', tcpFlags: null, flowDirection: null, awsServices: [] },
    ...more,
  } as Match;
}

/** The row of the match query that makes this match. */
export function toMatchRow(match: Match): ResultRow {
  const { localPort, remotePort, alsoIn, indicatorIps, start, end, ...rest } = match;
  const isOut = match.direction === 'out';
  return {
    ...{ object: rest.object, line_number: 2, direction: rest.direction, indicator: rest.indicator },
    ...{ comment: rest.comment, source: rest.source, also_in: alsoIn.join(' '), indicator_ip: indicatorIps.join(' ') },
    ...{ account_id: rest.accountId, region: rest.region, interface_id: rest.interfaceId, local_ip: rest.localIp },
    ...{ via: rest.via, srcport: isOut ? localPort : remotePort, dstport: isOut ? remotePort : localPort },
    ...{ protocol: rest.protocol, packets: String(rest.packets), bytes: String(rest.bytes) },
    ...{ start_time: start, end_time: end, action: rest.action, tcp_flags: rest.tcpFlags },
  };
}

/** What a sighting of one host and one indicator on one interface adds up to; nothing happened yet. */
export function makeTally(more: Partial<Tally> = {}): Tally {
  return {
    ...{
      indicator: '203.0.113.7',
      comment: 'C2',
      source: 'iocs.csv',
      alsoIn: [],
      indicatorIps: ['203.0.113.7'],
      passedIps: [],
    },
    ...{ accountId: '111122223333', region: 'us-east-1', interfaceId: 'eni-0a1b2c3d', localIp: '10.0.0.5' },
    ...{ month: '2026-09', recordsOut: 0, bytesOut: 0n, packetsOut: 0n, recordsIn: 0, bytesIn: 0n, packetsIn: 0n },
    ...{ acceptedOut: 0, acceptedIn: 0, rejectedOut: 0, rejectedIn: 0 },
    ...{ firstSeen: MIDNIGHT, lastSeen: MIDNIGHT, votes: emptyVotes() },
    ...{
      via: [],
      instanceIds: [],
      vpcIds: [],
      subnetIds: [],
      services: {},
      rejectedServices: {},
      awsServices: [],
      course: emptyCourse(),
    },
    ...more,
  };
}

/** A conversation that the host opened and the indicator answered. */
export function makeTwoWayTally(more: Partial<Tally> = {}): Tally {
  return makeTally({
    ...{ recordsOut: 10, bytesOut: 8400n, packetsOut: 100n, acceptedOut: 10, recordsIn: 9, bytesIn: 5000n },
    ...{ packetsIn: 90n, acceptedIn: 9, lastSeen: MIDNIGHT + 3600, services: { '6/443': 19 } },
    votes: { ...emptyVotes(), synLocal: 10 },
    ...more,
  });
}
