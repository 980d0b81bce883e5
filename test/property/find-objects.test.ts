/** Looking addresses up in the index against going through everything that was seen. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { overlaps, parseNetwork } from '../../src/core/address.ts';
import { contentKey } from '../../src/core/index-objects.ts';
import { compileIndicators } from '../../src/core/indicator-set.ts';
import { openBlockSearch } from '../../src/local/block-search.ts';
import type { ObjectStore } from '../../src/ports.ts';
import { AddressWriter } from '../../src/tasks/address-writer.ts';
import { findObjects } from '../../src/tasks/find-objects.ts';
import { openMemoryStore } from './memory-store.ts';
import { runs } from './runs.ts';
import { anyDay, type Seen, toNaiveIndex, toObject, toSeen } from './seen.ts';

const DAYS = ['2026-08-31', '2026-09-01', '2026-09-02'];
const ALL = { from: DAYS[0]!, to: DAYS[2]!, accounts: [], regions: [] };

/** An object is always of the same day. */
const anyDays = anyDay.map((day) =>
  day.map((seen): Seen => ({ ...seen, object: { ...seen.object, date: dayOf(seen) } })),
);

function dayOf({ object }: Seen): string {
  return DAYS[Number(/_(\d+)\.log/.exec(object.key)![1]) % DAYS.length]!;
}

const anyNetwork = fc.constantFrom(
  ...[
    '0.0.0.0',
    '255.255.255.255',
    '255.255.255.254/31',
    '10.1.2.3',
    '10.1.2.0/27',
    '10.1.2.16/28',
    '0.0.0.0/0',
    '128.0.0.0/1',
  ],
  ...[
    '::',
    '::/0',
    '::1',
    '2001:db8::/32',
    '2001:db8::7',
    '2001:db8::10/124',
    '2001::/16',
    'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
    'ffff::/16',
  ],
);
const anySet = fc
  .uniqueArray(anyNetwork, { maxLength: 5 })
  .map((texts) => texts.map((text) => parseNetwork(text)!.network));
const anyWindow = fc.record({
  from: fc.constantFrom(...DAYS),
  to: fc.constantFrom(...DAYS),
  accounts: fc.subarray(['111122223333', '444455556666', '777788889999']),
  regions: fc.subarray(['us-east-1', 'eu-west-1']),
});

function compile(networks: readonly ReturnType<typeof parseNetworkOf>[]) {
  return compileIndicators(networks.map((network) => ({ text: network.text, network, comment: '', source: '' })));
}

function parseNetworkOf(text: string) {
  return parseNetwork(text)!.network;
}

/** Writes chunks of so many objects each. */
async function index(
  days: readonly Seen[],
  chunkObjects: number,
  objects = new Map<string, string>(),
): Promise<ObjectStore> {
  const store = openMemoryStore(objects);
  for (let at = 0; at < days.length; at += chunkObjects) {
    const writer = new AddressWriter(store, { mostWords: 40 });
    for (const { object, seen, firstSeen, lastSeen } of days.slice(at, at + chunkObjects))
      await writer.add(object, seen, { firstSeen, lastSeen });
    await writer.close();
  }
  return store;
}

describe('findObjects', () => {
  it('finds what going through everything finds, in any window, for any set', async () => {
    const all = fc.tuple(anyDays, anySet, anyWindow, fc.integer({ min: 1, max: 9 }));
    await fc.assert(
      fc.asyncProperty(all, async ([days, networks, window, chunkObjects]) => {
        const found = await findObjects(compile(networks), window, await index(days, chunkObjects));
        const isAsked = ({ object: { accountId, region, date } }: Seen) =>
          date >= window.from &&
          date <= window.to &&
          (window.accounts.length === 0 || window.accounts.includes(accountId)) &&
          (window.regions.length === 0 || window.regions.includes(region));
        const asked = days.filter(isAsked);
        const held = [...toNaiveIndex(asked).keys()].filter((key) =>
          networks.some((network) => overlaps(network, parseNetworkOf(key.split(' ')[0]!))),
        );
        const expected = new Set(held.map((key) => key.split(' ')[1]!));
        expect(new Set(found.holding.map(({ object }) => object.identity))).toEqual(expected);
        for (const each of days) expect(found.isIndexed(each.object)).toBe(isAsked(each));
        expect(found.damaged).toEqual([]);
      }),
      runs(150),
    );
  });

  it('knows a content that is not the latest as not indexed, and does not answer by it', async () => {
    const versions = [1, 2].map((version): Seen => ({ ...toObject(0, version), seen: toSeen([[version, 1]], []) }));
    const store = await index(versions, 1);
    const [before, latest] = versions;
    expect((await findObjects(compile([parseNetworkOf('0.0.0.1')]), ALL, store)).holding).toEqual([]);
    const found = await findObjects(compile([parseNetworkOf('0.0.0.2')]), ALL, store);
    expect(found.holding.map(contentKey)).toEqual([contentKey(latest!)]);
    expect([before!, latest!].map(({ object }) => found.isIndexed(object))).toEqual([false, true]);
    expect(found.isIndexed({ ...latest!.object, etag: latest!.object.etag.replaceAll('"', '') })).toBe(true);
  });

  it('reads many blocks, and those of a few addresses alone', async () => {
    const words = Array.from({ length: 100_000 }, (_, i): [number, number] => [Math.imul(i + 1, 0x9e3779b1) >>> 0, 3]);
    const objects = new Map<string, string>();
    const store = await index([{ ...toObject(0), seen: toSeen(words, [['2'.repeat(32), 1]]) }], 1, objects);
    let bytes = 0;
    const counting = {
      ...store,
      bytes: async (...asked: Parameters<typeof store.bytes>) => {
        const read = await store.bytes(...asked);
        bytes += read!.length;
        return read;
      },
    };
    for (const [word] of words.slice(0, 40)) {
      const text = [24, 16, 8, 0].map((shift) => (word >>> shift) & 255).join('.');
      expect((await findObjects(compile([parseNetworkOf(text)]), ALL, counting)).holding).toHaveLength(1);
    }
    const size = [...objects.values()].reduce((sum, { length }) => sum + length, 0);
    expect(bytes / 40).toBeLessThan(size / 2);
    expect((await findObjects(compile([parseNetworkOf('::/0')]), ALL, counting)).holding).toHaveLength(1);
    expect((await findObjects(compile([parseNetworkOf('3::/16')]), ALL, counting)).holding).toHaveLength(0);
  });
});

