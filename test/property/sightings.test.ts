/** Whole sweeps over random objects and lists: the product's sightings are the oracle's. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ACCOUNTS, type Case, cases, REGIONS } from '../oracle/arbitraries.ts';
import { readLists } from '../oracle/oracle-indicators.ts';
import { numberOf, readKey, readRows } from '../oracle/oracle-records.ts';
import { toOracleObject } from '../oracle/world.ts';
import { runs } from './runs.ts';
import { comparable, expectedOf, inWorld, sweepCase } from './sweeping.ts';

it('sightings', async () => {
  await fc.assert(
    fc.asyncProperty(cases(), async (wanted) => {
      const { sightings } = await inWorld((world) => sweepCase(world, wanted));
      expect(comparable(sightings)).toEqual(expectedOf(wanted));
    }),
    runs(50),
  );
});

/** Windows that begin and end where rows do: that is where inclusive and exclusive differ. */
function edges({ objects }: Case): string[] {
  const ends = objects.flatMap((object) =>
    readRows(toOracleObject(object)).rows.map((row) => numberOf(row, 'end') ?? 0n),
  );
  const seconds = ends.filter((end) => end > 0n && end < 4_102_444_800n);
  return [...new Set(seconds)].map((second) => new Date(Number(second) * 1000).toISOString());
}

it('--from, --to, --accounts and --regions select', async () => {
  const withSelection = cases().chain((wanted) => {
    const times = fc.option(fc.constantFrom('2026-09-01T00:00:00Z', ...edges(wanted)), { nil: undefined });
    const selection = fc.record({
      ...{ from: times, to: times },
      accounts: fc.option(fc.subarray(ACCOUNTS, { minLength: 1 }), { nil: undefined, freq: 1 }),
      regions: fc.option(fc.subarray(REGIONS, { minLength: 1 }), { nil: undefined, freq: 1 }),
    });
    return fc.tuple(fc.constant(wanted), selection);
  });
  await fc.assert(
    fc.asyncProperty(withSelection, async ([wanted, { from, to, accounts, regions }]) => {
      const chosen = {
        ...(from === undefined ? {} : { from: new Date(from) }),
        ...(to === undefined ? {} : { to: new Date(to) }),
        ...(accounts === undefined ? {} : { accounts }),
        ...(regions === undefined ? {} : { regions }),
      };
      const { sightings } = await inWorld((world) => sweepCase(world, wanted, chosen));
      expect(comparable(sightings)).toEqual(expectedOf(wanted, chosen));
    }),
    runs(50),
  );
});

it('the summary counts what was read', async () => {
  await fc.assert(
    fc.asyncProperty(cases(), async (wanted) => {
      const { summary } = await inWorld((world) => sweepCase(world, wanted));
      const objects = wanted.objects.map(toOracleObject).filter(({ key }) => readKey(key) !== undefined);
      const list = readLists(wanted.lists, wanted.own);
      const read = objects.map(readRows);
      const problems = summary.problems.filter(({ source }) => source !== 'allow.txt');
      expect(summary.indicators).toBe(list.indicators.length);
      expect(problems.filter(({ kind }) => kind === 'invalid')).toHaveLength(list.invalid.length);
      expect(problems.filter(({ kind }) => kind === 'refused')).toHaveLength(list.refused.length);
      expect(summary.objects).toBe(objects.length);
      expect(summary.records).toBe(read.reduce((sum, { rows }) => sum + rows.length, 0));
      const foreign = Object.values(summary.foreign).reduce((sum, count) => sum + (count ?? 0), 0);
      expect(foreign).toBe(wanted.objects.length - objects.length);
    }),
    runs(25),
  );
});
