/** So many at a time, all of them in the end, whatever fails. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limitConcurrency, mapConcurrently } from '../../src/core/limit-concurrency.ts';

describe('limitConcurrency', () => {
  it('never runs more than so many at once, and runs every one', async () => {
    const calls = fc.array(fc.boolean(), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 4 }), calls, fc.scheduler(), async (most, fails, scheduler) => {
        const seen = { running: 0, most: 0, begun: [] as number[] };
        const task = limitConcurrency(most, async (at: number) => {
          seen.begun.push(at);
          seen.most = Math.max(seen.most, ++seen.running);
          await scheduler.schedule(Promise.resolve());
          seen.running--;
          if (fails[at]) throw new Error(`no ${at}`);
          return at;
        });
        const ends = await scheduler.waitFor(Promise.allSettled(fails.map((_fail, at) => task(at))));
        expect(ends.map(({ status }) => status === 'rejected')).toEqual(fails);
        expect(seen.most).toBe(Math.min(most, fails.length));
        expect(seen.begun).toEqual(fails.map((_fail, at) => at));
      }),
    );
  });
});

describe('mapConcurrently', () => {
  it('hands over results in the order of the items, whenever they came', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat()), fc.scheduler(), async (items, scheduler) => {
        const double = (item: number) => scheduler.schedule(Promise.resolve(item * 2));
        expect(await scheduler.waitFor(mapConcurrently(3, items, double))).toEqual(items.map((item) => item * 2));
      }),
    );
  });

  it('fails with what failed first', async () => {
    const fail = async (item: number) => {
      if (item > 1) throw new Error(`no ${item}`);
      return item;
    };
    await expect(mapConcurrently(2, [1, 2, 3], fail)).rejects.toThrow('no 2');
  });
});
