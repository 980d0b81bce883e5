/** Conversations → the records of one interface about them, a pair for each interval of aggregation. For tests only. */
import type { FlowRecord } from './flow-logs.ts';

/** A TCP connection; `up` is from who opened it. */
export type Conversation = {
  readonly client: string;
  readonly clientPort: number;
  readonly server: string;
  readonly serverPort: number;
  readonly start: number;
  readonly seconds: number;
  readonly bytesUp: number;
  readonly packetsUp: number;
  /** 0: nothing came back. */
  readonly bytesDown: number;
  readonly packetsDown: number;
  readonly action: 'ACCEPT' | 'REJECT';
};

const [SYN, SYN_ACK] = [2, 18];

/**
 * As an interface that aggregates over so many seconds sees it. Totals are spread evenly, the last interval takes what is
 * left, so that they add up however they are spread.
 */
export function observe(seen: Conversation, intervalSeconds: number, isClientSide: boolean): FlowRecord[] {
  const count = Math.max(1, Math.ceil(seen.seconds / intervalSeconds));
  return Array.from({ length: count }, (_, i) => {
    const start = seen.start + i * intervalSeconds;
    const end = Math.min(start + intervalSeconds, seen.start + seen.seconds);
    const spread = (total: number) => Math.floor(total / count) + (i === count - 1 ? total % count : 0);
    const isFirst = i === 0;
    const up = {
      ...{ srcaddr: seen.client, dstaddr: seen.server, srcport: seen.clientPort, dstport: seen.serverPort },
      ...{ 'pkt-srcaddr': seen.client, 'pkt-dstaddr': seen.server, protocol: 6, start, end, action: seen.action },
      ...{ bytes: spread(seen.bytesUp), packets: spread(seen.packetsUp), 'tcp-flags': isFirst ? SYN : 0 },
      'flow-direction': isClientSide ? 'egress' : 'ingress',
    };
    if (seen.packetsDown === 0) return [up];
    const down = {
      ...{ srcaddr: seen.server, dstaddr: seen.client, srcport: seen.serverPort, dstport: seen.clientPort },
      ...{ 'pkt-srcaddr': seen.server, 'pkt-dstaddr': seen.client, protocol: 6, start, end, action: seen.action },
      ...{ bytes: spread(seen.bytesDown), packets: spread(seen.packetsDown), 'tcp-flags': isFirst ? SYN_ACK : 0 },
      'flow-direction': isClientSide ? 'ingress' : 'egress',
    };
    return [up, down];
  }).flat();
}

/** The near side of a NAT gateway: its own address stands where the far end is, which only the packet level names. */
export function throughGateway(record: FlowRecord, gateway: string, host: string): FlowRecord {
  return record.srcaddr === host ? { ...record, dstaddr: gateway } : { ...record, srcaddr: gateway };
}
