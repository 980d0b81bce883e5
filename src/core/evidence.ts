/**
 * Candidate line → evidence: the record's fixed columns as Match reads them, with the verbatim line behind them, and the
 * indicator of each of its addresses. A candidate none of whose addresses resolves (allowed, or a neighbour) is dropped.
 */
import { canonicalAddress, parseAddress } from './address.ts';
import type { FlowFormat } from './flow-format.ts';
import type { IndicatorAddress, IndicatorSet } from './indicator-set.ts';
import type { LogObject } from './log-object.ts';

/** One matching record. Absent values (`-`, or no such field) are null; addresses are canonical; times are Unix seconds. */
export type Evidence = {
  readonly object: string;
  readonly line_number: number;
  readonly account_id: string;
  readonly region: string;
  readonly interface_id: string;
  readonly srcaddr: string | null;
  readonly dstaddr: string | null;
  readonly pkt_srcaddr: string | null;
  readonly pkt_dstaddr: string | null;
  readonly srcport: number | bigint | null;
  readonly dstport: number | bigint | null;
  readonly protocol: number | bigint | null;
  readonly packets: number | bigint | null;
  readonly bytes: number | bigint | null;
  readonly start_time: number | bigint | null;
  readonly end_time: number | bigint | null;
  readonly action: string | null;
  readonly tcp_flags: number | bigint | null;
  readonly flow_direction: string | null;
  readonly instance_id: string | null;
  readonly vpc_id: string | null;
  readonly subnet_id: string | null;
  readonly pkt_src_aws_service: string | null;
  readonly pkt_dst_aws_service: string | null;
  readonly line: string;
};

/** Path of a chunk's evidence below its two tables, in Hive style. */
export function evidencePartition({ batch, chunk }: { readonly batch: string; readonly chunk: number }): string {
  return `batch=${batch}/chunk=${chunk}/part`;
}

const ADDRESS_FIELDS = ['srcaddr', 'dstaddr', 'pkt-srcaddr', 'pkt-dstaddr'] as const;

/** The evidence of a line and the indicator addresses in it, or undefined if it touches no indicator. */
export function toEvidence(
  line: string,
  lineNumber: number,
  format: FlowFormat,
  logObject: LogObject,
  set: IndicatorSet,
): { evidence: Evidence; touched: IndicatorAddress[] } | undefined {
  const values = line.split(' ');
  const read = (field: string) => readField(values, format, field);
  const touched = ADDRESS_FIELDS.map((field) => read(field))
    .map((text) => (text === null ? undefined : parseAddress(text)))
    .map((words) => (words === undefined ? undefined : set.resolve(words)))
    .filter((address) => address !== undefined);
  if (touched.length === 0) return undefined;
  const account = read('account-id');
  const evidence: Evidence = {
    object: logObject.identity,
    line_number: lineNumber,
    account_id: account !== null && /^\d{12}$/.test(account) ? account : logObject.accountId,
    region: read('region') ?? logObject.region,
    interface_id: read('interface-id') ?? '-',
    srcaddr: readAddress(read('srcaddr')),
    dstaddr: readAddress(read('dstaddr')),
    pkt_srcaddr: readAddress(read('pkt-srcaddr')),
    pkt_dstaddr: readAddress(read('pkt-dstaddr')),
    srcport: readInteger(read('srcport')),
    dstport: readInteger(read('dstport')),
    protocol: readInteger(read('protocol')),
    packets: readInteger(read('packets')),
    bytes: readInteger(read('bytes')),
    start_time: readInteger(read('start')),
    end_time: readInteger(read('end')),
    action: read('action'),
    tcp_flags: readInteger(read('tcp-flags')),
    flow_direction: read('flow-direction'),
    instance_id: read('instance-id'),
    vpc_id: read('vpc-id'),
    subnet_id: read('subnet-id'),
    pkt_src_aws_service: read('pkt-src-aws-service'),
    pkt_dst_aws_service: read('pkt-dst-aws-service'),
    line,
  };
  return { evidence, touched };
}

function readField(values: readonly string[], format: FlowFormat, field: string): string | null {
  const at = format.fields.indexOf(field);
  const value = at < 0 ? undefined : values[at];
  return value === undefined || value === '-' || value === '' ? null : value;
}

function readAddress(text: string | null): string | null {
  return text === null ? null : (canonicalAddress(text) ?? null);
}

/** Fields outside the checked seven (tcp-flags) may hold anything; what is no integer is absent. */
function readInteger(text: string | null): number | bigint | null {
  if (text === null || !/^\d+$/.test(text)) return null;
  const value = BigInt(text);
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
}
