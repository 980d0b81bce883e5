/** Which lines are records, which of them are candidates, and what is wrong with the others: kernel = TypeScript = oracle. */
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectJudged, rivals } from './kernel-scanning.ts';
import { logText } from './log-texts.ts';
import { runs } from './runs.ts';

const { expectSame } = rivals();
const seeds = fc.noShrink(fc.integer());

describe('lines', () => {
  it('of any columns are the same records to the kernel, to TypeScript and to the oracle', async () => {
    await fc.assert(
      fc.asyncProperty(seeds, fc.constantFrom(65_536, 1000, 37), async (seed, pieceBytes) => {
        const bytes = Buffer.from(logText(seed), 'latin1');
        expect(await expectSame(gzipSync(bytes), pieceBytes)).toBe(true);
        await expectJudged(bytes);
      }),
      runs(800),
    );
  });
});
