/**
 * RecordDataRatio: what the data-ratio queries said about the hosts of an execution, kept with it and, the ten largest peers,
 * beside each finding; and since when the address index has known the finding's indicator.
 */

import { parseNetwork } from '../core/address.ts';
import { toDataRatio } from '../core/data-ratio.ts';
import { fromJson, toJson } from '../core/exact-json.ts';
import { contextKey, type FindingContext, toPeers } from '../core/finding-context.ts';
import { compileIndicators } from '../core/indicator-set.ts';
import { toIsoSecond } from '../core/iso-second.ts';
import type { ResultRow } from '../core/match.ts';
import { shiftDay } from '../core/utc-day.ts';
import type { ObjectStore, QueryResults } from '../ports.ts';
import type { DataRatioHost } from './data-ratio.ts';
import { findObjects } from './find-objects.ts';

export type RecordDataRatioInput = {
  readonly execution: string;
  readonly clock: string;
  readonly dataRatioRun: {
    readonly results: readonly { readonly host: DataRatioHost; readonly result: { readonly location: string } }[];
  };
};

/** Rows of the data-ratio query about the host of a finding, most bytes first. */
export type HostDataRatio = {
  readonly findingId: string;
  readonly rows: readonly ResultRow[];
  /** Where the queries left them: on Athena the file's name is the query's id. */
  readonly results?: readonly string[];
};

/** Peers of a host that are kept. */
const MOST_PEERS = 100;
/** Indicators that are looked up in the address index: a list request for each day that it reaches back. */
const MOST_LOOKED_UP = 5;
const DAYS_BACK = 90;

/** Writes runs/<execution>/data-ratio.json and contexts/<finding_id>.json. */
export async function recordDataRatio(
  { execution, clock, dataRatioRun }: RecordDataRatioInput,
  store: ObjectStore,
  results: QueryResults,
): Promise<{ readonly hosts: number }> {
  const dataRatios = await readDataRatios(dataRatioRun.results, results);
  if (dataRatios.length === 0) return { hosts: 0 };
  await store.put(dataRatioKey(execution), toJson(dataRatios));
  const known = new Map<string, Promise<FindingContext['ever']>>();
  for (const { findingId, rows } of dataRatios) {
    const { host } = dataRatioRun.results.find((run) => run.host.findingId === findingId)!;
    const { indicator, accountId, region, dateFrom, dateTo } = host;
    const key = [indicator, accountId, region].join(' ');
    if (!known.has(key) && known.size < MOST_LOOKED_UP) known.set(key, lookUp(host, clock, store));
    const context: FindingContext = {
      ...{ finding_id: findingId, execution, asked_at: clock, window: { from: dateFrom, to: dateTo } },
      ...{ peers: toPeers(rows), ever: (await known.get(key)) ?? null },
    };
    await store.put(contextKey(findingId), `${toJson(context, 2)}\n`);
  }
  return { hosts: dataRatios.length };
}

/** What is known of a finding beside its sightings; undefined where nobody looked yet. */
export async function readContext(findingId: string, store: ObjectStore): Promise<FindingContext | undefined> {
  const text = await store.get(contextKey(findingId));
  return text === undefined ? undefined : fromJson<FindingContext>(text);
}

/** Objects of the host's account and region that hold an address of the indicator tell since when, within some minutes. */
async function lookUp(
  { indicator, accountId, region }: DataRatioHost,
  clock: string,
  store: ObjectStore,
): Promise<FindingContext['ever']> {
  const { network } = parseNetwork(indicator)!;
  const set = compileIndicators([{ text: indicator, network, comment: '', source: '' }]);
  const today = clock.slice(0, 10);
  const window = { from: shiftDay(today, -DAYS_BACK), to: today, accounts: [accountId], regions: [region] };
  const { holding } = await findObjects(set, window, store);
  if (holding.length === 0) return null;
  const seen = (name: 'firstSeen' | 'lastSeen', pick: (a: number, b: number) => number) =>
    holding
      .map((object) => object[name])
      .reduce<number | null>((a, b) => (a === null || b === null ? (a ?? b) : pick(a, b)), null);
  return {
    // Not spread over Math.min: a busy region may have more objects than a call takes arguments.
    first_seen: toIsoSecond(seen('firstSeen', Math.min)),
    last_seen: toIsoSecond(seen('lastSeen', Math.max)),
    objects: holding.length,
  };
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
    const locations = own.map(({ result }) => result.location);
    dataRatios.push({ findingId, rows: rows.slice(0, MOST_PEERS), results: locations });
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
    data_ratio: toDataRatio(bytes, records),
    first_seen: [row.first_seen, other.first_seen].filter((time) => time !== null).sort()[0] ?? null,
    last_seen:
      [row.last_seen, other.last_seen]
        .filter((time) => time !== null)
        .sort()
        .at(-1) ?? null,
  });
}

function toBigInt(value: ResultRow[string] | undefined): bigint {
  return BigInt(value ?? 0);
}

function compareBigInts(a: bigint, b: bigint): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