describe.each([
  ['the kernel', openBlockSearch],
  ['TypeScript', undefined],
] as const)('a long list, by %s', (_by, openSearch) => {
  /** Many blocks, and objects that share addresses by fours and not at all. */
  const held = Array.from({ length: 9 }, (_, i) =>
    Array.from({ length: 4000 }, (_, k): [number, number] => [
      Math.imul(i * 2000 + k + 1, 0x9e3779b1) >>> 0,
      (k % 3) + 1,
    ]),
  );
  const day = held.map((words, i): Seen => ({ ...toObject(i * 3), seen: toSeen(words, [[`${i}`.repeat(32), 1]]) }));
  const addressOf = (word: number) => [24, 16, 8, 0].map((shift) => (word >>> shift) & 255).join('.');

  it('finds what its addresses find one by one, wherever they lie', async () => {
    const store = await index(day, 9);
    const all = held.flat().map(([word]) => word);
    const anyWord = fc.oneof(fc.constantFrom(...all), fc.integer({ min: 0, max: 0xffffffff }));
    const anyList = fc.tuple(fc.array(anyWord, { maxLength: 6 }), fc.uniqueArray(fc.integer(), { maxLength: 300 }));
    await fc.assert(
      fc.asyncProperty(anyList, fc.subarray(['::/0', '3333::/16', '8888::/16']), async ([some, seeds], networks) => {
        const words = [...some, ...seeds.map((seed) => Math.imul(seed, 0x85ebca6b) >>> 0)];
        const sought = [...words.map(addressOf), ...networks];
        const found = await findObjects(compile([...new Set(sought)].map(parseNetworkOf)), ALL, store, openSearch);
        const isHeld = (i: number) =>
          held[i]!.some(([word]) => words.includes(word)) ||
          networks.some((network) => network === '::/0' || network.startsWith(`${i}${i}`));
        const expected = day.filter((_, i) => isHeld(i)).map(({ object }) => object.identity);
        expect(found.holding.map(({ object }) => object.identity).sort()).toEqual(expected.sort());
      }),
      runs(60),
    );
  });

  it('is answered once all objects are found: blocks in which less is sought are left alone', async () => {
    const objects = new Map<string, string>();
    const words = Array.from({ length: 30_000 }, (_, i): [number, number] => [Math.imul(i + 1, 0x9e3779b1) >>> 0, 1]);
    const store = await index([{ ...toObject(0), seen: toSeen(words, []) }], 1, objects);
    const [[key, file]] = [...objects] as [[string, string]];
    // In the first block, of the lowest addresses.
    await store.put(key, Buffer.from(`${file.slice(0, 40)}?${file.slice(41)}`, 'latin1'));
    const sought = words.map(([word]) => word).sort((a, b) => a - b);
    const find = (some: readonly number[]) =>
      findObjects(compile(some.map((word) => parseNetworkOf(addressOf(word)))), ALL, store, openSearch);
    const lowest = await find(sought.slice(0, 1));
    expect([lowest.holding.length, lowest.damaged.length]).toEqual([0, 1]);
    const most = await find([sought[0]!, ...sought.slice(10_000)]);
    expect([most.holding.length, most.damaged.length]).toEqual([1, 0]);
  });
});

describe('a file that is not what was written', () => {
  it('is named, whatever byte is wrong or missing, or what it holds is still found', async () => {
    const day = [0, 3, 6].map(
      (serial): Seen => ({
        ...toObject(serial),
        seen: toSeen(
          [
            [serial, 1],
            [77, 2],
          ],
          [['2'.repeat(32), 1]],
        ),
      }),
    );
    const written = new Map<string, string>();
    await index(day, 3, written);
    const [[key, file]] = [...written] as [[string, string]];
    const set = compile(['0.0.0.77', '2222::/16'].map(parseNetworkOf));
    const damages = Array.from({ length: file.length }, (_, at) => [
      file.slice(0, at),
      file.slice(0, at) + String.fromCharCode(file.charCodeAt(at) ^ (1 << (at % 8))) + file.slice(at + 1),
    ]).flat();
    for (const damaged of damages) {
      const objects = new Map([[key, '']]);
      const store = openMemoryStore(objects);
      await store.put(key, Buffer.from(damaged, 'latin1'));
      const found = await findObjects(set, ALL, store);
      if (found.damaged.length === 0) expect(found.holding).toHaveLength(3);
      else {
        expect(found.damaged).toEqual([{ key, reason: expect.stringMatching(/./) }]);
        expect([found.holding, day.some(({ object }) => found.isIndexed(object))]).toEqual([[], false]);
      }
    }
  });
});
