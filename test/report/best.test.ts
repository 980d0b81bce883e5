import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Best } from '../../src/report/best.ts';

describe('the best of many', () => {
  it('are those that sorting all would put first, each once', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -50, max: 50 }), { maxLength: 300 }),
        fc.integer({ min: 1, max: 12 }),
        (all, count) => {
          const best = new Best<number>(count, (item) => item, String);
          for (const item of all) best.add(item);
          expect(best.items()).toEqual([...new Set(all)].sort((a, b) => b - a).slice(0, count));
        },
      ),
    );
  });
});
