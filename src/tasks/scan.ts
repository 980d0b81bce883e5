/**
 * Scan: reads each object of a chunk once, streaming; keeps the records that touch an indicator as evidence. Whatever is
 * unreadable is counted with the object's name and never hides a good record.
 */
import { createGzip, type Gzip } from 'node:zlib';
import type { StoredLogObject } from '../core/batch.ts';
import { ExecutionFailed, LogObjectUnavailable, LogObjectUnreadable } from '../core/errors.ts';
import { evidencePartition, toEvidence } from '../core/evidence.ts';
import { toJson } from '../core/exact-json.ts';
import { type ObjectOutcome, type ScanInput, type ScanOutput, toChunkResult } from '../core/execution.ts';
import { type ContentOutcome, readContent } from '../core/gunzip.ts';
import type { IndicatorAddress, IndicatorSet } from '../core/indicator-set.ts';
import { RecordScanner } from '../core/record-scanner.ts';
import type { LogStore, ObjectStore } from '../ports.ts';

export type ScanPorts = {
  readonly store: ObjectStore;
  readonly logs: LogStore;
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

/** Scans one chunk of batch `input.chunk`; writes its evidence, if any, and its result. */
export async function scan(input: ScanInput & { readonly batch: string }, ports: ScanPorts): Promise<ScanOutput> {
  const { store } = ports;
  const list = await store.get(input.chunk.objects);
  if (list === undefined) throw new ExecutionFailed(`the list ${input.chunk.objects} is gone; run the sweep again`);
  const set = await ports.indicatorSet(input.indicators);
  const evidence = new EvidenceWriter(store, input.batch, input.chunk.chunk);
  const outcomes: ObjectOutcome[] = [];
  for (const object of JSON.parse(list) as StoredLogObject[]) {
    outcomes.push(await scanObject(object, set, evidence, ports, input.lastAttempt === true));
  }
  const hasEvidence = await evidence.close();
  const result = `runs/${input.execution}/chunks/${input.chunk.chunk}.json`;
  await store.put(result, toJson(toChunkResult(outcomes)));
  const found = hasEvidence ? [{ batch: input.batch, chunk: input.chunk.chunk }] : [];
  return { chunk: input.chunk.chunk, found: hasEvidence, result, evidence: found };
}

async function scanObject(
  object: StoredLogObject,
  set: IndicatorSet,
  evidence: EvidenceWriter,
  ports: ScanPorts,
  isLastAttempt: boolean,
): Promise<ObjectOutcome> {
  let matches = 0;
  const scanner = new RecordScanner(set, (line, lineNumber, format) => {
    const found = toEvidence(line, lineNumber, format, object, set);
    if (found === undefined) return;
    matches++;
    evidence.add(toJson(found.evidence), found.touched);
  });
  const progress = new ProgressSteps(ports, () => ({ records: scanner.counts.records, matches }));
  const open = () => ports.logs.open(object.key);
  const onStep = async (bytes: number) => {
    progress.step(0, bytes);
    await evidence.drained();
  };
  const content = await readContent(open, (chunk) => scanner.push(chunk), onStep).catch((error) =>
    judgeUnread(error, isLastAttempt),
  );
  scanner.finish(content === 'whole' || content === 'plain');
  progress.step(1, 0);
  const hasHeader = scanner.format !== undefined;
  return { object, content: judgeContent(content, object, scanner), hasHeader, counts: scanner.counts, matches };
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
class ProgressSteps {
  readonly #ports: ScanPorts;
  readonly #count: () => { records: number; matches: number };
  #told = { records: 0, matches: 0 };

  constructor(ports: ScanPorts, count: () => { records: number; matches: number }) {
    this.#ports = ports;
    this.#count = count;
  }

  step(objects: number, bytes: number): void {
    const now = this.#count();
    const records = now.records - this.#told.records;
    this.#ports.onProgress?.({ objects, bytes, records, matches: now.matches - this.#told.matches });
    this.#told = now;
  }
}

/** Evidence of one chunk: opened at the first match, so that a chunk without any costs no object. */
class EvidenceWriter {
  readonly #store: ObjectStore;
  readonly #partition: string;
  readonly #addresses = new Map<string, IndicatorAddress>();
  #rows: { gzip: Gzip; stored: Promise<void> } | undefined;

  constructor(store: ObjectStore, batch: string, chunk: number) {
    this.#store = store;
    this.#partition = evidencePartition({ batch, chunk });
  }

  add(row: string, touched: readonly IndicatorAddress[]): void {
    this.#rows ??= this.#open();
    this.#rows.gzip.write(`${row}\n`);
    for (const address of touched) this.#addresses.set(address.address, address);
  }

  async drained(): Promise<void> {
    const gzip = this.#rows?.gzip;
    if (gzip?.writableNeedDrain) await new Promise((resolve) => gzip.once('drain', resolve));
  }

  /** Whether there was anything to write. */
  async close(): Promise<boolean> {
    if (this.#rows === undefined) return false;
    this.#rows.gzip.end();
    await this.#rows.stored;
    const lines = [...this.#addresses.values()].map(toAddressRow).sort();
    await this.#store.put(`evidence/indicator_addresses/${this.#partition}.json`, lines.join(''));
    return true;
  }

  #open(): { gzip: Gzip; stored: Promise<void> } {
    const gzip = createGzip({ level: 1 });
    return { gzip, stored: this.#store.put(`evidence/records/${this.#partition}.json.gz`, gzip) };
  }
}

function toAddressRow({ address, indicator, alsoIn }: IndicatorAddress): string {
  const { text, comment, source } = indicator;
  return `${JSON.stringify({ address, indicator: text, comment, source, also_in: alsoIn.join(' ') })}\n`;
}
