/** Checks lines of records in a buffer: counts the good ones and names those that need a closer look. */
import { holdsIpv4, holdsIpv6, type IndicatorSet } from './indicator-set.ts';
import { CR, FOUND, isFieldEnd, LF, readAddress, readNumber, skipField } from './record-bytes.ts';
import type { FieldKind } from './scan-counts.ts';
import { EVENT } from './scan-kernel.ts';

/** `start` to `end` (its LF) in the buffer; for a status event `start` is where the status begins. `line` counts from 1 in this check. */
export type OnLineEvent = (kind: number, start: number, end: number, line: number) => void;

/** Longer lines are no records: the longest real ones, with all ECS names, stay under 2 KiB. */
export const LONGEST_LINE_BYTES = 64 * 1024;
const BUFFER_BYTES = 512 * 1024;

const SKIP = 0;
const NUMBER = 1;
const ADDRESS = 2;
const STATUS = 3;
const KIND_NUMBERS = { unchecked: SKIP, number: NUMBER, address: ADDRESS, status: STATUS } as const;

export class LineChecker {
  readonly buffer = Buffer.alloc(BUFFER_BYTES + 64);
  readonly #set: IndicatorSet;
  #kinds = new Uint8Array(0);
  #mayMatch = false;
  #oddStatusAt = -1;
  #failure: number = EVENT.fieldCount;

  constructor(set: IndicatorSet) {
    this.#set = set;
  }

  /** The kind of each field, in their order. */
  setFormat(kinds: readonly FieldKind[]): void {
    this.#kinds = Uint8Array.from(kinds, (kind) => KIND_NUMBERS[kind]);
  }

  /** Checks the whole lines from `from` up to `stop`, which follows an LF. Line numbers in events begin at 1. */
  check(from: number, stop: number, onEvent: OnLineEvent): { readonly records: number; readonly lines: number } {
    let records = 0;
    let lines = 0;
    for (let at = from; at < stop; ) {
      lines++;
      this.#mayMatch = false;
      this.#oddStatusAt = -1;
      const end = this.#checkFields(at);
      const lineEnd = end < 0 ? this.buffer.indexOf(LF, at) : this.buffer[end] === LF ? end : end + 1;
      if (lineEnd - at > LONGEST_LINE_BYTES) onEvent(EVENT.tooLong, at, lineEnd, lines);
      else if (end < 0) onEvent(this.#judgeFailure(at, lineEnd), at, lineEnd, lines);
      else {
        records++;
        if (this.#oddStatusAt >= 0) onEvent(EVENT.status, this.#oddStatusAt, lineEnd, lines);
        else if (this.#mayMatch) onEvent(EVENT.candidate, at, lineEnd, lines);
      }
      at = lineEnd + 1;
    }
    return { records, lines };
  }

  /** Checks a line field by field; returns where its last field ends, or -1. */
  #checkFields(from: number): number {
    const { buffer } = this;
    const last = this.#kinds.length - 1;
    let at = from;
    for (let i = 0; ; i++) {
      const end = this.#checkField(this.#kinds[i]!, at);
      if (end < 0) return -1;
      this.#failure = EVENT.fieldCount;
      if (i === last) return buffer[end] === 32 ? -1 : end;
      if (buffer[end] !== 32) return -1;
      at = end + 1;
    }
  }

  #checkField(kind: number, at: number): number {
    if (kind === SKIP) return skipField(this.buffer, at);
    if (kind === STATUS) return this.#checkStatus(at);
    this.#failure = kind === NUMBER ? EVENT.number : EVENT.address;
    return kind === NUMBER ? readNumber(this.buffer, at) : this.#checkAddress(at);
  }

  #checkAddress(at: number): number {
    const end = readAddress(this.buffer, at);
    if (end < 0 || this.#mayMatch) return end;
    if (FOUND.family === 4) this.#mayMatch = holdsIpv4(this.#set.ipv4, FOUND.words[0]!);
    else if (FOUND.family === 6) this.#mayMatch = holdsIpv6(this.#set.ipv6, [...FOUND.words]);
    return end;
  }

  #checkStatus(at: number): number {
    const { buffer } = this;
    if (buffer[at] === 79 && buffer[at + 1] === 75 && isFieldEnd(buffer, at + 2)) return at + 2; // "OK"
    this.#oddStatusAt = at;
    return skipField(buffer, at);
  }

  /** A wrong number of fields explains whatever else is wrong. */
  #judgeFailure(at: number, lineEnd: number): number {
    let fields = 1;
    for (let i = at; i < lineEnd; i++) if (this.buffer[i] === 32) fields++;
    const isBlank = lineEnd === at || (lineEnd === at + 1 && this.buffer[at] === CR);
    return fields !== this.#kinds.length || isBlank ? EVENT.fieldCount : this.#failure;
  }
}
