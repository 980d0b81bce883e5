/** Compaction of the address index: cut short anywhere, or done by two while a third looks up and a fourth adds, nothing is lost. */
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseNetwork } from '../../src/core/address.ts';
import { compileIndicators } from '../../src/core/indicator-set.ts';
import type { ObjectStore } from '../../src/ports.ts';
import { AddressWriter } from '../../src/tasks/address-writer.ts';
import { compactDay, compactDays } from '../../src/tasks/compact-addresses.ts';
import { findObjects } from '../../src/tasks/find-objects.ts';
import { interleave, turns } from './interleaving.ts';
import { openMemoryStore, type Tick } from './memory-store.ts';
import { runs } from './runs.ts';
import { anyDay, type NaiveIndex, readText, type Seen, toNaiveIndex, toObject, toSeen } from './seen.ts';

const DAY = '2026-09-01';
const WINDOW = { from: DAY, to: DAY, accounts: [], regions: [] };
const LIMITS = { parts: 3, partBytes: 1e6, fileBytes: 1e6, comparedBytes: 0 };
const everything = compileIndicators(
  ['0.0.0.0/0', '::/0'].map((text) => ({ text, network: parseNetwork(text)!.network, comment: '', source: '' })),
);

/** Writes each of the day's objects in a part of its own, or some together. */
async function write(day: readonly Seen[], store: ObjectStore, chunkObjects = 1): Promise<void> {
  for (let at = 0; at < day.length; at += chunkObjects) {
    const writer = new AddressWriter(store);
    for (const { object, seen, firstSeen, lastSeen } of day.slice(at, at + chunkObjects))
      await writer.add(object, seen, { firstSeen, lastSeen });
    await writer.close();
  }
}

/** As S3 lists: page by page in order of the keys, and what changes between two pages is seen or not. */
function openPagedStore(objects: Map<string, string>, tick?: Tick): ObjectStore {
  const store = openMemoryStore(objects, tick);
  return {
    ...store,
    async *list(prefix) {
      for (let after = ''; ; ) {
        const keys = await Array.fromAsync(store.list(prefix));
        const page = keys
          .sort()
          .filter((key) => key > after)
          .slice(0, 2);
        yield* page;
        if (page.length < 2) return;
        after = page.at(-1)!;
      }
    },
  };
}

/** What all files say together. */
function readAll(objects: Map<string, string>): NaiveIndex {
  const united: NaiveIndex = new Map();
  for (const [key, file] of objects) {
    if (!key.startsWith('addresses/')) continue;
    for (const [entry, sides] of readText(gunzipSync(Buffer.from(file, 'latin1')).toString()))
      united.set(entry, (united.get(entry) ?? 0) | sides);
  }
  return united;
}

function holdersOf(day: readonly Seen[]): Set<string> {
  return new Set([...toNaiveIndex(day).keys()].map((key) => key.split(' ')[1]!));
}

/** Looks everything up. */
async function findAll(store: ObjectStore): Promise<Set<string>> {
  const { holding, damaged } = await findObjects(everything, WINDOW, store);
  expect(damaged).toEqual([]);
  return new Set(holding.map(({ object }) => object.identity));
}

/** The contents of compacted files by account and region. */
function compactedFiles(objects: Map<string, string>): Record<string, string> {
  const files = [...objects].filter(([key]) => key.includes('/compacted_'));
  return Object.fromEntries(files.map(([key, file]) => [/compacted_\d+_(.+)_[0-9a-f]+\.gz/.exec(key)![1]!, file]));
}

