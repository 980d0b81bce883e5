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

  const rows = '1.2.3.4 203.0.113.9\n203.0.113.9 ::1\r\n- -\n\n \nsrcaddr dstaddr\n1.2.3.4\n1 2 3';
  it.each([
    ['of two columns', 'srcaddr dstaddr\n'],
    ['of two columns, turned round', 'dstaddr srcaddr\r\n'],
    ['of one column', 'srcaddr\n'],
    ['of the other column', 'dstaddr\n'],
    ['of one name twice', 'srcaddr srcaddr\n'],
    ['of names in capitals', 'SRCADDR DSTADDR\n'],
    ['behind a blank', ' srcaddr dstaddr\n'],
    ['separated by tabs', 'srcaddr\tdstaddr\n'],
    ['behind blank lines', '\n\r\n \t\n\nsrcaddr dstaddr\n'],
    ['that is cut off', 'srcaddr dst'],
    ['that is not there', '1.2.3.4 203.0.113.9\n'],
    ['without anything', ''],
  ])('under a header %s', async (_name, header) => {
    for (const text of [header + rows, header, `${header}\n`, header.repeat(3)]) {
      const bytes = Buffer.from(text);
      expect(await expectSame(gzipSync(bytes), 11)).toBe(true);
      expect(await expectSame(bytes)).toBe(true);
      await expectJudged(bytes);
    }
  });

  it('under a header behind a byte order mark, or of bytes that are no text', async () => {
    for (const start of [[0xef, 0xbb, 0xbf], [0xff, 0xfe], [0xc3], [0]]) {
      const bytes = Buffer.concat([Buffer.from(start), Buffer.from(`srcaddr dstaddr srcaddr\n${rows}`)]);
      expect(await expectSame(gzipSync(bytes))).toBe(true);
    }
  });
});
