/**
 * The scan kernel in WebAssembly (scanner/), as an object: bytes of one log object in; lines to look at, counts and seen
 * addresses out. What it asks for is told by `run`.
 */
import type { AddressSet } from './address-membership.ts';
import type { FlowFormat } from './flow-format.ts';
import { type FieldKind, toFieldKinds } from './scan-counts.ts';
import type { SeenAddresses, SeenTimes } from './seen-addresses.ts';

/** The few names of the WebAssembly API that are used: TypeScript has them only with the browser's. */
declare namespace WebAssembly {
  type Module = object;
  type Global = { readonly value: number };
  type Memory = { readonly buffer: ArrayBuffer; grow(pages: number): number };
  const Module: new (bytes: Uint8Array) => Module;
  const Instance: new (module: Module) => { readonly exports: object };
}

/** The compiled kernel; compile it once, make as many instances of it as are needed. */
export type KernelModule = WebAssembly.Module;

/** Compiles the kernel's bytes. */
export function compileKernel(bytes: Uint8Array): KernelModule {
  return new WebAssembly.Module(bytes);
}

/** An instance of the kernel, with a memory of its own: what scanner/kernel.ts exports. */
export function instantiateKernel<Exports>(module: KernelModule): Exports {
  return new WebAssembly.Instance(module).exports as Exports;
}

export type KernelMemory = WebAssembly.Memory;
export type KernelGlobal = WebAssembly.Global;

/** What lays a set in. */
export type SetExports = {
  readonly memory: WebAssembly.Memory;
  readonly heapAt: WebAssembly.Global;
  readonly setIpv4: (
    count: number,
    starts: number,
    ends: number,
    buckets: number,
    filter: number,
    bits: number,
  ) => void;
  readonly setIpv6: (count: number, starts: number, ends: number, filter: number, mask: number) => void;
};

type Exports = SetExports & {
  readonly prepare: () => void;
  readonly begin: (isGzip: number, isIndexed: number) => void;
  readonly makeRoom: () => number;
  readonly feed: (bytes: number) => void;
  readonly run: (reach: number) => number;
  readonly setFormat: (columns: number, checks: number) => void;
  readonly endHeader: () => void;
  readonly continueAsText: () => void;
  readonly cutOff: () => void;
  readonly takeIpv4Run: () => number;
  readonly takeIpv6Run: () => number;
  readonly firstSeen: () => number;
  readonly lastSeen: () => number;
} & Readonly<
    Record<
      | ('inputAt' | 'inputBytes' | 'checksAt' | 'eventsAt' | 'headerStart' | 'headerEnd')
      | ('ipv4RunAt' | 'ipv4RunSidesAt' | 'ipv6RunAt' | 'ipv6RunSidesAt')
      | ('events' | 'records' | 'textBytes' | 'noData' | 'skipData' | 'tooLong')
      | ('wrongFieldCounts' | 'wrongAddresses' | 'wrongNumbers'),
      WebAssembly.Global
    >
  >;

/** What the kernel asks for. `odd`: this is no healthy gzip, zlib has to judge it. */
export type Wanted = 'input' | 'events read' | 'run taken' | 'format' | 'nothing' | 'odd';
const WANTED: readonly Wanted[] = ['input', 'events read', 'run taken', 'format', 'nothing'];

/** How far the input reaches: more may come, this is all, or something is cut off behind it. scanner/kernel.ts has the same. */
export const REACH = { goesOn: 0, isWhole: 1, isCutOff: 2 } as const;

/** What a line is that is not just a good record: scanner/records.ts has the same numbers. */
export const EVENT = { candidate: 1, status: 2, fieldCount: 3, address: 4, number: 5, tooLong: 6 } as const;

/** A line, or for a status that field. Numbers count from 1 in the object. */
export type LineEvent = { readonly kind: number; readonly bytes: Buffer; readonly lineNumber: number };

const KIND_NUMBERS: Readonly<Record<FieldKind, number>> = { unchecked: 0, number: 1, address: 2, status: 3 };
/** What a column is to the kernel: scanner/columns.ts has the same numbers. */
const ROLES: Readonly<Record<string, number>> = {
  ...{ srcaddr: 1, dstaddr: 2, 'pkt-srcaddr': 3, 'pkt-dstaddr': 4, start: 5, end: 6, 'log-status': 7 },
};
const PAGE_BYTES = 65_536;
const EVENT_WORDS = 4;

export class ScanKernel {
  readonly #exports: Exports;
  readonly #memory: Buffer<ArrayBuffer>;

