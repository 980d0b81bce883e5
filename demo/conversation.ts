/** Who spoke with whom → the flow records that each place on the way writes about it. */
import { DEV, type Host, NAT_GATEWAY, PROD, TRANSIT } from './network.ts';

/** A connection, from the side that opened it ("up") to the side that answered ("down"). */
export type Conversation = {
  readonly client: string;
  readonly clientPort: number;
  readonly server: string;
  readonly serverPort: number;
  readonly protocol: number;
  readonly start: number;
  readonly end: number;
  readonly packetsUp: number;
  readonly bytesUp: number;
  /** Nothing came back where this is 0. */
  readonly packetsDown: number;
  readonly bytesDown: number;
  readonly tcpFlagsUp: number;
  readonly tcpFlagsDown: number;
  readonly action: 'ACCEPT' | 'REJECT';
  /** AWS service of the far end. */
  readonly service?: string;
};

/** A flow record before a format picks its columns. */
export type FlowRecord = {
  readonly host: Host;
  readonly source: string;
  readonly destination: string;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly packetSource: string;
  readonly packetDestination: string;
  readonly protocol: number;
  readonly packets: number;
  readonly bytes: number;
  readonly start: number;
  readonly end: number;
  readonly action: 'ACCEPT' | 'REJECT';
  readonly tcpFlags: number;
  readonly flowDirection: 'ingress' | 'egress';
  readonly sourceService: string;
  readonly destinationService: string;
  /** The two ends of a transit gateway record. */
  readonly transit?: { readonly from: TransitEnd; readonly to: TransitEnd };
};

export type TransitEnd = {
  readonly accountId: string;
  readonly vpcId: string;
  readonly attachmentId: string;
  readonly host: Host;
};

/** The records of a host's own interface: one per direction. */
export function observeAtHost(host: Host, seen: Conversation): FlowRecord[] {
  const isClient = seen.client === host.address || seen.client === host.ipv6;
  return bothWays(host, seen, isClient ? 'egress' : 'ingress');
}

/**
 * The records of the NAT gateway's interface: an inner leg, whose plain far end is the gateway while the packet-level
 * one is the true peer, and an outer leg, which knows nothing of the host.
 */
export function observeAtNat(seen: Conversation, natPort: number): FlowRecord[] {
  const gateway = NAT_GATEWAY.address;
  const [innerUp, innerDown] = bothWays(NAT_GATEWAY, seen, 'ingress');
  const inner: FlowRecord[] = [{ ...innerUp!, destination: gateway }];
  if (innerDown !== undefined) inner.push({ ...innerDown, source: gateway });
  return [...inner, ...bothWays(NAT_GATEWAY, { ...seen, client: gateway, clientPort: natPort }, 'egress')];
}

/** The records of the transit gateway for a conversation from the dev VPC to the prod VPC. */
export function observeAtTransit(client: Host, server: Host, seen: Conversation): FlowRecord[] {
  const from = { accountId: DEV, vpcId: TRANSIT.devVpc, attachmentId: TRANSIT.attachments[DEV]!, host: client };
  const to = { accountId: PROD, vpcId: TRANSIT.prodVpc, attachmentId: TRANSIT.attachments[PROD]!, host: server };
  return bothWays(client, seen, 'ingress').map((record) => ({
    ...record,
    transit: record.flowDirection === 'ingress' ? { from, to } : { from: to, to: from },
  }));
}

function bothWays(host: Host, seen: Conversation, upward: 'ingress' | 'egress'): FlowRecord[] {
  const service = seen.service ?? '-';
  const isServiceServer = upward === 'egress';
  const up: FlowRecord = {
    host,
    source: seen.client,
    destination: seen.server,
    sourcePort: seen.clientPort,
    destinationPort: seen.serverPort,
    packetSource: seen.client,
    packetDestination: seen.server,
    protocol: seen.protocol,
    packets: seen.packetsUp,
    bytes: seen.bytesUp,
    start: seen.start,
    end: seen.end,
    action: seen.action,
    tcpFlags: seen.tcpFlagsUp,
    flowDirection: upward,
    sourceService: isServiceServer ? '-' : service,
    destinationService: isServiceServer ? service : '-',
  };
  if (seen.packetsDown === 0) return [up];
  const down: FlowRecord = {
    ...up,
    source: up.destination,
    destination: up.source,
    sourcePort: up.destinationPort,
    destinationPort: up.sourcePort,
    packetSource: up.packetDestination,
    packetDestination: up.packetSource,
    packets: seen.packetsDown,
    bytes: seen.bytesDown,
    tcpFlags: seen.tcpFlagsDown,
    flowDirection: upward === 'egress' ? 'ingress' : 'egress',
    sourceService: up.destinationService,
    destinationService: up.sourceService,
  };
  return [up, down];
}
