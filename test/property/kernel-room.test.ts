/** Objects whose bytes are laid straight into the kernel's room: they are read as those are that come from elsewhere. */
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../demo/random.ts';
import type { OpenBytes } from '../../src/core/gunzip.ts';
import { randomBytes } from './deflate-streams.ts';
import { rivals } from './kernel-scanning.ts';
import { logText } from './log-texts.ts';
import { runs } from './runs.ts';

const { byKernel } = rivals();

/** At each call a piece of up to `mostBytes`, in the room where there is one. */
function source(bytes: Uint8Array, seed: number, mostBytes: number): OpenBytes {
  return async function* (room) {
    const random = createRandom(seed);
    for (let at = 0; at < bytes.length; ) {
      const into = room?.() ?? new Uint8Array(mostBytes);
      const length = Math.min(into.length, bytes.length - at, random.between(1, mostBytes));
      into.set(bytes.subarray(at, at + length));
      at += length;
      yield into.subarray(0, length);
    }
  };
}

async function scan(open: OpenBytes) {
  const candidates: string[] = [];
  const { content, counts } = await byKernel.read(open, {
    onCandidate: (line, number) => candidates.push(`${number} ${line}`),
    onStep: async () => {},
    judgeUnread: (error) => ({ damaged: (error as Error).message }),
  });
  return { content, counts, candidates };
}

async function expectSame(bytes: Uint8Array, seed: number, mostBytes: number): Promise<void> {
  const inRoom = source(bytes, seed, mostBytes);
  expect(await scan(inRoom)).toEqual(await scan(() => inRoom()));
}

describe('pieces in the room', () => {
  it('of any length, packed, as text, cut off and changed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.noShrink(fc.integer()), fc.constantFrom(1, 2, 700, 400_000), async (seed, mostBytes) => {
        const text = Buffer.from(logText(seed), 'latin1');
        const packed = gzipSync(text);
        const cut = packed.subarray(0, createRandom(seed).below(packed.length));
        const changed = Buffer.from(packed);
        changed[createRandom(seed).below(packed.length)]! ^= 1;
        for (const bytes of [text, packed, cut, changed]) await expectSame(bytes, seed, mostBytes);
      }),
      runs(60),
    );
  });

  it('of objects of a byte or two, and of more than the room holds', async () => {
    for (const bytes of [[], [0x1f], [0x1f, 0x8b], [10], [65, 10]]) await expectSame(Uint8Array.from(bytes), 1, 1);
    await expectSame(gzipSync(randomBytes(createRandom(5), 900_000)), 5, 400_000);
  });
});
