/** What Scan adds to the address index: however it is cut into parts, it is all there, and the same work makes the same parts. */
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { AddressWriter } from '../../src/tasks/address-writer.ts';
import { openMemoryStore } from './memory-store.ts';
import { runs } from './runs.ts';
import { anySeen, type NaiveIndex, readText, type Seen, toNaiveIndex, toObject, toSeen } from './seen.ts';

/** Objects one after another, of two days, each in some pieces. */
const anyChunk = fc
  .array(fc.array(anySeen, { minLength: 1, maxLength: 4 }), { maxLength: 8 })
  .map((objects) => objects.flatMap((pieces, i) => pieces.map((seen): Seen => ({ ...objectOf(i), seen }))));

function objectOf(serial: number) {
  const known = toObject(serial);
  return { ...known, object: { ...known.object, date: `2026-09-0${1 + (serial % 2)}` } };
}

async function write(
  chunk: readonly Seen[],
  mostWords: number | undefined,
  closes = true,
): Promise<Map<string, string>> {
  const objects = new Map<string, string>();
  const writer = new AddressWriter(openMemoryStore(objects), { mostWords });
  for (const { object, seen, firstSeen, lastSeen } of chunk) await writer.add(object, seen, { firstSeen, lastSeen });
  if (closes) await writer.close();
  return objects;
}

function textOf(part: string): string {
  return gunzipSync(Buffer.from(part, 'latin1')).toString();
}

function unite(parts: Map<string, string>): NaiveIndex {
  const united: NaiveIndex = new Map();
  for (const part of parts.values()) {
    for (const [key, sides] of readText(textOf(part))) united.set(key, (united.get(key) ?? 0) | sides);
  }
  return united;
}

function wholeObjects(parts: Map<string, string>): Set<string> {
  const lines = [...parts.values()].flatMap((part) => textOf(part).split('\n'));
  return new Set(lines.filter((line) => line.startsWith('object\t')).map((line) => line.split('\t')[4]!));
}

it('keeps every address, of a day in that day, cut into parts of any size', async () => {
  await fc.assert(
    fc.asyncProperty(anyChunk, fc.integer({ min: 1, max: 200 }), async (chunk, mostWords) => {
      const parts = await write(chunk, mostWords);
      expect(unite(parts)).toEqual(toNaiveIndex(chunk));
      for (const [key, part] of parts) {
        for (const line of textOf(part).split('\n'))
          if (line.includes('"date"')) expect(line).toContain(key.slice(15, 25));
      }
      expect(wholeObjects(parts)).toEqual(new Set(chunk.map(({ object }) => object.identity)));
      expect(await write(chunk, mostWords)).toEqual(parts);
    }),
    runs(100),
  );
});

it('does not call an object whole of which more may come', async () => {
  const pieces = [1, 2, 3].map((i): Seen => ({ ...objectOf(i < 2 ? 0 : 1), seen: toSeen([[i, 1]], []) }));
  expect(wholeObjects(await write(pieces, 1, false))).toEqual(new Set([pieces[0]!.object.identity]));
  expect(wholeObjects(await write(pieces, 1))).toEqual(new Set(pieces.map(({ object }) => object.identity)));
});

it('does not call an object whole that could not be read', async () => {
  const objects = new Map<string, string>();
  const writer = new AddressWriter(openMemoryStore(objects));
  for (const serial of [0, 1, 2, 3]) {
    await writer.add(objectOf(serial).object, toSeen([[serial, 1]], []), { firstSeen: 1, lastSeen: 2 });
    if (serial % 2 === 1) writer.leaveUnfinished(objectOf(serial).object);
  }
  await writer.close();
  expect(wholeObjects(objects)).toEqual(new Set([0, 2].map((serial) => objectOf(serial).object.identity)));
  expect(unite(objects).size).toBe(4);
});

it('writes nothing for a chunk without objects', async () => {
  expect((await write([], undefined)).size).toBe(0);
});
