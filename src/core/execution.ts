/** Documents that pass between the states of the workflow; all stay far under the 262,144 bytes a state may carry. */
import { createHash } from 'node:crypto';
import type { StoredLogObject } from './batch.ts';
import type { ContentOutcome } from './gunzip.ts';
import type { MalformedKind, ScanCounts } from './scan-counts.ts';

/** Input of an execution; with it alone a finished execution can be replayed. */
export type ExecutionInput = {
  readonly execution: string;
  readonly mode: 'new-logs' | 'sweep' | 'hunt';
  /** ISO 8601; the only "now" an execution knows. */
  readonly clock: string;
  /** Key of the manifest. */
  readonly manifest: string;
  /** Key of the indicator version; absent: the one in force when the execution begins. */
  readonly indicators?: string;
  /** Unix seconds of a record's end: `from` inclusive, `to` exclusive. It selects what is shown, never what is stored. */
  readonly window: { readonly from?: number; readonly to?: number };
};

/** `since`: when the version came into force, for one that comes again after another: what the other did is to be undone. */
export type NamedWork = Pick<ExecutionInput, 'indicators' | 'window'> & { readonly since?: string };

/**
 * Name of an execution: the same work has the same name, so that doing it again leaves one run, not two. At most 80
 * characters, of those that Step Functions takes.
 */
export function toExecutionName(
  mode: ExecutionInput['mode'],
  batch: string,
  { indicators, window, since }: NamedWork,
): string {
  const parts = [indicators, window.from, window.to, since];
  if (parts.every((part) => part === undefined)) return `${mode}_${batch}`;
  return `${mode}_${batch}_${createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16)}`;
}

/** One Scan: its number and the key of its list of objects; with a table, it is queried and not read. */
export type Chunk = { readonly chunk: number; readonly objects: string; readonly table?: string };

export type ScanInput = {
  readonly execution: string;
  readonly mode: ExecutionInput['mode'];
  readonly indicators: string;
  readonly chunk: Chunk;
  /** Set by the state that follows when retries are used up: what is still unavailable is counted as damaged. */
  readonly lastAttempt?: boolean;
};

/** What Scan hands to the next state. `evidence` has one entry if the chunk touched an indicator, none if not. */
export type ScanOutput = {
  readonly chunk: number;
  readonly found: boolean;
  readonly result: string;
  readonly evidence: readonly EvidenceRef[];
};

/**
 * Evidence of a chunk; also the partition of the tables `evidence` and `indicator_addresses`. With a table, the records are
 * still where they were: in these objects of that table.
 */
export type EvidenceRef = {
  readonly batch: string;
  readonly chunk: number;
  readonly objects?: string;
  readonly table?: string;
};

/** What became of one log object, where there is anything to say. */
export type ObjectTrouble = {
  readonly object: string;
  readonly kind: 'damaged' | 'empty' | 'no usable header' | 'malformed lines' | 'made to burst';
  readonly reason: string;
};

/** runs/<execution>/chunks/<n>.json */
export type ChunkResult = {
  readonly objects: number;
  readonly bytes: number;
  readonly textBytes: number;
  readonly records: number;
  readonly matches: number;
  readonly statuses: Readonly<Record<string, number>>;
  readonly malformed: Readonly<Record<MalformedKind, number>>;
  readonly damaged: number;
  readonly empty: number;
  readonly withoutHeader: number;
  readonly trouble: readonly ObjectTrouble[];
};

export type ObjectOutcome = {
  readonly object: StoredLogObject;
  readonly content: ContentOutcome;
  readonly hasHeader: boolean;
  readonly counts: ScanCounts;
  readonly matches: number;
};

/** Flow logs shrink 5 to 15 times; gzip can shrink 1,032 times. Beyond this an object was not made by AWS. */
const LARGEST_RATIO = 100;
const LEAST_BURST_BYTES = 100_000_000;

/** Adds the outcomes of a chunk's objects up. */
export function toChunkResult(outcomes: readonly ObjectOutcome[]): ChunkResult {
  const count = (is: (outcome: ObjectOutcome) => boolean) => outcomes.filter(is).length;
  const sum = (of: (outcome: ObjectOutcome) => number) => outcomes.reduce((total, outcome) => total + of(outcome), 0);
  const trouble = outcomes.flatMap(toTrouble);
  return {
    objects: outcomes.length,
    bytes: sum(({ object }) => object.sizeBytes),
    textBytes: sum(({ counts }) => counts.textBytes),
    records: sum(({ counts }) => counts.records),
    matches: sum(({ matches }) => matches),
    statuses: addUp(outcomes.map(({ counts }) => counts.statuses)),
    malformed: addUp(outcomes.map(({ counts }) => counts.malformed)) as ChunkResult['malformed'],
    damaged: count(({ content }) => typeof content === 'object'),
    empty: count(({ content }) => content === 'empty'),
    withoutHeader: count(isWithoutHeader),
    trouble,
  };
}

/** Results of chunks, or of executions, added up. */
export function addChunkResults(results: readonly ChunkResult[]): ChunkResult {
  const sum = (
    key: 'objects' | 'bytes' | 'textBytes' | 'records' | 'matches' | 'damaged' | 'empty' | 'withoutHeader',
  ) => results.reduce((total, result) => total + result[key], 0);
  return {
    objects: sum('objects'),
    bytes: sum('bytes'),
    textBytes: sum('textBytes'),
    records: sum('records'),
    matches: sum('matches'),
    statuses: addUp(results.map(({ statuses }) => statuses)),
    malformed: addUp(results.map(({ malformed }) => malformed)) as ChunkResult['malformed'],
    damaged: sum('damaged'),
    empty: sum('empty'),
    withoutHeader: sum('withoutHeader'),
    trouble: results.flatMap(({ trouble }) => trouble),
  };
}

function isWithoutHeader({ content, hasHeader }: ObjectOutcome): boolean {
  return !hasHeader && (content === 'whole' || content === 'plain');
}

function toTrouble(outcome: ObjectOutcome): ObjectTrouble[] {
  const object = outcome.object.key;
  const { content, counts } = outcome;
  const trouble: ObjectTrouble[] = [];
  if (typeof content === 'object') trouble.push({ object, kind: 'damaged', reason: content.damaged });
  if (content === 'empty') trouble.push({ object, kind: 'empty', reason: 'no content' });
  if (isWithoutHeader(outcome)) {
    trouble.push({ object, kind: 'no usable header', reason: 'the first line names no srcaddr and dstaddr' });
  }
  const kinds = Object.entries(counts.malformed).filter(([, lines]) => lines > 0);
  if (kinds.length > 0) {
    trouble.push({
      object,
      kind: 'malformed lines',
      reason: kinds.map(([kind, lines]) => `${kind} ${lines}`).join(', '),
    });
  }
  const { sizeBytes } = outcome.object;
  if (counts.textBytes > LEAST_BURST_BYTES && counts.textBytes > LARGEST_RATIO * sizeBytes) {
    trouble.push({ object, kind: 'made to burst', reason: `${counts.textBytes} bytes of text from ${sizeBytes}` });
  }
  return trouble;
}

function addUp(records: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const total: Record<string, number> = {};
  for (const record of records) {
    for (const [key, value] of Object.entries(record)) total[key] = (total[key] ?? 0) + value;
  }
  return total;
}