describe('compaction', () => {
  it('makes one file of each account and region, the same whatever the parts were; done again it does nothing', async () => {
    await fc.assert(
      fc.asyncProperty(anyDay, fc.integer({ min: 1, max: 5 }), async (day, chunkObjects) => {
        const [one, other] = [new Map<string, string>(), new Map<string, string>()];
        await write(day, openPagedStore(one), chunkObjects);
        await write(day.toReversed(), openPagedStore(other), chunkObjects);
        await compactDay(DAY, openPagedStore(one), undefined, LIMITS);
        await compactDay(DAY, openPagedStore(other));
        const places = new Set(day.map(({ object }) => `${object.accountId}_${object.region}`));
        expect(one.size).toBe(places.size);
        expect(compactedFiles(one)).toEqual(compactedFiles(other));
        expect(readAll(one)).toEqual(toNaiveIndex(day));
        const before = new Map(one);
        expect(await compactDay(DAY, openPagedStore(one))).toEqual({ written: 0, damaged: [], isDone: true });
        expect(one).toEqual(before);
        // Nor do parts that come a second time.
        await write(day, openPagedStore(one), chunkObjects + 1);
        await compactDay(DAY, openPagedStore(one));
        expect(one).toEqual(before);
      }),
      runs(60),
    );
  });

  it('loses nothing, wherever it ends before its end', async () => {
    const day = [0, 1, 2, 3, 4, 6, 9, 12].map(
      (serial): Seen => ({
        ...toObject(serial),
        seen: toSeen(
          [
            [serial, 1],
            [99, 2],
          ],
          [],
        ),
      }),
    );
    const whole = new Map<string, string>();
    await write(day, openPagedStore(whole), 2);
    await compactDay(DAY, openPagedStore(whole));
    let endings = 0;
    for (let last = 0; ; last++) {
      const objects = new Map<string, string>();
      await write(day, openPagedStore(objects), 2);
      let ticks = 0;
      const die = async () => {
        if (ticks++ === last) throw new Error('the end');
      };
      const ended = await compactDay(DAY, openPagedStore(objects, die), undefined, LIMITS).then(
        () => true,
        () => false,
      );
      expect(readAll(objects)).toEqual(toNaiveIndex(day));
      expect(await findAll(openPagedStore(objects))).toEqual(holdersOf(day));
      await compactDay(DAY, openPagedStore(objects));
      expect(compactedFiles(objects)).toEqual(compactedFiles(whole));
      if (ended) break;
      endings++;
    }
    expect(endings).toBeGreaterThan(40);
  });

  it('by two at once, while parts come and addresses are sought, misses nothing', async () => {
    const anyTwo = fc.tuple(anyDay, anyDay, turns);
    await fc.assert(
      fc.asyncProperty(anyTwo, async ([day, late, taken]) => {
        const objects = new Map<string, string>();
        await write(day, openPagedStore(objects), 2);
        const compact = async (tick: Tick) =>
          void (await compactDay(DAY, openPagedStore(objects, tick), undefined, LIMITS));
        const seek = async (tick: Tick) => {
          const found = await findAll(openPagedStore(objects, tick));
          for (const identity of holdersOf(day)) expect(found).toContain(identity);
        };
        await interleave(
          [compact, compact, seek, (tick) => write(late, openPagedStore(objects, tick), 3), seek],
          taken,
        );
        expect(readAll(objects)).toEqual(toNaiveIndex([...day, ...late]));
        await compactDay(DAY, openPagedStore(objects));
        const alone = new Map<string, string>();
        await write([...day, ...late], openPagedStore(alone), 4);
        await compactDay(DAY, openPagedStore(alone));
        expect(compactedFiles(objects)).toEqual(compactedFiles(alone));
      }),
      runs(150),
    );
  });

  it('leaves a damaged file where it is and does without it', async () => {
    const day = [0, 1, 3, 4].map((serial): Seen => ({ ...toObject(serial), seen: toSeen([[serial, 1]], []) }));
    for (const damage of [
      (file: string) => file.slice(0, -5),
      (file: string) => `${file.slice(0, 30)}!${file.slice(31)}`,
    ]) {
      const objects = new Map<string, string>();
      await write(day, openPagedStore(objects), 2);
      const [key] = [...objects.keys()] as [string];
      objects.set(key, damage(objects.get(key)!));
      const { damaged, isDone } = await compactDay(DAY, openPagedStore(objects));
      expect([damaged, isDone]).toEqual([[{ key, reason: expect.stringMatching(/./) }], true]);
      expect([...objects.keys()].filter((each) => each.includes('/chunk_'))).toEqual([key]);
      expect((await findObjects(everything, WINDOW, openPagedStore(objects))).damaged).toHaveLength(1);
    }
  });

  it('leaves files that are large enough, and stops when its time is up', async () => {
    const day = Array.from({ length: 8 }, (_, i): Seen => ({ ...toObject(i * 3), seen: toSeen([[i, 1]], []) }));
    const objects = new Map<string, string>();
    await write(day, openPagedStore(objects));
    const small = { ...LIMITS, fileBytes: 1 };
    expect((await compactDay(DAY, openPagedStore(objects), () => true, small)).isDone).toBe(false);
    expect(objects.size).toBe(8);
    await compactDay(DAY, openPagedStore(objects), undefined, small);
    expect(objects.size).toBe(3);
    expect(await findAll(openPagedStore(objects))).toEqual(holdersOf(day));
  });

  it('of days takes those with so many parts, or with files that a cut left', async () => {
    const objects = new Map<string, string>();
    const of = (date: string, serial: number): Seen => {
      const object = toObject(serial);
      return { ...object, object: { ...object.object, date }, seen: toSeen([[serial, 1]], []) };
    };
    await write([of('2026-09-01', 0), of('2026-09-02', 0), of('2026-09-02', 3)], openPagedStore(objects));
    const days = ['2026-08-31', '2026-09-01', '2026-09-02'];
    expect((await compactDays(days, 2, openPagedStore(objects))).written).toBe(1);
    expect([...objects.keys()].map((key) => key.slice(15, 32)).sort()).toEqual([
      '2026-09-01/chunk_',
      '2026-09-02/compac',
    ]);
    expect((await compactDays(days, 1, openPagedStore(objects))).written).toBe(1);
    expect((await compactDays(days, 1, openPagedStore(objects))).written).toBe(0);
  });
});
