/** The Scan task, with the kernel and without it: what it writes for whole and damaged objects. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { constants, gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseNetwork } from '../../src/core/address.ts';
import type { StoredLogObject } from '../../src/core/batch.ts';
import { LogObjectUnreadable } from '../../src/core/errors.ts';
import { fromJson } from '../../src/core/exact-json.ts';
import type { ChunkResult } from '../../src/core/execution.ts';
import { compileIndicators, type IndicatorSet } from '../../src/core/indicator-set.ts';
import { textReader } from '../../src/core/text-reader.ts';
import { openFolderStore } from '../../src/local/folder-store.ts';
import { openReader, readKernel } from '../../src/local/scan-kernel.ts';
import { type ScanPorts, type ScanProgress, scan } from '../../src/tasks/scan.ts';
import { breakAfter, makeWorld, type World } from '../oracle/world.ts';

const HEADER = 'interface-id srcaddr dstaddr bytes start end action log-status tcp-flags';
/** Every third line touches the indicator, in turn as its destination and its source. */
const LINES = Array.from({ length: 48 }, (_, i) => {
  const remote = i % 3 === 0 ? `203.0.113.${(i * 37) % 256}` : `198.51.100.${(i * 91) % 256}`;
  const ends = i % 2 === 0 ? `10.0.0.${i} ${remote}` : `${remote} 10.0.0.${i}`;
  return `eni-0a1b2c3d ${ends} ${i * 7919} ${1_788_220_800 + i} ${1_788_220_860 + i} ACCEPT OK ${i % 32}\n`;
});
const TEXT = `${HEADER}\n${LINES.join('')}`;
const NETWORK = parseNetwork('203.0.113.0/24')!.network;
const SET = compileIndicators([{ text: NETWORK.text, network: NETWORK, comment: 'C2', source: 'iocs.csv' }]);

let world: World;
beforeEach(() => {
  world = makeWorld();
});
afterEach(() => world.remove());

type Scanned = {
  result: ChunkResult;
  rows: { line_number: number; line: string }[];
  found: boolean;
  told: ScanProgress;
};

async function scanObjects(contents: readonly (Uint8Array | Error)[], reader: ScanPorts['reader']): Promise<Scanned> {
  const store = openFolderStore(world.home);
  const objects = contents.map((content, i) => toObject(i, content));
  const told = { objects: 0, bytes: 0, records: 0, matches: 0 };
  await store.put('runs/x/chunks/0.objects.json', JSON.stringify(objects));
  const output = await scan(
    {
      execution: 'x',
      mode: 'sweep',
      indicators: 'v',
      batch: 'b',
      chunk: { chunk: 0, objects: 'runs/x/chunks/0.objects.json' },
    },
    {
      ...{ store, reader, indicatorSet: async () => SET },
      logs: {
        async *open(key) {
          const content = contents[Number(key.slice(0, key.indexOf('.')))]!;
          if (content instanceof Error) throw content;
          for (let at = 0; at < content.length; at += 100) yield content.subarray(at, at + 100);
        },
      },
      onProgress: (step) => {
        for (const kind of ['objects', 'bytes', 'records', 'matches'] as const) told[kind] += step[kind];
      },
    },
  );
  const result = fromJson<ChunkResult>((await store.get(output.result))!);
  return { result, rows: output.found ? readRows() : [], found: output.found, told };
}

function toObject(serial: number, content: Uint8Array | Error): StoredLogObject {
  const key = `${serial}.log.gz`;
  return {
    ...{ key, identity: key, accountId: '111122223333', region: 'us-east-1', date: '2026-09-01' },
    ...{ sizeBytes: content instanceof Error ? 0 : content.length, etag: '', modified: 0 },
  };
}

function readRows(): Scanned['rows'] {
  const bytes = readFileSync(join(world.home, 'evidence/records/batch=b/chunk=0/part.json.gz'));
  return gunzipSync(bytes)
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

/** The whole lines that can be had of a gzip stream, header left out. */
function readableLines(bytes: Uint8Array): string[] {
  if (bytes.length < 10) return [];
  const text = gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH }).toString();
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .slice(1, -1);
}

/** What the address index says of the objects. */
async function readIndex(): Promise<string[]> {
  const store = openFolderStore(world.home);
  const [key] = await Array.fromAsync(store.list('addresses/'));
  const lines = gunzipSync((await store.bytes(key!))!)
    .toString()
    .split('\n');
  const objects = lines.map((line) => line.split('\t')).filter(([kind]) => kind === 'object' || kind === 'unfinished');
  return objects.map(([kind, , , , identity, first, last]) => `${kind} ${identity} ${first} ${last}`);
}

