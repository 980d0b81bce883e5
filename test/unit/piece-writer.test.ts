import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PieceWriter } from '../../src/core/piece-writer.ts';

it('writes text, and quotes it as JSON.stringify does', () => {
  const text = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: 'binary' }),
    fc.constantFrom('', '"', '\\', '\u007f', '\u2028'),
  );
  fc.assert(
    fc.property(fc.array(text), (texts) => {
      const writer = new PieceWriter();
      for (const each of texts) {
        writer.write(each);
        const bytes = Buffer.from(`<${each}>`);
        writer.writeQuoted(bytes, 1, bytes.length - 1);
      }
      const expected = texts.map((each) => `${each}${JSON.stringify(each.toWellFormed())}`).join('');
      expect(Buffer.from(writer.finish()).toString()).toBe(expected.toWellFormed());
    }),
    { numRuns: 300 },
  );
});

it('writes more than a piece holds, also at once', () => {
  const writer = new PieceWriter();
  const texts = ['x'.repeat(900_000), 'é'.repeat(700_000), '"'.repeat(500_000), 'y'.repeat(3_000_000)];
  for (const text of texts) {
    writer.write(text);
    writer.writeQuoted(Buffer.from(text), 0, Buffer.byteLength(text));
  }
  const expected = texts.map((text) => text + JSON.stringify(text)).join('');
  expect(Buffer.from(writer.finish()).equals(Buffer.from(expected))).toBe(true);
});