  /** Makes an instance with the set in its memory; it reads one object at a time. */
  constructor(module: KernelModule, set: AddressSet) {
    this.#exports = instantiateKernel(module);
    this.#exports.prepare();
    layInSet(this.#exports, set);
    this.#memory = Buffer.from(this.#exports.memory.buffer);
  }

  /** Begins an object: gzip, or text as it is; with `isIndexed` it notes the addresses. */
  begin(isGzip: boolean, isIndexed: boolean): void {
    this.#exports.begin(Number(isGzip), Number(isIndexed));
  }

  /** Where input may be put now. */
  room(): Buffer {
    const at = this.#exports.makeRoom();
    return this.#memory.subarray(at, this.#exports.inputAt.value + this.#exports.inputBytes.value);
  }

  /** So many bytes were put into the room. */
  feed(bytes: number): void {
    this.#exports.feed(bytes);
  }

  /** Goes on until it wants something; events must be read before the next call. */
  run(reach: (typeof REACH)[keyof typeof REACH]): Wanted {
    return WANTED[this.#exports.run(reach)] ?? 'odd';
  }

  /** The first line; asked for again if it is blank. */
  header(): Buffer {
    return this.#memory.subarray(this.#exports.headerStart.value, this.#exports.headerEnd.value);
  }

  /** Ends the wait for a format; undefined: no line is a record. */
  setFormat(format: FlowFormat | undefined): void {
    if (format !== undefined) {
      const checks = toFieldKinds(format).flatMap((kind, column) =>
        kind === 'unchecked' ? [] : [column, KIND_NUMBERS[kind], ROLES[format.fields[column]!] ?? 0],
      );
      new Uint32Array(this.#exports.memory.buffer, this.#exports.checksAt.value, checks.length).set(checks);
      this.#exports.setFormat(format.fields.length, checks.length / 3);
    }
    this.#exports.endHeader();
  }

  *events(): Generator<LineEvent> {
    const { memory, eventsAt, events } = this.#exports;
    const words = new Uint32Array(memory.buffer, eventsAt.value, events.value * EVENT_WORDS);
    for (let i = 0; i < words.length; i += EVENT_WORDS) {
      const bytes = this.#memory.subarray(words[i + 1]!, words[i + 2]!);
      yield { kind: words[i]!, bytes, lineNumber: words[i + 3]! };
    }
  }

  /** After `odd`: the text goes on as it is handed over, behind the `textBytes` that are done. */
  continueAsText(): void {
    this.#exports.continueAsText();
  }

  /** No more input can be had: what there is of text is scanned, up to its last whole line. */
  cutOff(): void {
    this.#exports.cutOff();
  }

  /** The addresses seen since the last call. */
  takeRun(): SeenAddresses {
    const { takeIpv4Run, takeIpv6Run, ipv4RunAt, ipv4RunSidesAt, ipv6RunAt, ipv6RunSidesAt, memory } = this.#exports;
    const ipv4 = takeIpv4Run();
    const ipv6 = takeIpv6Run();
    return {
      ipv4: new Uint32Array(memory.buffer, ipv4RunAt.value, ipv4).slice(),
      ipv4Sides: new Uint8Array(memory.buffer, ipv4RunSidesAt.value, ipv4).slice(),
      ipv6: new Uint8Array(memory.buffer, ipv6RunAt.value, ipv6 * 16).slice(),
      ipv6Sides: new Uint8Array(memory.buffer, ipv6RunSidesAt.value, ipv6).slice(),
    };
  }

  times(): SeenTimes {
    const [first, last] = [this.#exports.firstSeen(), this.#exports.lastSeen()];
    return { firstSeen: first < 0 ? null : first, lastSeen: last < 0 ? null : last };
  }

  /** One of the counters of the object, so far. */
  count(
    name:
      | 'records'
      | 'textBytes'
      | 'noData'
      | 'skipData'
      | 'tooLong'
      | 'wrongFieldCounts'
      | 'wrongAddresses'
      | 'wrongNumbers',
  ): number {
    return this.#exports[name].value;
  }
}

/** Lays the set behind what is the kernel's own memory, which grows for it: views over the memory are made afterwards. */
export function layInSet(exports: SetExports, { ipv4, ipv6 }: AddressSet): void {
  const { memory, heapAt, setIpv4, setIpv6 } = exports;
  const columns = [ipv4.starts, ipv4.ends, ipv4.buckets, ipv4.filter, ipv6.starts, ipv6.ends, ipv6.filter];
  const places: number[] = [];
  let end = heapAt.value;
  for (const { byteLength } of columns) {
    places.push((end + 63) & ~63);
    end = places.at(-1)! + byteLength;
  }
  const missing = end - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE_BYTES));
  for (const [i, column] of columns.entries()) {
    const bytes = new Uint8Array(column.buffer, column.byteOffset, column.byteLength);
    new Uint8Array(memory.buffer, places[i]!, bytes.length).set(bytes);
  }
  const [starts, ends, buckets, filter, ipv6Starts, ipv6Ends, ipv6Filter] = places as [
    ...[number, number, number, number, number, number, number],
  ];
  setIpv4(ipv4.starts.length, starts, ends, buckets, filter, Math.log2(ipv4.filter.length * 32));
  setIpv6(ipv6.starts.length / 2, ipv6Starts, ipv6Ends, ipv6Filter, ipv6.mask);
}
