/** How Scan reads a log object, whoever does it: the kernel, or TypeScript where there is no kernel. */
import type { FlowFormat } from './flow-format.ts';
import type { ContentOutcome, OpenBytes } from './gunzip.ts';
import type { ScanCounts } from './scan-counts.ts';
import type { SeenAddresses, SeenTimes } from './seen-addresses.ts';

/** A record one of whose addresses is in the set: its line, its number in the object (from 1, header included), the format. */
export type CandidateSink = (line: string, lineNumber: number, format: FlowFormat) => void;

export type ObjectSink = {
  readonly onCandidate: CandidateSink;
  /** Addresses seen so far and not told yet. Without it none are noted; a reader that cannot note them never calls it. */
  readonly onSeen?: (seen: SeenAddresses, times: SeenTimes) => void;
  /** Awaited now and then: bytes read and records found since. */
  readonly onStep: (bytes: number, records: number) => Promise<void>;
  /** What an object is that could not be read to its end; throws where another try may help. */
  readonly judgeUnread: (error: unknown) => ContentOutcome;
};

export type ObjectScan = {
  readonly content: ContentOutcome;
  /** From the first line that is not blank; undefined if that line is no usable header. */
  readonly format: FlowFormat | undefined;
  readonly counts: ScanCounts;
};

export type ObjectReader = {
  /** Reads one object; whatever was good before a break counts. */
  read(open: OpenBytes, sink: ObjectSink): Promise<ObjectScan>;
};
