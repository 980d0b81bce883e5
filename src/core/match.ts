/** Row of the match query → match: one record that touches one indicator with one of its ends. */

import { LAST_SECOND } from './iso-second.ts';

/** Packet direction from our network: `out` = the destination end is the indicator, `in` = the source end is. */
export type PacketDirection = 'out' | 'in';

export type Match = {
  readonly object: string;
  readonly lineNumber: number;
  readonly direction: PacketDirection;
  readonly indicator: string;
  readonly comment: string;
  readonly source: string;
  readonly alsoIn: readonly string[];
  readonly indicatorIps: readonly string[];
  readonly accountId: string;
  readonly region: string;
  readonly interfaceId: string;
  readonly localIp: string;
  /** The plain remote address where only the packet-level one is the indicator: a NAT or transit gateway in between. */
  readonly via: string | null;
  readonly instanceId: string | null;
  readonly vpcId: string | null;
  readonly subnetId: string | null;
  readonly localPort: number | null;
  readonly remotePort: number | null;
  readonly protocol: number | null;
  readonly packets: bigint;
  readonly bytes: bigint;
  /** Unix seconds. */
  readonly start: number | null;
  readonly end: number | null;
  readonly action: string | null;
  readonly tcpFlags: number | null;
  readonly flowDirection: string | null;
  /** AWS services that the packets came from or went to: `S3`. */
  readonly awsServices: readonly string[];
};

/** A result row by column name, as any engine hands it over: text, numbers or null. */
export type ResultRow = Readonly<Record<string, string | number | bigint | null>>;

/** Reads a row of sql/detections/ioc_matches.sql. */
export function toMatch(row: ResultRow): Match {
  const text = (column: string) => (row[column] === null || row[column] === undefined ? null : String(row[column]));
  const number = (column: string) => (text(column) === null ? null : Number(row[column]));
  const direction = text('direction') === 'out' ? 'out' : 'in';
  const [sourcePort, destinationPort] = [number('srcport'), number('dstport')];
  return {
    object: text('object')!,
    lineNumber: number('line_number')!,
    direction,
    indicator: text('indicator')!,
    comment: text('comment') ?? '',
    source: text('source') ?? '',
    alsoIn: splitWords(text('also_in')),
    indicatorIps: splitWords(text('indicator_ip')),
    accountId: text('account_id')!,
    region: text('region')!,
    interfaceId: text('interface_id')!,
    localIp: text('local_ip')!,
    via: text('via'),
    instanceId: text('instance_id'),
    vpcId: text('vpc_id'),
    subnetId: text('subnet_id'),
    localPort: direction === 'out' ? sourcePort : destinationPort,
    remotePort: direction === 'out' ? destinationPort : sourcePort,
    protocol: number('protocol'),
    packets: BigInt(row.packets ?? 0),
    bytes: BigInt(row.bytes ?? 0),
    start: toSecond(number('start_time')),
    end: toSecond(number('end_time')),
    action: text('action'),
    tcpFlags: number('tcp_flags'),
    flowDirection: text('flow_direction'),
    awsServices: present(text('pkt_src_aws_service'), text('pkt_dst_aws_service')),
  };
}

function present(...values: readonly (string | null)[]): string[] {
  return [...new Set(values.filter((value) => value !== null))].sort();
}

function splitWords(text: string | null): string[] {
  return [...new Set((text ?? '').split(' ').filter((word) => word !== ''))].sort();
}

function toSecond(value: number | null): number | null {
  return value !== null && value <= LAST_SECOND ? value : null;
}
