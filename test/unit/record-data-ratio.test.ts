/** RecordDataRatio: pairs of several tables added up exactly, the ten largest peers, and since when the indicator is known. */
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { fromJson } from '../../src/core/exact-json.ts';
import type { FindingContext } from '../../src/core/finding-context.ts';
import type { ResultRow } from '../../src/core/match.ts';
import type { ObjectStore, QueryResults } from '../../src/ports.ts';
import type { DataRatioHost } from '../../src/tasks/data-ratio.ts';
import { readContext, readHostDataRatios, recordDataRatio } from '../../src/tasks/record-data-ratio.ts';
import { openMemoryStore } from '../property/memory-store.ts';

const CLOCK = '2026-09-10T12:00:00.000Z';
let objects: Map<string, string>;
let store: ObjectStore;
beforeEach(() => {
  objects = new Map();
  store = openMemoryStore(objects);
});

/** Results by location. */
function resultsOf(rows: Readonly<Record<string, readonly ResultRow[]>>): QueryResults {
  return {
    async *rows(location) {
      yield* rows[location]!;
    },
  };
}

function hostOf(findingId: string, table = 'flow_1'): DataRatioHost {
  return {
    ...{ findingId, indicator: '203.0.113.7', ip: '10.0.0.5', accountId: '111122223333', region: 'us-east-1' },
    ...{ dateFrom: '2026-08-31', dateTo: '2026-09-02', objects: 'runs/x/o.json', table },
  };
}

/** Runs of the data-ratio query, each with its rows. */
async function recordRuns(runs: readonly { findingId: string; rows: readonly ResultRow[] }[]) {
  const results = runs.map(({ findingId }, at) => ({
    host: hostOf(findingId, `flow_${at}`),
    result: { location: `${at}` },
  }));
  const rows = Object.fromEntries(runs.map((run, at) => [at, run.rows]));
  await recordDataRatio({ execution: 'x', clock: CLOCK, dataRatioRun: { results } }, store, resultsOf(rows));
  return readHostDataRatios('x', store);
}

function toPair(
  source: string,
  records: number | bigint,
  bytes: number | bigint,
  more: Partial<ResultRow> = {},
): ResultRow {
  return {
    ...{
      sourceaddress: source,
      destinationaddress: '10.0.0.5',
      record_count: String(records),
      total_bytes: String(bytes),
    },
    ...{ data_ratio: null, first_seen: '2026/09/01 00:00:00', last_seen: '2026/09/01 00:01:00' },
    ...more,
  } as ResultRow;
}

describe('pairs of a host in several tables', () => {
  it('are added up exactly, beyond what a number holds', async () => {
    const big = 2n ** 60n + 1n;
    const early = { first_seen: '2026/08/31 23:59:00', last_seen: null };
    const late = { first_seen: null, last_seen: '2026/09/02 00:00:00' };
    const ratios = await recordRuns([
      { findingId: 'fh-1', rows: [toPair('203.0.113.7', 1, big, early), toPair('198.51.100.9', 2, 10)] },
      { findingId: 'fh-1', rows: [toPair('203.0.113.7', 2, big, late)] },
      { findingId: 'fh-2', rows: [toPair('203.0.113.7', 9, 9)] },
    ]);
    expect(ratios.map(({ findingId, rows }) => [findingId, rows.length])).toEqual([
      ['fh-1', 2],
      ['fh-2', 1],
    ]);
    expect(ratios[0]!.rows[0]).toEqual({
      ...{
        sourceaddress: '203.0.113.7',
        destinationaddress: '10.0.0.5',
        record_count: '3',
        total_bytes: String(2n * big),
      },
      data_ratio: '768614336404564651.33',
      ...{ first_seen: '2026/08/31 23:59:00', last_seen: '2026/09/02 00:00:00' },
    });
    // What is in one table only is as the query gave it.
    expect(ratios[0]!.rows[1]).toEqual(toPair('198.51.100.9', 2, 10));
  });

  it('have the exact mean, rounded half up, in whatever tables and order', async () => {
    const part = fc.tuple(fc.integer({ min: 1, max: 1000 }), fc.bigInt({ min: 0n, max: 2n ** 70n }));
    await fc.assert(
      fc.asyncProperty(fc.array(part, { minLength: 2, maxLength: 4 }), async (parts) => {
        objects.clear();
        const rows = parts.map(([records, bytes]) => toPair('203.0.113.7', records, bytes));
        const [ratio] = await recordRuns(rows.map((row) => ({ findingId: 'fh-1', rows: [row] })));
        const records = BigInt(parts.reduce((sum, [own]) => sum + own, 0));
        const bytes = parts.reduce((sum, [, own]) => sum + own, 0n);
        const [whole, hundredths] = String(ratio!.rows[0]!.data_ratio).split('.') as [string, string];
        expect(hundredths).toHaveLength(2);
        // | ratio − bytes/records | ≤ 0.005, and at a tie the greater one.
        const error = (BigInt(whole) * 100n + BigInt(hundredths)) * records - bytes * 100n;
        expect(2n * error <= records && 2n * error > -records).toBe(true);
        expect(ratio!.rows[0]).toMatchObject({ record_count: String(records), total_bytes: String(bytes) });
      }),
    );
  });

  it('are kept by bytes, the most of them first, a hundred at most', async () => {
    const rows = Array.from({ length: 120 }, (_, i) =>
      toPair(`198.51.100.${i}`, 1, BigInt((i * 37) % 120) * 10n ** 18n),
    );
    const [ratio] = await recordRuns([{ findingId: 'fh-1', rows }]);
    const bytes = ratio!.rows.map(({ total_bytes }) => BigInt(total_bytes!));
    expect(bytes).toHaveLength(100);
    expect(bytes).toEqual(Array.from({ length: 100 }, (_, i) => BigInt(119 - i) * 10n ** 18n));
  });
});

describe('the context of a finding', () => {
  it('is the ten peers with most bytes, and what was asked', async () => {
    const rows = Array.from({ length: 14 }, (_, i) => toPair(`10.0.1.${i}`, 2, 1000 * (i + 1), { data_ratio: 'x' }));
    await recordRuns([{ findingId: 'fh-1', rows }]);
    const context = (await readContext('fh-1', store))!;
    expect(context).toMatchObject({ finding_id: 'fh-1', execution: 'x', asked_at: CLOCK, ever: null });
    expect(context.window).toEqual({ from: '2026-08-31', to: '2026-09-02' });
    expect(context.peers.map(({ from, bytes }) => [from, Number(bytes)])).toEqual(
      Array.from({ length: 10 }, (_, i) => [`10.0.1.${13 - i}`, 1000 * (14 - i)]),
    );
    expect(await readContext('fh-2', store)).toBeUndefined();
  });

  it('is written alike twice', async () => {
    const runs = [{ findingId: 'fh-1', rows: [toPair('10.0.1.1', 2, 5)] }];
    await recordRuns(runs);
    const once = new Map(objects);
    await recordRuns(runs);
    expect(objects).toEqual(once);
    expect(fromJson<FindingContext>(objects.get('contexts/fh-1.json')!).peers).toHaveLength(1);
  });
});
