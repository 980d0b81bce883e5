import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Limits,
  latestOfEach,
  manifestKey,
  type StoredLogObject,
  toChunks,
  toDailyManifests,
  toManifests,
} from '../../src/core/batch.ts';
import { toPartitions } from '../../src/core/partition.ts';

function stored(identity: string, more: Partial<StoredLogObject> = {}): StoredLogObject {
  return {
    ...{ key: `a/${identity}`, identity, accountId: '111122223333', region: 'us-east-1', date: '2026-09-01' },
    ...{ sizeBytes: 10, etag: `tag-${identity}`, modified: 1000 },
    ...more,
  };
}

const objects = fc.uniqueArray(
  fc.record({
    identity: fc.stringMatching(/^[a-z]{1,3}$/),
    sizeBytes: fc.integer({ min: 0, max: 60 }),
    etag: fc.stringMatching(/^[0-9]{1,2}$/),
    modified: fc.integer({ min: 0, max: 3 }),
    root: fc.constantFrom('a', 'b'),
  }),
  { selector: ({ root, identity }) => `${root}/${identity}`, maxLength: 30 },
);
const toStored = (parts: { root: string; identity: string }) =>
  stored(parts.identity, { ...parts, key: `${parts.root}/${parts.identity}` });
const LIMITS: Limits = { chunkBytes: 100, chunkObjects: 4, chunks: 2, batchObjects: 6 };

describe('latestOfEach', () => {
  it('keeps the latest of several deliveries', () => {
    const early = stored('x', { key: 'a/x', modified: 1 });
    const late = stored('x', { key: 'b/x', modified: 2 });
    expect(latestOfEach([early, late])).toEqual([late]);
    expect(latestOfEach([late, early])).toEqual([late]);
  });

  it('takes the first key where times are the same', () => {
    const [a, b] = [stored('x', { key: 'a/x' }), stored('x', { key: 'b/x' })];
    expect(latestOfEach([b, a])).toEqual([a]);
  });

  it('does not depend on the order and names each identity once', () => {
    fc.assert(
      fc.property(objects, fc.infiniteStream(fc.nat()), (cases, salt) => {
        const all = cases.map(toStored);
        const latest = latestOfEach(all);
        const shuffled = all.map((object) => ({ object, at: salt.next().value as number })).sort((a, b) => a.at - b.at);
        expect(latestOfEach(shuffled.map(({ object }) => object))).toEqual(latest);
        expect(latest.map(({ identity }) => identity).sort()).toEqual([...new Set(all.map((o) => o.identity))].sort());
        for (const object of latest) {
          const others = all.filter(({ identity }) => identity === object.identity);
          expect(object.modified).toBe(Math.max(...others.map(({ modified }) => modified)));
        }
      }),
    );
  });
});

describe('toChunks', () => {
  it('cuts by bytes and by number, and never splits or loses an object', () => {
    fc.assert(
      fc.property(objects, (cases) => {
        const all = cases.map(toStored);
        const chunks = toChunks(all, LIMITS);
        expect(chunks.flat()).toEqual(all);
        for (const chunk of chunks) {
          const bytes = chunk.reduce((total, { sizeBytes }) => total + sizeBytes, 0);
          expect(chunk.length).toBeGreaterThan(0);
          expect(chunk.length).toBeLessThanOrEqual(LIMITS.chunkObjects);
          if (chunk.length > 1) expect(bytes).toBeLessThanOrEqual(LIMITS.chunkBytes);
        }
      }),
    );
  });

  it('fills a chunk to its limits', () => {
    const sizes = [60, 40, 1, 99, 100, 500, 0];
    const chunks = toChunks(
      sizes.map((sizeBytes, i) => stored(`${i}`, { sizeBytes })),
      LIMITS,
    );
    expect(chunks.map((chunk) => chunk.map(({ sizeBytes }) => sizeBytes))).toEqual([
      [60, 40],
      [1, 99],
      [100],
      [500],
      [0],
    ]);
    const small = Array.from({ length: 9 }, (_, i) => stored(`${i}`, { sizeBytes: 0 }));
    expect(toChunks(small, LIMITS).map((chunk) => chunk.length)).toEqual([4, 4, 1]);
    expect(toChunks([], LIMITS)).toEqual([]);
  });

  it('keeps to 256 MB and 200 chunks unless told otherwise', () => {
    const object = (i: number) => stored(`${String(i).padStart(4, '0')}`, { sizeBytes: 128 * 1024 * 1024 });
    const all = Array.from({ length: 402 }, (_, i) => object(i));
    expect(toChunks(all).every((chunk) => chunk.length === 2)).toBe(true);
    expect(toManifests(all).map((manifest) => manifest.objects.length)).toEqual([400, 2]);
  });
});

