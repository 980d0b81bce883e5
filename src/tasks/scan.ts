/**
 * Scan: reads each object of a chunk once, streaming; keeps the records that touch an indicator as evidence. Whatever is
 * unreadable is counted with the object's name and never hides a good record.
 */
import type { StoredLogObject } from '../core/batch.ts';
import { ExecutionFailed, LogObjectUnavailable, LogObjectUnreadable } from '../core/errors.ts';
import { toEvidence } from '../core/evidence.ts';
import { fromJson, toJson } from '../core/exact-json.ts';
import {
  type ChunkResult,
  type ObjectOutcome,
  type ScanInput,
  type ScanOutput,
  toChunkResult,
} from '../core/execution.ts';
import { type ContentOutcome, type OpenBytes, readContent } from '../core/gunzip.ts';
import type { IndicatorSet } from '../core/indicator-set.ts';
import { gunzipByKernel } from '../core/kernel-gunzip.ts';
import type { Inflater, LineChecker } from '../core/line-checker.ts';
import { RecordScanner } from '../core/record-scanner.ts';
import type { LogStore, ObjectStore } from '../ports.ts';
import { EvidenceWriter } from './evidence-writer.ts';

export type ScanPorts = {
  readonly store: ObjectStore;
  readonly logs: LogStore;
  /** A checker of its own for each chunk. */
  readonly lineChecker: (set: IndicatorSet) => LineChecker;
  /** The compiled set of an indicator version. */
  readonly indicatorSet: (key: string) => Promise<IndicatorSet>;
  readonly onProgress?: (progress: ScanProgress) => void;
};

/** What was done since the last call. */
export type ScanProgress = {
  readonly objects: number;
  readonly bytes: number;
  readonly records: number;
  readonly matches: number;
};

/** What the objects of one chunk share. */
type ChunkScan = {
  readonly set: IndicatorSet;
  readonly checker: LineChecker;
  readonly evidence: EvidenceWriter;
  readonly ports: ScanPorts;
  readonly isLastAttempt: boolean;
};

export type ScanRequest = ScanInput & { readonly batch: string };

/** Scans one chunk of batch `input.chunk`; writes its evidence, if any, and its result. */
export async function scan(input: ScanRequest, ports: ScanPorts): Promise<ScanOutput> {
  const { chunk, objects } = input.chunk;
  const list = await ports.store.get(objects);
  if (list === undefined) throw new ExecutionFailed(`the list ${objects} is gone; run the sweep again`);
  const set = await ports.indicatorSet(input.indicators);
  const evidence = new EvidenceWriter(ports.store, { batch: input.batch, chunk });
  const isLastAttempt = input.lastAttempt === true;
  const shared: ChunkScan = { set, checker: ports.lineChecker(set), evidence, ports, isLastAttempt };
  const outcomes: ObjectOutcome[] = [];
  try {
    for (const object of JSON.parse(list) as StoredLogObject[]) outcomes.push(await scanObject(object, shared));
  } catch (error) {
    await evidence.discard();
    throw error;
  }
  const found = await evidence.close();
  const result = `runs/${input.execution}/chunks/${chunk}.json`;
  await ports.store.put(result, toJson(toChunkResult(outcomes)));
  return { chunk, found, result, evidence: found ? [{ batch: input.batch, chunk }] : [] };
}

/** What the Scans of an execution wrote, chunk by chunk; their lists of objects lie beside. */
export async function* readChunkResults(execution: string, store: ObjectStore): AsyncGenerator<ChunkResult> {
  for await (const key of store.list(`runs/${execution}/chunks/`)) {
    const text = /\/\d+\.json$/.test(key) ? await store.get(key) : undefined;
    if (text !== undefined) yield fromJson<ChunkResult>(text);
  }
}

async function scanObject(object: StoredLogObject, shared: ChunkScan): Promise<ObjectOutcome> {
  const { set, checker, evidence, ports, isLastAttempt } = shared;
  let matches = 0;
  const scanner = new RecordScanner(checker, (line, lineNumber, format) => {
    const found = toEvidence(line, lineNumber, format, object, set);
    if (found === undefined) return;
    matches++;
    evidence.add(toJson(found.evidence), found.touched);
  });
  const report = progressReporter(ports, () => ({ records: scanner.counts.records, matches }));
  const open = () => ports.logs.open(object.key);
  const onStep = async (bytes: number) => {
    report(0, bytes);
    await evidence.drained();
  };
  // The kernel wants the whole object at once; the last attempt keeps what comes before the break.
  const inflater = isLastAttempt ? undefined : checker.inflater;
  const content = await readObject(open, inflater, scanner, onStep).catch((error) => judgeUnread(error, isLastAttempt));
  scanner.finish(content === 'whole' || content === 'plain');
  report(1, 0);
  const hasHeader = scanner.format !== undefined;
  return { object, content: judgeContent(content, object, scanner), hasHeader, counts: scanner.counts, matches };
}

/** By the kernel where it can, else by zlib, behind the text that the kernel delivered. */
async function readObject(
  open: OpenBytes,
  inflater: Inflater | undefined,
  scanner: RecordScanner,
  onStep: (bytes: number) => Promise<void>,
): Promise<ContentOutcome> {
  if (inflater !== undefined && (await gunzipByKernel(open, inflater, scanner, onStep)) === 'whole') return 'whole';
  return readContent(open, (chunk) => scanner.push(chunk), onStep, scanner.counts.textBytes);
}

function judgeContent(content: ContentOutcome, object: StoredLogObject, scanner: RecordScanner): ContentOutcome {
  if (content === 'whole' && scanner.counts.textBytes === 0) return 'empty';
  const isNoise = content === 'plain' && scanner.format === undefined && object.key.endsWith('.gz');
  return isNoise ? { damaged: 'not gzip' } : content;
}

function judgeUnread(error: unknown, isLastAttempt: boolean): ContentOutcome {
  if (error instanceof LogObjectUnreadable) return { damaged: `unreadable: ${error.message}` };
  if (error instanceof LogObjectUnavailable && isLastAttempt) return { damaged: `unavailable: ${error.message}` };
  throw error;
}

/** Tells how much was done since it last told. */
function progressReporter(ports: ScanPorts, count: () => { records: number; matches: number }) {
  let told = { records: 0, matches: 0 };
  return (objects: number, bytes: number): void => {
    const now = count();
    const [records, matches] = [now.records - told.records, now.matches - told.matches];
    told = now;
    ports.onProgress?.({ objects, bytes, records, matches });
  };
}
