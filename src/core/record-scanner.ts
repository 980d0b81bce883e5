/**
 * Text of one log object → its records, counted, and those that touch an indicator. Every record is checked in full
 * (field count, addresses, numbers); only the few whose address may be in the indicator set are turned into strings.
 */
import { type FlowFormat, parseHeader } from './flow-format.ts';
import { type LineChecker, LONGEST_LINE_BYTES } from './line-checker.ts';
import type { CandidateSink } from './object-reader.ts';
import { CR, LF } from './record-bytes.ts';
import {
  countMalformed,
  countStatus,
  type MalformedKind,
  noCounts,
  type ScanCounts,
  toFieldKinds,
} from './scan-counts.ts';
import { EVENT } from './scan-kernel.ts';

const FAILURES: Readonly<Record<number, MalformedKind>> = {
  [EVENT.fieldCount]: 'field count',
  [EVENT.address]: 'address',
  [EVENT.number]: 'number',
};

export class RecordScanner {
  readonly counts: ScanCounts = noCounts();
  /** From the first line that is not blank; undefined if that line is no usable header. */
  format: FlowFormat | undefined;

  readonly #checker: LineChecker;
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
    this.#onCandidate = onCandidate;
  }

  /** Takes the next piece of text, cut anywhere. */
  push(chunk: Uint8Array): void {
    let taken = 0;
    while (taken < chunk.length) {
      // The last bytes stay free: the checker reads 16 at a time.
      const piece = chunk.subarray(taken, taken + this.#checker.buffer.length - 64 - this.#end);
      this.#checker.buffer.set(piece, this.#end);
      taken += piece.length;
      this.counts.textBytes += piece.length;
      this.#scan(this.#end + piece.length);
      this.#slide();
    }
  }

  /** Makes room: moves the text down that is not scanned yet. */
  #slide(): void {
    this.#checker.buffer.copyWithin(0, this.#from, this.#end);
    this.#end -= this.#from;
    this.#from = 0;
  }

  /** Ends the object. A last line without LF is a record only where nothing was cut off behind it. */
  finish(isWhole: boolean): void {
    if (!isWhole) return;
    if (this.#isInLongLine) this.#countLongLine();
    if (this.#from === this.#end) return;
    this.#checker.buffer[this.#end] = LF;
    this.#scan(this.#end + 1);
  }

  #scan(end: number): void {
    this.#end = end;
    if (end === this.#from) return;
    if (this.#isInLongLine) {
      const lineEnd = this.#checker.buffer.subarray(this.#from, end).indexOf(LF);
      this.#from = lineEnd < 0 ? end : this.#from + lineEnd + 1;
      if (lineEnd < 0) return;
      this.#countLongLine();
    }
    const stop = this.#checker.buffer.lastIndexOf(LF, end - 1) + 1;
    while (this.#from < stop && !this.#hasFirstLine) this.#from = this.#scanFirstLine(this.#from);
    if (this.#from < stop) this.#from = this.#scanLines(this.#from, stop);
    if (end - this.#from <= LONGEST_LINE_BYTES) return;
    this.#isInLongLine = true;
    this.#from = end;
  }

  #countLongLine(): void {
    this.#isInLongLine = false;
    this.#lineNumber++;
    if (this.format !== undefined) this.counts.malformed['too long']++;
    this.#hasFirstLine = true;
  }

  #scanFirstLine(at: number): number {
    const lineEnd = this.#checker.buffer.indexOf(LF, at);
    if (lineEnd - at > LONGEST_LINE_BYTES) {
      this.#countLongLine();
      return lineEnd + 1;
    }
    this.#lineNumber++;
    const line = this.#readLine(at, lineEnd);
    if (line.trim() === '') return lineEnd + 1;
    this.#hasFirstLine = true;
    this.format = parseHeader(line);
    if (this.format !== undefined) this.#checker.setFormat(toFieldKinds(this.format));
    return lineEnd + 1;
  }

  #scanLines(at: number, stop: number): number {
    const { format } = this;
    if (format === undefined) return stop;
    const before = this.#lineNumber;
    const { records, lines } = this.#checker.check(at, stop, (kind, start, end, line) => {
      if (kind === EVENT.candidate) this.#onCandidate(this.#readLine(start, end), before + line, format);
      else if (kind === EVENT.status) countStatus(this.counts, this.#readLine(start, end).split(' ', 1)[0]!);
      else if (kind === EVENT.tooLong) this.counts.malformed['too long']++;
      else countMalformed(this.counts, FAILURES[kind]!, this.#readLine(start, end));
    });
    this.counts.records += records;
    this.#lineNumber += lines;
    return stop;
  }

  #readLine(at: number, lineEnd: number): string {
    const end = lineEnd > at && this.#checker.buffer[lineEnd - 1] === CR ? lineEnd - 1 : lineEnd;
    return this.#decoder.decode(this.#checker.buffer.subarray(at, end));
  }
}
