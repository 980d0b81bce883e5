/** Merging files of the address index: any order, split and repetition gives the same bytes, and they hold what went in. */
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AddressIndex } from '../../src/core/address-index-reader.ts';
import { encodeAddressIndex } from '../../src/core/address-index-writer.ts';
import { mergeAddressIndexes } from '../../src/core/address-merge.ts';
import { runs } from './runs.ts';
import { anyDay, anySeen, openBytes, readText, type Seen, toNaiveIndex, toObject, toSeen } from './seen.ts';

const PARTITION = { accountId: '111122223333', region: 'us-east-1' };

async function encode(day: readonly Seen[]): Promise<AddressIndex> {
  return openBytes(Buffer.concat(await Array.fromAsync(encodeAddressIndex(day))));
}

async function merge(indexes: readonly AddressIndex[], windowBytes?: number): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(mergeAddressIndexes(indexes, PARTITION, windowBytes)));
}

function ofPartition(day: readonly Seen[]): Seen[] {
  return day.filter(({ object }) => object.accountId === PARTITION.accountId && object.region === PARTITION.region);
}

/** Items in any order, cut into parts, some of which come twice. */
function anyParts<Item>(items: readonly Item[]): fc.Arbitrary<Item[][]> {
  const shuffled = fc.shuffledSubarray([...items], { minLength: items.length });
  return fc
    .tuple(shuffled, fc.array(fc.nat({ max: 3 }), { minLength: 12, maxLength: 12 }), fc.nat())
    .map(([all, sizes, again]) => {
      const parts: Item[][] = [];
      for (let at = 0, i = 0; at < all.length; i++) {
        const size = 1 + sizes[i % sizes.length]!;
        parts.push(all.slice(at, at + size));
        at += size;
      }
      return parts.length === 0 ? [[]] : [...parts, parts[again % parts.length]!];
    });
}

const anyDayInParts = anyDay.chain((day) => fc.tuple(fc.constant(day), anyParts(day), anyParts(day)));

describe('merging', () => {
  it('gives the same bytes for any order, split and repetition, and they hold what went in', async () => {
    await fc.assert(
      fc.asyncProperty(anyDayInParts, fc.integer({ min: 1, max: 400 }), async ([day, parts, others], windowBytes) => {
        const whole = await merge([await encode(day)]);
        expect(await merge(await Promise.all(parts.map(encode)))).toEqual(whole);
        // In two steps, and through windows of the address space.
        const half = await Promise.all(others.slice(0, others.length >> 1).map(encode));
        const rest = await Promise.all(others.slice(others.length >> 1).map(encode));
        const first = await merge(half, windowBytes);
        const merged = await merge(first.length === 0 ? rest : [await openBytes(first), ...rest], windowBytes);
        expect(merged).toEqual(whole);
        if (whole.length > 0) {
          expect(readText(gunzipSync(whole).toString())).toEqual(toNaiveIndex(ofPartition(day)));
          expect(await merge([await openBytes(whole), await openBytes(whole)])).toEqual(whole);
        } else expect(ofPartition(day)).toEqual([]);
      }),
      runs(100),
    );
  });

  it('keeps, of several contents of an object, what the latest holds', async () => {
    const anyVersions = fc.array(fc.tuple(fc.nat({ max: 4 }), anySeen), { minLength: 5, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(anyVersions, fc.boolean(), async (versions, isReversed) => {
        const contents = versions.map(
          ([version, seen], i): Seen => ({ ...toObject((i % 2) * 3, version * 5 + i), seen }),
        );
        const latest = [0, 1].map((serial) =>
          contents.filter((_, i) => i % 2 === serial).reduce((a, b) => (a.object.modified > b.object.modified ? a : b)),
        );
        const parts = await Promise.all(contents.map((content) => encode([content])));
        const merged = await merge(isReversed ? parts.reverse() : parts);
        expect(readText(gunzipSync(merged).toString())).toEqual(toNaiveIndex(latest));
      }),
      runs(50),
    );
  });

  it('calls an object whole, with its first and last times, as soon as one part does', async () => {
    const seen = toSeen([[1, 1]], []);
    const piece = { ...toObject(0), isWhole: false, firstSeen: 5, lastSeen: 6, seen };
    const end = { ...toObject(0), firstSeen: 4, lastSeen: null, seen };
    for (const parts of [
      [piece, end],
      [end, piece],
    ]) {
      const merged = await openBytes(await merge(await Promise.all(parts.map((part) => encode([part])))));
      expect(merged.objects).toEqual([{ ...toObject(0), firstSeen: 4, lastSeen: 6 }]);
    }
    expect((await openBytes(await merge([await encode([piece])]))).objects[0]!.isWhole).toBe(false);
  });

  it('does the same with tens of thousands of addresses, in many windows', async () => {
    const words = Array.from({ length: 30_000 }, (_, i): [number, number] => [
      Math.imul(i, 0x9e3779b1) >>> 0,
      (i % 3) + 1,
    ]);
    const texts = words
      .slice(0, 6000)
      .map(([word, sides]): [string, number] => [word.toString(16).padStart(32, '2001'), sides]);
    const day = Array.from(
      { length: 6 },
      (_, i): Seen => ({
        ...toObject(i * 3),
        seen: toSeen(words.slice(i * 3000, 15_000 + i * 3000), texts.slice(i * 500, 3500 + i * 500)),
      }),
    );
    const whole = await merge([await encode(day)]);
    const parts = await Promise.all(day.map((object) => encode([object])));
    expect(await merge(parts, 20_000)).toEqual(whole);
    expect(readText(gunzipSync(whole).toString())).toEqual(toNaiveIndex(day));
  });
});
