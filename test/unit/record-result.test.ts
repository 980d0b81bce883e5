/** RecordResult: sums that are exact, pairs of several tables added up, and the word that a batch is accounted for. */
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { fromJson, toJson } from '../../src/core/exact-json.ts';
import { toChunkResult } from '../../src/core/execution.ts';
import type { ResultRow } from '../../src/core/match.ts';
import type { ObjectStore, QueryResults } from '../../src/ports.ts';
import type { DataRatioHost } from '../../src/tasks/data-ratio.ts';
import { type RecordResultInput, readHostDataRatios, recordResult } from '../../src/tasks/record-result.ts';
import { openMemoryStore } from '../property/memory-store.ts';

const CLOCK = '2026-09-10T12:00:00.000Z';
const MANIFEST = `manifests/2026-09-01/${'b'.repeat(32)}.json`;
const INPUT: RecordResultInput = {
  ...{ execution: 'x', mode: 'new-logs', clock: CLOCK, manifest: MANIFEST, window: {} },
  plan: { indicators: 'indicators/v.json' },
};
let objects: Map<string, string>;
let store: ObjectStore;
beforeEach(() => {
  objects = new Map();
  store = openMemoryStore(objects);
});

const NO_RESULTS: QueryResults = {
  rows: () => {
    throw new Error('nothing was asked');
  },
};

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
    ...{ findingId, ip: '10.0.0.5', accountId: '111122223333', region: 'us-east-1' },
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
  await recordResult({ ...INPUT, dataRatioRun: { results } }, store, resultsOf(rows));
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

describe('recordResult', () => {
  it('adds the chunks up, with what Collect and Publish said', async () => {
    const chunk = {
      ...toChunkResult([]),
      objects: 2,
      bytes: 10,
      records: 5,
      matches: 1,
      malformed: { 'field count': 2 },
    };
    objects.set('runs/x/chunks/0.json', toJson(chunk));
    objects.set(
      'runs/x/chunks/1.json',
      toJson({ ...chunk, damaged: 1, trouble: [{ object: 'o', kind: 'damaged', reason: 'r' }] }),
    );
    objects.set('runs/x/chunks/0.objects.json', '[]');
    objects.set('runs/xy/chunks/0.json', toJson(chunk));
    const collected = { matches: 2, sightings: 2, changes: 'c', opened: 1, updated: 2, withdrawn: 3 };
    const result = await recordResult({ ...INPUT, collected }, store, NO_RESULTS);
    expect(result).toMatchObject({
      ...{ objects: 4, bytes: 20, records: 10, matches: 2, damaged: 1, malformed: { 'field count': 4 } },
      ...{ clock: CLOCK, indicators: 'indicators/v.json', opened: 1, updated: 2, withdrawn: 3, sightings: 2 },
      trouble: [{ object: 'o', kind: 'damaged', reason: 'r' }],
    });
    expect(fromJson(objects.get('runs/x/result.json')!)).toEqual(JSON.parse(JSON.stringify(result)));
  });

  it('says nothing of findings where nothing was found', async () => {
    expect(await recordResult(INPUT, store, NO_RESULTS)).toMatchObject({
      opened: 0,
      updated: 0,
      withdrawn: 0,
      sightings: 0,
    });
    expect([...objects.keys()].sort()).toEqual([MANIFEST.replace('.json', '.done'), 'runs/x/result.json']);
  });

  it.each([
    ['a sweep of what came in', 'sweep', MANIFEST, true],
    ['a retro-hunt, whose manifest is its own', 'sweep', 'runs/x/manifest.json', false],
    ['a hunt', 'hunt', MANIFEST, false],
  ] as const)('%s', async (_name, mode, manifest, isDone) => {
    await recordResult({ ...INPUT, mode, manifest }, store, NO_RESULTS);
    expect([...objects.keys()].some((key) => key.endsWith('.done'))).toBe(isDone);
  });

  it('twice is as good as once', async () => {
    await recordResult(INPUT, store, NO_RESULTS);
    const once = new Map(objects);
    await recordResult(INPUT, store, NO_RESULTS);
    expect(objects).toEqual(once);
  });
});

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
