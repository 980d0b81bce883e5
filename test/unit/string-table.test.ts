import fc from 'fast-check';
import { expect, it } from 'vitest';
import { openStrings, StringTableBuilder } from '../../src/core/string-table.ts';

/** Few different texts often, others once, of every kind of character. */
const texts = fc.array(
  fc.oneof(
    fc.constantFrom('', 'C2', 'drop list', 'naïve', '\uFEFFmark'),
    fc.string({ unit: 'grapheme', maxLength: 60 }),
  ),
  { maxLength: 300, size: 'max' },
);

it('gives each text back by its number, and the same number for one that just came', () => {
  fc.assert(
    fc.property(texts, (all) => {
      const builder = new StringTableBuilder();
      const numbers = all.map((text) => {
        const number = builder.add(text);
        expect(builder.add(text)).toBe(number);
        return number;
      });
      const textOf = openStrings(builder.finish());
      expect(numbers.map(textOf)).toEqual(all.map((text) => text.toWellFormed()));
    }),
    { numRuns: 100 },
  );
});

it('grows, and holds what lists repeat once', () => {
  const builder = new StringTableBuilder();
  const all = Array.from({ length: 50_000 }, (_, i) => (i % 2 === 0 ? 'scanner' : `campaign ${i}`));
  const numbers = all.map((text) => builder.add(text));
  const table = builder.finish();
  expect(numbers.map(openStrings(table))).toEqual(all);
  expect(table.ends.length).toBeLessThan(25_100);
});
