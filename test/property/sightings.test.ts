/** Whole sweeps over random objects and lists: the product's sightings are the oracle's. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ACCOUNTS, cases, REGIONS } from '../oracle/arbitraries.ts';
import { readLists } from '../oracle/oracle-indicators.ts';
import { readKey, readRows } from '../oracle/oracle-records.ts';
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

it('--from, --to, --accounts and --regions select', async () => {
  const times = fc.option(
    fc.constantFrom(
      '2026-08-31T00:00:00Z',
      '2026-08-31T23:59:59Z',
      '2026-09-01T00:00:00Z',
      '2026-09-01T12:00:00Z',
      '2026-09-02T00:05:00Z',
    ),
    { nil: undefined },
  );
  const selection = fc.record({
    ...{ from: times, to: times },
    accounts: fc.option(fc.subarray(ACCOUNTS, { minLength: 1 }), { nil: undefined }),
    regions: fc.option(fc.subarray(REGIONS, { minLength: 1 }), { nil: undefined }),
  });
  await fc.assert(
    fc.asyncProperty(cases(), selection, async (wanted, { from, to, accounts, regions }) => {
      const chosen = {
        ...(from === undefined ? {} : { from: new Date(from) }),
        ...(to === undefined ? {} : { to: new Date(to) }),
        ...(accounts === undefined ? {} : { accounts }),
        ...(regions === undefined ? {} : { regions }),
      };
      const { sightings } = await inWorld((world) => sweepCase(world, wanted, chosen));
      expect(comparable(sightings)).toEqual(expectedOf(wanted, chosen));
    }),
    runs(30),
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
