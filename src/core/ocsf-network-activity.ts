/** Sighting, or one record of the evidence → OCSF Network Activity (class 4001). */
import { toPartitionName } from './asff.ts';
import type { Evidence } from './evidence.ts';
import { addVote, emptyVotes, judgeInitiator } from './initiator.ts';
import { LAST_SECOND } from './iso-second.ts';
import type { Match, PacketDirection } from './match.ts';
import { type Conversation, type Host, toEnds, toTraffic } from './ocsf-conversation.ts';
import {
  type NamedIndicator,
  type OcsfEvent,
  type OcsfTelling,
  toAction,
  toClass,
  toCloud,
  toMetadata,
  toMilliseconds,
  toOcsfSeverity,
  toOsint,
  toSpan,
} from './ocsf-event.ts';
import { toLine } from './plain-text.ts';
import type { Sighting } from './sighting-document.ts';

const NETWORK_ACTIVITY = { uid: 4001, name: 'Network Activity', categoryUid: 4, category: 'Network Activity' };
const TRAFFIC = { id: 6, name: 'Traffic' };
const REFUSE = { id: 5, name: 'Refuse' };

/** Which of the evidence's addresses are indicators, and whose. */
export type NamedAddresses = ReadonlyMap<string, NamedIndicator>;

/** All records of one indicator and one local address on one interface, as one event. */
export function toNetworkActivity(sighting: Sighting, { version, updatedAt }: OcsfTelling): OcsfEvent {
  const { initiator, account_id, region } = sighting;
  const uid = [sighting.finding_id, account_id, region, sighting.interface_id, sighting.local_ip].join('/');
  const partition = toPartitionName(region);
  return {
    ...toClass(NETWORK_ACTIVITY, sighting.accepted === 0 && sighting.rejected > 0 ? REFUSE : TRAFFIC),
    time: toMilliseconds(sighting.last_seen) ?? toMilliseconds(updatedAt) ?? 0,
    ...toSpan(sighting.first_seen, sighting.last_seen),
    ...toOcsfSeverity(sighting.severity),
    ...toAction(sighting),
    count: sighting.records_out + sighting.records_in,
    metadata: toMetadata(version, { uid: toLine(uid, 512), correlation_uid: sighting.finding_id }),
    cloud: toCloud(account_id, region, partition),
    osint: [toOsint(sighting)],
    ...toEnds({ initiator, host: sighting, remote: sighting.indicator_ip[0] ?? sighting.indicator }),
    is_src_dst_assignment_known: initiator !== 'unknown',
    traffic: toTraffic(
      initiator,
      { bytes: sighting.bytes_out, packets: sighting.packets_out },
      { bytes: sighting.bytes_in, packets: sighting.packets_in },
    ),
  };
}

/** One flow record. Its packets went one way; the other way's are another record's to tell. */
export function toRecordActivity(evidence: Evidence, named: NamedAddresses, version: string): OcsfEvent {
  const { action, object, line_number, account_id, region } = evidence;
  const conversation = toConversation(evidence, named);
  const { initiator, direction } = conversation;
  const sent = { bytes: BigInt(evidence.bytes ?? 0), packets: BigInt(evidence.packets ?? 0) };
  const [start, end] = [toTime(evidence.start_time), toTime(evidence.end_time)];
  return {
    ...toClass(NETWORK_ACTIVITY, action === 'REJECT' ? REFUSE : TRAFFIC),
    time: end ?? start ?? 0,
    ...(start === undefined ? {} : { start_time: start }),
    ...(end === undefined ? {} : { end_time: end }),
    ...toOcsfSeverity('INFORMATIONAL'),
    ...toAction({ accepted: action === 'ACCEPT' ? 1 : 0, rejected: action === 'REJECT' ? 1 : 0 }),
    metadata: toMetadata(version, { log_name: toLine(object, 1024), uid: toLine(`${object}:${line_number}`, 1024) }),
    cloud: toCloud(account_id, region, toPartitionName(region)),
    osint: toTouched(evidence, named),
    ...toEnds(conversation),
    is_src_dst_assignment_known: initiator !== 'unknown',
    traffic: direction === 'out' ? toTraffic(initiator, sent, undefined) : toTraffic(initiator, undefined, sent),
    raw_data: evidence.line.toWellFormed(),
  };
}

function toConversation(
  evidence: Evidence,
  named: NamedAddresses,
): Conversation & { readonly direction: PacketDirection } {
  const isNamed = (address: string | null) => address !== null && named.has(address);
  const direction = isNamed(evidence.pkt_dstaddr) || isNamed(evidence.dstaddr) ? 'out' : 'in';
  const [source, destination] = [
    [evidence.pkt_srcaddr, evidence.srcaddr],
    [evidence.pkt_dstaddr, evidence.dstaddr],
  ] as const;
  const [local, remote] = direction === 'out' ? [source, destination] : [destination, source];
  const [from, to] = [toNumber(evidence.srcport), toNumber(evidence.dstport)];
  const [hostPort, remotePort] = direction === 'out' ? [from, to] : [to, from];
  const protocol = toNumber(evidence.protocol);
  return {
    direction,
    initiator: judgeRecord(evidence, { direction, localPort: hostPort ?? null, remotePort: remotePort ?? null }),
    host: { ...evidence, local_ip: local[0] ?? local[1] ?? '-' } satisfies Host,
    remote: remote.find(isNamed) ?? remote[0] ?? remote[1] ?? '-',
    ...{ hostPort, remotePort, protocol },
  };
}

/** What this record alone tells of who began. */
function judgeRecord(evidence: Evidence, ends: Pick<Match, 'direction' | 'localPort' | 'remotePort'>) {
  const votes = emptyVotes();
  const [tcpFlags, protocol] = [toNumber(evidence.tcp_flags) ?? null, toNumber(evidence.protocol) ?? null];
  addVote(votes, { ...ends, tcpFlags, protocol, flowDirection: evidence.flow_direction });
  return judgeInitiator(votes).initiator;
}

function toTouched(evidence: Evidence, named: NamedAddresses) {
  const { srcaddr, dstaddr, pkt_srcaddr, pkt_dstaddr } = evidence;
  const touched = [srcaddr, dstaddr, pkt_srcaddr, pkt_dstaddr].flatMap((address) => named.get(address ?? '') ?? []);
  return [...new Set(touched)].map(toOsint);
}

function toNumber(value: number | bigint | null): number | undefined {
  return value === null ? undefined : Number(value);
}

function toTime(second: number | bigint | null): number | undefined {
  return second === null || second > LAST_SECOND ? undefined : Number(second) * 1000;
}
