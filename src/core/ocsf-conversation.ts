/**
 * Two ends of a conversation as OCSF sees them: the source is who opened it, the destination who was called. What our host
 * sent is therefore `bytes_out` where the host began, `bytes_in` where the indicator did.
 */
import { canonicalAddress } from './address.ts';
import type { Initiator } from './initiator.ts';
import { toName } from './ocsf-event.ts';

/** Our end. */
export type Host = {
  readonly local_ip: string;
  readonly interface_id: string | null;
  readonly instance_id?: string | null;
  readonly vpc_id?: string | null;
  readonly subnet_id?: string | null;
};

export type Conversation = {
  readonly initiator: Initiator;
  readonly host: Host;
  readonly hostPort?: number | undefined;
  /** Address of the other end; the indicator where none is known. */
  readonly remote: string;
  readonly remotePort?: number | undefined;
  readonly protocol?: number | undefined;
};

/** What each end sent; undefined where it was not looked at. */
export type Sent = { readonly bytes: bigint; readonly packets: bigint };

const DIRECTIONS = {
  local: { direction_id: 2, direction: 'Outbound' },
  indicator: { direction_id: 1, direction: 'Inbound' },
  unknown: { direction_id: 0, direction: 'Unknown' },
} as const;
const PROTOCOLS: Readonly<Record<number, string>> = { 1: 'icmp', 6: 'tcp', 17: 'udp', 58: 'ipv6-icmp' };
const GREATEST_PORT = 65_535;
const GREATEST_PROTOCOL = 255;

/** Both ends and what connects them. Where nobody knows who began, the host is put first. */
export function toEnds(conversation: Conversation) {
  const { initiator } = conversation;
  const [host, remote] = [toHostEnd(conversation), toRemoteEnd(conversation)];
  const isOutside = initiator === 'indicator';
  return {
    src_endpoint: isOutside ? remote : host,
    dst_endpoint: isOutside ? host : remote,
    connection_info: toConnectionInfo(conversation),
  };
}

/** Totals each way, seen from who began. */
export function toTraffic(initiator: Initiator, host: Sent | undefined, remote: Sent | undefined) {
  const [source, destination] = initiator === 'indicator' ? [remote, host] : [host, remote];
  const sum = (pick: (sent: Sent) => bigint) =>
    (source === undefined ? 0n : pick(source)) + (destination === undefined ? 0n : pick(destination));
  return {
    ...{ bytes: sum(({ bytes }) => bytes), packets: sum(({ packets }) => packets) },
    ...(source === undefined ? {} : { bytes_out: source.bytes, packets_out: source.packets }),
    ...(destination === undefined ? {} : { bytes_in: destination.bytes, packets_in: destination.packets }),
  };
}

/** `6/443` → protocol and port; what the log has as anything else is left out. */
export function parseService(service: string | undefined): { protocol?: number; port?: number } {
  const [, protocol, port] = /^(\d{1,3})(?:\/(\d{1,5}))?$/.exec(service ?? '') ?? [];
  return {
    ...(protocol === undefined ? {} : { protocol: Number(protocol) }),
    ...(port === undefined ? {} : { port: Number(port) }),
  };
}

function toHostEnd({ host, hostPort }: Conversation) {
  const names = {
    interface_uid: toName(host.interface_id),
    instance_uid: toName(host.instance_id),
    subnet_uid: toName(host.subnet_id),
    vpc_uid: toName(host.vpc_id),
  };
  const known = Object.fromEntries(Object.entries(names).filter(([, name]) => name !== undefined));
  const end = { ...toAddress(host.local_ip), ...toPort(hostPort), ...known };
  const isNamed = 'ip' in end || 'interface_uid' in known || 'instance_uid' in known;
  // An end without any name is refused.
  return isNamed ? end : { ...end, name: 'unknown' };
}

function toRemoteEnd({ remote, remotePort }: Conversation) {
  const address = toAddress(remote);
  const name = 'ip' in address ? address : { name: toName(remote) ?? 'unknown' };
  return { ...name, ...toPort(remotePort) };
}

function toAddress(text: string): { ip?: string } {
  const ip = canonicalAddress(text);
  return ip === undefined ? {} : { ip };
}

function toPort(port: number | undefined): { port?: number } {
  return port === undefined || port > GREATEST_PORT ? {} : { port };
}

function toConnectionInfo({ initiator, protocol, host, remote }: Conversation) {
  const isIpv6 = `${host.local_ip}${remote}`.includes(':');
  const isKnown = protocol !== undefined && protocol <= GREATEST_PROTOCOL;
  const name = protocol === undefined ? undefined : PROTOCOLS[protocol];
  return {
    ...DIRECTIONS[initiator],
    ...(isKnown ? { protocol_num: protocol } : {}),
    ...(name === undefined ? {} : { protocol_name: name }),
    protocol_ver_id: isIpv6 ? 6 : 4,
  };
}
