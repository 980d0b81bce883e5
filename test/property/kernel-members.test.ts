/** Gzip's own frame: members, headers, trailers, padding and what follows; whole, cut anywhere, in pieces of any size. */
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../demo/random.ts';
import { ScanKernel } from '../../src/core/scan-kernel.ts';
import { randomBytes } from './deflate-streams.ts';
import { BitWriter, GZIP_HEADER, putFixed, putStored, toMember } from './deflate-writer.ts';
import { compileGuardedKernel } from './guarded-kernel.ts';
import { NETWORKS, rivals, runAlone, scan, toSet } from './kernel-scanning.ts';
import { runs } from './runs.ts';

const { byKernel, expectSame } = rivals();
const guarded = new ScanKernel(compileGuardedKernel(), toSet(NETWORKS));
const HEADER = 'version srcaddr dstaddr bytes end log-status\n';
const RECORD = '2 10.0.0.1 203.0.113.9 40 1788220800 OK\n';
const SMALL = Buffer.concat([gzipSync(HEADER + RECORD), gzipSync(RECORD.repeat(3)), gzipSync('2 - - - - NODATA\n')]);
const EMPTY = gzipSync('');

/** A member with more in its header than the ten bytes. */
function withHeader(flags: number, extra: Uint8Array, text = HEADER + RECORD): Buffer {
  const start = Buffer.from(GZIP_HEADER);
  start[3] = flags;
  return Buffer.concat([start, extra, gzipSync(text).subarray(10)]);
}

describe('an object of small members', () => {
  it('cut at any byte', async () => {
    for (let end = 0; end <= SMALL.length; end++) {
      for (const pieceBytes of [1, 65_536]) await expectSame(SMALL.subarray(0, end), pieceBytes);
    }
  });

  it('with any bit flipped is read as zlib reads it, or left to zlib', () => {
    for (let bit = 0; bit < SMALL.length * 8; bit++) {
      const bytes = Buffer.from(SMALL);
      bytes[bit >> 3]! ^= 1 << (bit & 7);
      const text = runAlone(guarded, bytes, 11);
      if (text !== undefined) expect(text, `bit ${bit}`).toBe(gunzipSync(bytes).length);
    }
  });

  it('with a wrong checksum or length in any of them is damaged', async () => {
    let end = 0;
    for (const member of [gzipSync(HEADER + RECORD), gzipSync(RECORD.repeat(3)), gzipSync('2 - - - - NODATA\n')]) {
      end += member.length;
      for (let at = end - 8; at < end; at++) {
        const bytes = Buffer.from(SMALL);
        bytes[at]! ^= 64;
        expect(await expectSame(bytes)).toBe(false);
      }
    }
  });
});

describe('many members', () => {
  it.each([1, 7, 65_536])('of one line each, and empty ones, in pieces of %i', async (pieceBytes) => {
    const members = Array.from({ length: 3000 }, (_, i) =>
      i % 5 === 0 ? EMPTY : gzipSync(`2 203.0.113.${i % 256} ::${i} ${i} 5 OK\n`),
    );
    const bytes = Buffer.concat([gzipSync(HEADER), ...members]);
    expect(await expectSame(pieceBytes === 1 ? bytes.subarray(0, 20_000) : bytes, pieceBytes)).toBe(pieceBytes !== 1);
  });

  it('each with the header line again', async () => {
    expect(await expectSame(Buffer.concat(Array<Buffer>(2500).fill(gzipSync(HEADER + RECORD))))).toBe(true);
  });

  it('of a line cut between them', async () => {
    const text = HEADER + RECORD.repeat(40);
    const parts = [...text].map((character) => gzipSync(character));
    expect(await expectSame(Buffer.concat(parts), 100)).toBe(true);
  });

  it('the second of which reaches back into the first, before and after text was moved', async () => {
    // Some 224 KiB of text are kept at a time; 32 KiB of them stay when they are moved.
    for (let length = 180_000; length < 260_000; length += 4999) {
      const first = gzipSync(`${HEADER}${RECORD.repeat(length / RECORD.length)}`);
      const to = new BitWriter();
      putStored(to, Buffer.from(RECORD.repeat(500)), false);
      putFixed(to, [{ length: 284, lengthBits: 0, distance: 29, distanceBits: 100 }], true);
      const second = toMember(to.finish(), Buffer.alloc(500 * RECORD.length + 227));
      expect(await expectSame(Buffer.concat([first, second]))).toBe(false);
    }
  });

  it('of no bytes and no text', async () => {
    for (const bytes of [EMPTY, Buffer.concat([EMPTY, EMPTY]), Buffer.concat([EMPTY, SMALL, EMPTY])]) {
      expect(await expectSame(bytes, 3)).toBe(true);
    }
    await expectSame(Buffer.alloc(0));
  });
});

