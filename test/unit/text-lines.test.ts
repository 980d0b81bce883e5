import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLines } from '../../src/core/text-lines.ts';

async function* cut(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

describe('readLines', () => {
  it('ends a line at LF and nowhere else, wherever the pieces are cut', async () => {
    const text = fc.string({ unit: fc.constantFrom('a', '\n', '\r', '\u2028', '\u2029', '\u0085', 'ü', '😀', '"') });
    await fc.assert(
      fc.asyncProperty(text, fc.integer({ min: 1, max: 7 }), async (whole, size) => {
        const lines = whole.split('\n');
        if (lines.at(-1) === '') lines.pop();
        expect(await Array.fromAsync(readLines(cut(whole, size)))).toEqual(lines);
      }),
    );
  });
});
