/** Objects queried where they lie show what reading them shows; what it costs is the count of what is wrong with them. */
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { toJson } from '../../src/core/exact-json.ts';
import { sweep } from '../../src/local/sweep.ts';
import { type Case, cases } from '../oracle/arbitraries.ts';
import { writeFileAt } from '../oracle/world.ts';
import { DAY, logName, record } from '../workflow/executions.ts';
import { runs } from './runs.ts';
import { CLOCK, comparable, expectedOf, inWorld, storedIn, sweepCase } from './sweeping.ts';

async function sweepBy(wanted: Case, scanBy: 'kernel' | 'query') {
  return inWorld(async (world) => {
    const { summary, ...shown } = await sweepCase(world, wanted, { scanBy });
    // Who queries counts no records; who reads does.
    if (scanBy === 'query') expect(summary.records).toBe(0);
    return { sightings: shown.sightings, findings: shown.findings, stored: await storedIn(world.home) };
  });
}

// Of damaged lines and objects DuckDB is given the good rows, as Scan takes them; Athena is not (docs/operations.md).
it.each(['clean', 'damaged'] as const)('%s logs: the same sightings and findings, byte by byte', async (state) => {
  await fc.assert(
    fc.asyncProperty(cases({ isClean: state === 'clean', isPlain: true }), async (wanted) => {
      const read = await sweepBy(wanted, 'kernel');
      const queried = await sweepBy(wanted, 'query');
      expect(toJson(queried, 2)).toBe(toJson(read, 2));
      expect(comparable(queried.sightings)).toEqual(expectedOf(wanted));
    }),
    runs(8),
  );
});

it('damaged and oddly written ones: a query counts nothing, and takes an address as the log wrote it', async () => {
  const header =
    'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status';
  const lines = [record('10.0.0.5', '2001:db8::7'), record('10.0.0.5', '2001:DB8:0::7'), 'no record'];
  const bytes = gzipSync(`${[header, ...lines].join('\n')}\n`);
  const ways = await inWorld(async (world) => {
    writeFileAt(world.logs, `${DAY}/${logName(1)}`, bytes);
    writeFileAt(world.logs, `${DAY}/${logName(2)}`, bytes.subarray(0, -4));
    const iocs = [writeFileAt(world.root, 'iocs.csv', '2001:db8::/32,C2\n')];
    const by = (scanBy: 'kernel' | 'query') =>
      sweep({ logs: [world.logs], iocs, home: `${world.home}-${scanBy}`, clock: CLOCK, scanBy });
    return { read: await by('kernel'), queried: await by('query') };
  });
  const toText = ({ sightings }: typeof ways.read) =>
    sightings.map(({ local_ip, indicator_ip, records_out }) => `${local_ip} ${indicator_ip.join(' ')}: ${records_out}`);
  expect(toText(ways.read)).toEqual(['10.0.0.5 2001:db8::7: 4']);
  expect(toText(ways.queried)).toEqual(['10.0.0.5 2001:DB8:0::7 2001:db8::7: 4']);
  const toCounts = ({ summary: { objects, records, matches, damaged, malformed } }: typeof ways.read) => ({
    ...{
      objects,
      records,
      matches,
      damaged,
      malformed: Object.values(malformed).reduce((sum, count) => sum + count, 0),
    },
  });
  expect(toCounts(ways.read)).toEqual({ objects: 2, records: 4, matches: 4, damaged: 1, malformed: 2 });
  expect(toCounts(ways.queried)).toEqual({ objects: 2, records: 0, matches: 0, damaged: 0, malformed: 0 });
});
