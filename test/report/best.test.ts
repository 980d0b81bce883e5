import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Best } from '../../src/report/best.ts';

describe('the best of many', () => {
  it('are those that sorting all would put first, each once, whatever their order', () => {
    const item = fc.record({ rank: fc.integer({ min: 0, max: 20 }), name: fc.constantFrom(...'abcdefghijklmnop') });
    fc.assert(
      fc.property(fc.array(item, { maxLength: 300 }), fc.integer({ min: 1, max: 12 }), (drawn, count) => {
        const all = [...new Map(drawn.map((one) => [one.name, one])).values()];
        const read = (items: readonly (typeof all)[number][]) => {
          const best = new Best<(typeof all)[number]>(
            count,
            ({ rank }) => rank,
            ({ name }) => name,
          );
          for (const one of items) best.add(one);
          return best.items();
        };
        const sorted = [...all].sort((a, b) => b.rank - a.rank || (a.name < b.name ? -1 : 1));
        const manyTimes = Array.from({ length: 20 }, () => all).flat();
        expect(read(manyTimes)).toEqual(sorted.slice(0, count));
        expect(read(manyTimes.reverse())).toEqual(sorted.slice(0, count));
      }),
    );
  });
});
