/** What the lines of one log object were, counted; and the columns that are checked. */
import { type FlowFormat, isHeaderLine } from './flow-format.ts';

/** Why a line is no record. */
export type MalformedKind = 'field count' | 'address' | 'number' | 'header again' | 'too long';

export type ScanCounts = {
  /** Lines that are records, NODATA and SKIPDATA included. */
  records: number;
  /** Records by log-status where it is not OK. */
  statuses: Record<string, number>;
  malformed: Record<MalformedKind, number>;
  /** Bytes of text read. */
  textBytes: number;
};

export function noCounts(): ScanCounts {
  const malformed = { 'field count': 0, address: 0, number: 0, 'header again': 0, 'too long': 0 };
  return { records: 0, statuses: {}, malformed, textBytes: 0 };
}

/** Only OK records match; the others are facts about coverage. */
export function countStatus({ statuses }: ScanCounts, status: string, records = 1): void {
  if (records > 0) statuses[status] = (statuses[status] ?? 0) + records;
}

/** Counts a line that is no record; a blank one is nothing. */
export function countMalformed({ malformed }: ScanCounts, kind: MalformedKind, line: string): void {
  if (/^[\t\v\f\r ]*$/.test(line)) return;
  malformed[isHeaderLine(line) ? 'header again' : kind]++;
}

export type FieldKind = 'unchecked' | 'number' | 'address' | 'status';

const KINDS: Readonly<Record<string, FieldKind>> = {
  ...{ srcaddr: 'address', dstaddr: 'address', 'pkt-srcaddr': 'address', 'pkt-dstaddr': 'address' },
  ...{ srcport: 'number', dstport: 'number', protocol: 'number', packets: 'number', bytes: 'number' },
  ...{ start: 'number', end: 'number', 'log-status': 'status' },
};

/** The kind of each column. Of a name that stands twice the first column counts. */
export function toFieldKinds({ fields }: FlowFormat): FieldKind[] {
  return fields.map((field, i) => (fields.indexOf(field) === i ? (KINDS[field] ?? 'unchecked') : 'unchecked'));
}
