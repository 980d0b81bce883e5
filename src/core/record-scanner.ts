/**
 * Text of one log object → its records, counted, and those that touch an indicator. Every record is checked in full
 * (field count, addresses, numbers); only the few whose address may be in the indicator set are turned into strings.
 */
import { type FlowFormat, isHeaderLine, parseHeader } from './flow-format.ts';
import { EVENT, type FieldKind, type LineChecker, LONGEST_LINE_BYTES } from './line-checker.ts';
import { CR, LF } from './record-bytes.ts';

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

/** A record one of whose addresses may be in the set: its line, number in the object (from 1, header included) and format. */
export type CandidateSink = (line: string, lineNumber: number, format: FlowFormat) => void;

const FIELD_KINDS: Readonly<Record<string, FieldKind>> = {
  ...{ srcaddr: 'address', dstaddr: 'address', 'pkt-srcaddr': 'address', 'pkt-dstaddr': 'address' },
  ...{ srcport: 'number', dstport: 'number', protocol: 'number', packets: 'number', bytes: 'number' },
  ...{ start: 'number', end: 'number', 'log-status': 'status' },
};
const FAILURES: Readonly<Record<number, MalformedKind>> = {
  [EVENT.fieldCount]: 'field count',
  [EVENT.address]: 'address',
  [EVENT.number]: 'number',
};

export class RecordScanner {
  readonly counts: ScanCounts = {
    records: 0,
    statuses: {},
    malformed: { 'field count': 0, address: 0, number: 0, 'header again': 0, 'too long': 0 },
    textBytes: 0,
  };
  /** From the first line that is not blank; undefined if that line is no usable header. */
  format: FlowFormat | undefined;

  readonly #checker: LineChecker;
  /** The checker's. */
  readonly buffer: Buffer;
  readonly #onCandidate: CandidateSink;
  readonly #decoder = new TextDecoder();
  /** What is scanned ends at `#from`, what is there at `#end`. */
  #from = 0;
  #end = 0;
  #lineNumber = 0;
  #hasFirstLine = false;
  #isInLongLine = false;

  /** Uses the checker's buffer from here to `finish`: one object at a time. */
  constructor(checker: LineChecker, onCandidate: CandidateSink) {
    this.#checker = checker;
    this.buffer = checker.buffer;
    this.#onCandidate = onCandidate;
  }

  /** Takes the next piece of text, cut anywhere. */
  push(chunk: Uint8Array): void {
    let taken = 0;
    while (taken < chunk.length) {
      // The last bytes stay free: the checker reads 16 at a time.
      const piece = chunk.subarray(taken, taken + this.buffer.length - 64 - this.#end);
      this.buffer.set(piece, this.#end);
      taken += piece.length;
      this.takeUpTo(this.#end + piece.length);
      this.slide(0);
    }
  }

  /** Takes the text that someone put into the buffer, up to `end`. */
  takeUpTo(end: number): void {
    this.counts.textBytes += end - this.#end;
    this.#scan(end);
  }

  /** Makes room: moves the text down, keeping what is not scanned yet and at least `history` bytes. Returns how far. */
  slide(history: number): number {
    const distance = Math.max(0, Math.min(this.#from, this.#end - history));
    this.buffer.copyWithin(0, distance, this.#end);
    this.#from -= distance;
    this.#end -= distance;
    return distance;
  }

  /** Where the next text goes, if it is put into the buffer directly. */
  get end(): number {
    return this.#end;
  }

  /** Ends the object. A last line without LF is a record only where nothing was cut off behind it. */
  finish(isWhole: boolean): void {
    if (!isWhole) return;
    if (this.#isInLongLine) this.#countLongLine();
    if (this.#from === this.#end) return;
    this.buffer[this.#end] = LF;
    this.#scan(this.#end + 1);
  }

  #scan(end: number): void {
    this.#end = end;
    if (end === this.#from) return;
    if (this.#isInLongLine) {
      const lineEnd = this.buffer.subarray(this.#from, end).indexOf(LF);
      this.#from = lineEnd < 0 ? end : this.#from + lineEnd + 1;
      if (lineEnd < 0) return;
      this.#countLongLine();
    }
    const stop = this.buffer.lastIndexOf(LF, end - 1) + 1;
    while (this.#from < stop && !this.#hasFirstLine) this.#from = this.#scanFirstLine(this.#from);
    if (this.#from < stop) this.#from = this.#scanLines(this.#from, stop);
    if (end - this.#from <= LONGEST_LINE_BYTES) return;
    this.#isInLongLine = true;
    this.#from = end;
  }

  #countLongLine(): void {
    this.#isInLongLine = false;
    this.#lineNumber++;
    if (this.#hasFirstLine) this.counts.malformed['too long']++;
    this.#hasFirstLine = true;
  }

  #scanFirstLine(at: number): number {
    const lineEnd = this.buffer.indexOf(LF, at);
    this.#lineNumber++;
    const line = this.#readLine(at, lineEnd);
    if (line.trim() === '') return lineEnd + 1;
    this.#hasFirstLine = true;
    this.format = lineEnd - at > LONGEST_LINE_BYTES ? undefined : parseHeader(line);
    // Of a name that stands twice the first column counts.
    const kinds = this.format?.fields.map(
      (field, i, all): FieldKind => (all.indexOf(field) === i ? (FIELD_KINDS[field] ?? 'unchecked') : 'unchecked'),
    );
    if (kinds !== undefined) this.#checker.setFormat(kinds);
    return lineEnd + 1;
  }

  #scanLines(at: number, stop: number): number {
    const { format } = this;
    if (format === undefined) return stop;
    const before = this.#lineNumber;
    const { records, lines, malformed } = this.#checker.check(at, stop, (kind, start, end, line) => {
      if (kind === EVENT.candidate) this.#onCandidate(this.#readLine(start, end), before + line, format);
      else if (kind === EVENT.status) this.#countStatus(start, end);
      else if (kind === EVENT.tooLong) this.counts.malformed['too long']++;
      else this.#countMalformed(FAILURES[kind]!, start, end);
    });
    this.counts.records += records;
    this.counts.malformed['field count'] += malformed.fieldCount;
    this.counts.malformed.address += malformed.address;
    this.counts.malformed.number += malformed.number;
    this.#lineNumber += lines;
    return stop;
  }

  /** Only OK records match; the others are facts about coverage. */
  #countStatus(start: number, end: number): void {
    const status = this.#readLine(start, end).split(' ', 1)[0]!;
    this.counts.statuses[status] = (this.counts.statuses[status] ?? 0) + 1;
  }

  #countMalformed(kind: MalformedKind, start: number, end: number): void {
    const line = this.#readLine(start, end);
    if (/^[\t\v\f\r ]*$/.test(line)) return;
    this.counts.malformed[isHeaderLine(line) ? 'header again' : kind]++;
  }

  #readLine(at: number, lineEnd: number): string {
    const end = lineEnd > at && this.buffer[lineEnd - 1] === CR ? lineEnd - 1 : lineEnd;
    return this.#decoder.decode(this.buffer.subarray(at, end));
  }
}