describe('toManifests', () => {
  it('gives the same objects the same batches, in whatever order they came', () => {
    fc.assert(
      fc.property(objects, (cases) => {
        const all = cases.map(toStored);
        const manifests = toManifests(all, LIMITS);
        expect(toManifests(all.toReversed(), LIMITS)).toEqual(manifests);
        expect(manifests.flatMap((manifest) => manifest.objects)).toEqual(latestOfEach(all));
        for (const { objects: taken } of manifests) {
          expect(toChunks(taken, LIMITS).length).toBeLessThanOrEqual(LIMITS.chunks);
          expect(taken.length).toBeLessThanOrEqual(LIMITS.batchObjects);
        }
      }),
    );
  });

  it('fills a batch to its numbers of objects and of chunks, a whole chunk at a time', () => {
    const all = Array.from({ length: 13 }, (_, i) => stored(`${String(i).padStart(2, '0')}`, { sizeBytes: 50 }));
    const limits = { ...LIMITS, chunks: 99 };
    expect(toManifests(all, limits).map((manifest) => manifest.objects.length)).toEqual([6, 6, 1]);
    expect(toManifests(all, { ...limits, batchObjects: 5 }).map(({ objects: taken }) => taken.length)).toEqual([
      4, 4, 5,
    ]);
    expect(toManifests(all, { ...limits, chunks: 2 }).map(({ objects: taken }) => taken.length)).toEqual([4, 4, 4, 1]);
  });

  it('of a day each holds that day only, and all of them hold everything', () => {
    const day = fc.constantFrom('2026-08-31', '2026-09-01', '2026-09-02');
    fc.assert(
      fc.property(objects, fc.infiniteStream(day), (cases, days) => {
        const all = cases.map((parts) => ({ ...toStored(parts), date: days.next().value as string }));
        const manifests = toDailyManifests(all, LIMITS);
        expect(toDailyManifests(all.toReversed(), LIMITS)).toEqual(manifests);
        for (const manifest of manifests) {
          expect(new Set(manifest.objects.map(({ date }) => date)).size).toBe(1);
          expect(toManifests(manifest.objects, LIMITS)).toEqual([manifest]);
        }
        const held = manifests.flatMap((manifest) => manifest.objects);
        expect(latestOfEach(held)).toEqual(latestOfEach(all));
        expect(held).toHaveLength(latestOfEach(all).length);
      }),
    );
  });

  it('is found by the first day of its objects', () => {
    const on = (date: string) => stored(date, { date });
    const [manifest] = toManifests([on('2026-09-02'), on('2026-08-31'), on('2026-09-01')]);
    expect(manifestKey(manifest!)).toBe(`manifests/2026-08-31/${manifest!.batch}.json`);
  });

  it('keys a batch by what is in its objects, not by where they lie', () => {
    const [batch] = toManifests([stored('x'), stored('y')]).map((manifest) => manifest.batch);
    const moved = toManifests([stored('x', { key: 'z/x' }), stored('y', { key: 'c/y', modified: 9 })]);
    expect(moved.map((manifest) => manifest.batch)).toEqual([batch]);
    expect(batch).toMatch(/^[0-9a-f]{32}$/);
    expect(toManifests([stored('x'), stored('y', { etag: 'changed' })])[0]?.batch).not.toBe(batch);
    expect(toManifests([stored('x')])[0]?.batch).not.toBe(batch);
    expect(toManifests([])).toEqual([]);
  });
});

describe('toPartitions', () => {
  it('names account, region and day once, in order', () => {
    const day = (date: string, accountId: string, region: string) => stored('x', { date, accountId, region });
    const partitions = toPartitions([
      day('2026-09-02', '444455556666', 'us-east-1'),
      day('2026-09-02', '111122223333', 'us-west-2'),
      day('2026-09-01', '111122223333', 'us-west-2'),
      day('2026-09-02', '111122223333', 'eu-west-1'),
      day('2026-09-01', '111122223333', 'us-west-2'),
    ]);
    expect(partitions).toEqual([
      { accountId: '111122223333', region: 'eu-west-1', date: '2026-09-02' },
      { accountId: '111122223333', region: 'us-west-2', date: '2026-09-01' },
      { accountId: '111122223333', region: 'us-west-2', date: '2026-09-02' },
      { accountId: '444455556666', region: 'us-east-1', date: '2026-09-02' },
    ]);
  });
});
