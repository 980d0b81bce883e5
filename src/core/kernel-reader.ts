/**
 * Reads a log object by the scan kernel. The kernel takes the healthy path; gzip that is damaged or unusual is read again by
 * zlib, which judges it, and goes on behind the text that the kernel has done.
 */
import { type FlowFormat, parseHeader } from './flow-format.ts';
import { beginsAsGzip, type ContentOutcome, type OpenBytes, openPieces, readContent } from './gunzip.ts';
import type { IndicatorSet } from './indicator-set.ts';
import type { ObjectReader, ObjectScan, ObjectSink } from './object-reader.ts';
import { countMalformed, countStatus, type MalformedKind, noCounts, type ScanCounts } from './scan-counts.ts';
import { EVENT, type KernelModule, type LineEvent, REACH, ScanKernel } from './scan-kernel.ts';

const MALFORMED: Readonly<Record<number, MalformedKind>> = {
  [EVENT.fieldCount]: 'field count',
  [EVENT.address]: 'address',
  [EVENT.number]: 'number',
};
const CR = 13;

/** Readers on kernels of their own. One that is given back serves the next that asks with the same set. */
export function kernelReaders(module: KernelModule): (set: IndicatorSet) => ObjectReader & Disposable {
  const idle = new WeakMap<IndicatorSet, ScanKernel[]>();
  return (set) => {
    const spare = idle.get(set) ?? [];
    idle.set(set, spare);
    const kernel = spare.pop() ?? new ScanKernel(module, set);
    return {
      read: (open, sink) => new KernelScan(kernel, sink).read(open),
      [Symbol.dispose]: () => void spare.push(kernel),
    };
  };
}

type Reach = (typeof REACH)[keyof typeof REACH];

/** The scan of one object. */
class KernelScan {
  readonly #kernel: ScanKernel;
  readonly #sink: ObjectSink;
  readonly #counts: ScanCounts = noCounts();
  readonly #decoder = new TextDecoder();
  #format: FlowFormat | undefined;
  /** Gzip, and nothing was odd about it yet. */
  #isByKernel = false;
  #toldRecords = 0;

  constructor(kernel: ScanKernel, sink: ObjectSink) {
    this.#kernel = kernel;
    this.#sink = sink;
  }

  async read(open: OpenBytes): Promise<ObjectScan> {
    let content: ContentOutcome;
    try {
      content = await this.#readContent(open);
    } catch (error) {
      content = this.#sink.judgeUnread(error);
      // The kernel decodes block by block, zlib up to the last byte that can be had.
      if (this.#isByKernel) content = await this.#readOdd(open).catch((again) => this.#sink.judgeUnread(again));
      this.#kernel.cutOff();
      this.#advance(REACH.isCutOff);
    }
    this.#sink.onSeen?.(this.#kernel.takeRun(), this.#kernel.times());
    await this.#step(0);
    return { content, format: this.#format, counts: this.#toCounts() };
  }

  async #readContent(open: OpenBytes): Promise<ContentOutcome> {
    let isGzip: boolean | undefined;
    let isOdd = false;
    this.#kernel.begin(false, false);
    for await (const piece of openPieces(open, () => this.#kernel.room())) {
      if (isGzip === undefined) {
        isGzip = beginsAsGzip(piece);
        this.#kernel.begin(isGzip, this.#sink.onSeen !== undefined);
        this.#isByKernel = isGzip;
      }
      isOdd = !this.#feed(piece);
      if (isOdd) break;
      await this.#step(piece.length);
    }
    if (isGzip === undefined) return 'empty';
    if (isOdd || !this.#advance(REACH.isWhole)) return this.#readOdd(open);
    return isGzip ? 'whole' : 'plain';
  }

  async #readOdd(open: OpenBytes): Promise<ContentOutcome> {
    this.#isByKernel = false;
    this.#kernel.continueAsText();
    const push = (chunk: Uint8Array) => void this.#feed(chunk);
    const content = await readContent(open, push, (bytes) => this.#step(bytes), this.#kernel.count('textBytes'));
    this.#advance(content === 'whole' || content === 'plain' ? REACH.isWhole : REACH.isCutOff);
    return content;
  }

  /** False if the kernel cannot go on: the gzip is odd, or a header of it does not end. */
  #feed(piece: Uint8Array): boolean {
    for (let at = 0; at < piece.length; ) {
      const room = this.#kernel.room();
      const part = piece.subarray(at, at + room.length);
      if (part.buffer !== room.buffer) room.set(part);
      this.#kernel.feed(part.length);
      at += part.length;
      if (part.length === 0 || !this.#advance(REACH.goesOn)) return false;
    }
    return true;
  }

  /** Goes on until more input is wanted or the object has ended; false if the gzip is odd. */
  #advance(reach: Reach): boolean {
    for (;;) {
      const wanted = this.#kernel.run(reach);
      for (const event of this.#kernel.events()) this.#take(event);
      if (wanted === 'odd') return false;
      if (wanted === 'input' || wanted === 'nothing') return true;
      if (wanted === 'format') this.#readHeader();
      if (wanted === 'run taken') this.#sink.onSeen?.(this.#kernel.takeRun(), this.#kernel.times());
    }
  }

  #readHeader(): void {
    const line = this.#text(this.#kernel.header());
    if (line.trim() === '') return;
    this.#format = parseHeader(line);
    this.#kernel.setFormat(this.#format);
  }

  #take({ kind, bytes, lineNumber }: LineEvent): void {
    if (kind === EVENT.candidate) this.#sink.onCandidate(this.#text(bytes), lineNumber, this.#format!);
    else if (kind === EVENT.status) countStatus(this.#counts, this.#decoder.decode(bytes));
    else countMalformed(this.#counts, MALFORMED[kind]!, this.#text(bytes));
  }

  #text(line: Buffer): string {
    return this.#decoder.decode(line.at(-1) === CR ? line.subarray(0, -1) : line);
  }

  async #step(bytes: number): Promise<void> {
    const records = this.#kernel.count('records');
    const fresh = records - this.#toldRecords;
    this.#toldRecords = records;
    await this.#sink.onStep(bytes, fresh);
  }

  #toCounts(): ScanCounts {
    const counts = this.#counts;
    const kernel = this.#kernel;
    counts.records = kernel.count('records');
    counts.textBytes = kernel.count('textBytes');
    countStatus(counts, 'NODATA', kernel.count('noData'));
    countStatus(counts, 'SKIPDATA', kernel.count('skipData'));
    counts.malformed['field count'] += kernel.count('wrongFieldCounts');
    counts.malformed.address += kernel.count('wrongAddresses');
    counts.malformed.number += kernel.count('wrongNumbers');
    counts.malformed['too long'] += kernel.count('tooLong');
    return counts;
  }
}
