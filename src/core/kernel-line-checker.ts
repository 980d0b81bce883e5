/**
 * The scan kernel in WebAssembly (scanner/): the line checker with the same answers as the TypeScript one in a fraction of
 * the time, and an inflater whose text lands where the lines are checked.
 */
import type { IndicatorSet } from './indicator-set.ts';
import {
  BUFFER_BYTES,
  type Checked,
  type FieldKind,
  type Inflater,
  type LineChecker,
  type OnLineEvent,
} from './line-checker.ts';

/** The few names of the WebAssembly API that are used: TypeScript has them only with the browser's. */
declare namespace WebAssembly {
  type Module = object;
  type Global = { readonly value: number };
  type Memory = { readonly buffer: ArrayBuffer; grow(pages: number): number };
  const Module: new (bytes: Uint8Array) => Module;
  const Instance: new (module: Module) => { readonly exports: object };
}

/** The compiled kernel; compile it once, make as many checkers of it as are needed. */
export type Kernel = WebAssembly.Module;

/** Compiles the kernel's bytes. */
export function compileKernel(bytes: Uint8Array): Kernel {
  return new WebAssembly.Module(bytes);
}

type KernelExports = {
  readonly memory: WebAssembly.Memory;
  readonly scan: (from: number, stop: number) => number;
  readonly setFormat: (fields: number, checks: number) => void;
  readonly setIndicators: (count: number, starts: number, ends: number, mask: number, isIpv6: number) => void;
  readonly beginInflate: (inputAt: number, inputStop: number, outputAt: number) => void;
  readonly inflate: (stop: number) => number;
  readonly inputAt: () => number;
  readonly outputEnd: () => number;
  readonly slideOutput: (bytes: number, bufferStart: number) => void;
} & Readonly<
  Record<
    | ('bufferAt' | 'checksAt' | 'eventsAt' | 'ipv4BucketsAt' | 'ipv6FilterAt' | 'heapAt')
    | ('records' | 'lines' | 'events' | 'wrongFieldCounts' | 'wrongAddresses' | 'wrongNumbers'),
    WebAssembly.Global
  >
>;

const KINDS: Readonly<Record<FieldKind, number>> = { unchecked: 0, number: 1, address: 2, status: 3 };
const PAGE_BYTES = 65_536;
const EVENT_WORDS = 4;
/** Objects up to this size are inflated by the kernel, which holds them whole; flow logs of AWS are mostly 1 to 5 MB. */
const INPUT_BYTES = 8 * 1024 * 1024;

export class KernelLineChecker implements LineChecker {
  readonly buffer: Buffer;
  readonly inflater: Inflater;
  readonly #kernel: KernelExports;

  /** Makes an instance of its own: its memory holds one object's text at a time. */
  constructor(kernel: Kernel, set: IndicatorSet) {
    this.#kernel = new WebAssembly.Instance(kernel).exports as unknown as KernelExports;
    const inputStart = this.#loadIndicators(set);
    const { memory, bufferAt } = this.#kernel;
    this.buffer = Buffer.from(memory.buffer, bufferAt.value, BUFFER_BYTES + 64);
    this.inflater = this.#openInflater(inputStart);
  }

  setFormat(kinds: readonly FieldKind[]): void {
    const checked = kinds.flatMap((kind, field) => (kind === 'unchecked' ? [] : [field, KINDS[kind]]));
    const { memory, checksAt, setFormat } = this.#kernel;
    new Uint32Array(memory.buffer, checksAt.value, checked.length).set(checked);
    setFormat(kinds.length, checked.length / 2);
  }

  check(from: number, stop: number, onEvent: OnLineEvent): Checked {
    const { memory, eventsAt, scan, ...counters } = this.#kernel;
    const malformed = { fieldCount: 0, address: 0, number: 0 };
    let records = 0;
    let lines = 0;
    for (let at = from; at < stop; ) {
      at = scan(at, stop);
      const count: number = counters.events.value;
      const events = new Uint32Array(memory.buffer, eventsAt.value, count * EVENT_WORDS);
      for (let i = 0; i < events.length; i += EVENT_WORDS) {
        onEvent(events[i]!, events[i + 1]!, events[i + 2]!, lines + events[i + 3]!);
      }
      records += counters.records.value;
      lines += counters.lines.value;
      malformed.fieldCount += counters.wrongFieldCounts.value;
      malformed.address += counters.wrongAddresses.value;
      malformed.number += counters.wrongNumbers.value;
    }
    return { records, lines, malformed };
  }

  #openInflater(inputStart: number): Inflater {
    const { memory, bufferAt, beginInflate, inflate, inputAt, outputEnd, slideOutput } = this.#kernel;
    const start: number = bufferAt.value;
    return {
      input: Buffer.from(memory.buffer, inputStart, INPUT_BYTES),
      begin: (from, stop, textAt) => beginInflate(inputStart + from, inputStart + stop, start + textAt),
      inflate: () => (['full', 'end'] as const)[inflate(start + BUFFER_BYTES)] ?? 'odd',
      inputAt: () => inputAt() - inputStart,
      textEnd: () => outputEnd() - start,
      slide: (bytes) => slideOutput(bytes, start),
    };
  }

  /** Lays the set into memory, grows it for the input that follows, and returns where that begins. */
  #loadIndicators({ ipv4, ipv6 }: IndicatorSet): number {
    const { memory, heapAt, ipv4BucketsAt, ipv6FilterAt, setIndicators } = this.#kernel;
    const starts = (heapAt.value + 15) & ~15;
    const ends = starts + ipv4.starts.byteLength;
    const inputStart = (ends + ipv4.ends.byteLength + 15) & ~15;
    // Behind the input 16 bytes are read, never used.
    const missing = inputStart + INPUT_BYTES + 16 - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE_BYTES));
    new Uint32Array(memory.buffer, starts, ipv4.starts.length).set(ipv4.starts);
    new Uint32Array(memory.buffer, ends, ipv4.ends.length).set(ipv4.ends);
    new Uint32Array(memory.buffer, ipv4BucketsAt.value, ipv4.buckets.length).set(ipv4.buckets);
    new Uint8Array(memory.buffer, ipv6FilterAt.value, ipv6.filter.length).set(ipv6.filter);
    setIndicators(ipv4.starts.length, starts, ends, ipv6.mask, ipv6.owners.length === 0 ? 0 : 1);
    return inputStart;
  }
}
