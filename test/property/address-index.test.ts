/** Files of the address index: what is written is what the text says and what the reader reads. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAddress } from '../../src/core/address.ts';
import { encodeAddressIndex } from '../../src/core/address-index-writer.ts';
import { decodeTail } from '../../src/core/index-tail.ts';
import { readIpv6, writeIpv6 } from '../../src/core/ipv6-text.ts';
import { runs } from './runs.ts';
import { anyDay, openBytes, readText, type Seen, toNaiveIndex, toObject, toSeen } from './seen.ts';

async function encode(day: readonly Seen[]): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(encodeAddressIndex(day)));
}

describe('an index file as text', () => {
  it('says what went in, in lines of eight columns', async () => {
    await fc.assert(
      fc.asyncProperty(anyDay, async (day) => {
        const file = await encode(day);
        expect(readText(gunzipSync(file).toString())).toEqual(toNaiveIndex(day));
        expect(decodeTail(file)?.offset).toBeLessThan(file.length);
      }),
      runs(200),
    );
  });

  it('holds more than one block of either family, and addresses of many objects', async () => {
    const words = Array.from({ length: 20_000 }, (_, i): [number, number] => [
      Math.imul(i, 0x9e3779b1) >>> 0,
      (i % 3) + 1,
    ]);
    const texts = words
      .slice(0, 5000)
      .map(([word, sides]): [string, number] => [word.toString(16).padStart(32, '2001'), sides]);
    const day = Array.from({ length: 9 }, (_, i) => ({
      ...toObject(i * 3),
      seen: toSeen(words.slice(i * 1000, 11_000 + i * 1000), texts.slice(0, 4500 + i * 50)),
    }));
    const file = await encode(day);
    expect(readText(gunzipSync(file).toString())).toEqual(toNaiveIndex(day));
  });

  it('is what gzip itself takes for gzip', async () => {
    const file = await encode(
      [0, 1, 2].map((serial) => ({ ...toObject(serial), seen: toSeen([[serial, 3]], [['2'.repeat(32), 1]]) })),
    );
    expect(execFileSync('gzip', ['-dc'], { input: file })).toEqual(gunzipSync(file));
  });

  it('is opened with thousands of objects, which its last 64 KiB do not hold', async () => {
    const day = Array.from({ length: 4000 }, (_, i): Seen => {
      const { object, ...times } = toObject(i * 3);
      const etag = createHash('md5').update(String(i)).digest('hex');
      return { object: { ...object, etag }, ...times, seen: toSeen([[i, 1]], []) };
    });
    const file = await encode(day);
    expect(decodeTail(file)!.length).toBeGreaterThan(64 * 1024);
    const { objects, directory } = await openBytes(file);
    const expected = day.map(({ seen: _, ...object }) => object);
    expect(new Set(objects.map((each) => JSON.stringify(each)))).toEqual(
      new Set(expected.map((each) => JSON.stringify(each))),
    );
    expect(directory.partitions).toHaveLength(1);
  });

  it('names objects in which no address was seen', async () => {
    const text = gunzipSync(await encode([{ ...toObject(1), seen: toSeen([], []) }])).toString();
    expect(text.split('\n')[0]).toMatch(/^object\t0\t111122223333\teu-west-1\t111122223333_vpcflowlogs_/);
  });
});

describe('IPv6 in bulk', () => {
  it('is written as address.ts writes it, and read back', () => {
    const group = fc.constantFrom(0, 0, 0, 1, 0x10, 0xa0b, 0xffff);
    fc.assert(
      fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
        const bytes = new Uint8Array(64);
        const to = writeIpv6(Uint16Array.from(groups), bytes, 3);
        const text = Buffer.from(bytes.subarray(3, to)).toString();
        const words = [0, 2, 4, 6].map((i) => ((groups[i]! << 16) | groups[i + 1]!) >>> 0);
        expect(text).toBe(formatAddress(words));
        const read = new Uint16Array(8);
        expect(readIpv6(bytes, 3, to, read)).toBe(true);
        expect([...read]).toEqual(groups);
      }),
      runs(1000),
    );
  });

  it.each([
    '',
    ':',
    ':1',
    '1',
    '1:2:3:4:5:6:7:',
    '1:2:3:4:5:6:7:8:9',
    '1:::2',
    '1::2::3',
    '12345::',
    'G::',
    '::1 ',
    '1:2:3:4::5:6:7:8',
  ])('refuses %j', (text) => {
    expect(readIpv6(Buffer.from(text), 0, text.length, new Uint16Array(8))).toBe(false);
  });
});
