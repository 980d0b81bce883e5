/**
 * RecordResult: the last word of an execution. Adds its chunks up, keeps what the data-ratio queries said about its hosts,
 * and marks its batch as accounted for.
 */
import { fromJson, toJson } from '../core/exact-json.ts';
import { addChunkResults, type ChunkResult, type ExecutionInput } from '../core/execution.ts';
import type { ResultRow } from '../core/match.ts';
import type { ObjectStore, QueryResults } from '../ports.ts';
import type { CollectOutput } from './collect.ts';
import type { DataRatioHost } from './data-ratio.ts';
import { doneKey } from './manifest.ts';
import { checkLists } from './past-sweeps.ts';
import type { PublishOutput } from './publish.ts';
import { readChunkResults } from './scan.ts';

export type RecordResultInput = ExecutionInput & {
  readonly plan: { readonly indicators: string };
  readonly collected?: CollectOutput;
  readonly published?: PublishOutput;
  readonly dataRatioRun?: {
    readonly results: readonly { readonly host: DataRatioHost; readonly result: { readonly location: string } }[];
  };
};

/** runs/<execution>/result.json */
export type ExecutionResult = ChunkResult & {
  readonly clock: string;
  readonly indicators: string;
  readonly opened: number;
  readonly updated: number;
  readonly withdrawn: number;
  readonly sightings: number;
  readonly published?: PublishOutput;
};

/** Rows of the data-ratio query about the host of a finding, most bytes first. */
export type HostDataRatio = { readonly findingId: string; readonly rows: readonly ResultRow[] };

/** Peers of a host that are kept. */
const MOST_PEERS = 100;

/** Writes result.json and, where hosts were looked at, data-ratio.json. */
export async function recordResult(
  input: RecordResultInput,
  store: ObjectStore,
  results: QueryResults,
): Promise<ExecutionResult> {
  const chunks = addChunkResults(await Array.fromAsync(readChunkResults(input.execution, store)));
  const { opened = 0, updated = 0, withdrawn = 0, sightings = 0 } = input.collected ?? {};
  const published = input.published === undefined ? {} : { published: input.published };
  const { clock } = input;
  const result = {
    ...chunks,
    clock,
    indicators: input.plan.indicators,
    opened,
    updated,
    withdrawn,
    sightings,
    ...published,
  };
  const dataRatios = await readDataRatios(input.dataRatioRun?.results ?? [], results);
  if (dataRatios.length > 0) await store.put(dataRatioKey(input.execution), toJson(dataRatios));
  await store.put(resultKey(input.execution), `${toJson(result, 2)}\n`);
  if (input.mode !== 'hunt') await checkLists({ ...input, indicators: input.plan.indicators }, store);
  const isInLedger = input.manifest.startsWith('manifests/') && input.mode !== 'hunt';
  if (isInLedger) await store.put(doneKey(input.manifest), '{}');
  return result;
}

export function resultKey(execution: string): string {
  return `runs/${execution}/result.json`;
}

/** What data-ratio queries said about the hosts of an execution. */
export async function readHostDataRatios(execution: string, store: ObjectStore): Promise<HostDataRatio[]> {
  return fromJson<HostDataRatio[]>((await store.get(dataRatioKey(execution))) ?? '[]');
}

function dataRatioKey(execution: string): string {
  return `runs/${execution}/data-ratio.json`;
}

/** A host in several tables, or lists of objects, has several results: pairs are added up. */
async function readDataRatios(
  runs: readonly { readonly host: DataRatioHost; readonly result: { readonly location: string } }[],
  results: QueryResults,
): Promise<HostDataRatio[]> {
  const dataRatios: HostDataRatio[] = [];
  for (const [findingId, own] of Map.groupBy(runs, ({ host }) => host.findingId)) {
    const pairs = new Map<string, ResultRow>();
    for (const { result } of own) for await (const row of results.rows(result.location)) addPair(pairs, row);
    const rows = [...pairs.values()].sort((a, b) => compareBigInts(toBigInt(b.total_bytes), toBigInt(a.total_bytes)));
    dataRatios.push({ findingId, rows: rows.slice(0, MOST_PEERS) });
  }
  return dataRatios;
}

function addPair(pairs: Map<string, ResultRow>, row: ResultRow): void {
  const key = `${row.sourceaddress} ${row.destinationaddress}`;
  const other = pairs.get(key);
  if (other === undefined) {
    pairs.set(key, row);
    return;
  }
  const [records, bytes] = (['record_count', 'total_bytes'] as const).map(
    (column) => toBigInt(row[column]) + toBigInt(other[column]),
  ) as [bigint, bigint];
  pairs.set(key, {
    ...row,
    record_count: String(records),
    total_bytes: String(bytes),
    data_ratio: toRatio(bytes, records),
    first_seen: [row.first_seen, other.first_seen].filter((time) => time !== null).sort()[0] ?? null,
    last_seen:
      [row.last_seen, other.last_seen]
        .filter((time) => time !== null)
        .sort()
        .at(-1) ?? null,
  });
}

/** Two decimals, rounded half up, as the query's exact mean. */
function toRatio(bytes: bigint, records: bigint): string {
  const hundredths = (bytes * 200n + records) / (records * 2n);
  return `${hundredths / 100n}.${String(hundredths % 100n).padStart(2, '0')}`;
}

function toBigInt(value: ResultRow[string] | undefined): bigint {
  return BigInt(value ?? 0);
}

function compareBigInts(a: bigint, b: bigint): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
