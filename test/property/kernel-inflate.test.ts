/**
 * The kernel's inflate against zlib, over deflate data that no packer writes. Each case also goes through a kernel all of
 * whose reads and writes are checked (guarded-kernel.ts): whatever the bytes say, none leaves its array.
 */
import { gunzipSync, inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../demo/random.ts';
import { ScanKernel } from '../../src/core/scan-kernel.ts';
import { deflateStream, randomBytes, SPOILS } from './deflate-streams.ts';
import { toMember } from './deflate-writer.ts';
import { compileGuardedKernel } from './guarded-kernel.ts';
import { NETWORKS, rivals, runAlone, toSet } from './kernel-scanning.ts';
import { runs } from './runs.ts';

const guarded = new ScanKernel(compileGuardedKernel(), toSet(NETWORKS));
const { expectSame } = rivals();
const seeds = fc.noShrink(fc.integer());
const pieces = fc.oneof(fc.constant(65_536), fc.integer({ min: 1, max: 40 }), fc.integer({ min: 500, max: 5000 }));

/** Whether zlib finds the bytes whole, and how long their text is. */
function unpack(bytes: Uint8Array): number | undefined {
  try {
    return gunzipSync(bytes).length;
  } catch {
    return undefined;
  }
}

/** The text of raw deflate data, as long as they are sound. */
function textOf(data: Uint8Array): Buffer {
  try {
    return inflateRawSync(data);
  } catch {
    return Buffer.alloc(0);
  }
}

describe('deflate data of any codes', () => {
  it('are read by the kernel alone, in any pieces', async () => {
    await fc.assert(
      fc.asyncProperty(seeds, pieces, async (seed, pieceBytes) => {
        const data = deflateStream(seed);
        const text = inflateRawSync(data);
        const bytes = toMember(data, text);
        expect(runAlone(guarded, bytes, pieceBytes)).toBe(text.length);
        expect(await expectSame(bytes, pieceBytes)).toBe(true);
      }),
      runs(120),
    );
  });

  it.each(Object.keys(SPOILS))('%s: zlib is left to judge it, or both read the same', async (name) => {
    await fc.assert(
      fc.asyncProperty(seeds, pieces, async (seed, pieceBytes) => {
        const data = deflateStream(seed, SPOILS[name]);
        const bytes = toMember(data, textOf(data));
        expect(runAlone(guarded, bytes, pieceBytes)).toBe(unpack(bytes));
        await expectSame(bytes, pieceBytes);
      }),
      runs(10),
    );
  });
});

describe('the guarded kernel', () => {
  it('reads what zlib reads of changed, cut and joined streams, and leaves the rest', () => {
    fc.assert(
      fc.property(seeds, pieces, (seed, pieceBytes) => {
        const bytes = harm(seed);
        const text = runAlone(guarded, bytes, pieceBytes);
        if (text !== undefined) expect(text).toBe(unpack(bytes));
      }),
      runs(800),
    );
  });
});

/** Two ends of two streams, or one with noise at its end, with a part of it twice, or with some bits or bytes changed. */
function harm(seed: number): Buffer {
  const random = createRandom(seed);
  const data = deflateStream(seed);
  const sound = toMember(data, inflateRawSync(data));
  const other = deflateStream(seed + 1);
  const cuts = [random.below(sound.length), random.below(other.length)] as const;
  const kind = random.below(5);
  if (kind === 0) return Buffer.concat([sound.subarray(0, cuts[0]), other.subarray(cuts[1])]);
  if (kind === 1) return Buffer.concat([sound.subarray(0, cuts[0]), randomBytes(random, random.below(300))]);
  if (kind === 4) return Buffer.concat([sound.subarray(0, cuts[0]), sound.subarray(random.below(cuts[0] + 1))]);
  const bytes = Buffer.from(sound);
  for (let left = random.pick([1, 1, 3, 20]); left > 0; left--) {
    const at = 10 + random.below(bytes.length - 10);
    bytes[at] = kind === 2 ? bytes[at]! ^ (1 << random.below(8)) : random.below(256);
  }
  return bytes;
}
