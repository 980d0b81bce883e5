/**
 * Text of one log object → its records, counted, and those that touch an indicator. Every record is checked in full
 * (field count, addresses, numbers); only the few whose address may be in the indicator set are turned into strings.
 */
import type { FlowFormat } from './flow-format.ts';
import { isHeaderLine, parseHeader } from './flow-format.ts';
import type { IndicatorSet } from './indicator-set.ts';
import { CR, FOUND, isFieldEnd, LF, readAddress, readNumber, skipField } from './record-bytes.ts';

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

/** Longer lines are no records: the longest real ones, with all ECS names, stay under 2 KiB. */
const LONGEST_LINE_BYTES = 64 * 1024;
const BUFFER_BYTES = 512 * 1024;

const SKIP = 0;
const NUMBER = 1;
const ADDRESS = 2;
const STATUS = 3;
const COLUMN_KINDS: Readonly<Record<string, number>> = {
  srcaddr: ADDRESS,
  dstaddr: ADDRESS,
  'pkt-srcaddr': ADDRESS,
  'pkt-dstaddr': ADDRESS,
  srcport: NUMBER,
  dstport: NUMBER,
  protocol: NUMBER,
  packets: NUMBER,
  bytes: NUMBER,
  start: NUMBER,
  end: NUMBER,
  'log-status': STATUS,
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

  readonly #set: IndicatorSet;
  readonly #onCandidate: CandidateSink;
  readonly #buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  readonly #decoder = new TextDecoder();
  #kinds = new Uint8Array(0);
  #held = 0;
  #lineNumber = 0;
  #hasFirstLine = false;
  #isInLongLine = false;
  #mayMatch = false;
  #oddStatusAt = -1;
  #failure: MalformedKind = 'field count';

  constructor(set: IndicatorSet, onCandidate: CandidateSink) {
    this.#set = set;
    this.#onCandidate = onCandidate;
  }

  /** Takes the next piece of text, cut anywhere. */
  push(chunk: Uint8Array): void {
    this.counts.textBytes += chunk.length;
    let taken = 0;
    while (taken < chunk.length) {
      const room = this.#buffer.length - this.#held;
      const piece = chunk.subarray(taken, taken + room);
      this.#buffer.set(piece, this.#held);
      taken += piece.length;
      this.#scanBuffer(this.#held + piece.length);
    }
  }

  /** Ends the object. A last line without LF is a record only where nothing was cut off behind it. */
  finish(isWhole: boolean): void {
    if (!isWhole) return;
    if (this.#isInLongLine) this.#countLongLine();
    if (this.#held === 0) return;
    this.#buffer[this.#held] = LF;
    this.#scanBuffer(this.#held + 1);
  }

  #scanBuffer(end: number): void {
    let at = 0;
    if (this.#isInLongLine) {
      at = this.#buffer.subarray(0, end).indexOf(LF) + 1;
      this.#held = 0;
      if (at === 0) return;
      this.#countLongLine();
    }
    const stop = this.#buffer.lastIndexOf(LF, end - 1) + 1;
    while (at < stop) at = this.#hasFirstLine ? this.#scanLine(at) : this.#scanFirstLine(at);
    this.#buffer.copyWithin(0, at, end);
    this.#held = end - at;
    if (this.#held <= LONGEST_LINE_BYTES) return;
    this.#isInLongLine = true;
    this.#held = 0;
  }

  #countLongLine(): void {
    this.#isInLongLine = false;
    this.#lineNumber++;
    if (this.#hasFirstLine) this.counts.malformed['too long']++;
    this.#hasFirstLine = true;
  }

  #scanFirstLine(at: number): number {
    const lineEnd = this.#buffer.indexOf(LF, at);
    this.#lineNumber++;
    const line = this.#readLine(at, lineEnd);
    if (line.trim() === '') return lineEnd + 1;
    this.#hasFirstLine = true;
    this.format = lineEnd - at > LONGEST_LINE_BYTES ? undefined : parseHeader(line);
    this.#kinds = Uint8Array.from(this.format?.fields ?? [], (field, i) =>
      this.format?.fields.indexOf(field) === i ? (COLUMN_KINDS[field] ?? SKIP) : SKIP,
    );
    return lineEnd + 1;
  }

  #scanLine(at: number): number {
    this.#lineNumber++;
    if (this.format === undefined) return this.#buffer.indexOf(LF, at) + 1;
    this.#mayMatch = false;
    this.#oddStatusAt = -1;
    const end = this.#checkFields(at);
    const lineEnd = end < 0 ? this.#buffer.indexOf(LF, at) : this.#buffer[end] === LF ? end : end + 1;
    if (lineEnd - at > LONGEST_LINE_BYTES) this.counts.malformed['too long']++;
    else if (end < 0) this.#countMalformed(at, lineEnd);
    else this.#countRecord(at, lineEnd, this.format);
    return lineEnd + 1;
  }

  /** Only OK records match; the others are facts about coverage. */
  #countRecord(at: number, lineEnd: number, format: FlowFormat): void {
    this.counts.records++;
    if (this.#oddStatusAt >= 0) {
      const status = this.#readLine(this.#oddStatusAt, lineEnd).split(' ', 1)[0]!;
      this.counts.statuses[status] = (this.counts.statuses[status] ?? 0) + 1;
    } else if (this.#mayMatch) this.#onCandidate(this.#readLine(at, lineEnd), this.#lineNumber, format);
  }

  /** Checks a line field by field; returns where its last field ends, or -1. Runs once per record: the hot loop. */
  #checkFields(from: number): number {
    const buffer = this.#buffer;
    const kinds = this.#kinds;
    const last = kinds.length - 1;
    let at = from;
    for (let i = 0; ; i++) {
      const kind = kinds[i]!;
      let end: number;
      if (kind === SKIP) end = skipField(buffer, at);
      else if (kind === NUMBER) end = readNumber(buffer, at);
      else end = kind === ADDRESS ? this.#checkAddress(at) : this.#checkStatus(at);
      if (end < 0) {
        this.#failure = kind === NUMBER ? 'number' : 'address';
        return -1;
      }
      if (i === last) {
        this.#failure = 'field count';
        return buffer[end] === 32 ? -1 : end;
      }
      if (buffer[end] !== 32) {
        this.#failure = 'field count';
        return -1;
      }
      at = end + 1;
    }
  }

  #checkAddress(at: number): number {
    const end = readAddress(this.#buffer, at);
    if (end < 0 || this.#mayMatch) return end;
    if (FOUND.family === 4) this.#mayMatch = this.#set.mayHoldIpv4(FOUND.words[0]!);
    else if (FOUND.family === 6) this.#mayMatch = this.#set.mayHoldIpv6(FOUND.words[0]!);
    return end;
  }

  #checkStatus(at: number): number {
    const buffer = this.#buffer;
    if (buffer[at] === 79 && buffer[at + 1] === 75 && isFieldEnd(buffer, at + 2)) return at + 2; // "OK"
    this.#oddStatusAt = at;
    return skipField(buffer, at);
  }

  #countMalformed(at: number, lineEnd: number): void {
    const line = this.#readLine(at, lineEnd);
    if (line.trim() === '') return;
    const hasFieldCount = line.split(' ').length === this.#kinds.length;
    if (isHeaderLine(line)) this.counts.malformed['header again']++;
    else this.counts.malformed[hasFieldCount ? this.#failure : 'field count']++;
  }

  #readLine(at: number, lineEnd: number): string {
    const end = lineEnd > at && this.#buffer[lineEnd - 1] === CR ? lineEnd - 1 : lineEnd;
    return this.#decoder.decode(this.#buffer.subarray(at, end));
  }
}