const isHit = (line: string) => line.includes('203.0.113.');

it.runIf(readKernel() !== undefined)(
  'Scan indexes every object, and calls none whole that it could not read',
  async () => {
    const contents = [
      gzipSync(TEXT),
      new LogObjectUnreadable('AccessDenied'),
      gzipSync(TEXT).subarray(0, 400),
      gzipSync(''),
    ];
    await scanObjects(contents, openReader);
    expect(await readIndex()).toEqual([
      'object 0.log.gz 1788220800 1788220907',
      'unfinished 1.log.gz  ',
      expect.stringMatching(/^object 2\.log\.gz 1788220800 17882208\d\d$/),
      'object 3.log.gz  ',
    ]);
  },
);

describe.each([
  // Without a built kernel openReader is the other one.
  ...(readKernel() === undefined ? [] : [['kernel', openReader] as const]),
  ['TypeScript', (set: IndicatorSet) => ({ ...textReader(set), [Symbol.dispose]() {} })],
] as const)('Scan by %s', (_name, reader) => {
  it('keeps the verbatim lines that touch an indicator, with their numbers', async () => {
    const { result, rows, found, told } = await scanObjects([gzipSync(TEXT)], reader);
    const hits = LINES.map((line, i) => ({ line: line.trimEnd(), line_number: i + 2 })).filter(({ line }) =>
      isHit(line),
    );
    expect(found).toBe(true);
    expect(rows.map(({ line, line_number }) => ({ line, line_number }))).toEqual(hits);
    expect(result).toMatchObject({
      objects: 1,
      records: 48,
      matches: 16,
      damaged: 0,
      textBytes: TEXT.length,
      trouble: [],
    });
    expect(told).toEqual({ objects: 1, bytes: gzipSync(TEXT).length, records: 48, matches: 16 });
  });

  it('writes no evidence where nothing matches', async () => {
    const clean = `${HEADER}\n${LINES.filter((line) => !isHit(line)).join('')}`;
    const { result, found } = await scanObjects([gzipSync(clean), gzipSync(`${HEADER}\n`)], reader);
    expect([found, result.records, result.matches]).toEqual([false, 32, 0]);
  });

  // gunzip.test.ts goes through every byte; the kernel and what lies between have their turn here.
  it('cut off anywhere: every whole line before the break counts', async () => {
    const bytes = gzipSync(TEXT);
    for (let length = 1; length < bytes.length; length += 17) {
      const lines = readableLines(bytes.subarray(0, length));
      const { result, rows } = await scanObjects([bytes.subarray(0, length)], reader);
      expect(result).toMatchObject({ records: lines.length, damaged: 1, textBytes: expect.any(Number) });
      expect(rows.map(({ line }) => line)).toEqual(lines.filter(isHit));
    }
  });

  it('corrupt behind any line: every line before it counts', async () => {
    for (let kept = 0; kept < LINES.length; kept += 11) {
      const before = LINES.slice(0, kept);
      const { result, rows } = await scanObjects([breakAfter(`${HEADER}\n${before.join('')}`)], reader);
      expect(result).toMatchObject({ records: kept, damaged: 1 });
      expect(rows.map(({ line }) => `${line}\n`)).toEqual(before.filter(isHit));
    }
  });

  it('each kind of trouble is counted and named, and costs the others nothing', async () => {
    const members = Buffer.concat([gzipSync(TEXT.slice(0, 1000)), gzipSync(TEXT.slice(1000))]);
    const { result, rows } = await scanObjects(
      [
        ...[
          gzipSync(TEXT),
          new Uint8Array(),
          gzipSync(''),
          Buffer.from('\u0000noise'),
          new LogObjectUnreadable('ENOENT'),
        ],
        ...[
          members,
          Buffer.from(TEXT),
          gzipSync('no header here\n'),
          Buffer.concat([gzipSync(TEXT), Buffer.alloc(99)]),
        ],
        gzipSync(`${TEXT}too few fields\n${LINES[0]}`),
      ],
      reader,
    );
    expect(rows).toHaveLength(5 * 16 + 1);
    expect(result).toMatchObject({ objects: 10, records: 5 * 48 + 1, damaged: 2, empty: 2, withoutHeader: 1 });
    expect(result.trouble.map(({ object, kind, reason }) => `${object} ${kind}: ${reason}`)).toEqual([
      '1.log.gz empty: no content',
      '2.log.gz empty: no content',
      '3.log.gz damaged: not gzip',
      '4.log.gz damaged: unreadable: ENOENT',
      '7.log.gz no usable header: the first line names no srcaddr and dstaddr',
      '9.log.gz malformed lines: field count 1',
    ]);
  });
});
