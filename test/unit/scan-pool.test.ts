import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, it } from 'vitest';
import { readIndicatorLists } from '../../src/core/indicator-list.ts';
import { openFolderStore } from '../../src/local/folder-store.ts';
import { logFiles } from '../../src/local/log-files.ts';
import { openReader } from '../../src/local/scan-kernel.ts';
import { openScanPool } from '../../src/local/scan-pool.ts';
import { indicatorSets, storeIndicators } from '../../src/tasks/indicator-versions.ts';
import { type ScanProgress, scan } from '../../src/tasks/scan.ts';

const folder = mkdtempSync(join(tmpdir(), 'flowhound-pool-'));
const store = openFolderStore(join(folder, 'home'));
const BATCH = 'ab'.repeat(16);
afterAll(() => rmSync(folder, { recursive: true }));

async function writeChunk(execution: string, chunk: number, rows: number) {
  const key = join(folder, `${chunk}.log.gz`);
  const lines = Array.from({ length: rows }, (_row, i) => `2 10.0.0.${i % 200} 203.0.113.${i % 9} ${i}\n`);
  writeFileSync(key, gzipSync(`version srcaddr dstaddr bytes\n${lines.join('')}`));
  const object = {
    key,
    identity: `${chunk}.log.gz`,
    accountId: '111122223333',
    region: 'us-east-1',
    date: '2026-09-01',
  };
  const objects = `runs/${execution}/chunks/${chunk}.objects.json`;
  await store.put(objects, JSON.stringify([{ ...object, sizeBytes: 1, etag: 'e', modified: 0 }]));
  return { chunk, objects };
}

async function storeList(): Promise<string> {
  const { indicators } = readIndicatorLists([{ source: 'list', text: '203.0.113.7\n' }], { own: [] });
  return storeIndicators({ indicators, allowed: [] }, store);
}

it('worker threads give what the same scan gives here, and tell their progress', async () => {
  mkdirSync(join(folder, 'home'), { recursive: true });
  const indicators = await storeList();
  const seen: ScanProgress[] = [];
  const pool = openScanPool(join(folder, 'home'), (progress) => seen.push(progress));
  const chunks = await Promise.all([900, 1800, 2700].map((rows, chunk) => writeChunk('threads', chunk, rows)));
  const inThreads = await Promise.all(
    chunks.map((chunk) => pool.scan({ execution: 'threads', mode: 'sweep' as const, indicators, batch: BATCH, chunk })),
  );
  await pool.close();
  const ports = { store, logs: logFiles, reader: openReader, indicatorSet: indicatorSets(store) };
  for (const [i, chunk] of chunks.entries()) {
    const byThread = await store.get(inThreads[i]!.result);
    expect(
      await scan({ execution: 'threads', mode: 'sweep' as const, indicators, batch: BATCH, chunk }, ports),
    ).toEqual(inThreads[i]);
    expect(await store.get(inThreads[i]!.result)).toBe(byThread);
    expect(JSON.parse(byThread!)).toMatchObject({ records: 900 * (i + 1), matches: 100 * (i + 1) });
  }
  expect(seen.reduce((total, { records }) => total + records, 0)).toBe(5400);
});

it('an error keeps its name, by which the state machine routes', async () => {
  const pool = openScanPool(join(folder, 'home'), () => {});
  const chunk = { chunk: 0, objects: 'runs/gone/chunks/0.objects.json' };
  const input = { execution: 'gone', mode: 'sweep' as const, indicators: await storeList(), batch: BATCH, chunk };
  await expect(pool.scan(input)).rejects.toMatchObject({ name: 'ExecutionFailed' });
  await pool.close();
});