describe('a gzip header', () => {
  const name = Buffer.from('name.log\0');
  it.each([
    ['a name', 8, name],
    ['a comment', 16, name],
    ['both', 24, Buffer.concat([name, name])],
    ['an extra field', 4, Buffer.from([3, 0, 1, 2, 3])],
    ['an empty extra field', 4, Buffer.from([0, 0])],
    ['all of them', 28, Buffer.concat([Buffer.from([2, 0, 9, 9]), name, name])],
    ['the text flag', 1, Buffer.alloc(0)],
  ])('with %s', async (_name, flags, extra) => {
    const bytes = Buffer.concat([withHeader(flags, extra), withHeader(flags, extra, RECORD)]);
    for (const pieceBytes of [1, 13, 65_536]) expect(await expectSame(bytes, pieceBytes)).toBe(true);
    for (let end = 0; end < 40; end++) await expectSame(bytes.subarray(0, end), 7);
  });

  it.each([
    ['a name of 300 KB', 8, Buffer.concat([Buffer.alloc(300_000, 'n'), name])],
    ['a comment of 300 KB', 16, Buffer.concat([Buffer.alloc(300_000, 'n'), name])],
    ['an extra field of 64 KB', 4, Buffer.concat([Buffer.from([0xff, 0xff]), Buffer.alloc(65_535)])],
    ['a name without end', 8, Buffer.alloc(700_000, 'n')],
    ['a checksum of its own', 2, Buffer.from([1, 2])],
    ['a flag that is none', 32, Buffer.alloc(0)],
    ['all flags', 255, name],
  ])('with %s', async (_name, flags, extra) => {
    for (const pieceBytes of [10_000, 65_536, 1_000_000]) {
      await expectSame(withHeader(flags, extra), pieceBytes);
      await expectSame(Buffer.concat([SMALL, withHeader(flags, extra)]), pieceBytes);
    }
  });

  it('that is none, behind one that is', async () => {
    for (const bytes of [
      [0x1f],
      [0x1f, 0x8b],
      [0x1f, 0x8b, 8],
      [0x1f, 0x8b, 7, 0, 0, 0, 0, 0, 0, 0, 3, 0],
      [0x1f, 0x8c],
      [1],
    ]) {
      for (const pieceBytes of [1, SMALL.length, 65_536])
        await expectSame(Buffer.concat([SMALL, Buffer.from(bytes)]), pieceBytes);
      await expectSame(Buffer.from(bytes));
    }
  });
});

describe('the first bytes', () => {
  it('tell gzip from text, in whatever pieces they come', async () => {
    const text = Buffer.from(`version srcaddr dstaddr\n2 203.0.113.9 10.0.0.1\n`);
    for (const start of [[], [0x1f], [0x1f, 0x1f], [0x1f, 0x8b], [0x8b], [0]]) {
      const bytes = Buffer.concat([Buffer.from(start), text]);
      const whole = (await scan(bytes, byKernel)).scanned;
      for (const pieceBytes of [1, 2, 3]) {
        await expectSame(bytes, pieceBytes);
        expect((await scan(bytes, byKernel, pieceBytes)).scanned).toEqual(whole);
      }
    }
  });
});

describe('behind the last member', () => {
  const followers: readonly (readonly [string, Buffer])[] = [
    ['a zero', Buffer.alloc(1)],
    ['zeros', Buffer.alloc(70_000)],
    ['zeros, then a member', Buffer.concat([Buffer.alloc(9), SMALL])],
    ['zeros, then noise', Buffer.concat([Buffer.alloc(600), Buffer.from('noise')])],
    ['noise', Buffer.from('noise behind the end')],
    ['a member cut off', SMALL.subarray(0, 30)],
  ];
  it.each(followers)('%s, in pieces of any size', async (_name, more) => {
    const bytes = Buffer.concat([SMALL, more]);
    for (const pieceBytes of [1000, SMALL.length - 1, SMALL.length, SMALL.length + 1, 65_536])
      await expectSame(bytes, pieceBytes);
    await expectSame(bytes.subarray(0, SMALL.length + 700), 1);
  });

  it('anything', async () => {
    await fc.assert(
      fc.asyncProperty(fc.noShrink(fc.integer()), async (seed) => {
        const random = createRandom(seed);
        const more = Array.from({ length: 1 + random.below(4) }, () =>
          random.pick([
            EMPTY,
            SMALL,
            Buffer.alloc(1 + random.below(20)),
            randomBytes(random, random.below(5)),
            SMALL.subarray(0, random.below(99)),
          ]),
        );
        await expectSame(Buffer.concat([SMALL, ...more]), random.pick([1, 20, 65_536]));
      }),
      runs(150),
    );
  });
});
