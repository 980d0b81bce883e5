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
import type { ContentOutcome } from '../core/gunzip.ts';
import type { PackAddresses } from '../core/index-packer.ts';
import type { IndicatorSet } from '../core/indicator-set.ts';
import type { ObjectReader, ObjectScan, ObjectSink } from '../core/object-reader.ts';
import type { LogStore, ObjectStore } from '../ports.ts';
import { AddressWriter } from './address-writer.ts';
import { EvidenceWriter } from './evidence-writer.ts';

export type ScanPorts = {
  readonly store: ObjectStore;
  readonly logs: LogStore;
  /** A reader of its own for each chunk. */
  readonly reader: (set: IndicatorSet) => ObjectReader & Disposable;
  /** Packs the address index, where that is not left to TypeScript. */
  readonly packAddresses?: PackAddresses | undefined;
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
  readonly reader: ObjectReader;
  readonly evidence: EvidenceWriter;
  /** Absent in a hunt: its objects are in the index, or are not to be put there by it. */
  readonly addresses?: AddressWriter;
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
  using reader = ports.reader(set);
  const addresses =
    input.mode === 'hunt' ? {} : { addresses: new AddressWriter(ports.store, { packAddresses: ports.packAddresses }) };
  const shared: ChunkScan = { set, reader, evidence, ...addresses, ports, isLastAttempt };
  const outcomes: ObjectOutcome[] = [];
  try {
    for (const object of JSON.parse(list) as StoredLogObject[]) outcomes.push(await scanObject(object, shared));
  } catch (error) {
    await evidence.discard();
    throw error;
  }
  await shared.addresses?.close();
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
  const { set, reader, evidence, addresses, ports, isLastAttempt } = shared;
  let matches = 0;
  let toldMatches = 0;
  let isUnread = false;
  const seen: Parameters<NonNullable<ObjectSink['onSeen']>>[] = [];
  const sink: ObjectSink = {
    onCandidate: (line, lineNumber, format) => {
      const found = toEvidence(line, lineNumber, format, object, set);
      if (found === undefined) return;
      matches++;
      evidence.add(toJson(found.evidence), found.touched);
    },
    ...(addresses === undefined ? {} : { onSeen: (...told) => void seen.push(told) }),
    onStep: async (bytes, records) => {
      ports.onProgress?.({ objects: 0, bytes, records, matches: matches - toldMatches });
      toldMatches = matches;
      await evidence.drained();
      for (const told of seen.splice(0)) await addresses?.add(object, ...told);
    },
    judgeUnread: (error) => {
      isUnread = true;
      return judgeUnread(error, isLastAttempt);
    },
  };
  const scanned = await reader.read((room) => ports.logs.open(object.key, room), sink);
  if (isUnread) addresses?.leaveUnfinished(object);
  ports.onProgress?.({ objects: 1, bytes: 0, records: 0, matches: 0 });
  const hasHeader = scanned.format !== undefined;
  return { object, content: judgeContent(scanned, object), hasHeader, counts: scanned.counts, matches };
}

function judgeContent({ content, format, counts }: ObjectScan, object: StoredLogObject): ContentOutcome {
  if (content === 'whole' && counts.textBytes === 0) return 'empty';
  const isNoise = content === 'plain' && format === undefined && object.key.endsWith('.gz');
  return isNoise ? { damaged: 'not gzip' } : content;
}

function judgeUnread(error: unknown, isLastAttempt: boolean): ContentOutcome {
  if (error instanceof LogObjectUnreadable) return { damaged: `unreadable: ${error.message}` };
  if (error instanceof LogObjectUnavailable && isLastAttempt) return { damaged: `unavailable: ${error.message}` };
  throw error;
}
