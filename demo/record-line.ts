/** A flow record → its line, in the columns of its flow log. */
import type { FlowRecord } from './conversation.ts';
import { type FlowLog, type Host, NAT_GATEWAY, TRANSIT } from './network.ts';

/** A record as a line of a flow log, in that log's columns. */
export function formatRecord(record: FlowRecord, log: FlowLog): string {
  return log.fields.map((field) => (FIELD_TEXT[field] ?? absent)(record, log)).join(' ');
}

/** A line for an interface that had no traffic (NODATA) or whose records were lost (SKIPDATA). */
export function formatStatus(
  host: Host,
  log: FlowLog,
  status: 'NODATA' | 'SKIPDATA',
  start: number,
  end: number,
): string {
  const known: Record<string, string> = {
    version: versionOf(log),
    'account-id': log.accountId,
    'interface-id': host.interfaceId,
    start: String(start),
    end: String(end),
    'log-status': status,
  };
  return log.fields.map((field) => known[field] ?? '-').join(' ');
}

const absent = (): string => '-';

function versionOf(log: FlowLog): string {
  if (log.fields.includes('tgw-id')) return '6';
  if (log.fields.includes('encryption-status')) return '10';
  if (log.fields.includes('traffic-path')) return '5';
  return log.fields.includes('vpc-id') ? '3' : '2';
}

function isIpv6(record: FlowRecord): boolean {
  return record.source.includes(':');
}

/** Way out of egress traffic: 1 = a resource of the same VPC, the NAT gateway included; 8 = the internet gateway. */
function trafficPath(record: FlowRecord): string {
  if (record.flowDirection === 'ingress') return '-';
  const staysInside = record.destination.startsWith('10.') || record.host.role === 'app';
  return staysInside ? '1' : '8';
}

const FIELD_TEXT: Readonly<Record<string, (record: FlowRecord, log: FlowLog) => string>> = {
  version: (_, log) => versionOf(log),
  'account-id': (_, log) => log.accountId,
  'interface-id': (r) => r.host.interfaceId,
  'resource-id': () => NAT_GATEWAY.resourceId,
  'vpc-id': (_, log) => log.vpcId,
  'subnet-id': (r) => r.host.subnetId,
  'instance-id': (r) => r.host.instanceId,
  'az-id': (r) => r.host.azId,
  region: (_, log) => log.region,
  srcaddr: (r) => r.source,
  dstaddr: (r) => r.destination,
  srcport: (r) => String(r.sourcePort),
  dstport: (r) => String(r.destinationPort),
  'pkt-srcaddr': (r) => r.packetSource,
  'pkt-dstaddr': (r) => r.packetDestination,
  protocol: (r) => String(r.protocol),
  packets: (r) => String(r.packets),
  bytes: (r) => String(r.bytes),
  start: (r) => String(r.start),
  end: (r) => String(r.end),
  action: (r) => r.action,
  'log-status': () => 'OK',
  'tcp-flags': (r) => String(r.tcpFlags),
  type: (r) => (isIpv6(r) ? 'IPv6' : 'IPv4'),
  'flow-direction': (r) => r.flowDirection,
  'traffic-path': trafficPath,
  'pkt-src-aws-service': (r) => r.sourceService,
  'pkt-dst-aws-service': (r) => r.destinationService,
  'encryption-status': (r) => (r.sourcePort === 443 || r.destinationPort === 443 ? '2' : '0'),
  'resource-type': () => 'TransitGateway',
  'tgw-id': () => TRANSIT.id,
  'tgw-attachment-id': (r) => r.transit!.from.attachmentId,
  'tgw-pair-attachment-id': (r) => r.transit!.to.attachmentId,
  'tgw-src-vpc-account-id': (r) => r.transit!.from.accountId,
  'tgw-dst-vpc-account-id': (r) => r.transit!.to.accountId,
  'tgw-src-vpc-id': (r) => r.transit!.from.vpcId,
  'tgw-dst-vpc-id': (r) => r.transit!.to.vpcId,
  'tgw-src-subnet-id': (r) => r.transit!.from.host.subnetId,
  'tgw-dst-subnet-id': (r) => r.transit!.to.host.subnetId,
  'tgw-src-eni': (r) => r.transit!.from.host.interfaceId,
  'tgw-dst-eni': (r) => r.transit!.to.host.interfaceId,
  'tgw-src-az-id': (r) => r.transit!.from.host.azId,
  'tgw-dst-az-id': (r) => r.transit!.to.host.azId,
  'packets-lost-no-route': () => '0',
  'packets-lost-blackhole': () => '0',
  'packets-lost-mtu-exceeded': () => '0',
  'packets-lost-ttl-expired': () => '0',
};
