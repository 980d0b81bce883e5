/** Doing it again, in parts, in another order, from elsewhere or with another list: the home ends up the same. */
import { renameSync, truncateSync, utimesSync } from 'node:fs';
import { basename, join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sweep } from '../../src/local/sweep.ts';
import { type Case, cases } from '../oracle/arbitraries.ts';
import { listFiles } from '../oracle/arbitrary-lists.ts';
import { readKey } from '../oracle/oracle-records.ts';
import { writeLists, writeObjects } from '../oracle/world.ts';
import { runs } from './runs.ts';
import { CLOCK, comparable, expectedOf, inWorld, storedIn, sweepCase, writeCase } from './sweeping.ts';

const LATER = new Date('2026-10-02T08:00:00Z');

/** What one sweep of everything into a fresh home remembers. */
async function storedByOne(wanted: Case) {
  return inWorld(async (world) => {
    await sweepCase(world, wanted);
    const stored = await storedIn(world.home);
    expect(comparable(stored.sightings)).toEqual(expectedOf(wanted));
    return stored;
  });
}

it('a second sweep changes nothing and prints the same', async () => {
  await fc.assert(
    fc.asyncProperty(cases(), async (wanted) => {
      await inWorld(async (world) => {
        const first = await sweepCase(world, wanted);
        const stored = await storedIn(world.home);
        const second = await sweepCase(world, wanted, { clock: LATER });
        expect(second.sightings).toEqual(first.sightings);
        expect(await storedIn(world.home)).toEqual(stored);
      });
    }),
    runs(5),
  );
});

it('overlapping parts in any order, through any window, leave what one sweep leaves', async () => {
  const anyPart = fc.record({ members: fc.array(fc.nat(5), { minLength: 1, maxLength: 4 }), isWindowed: fc.boolean() });
  const parts = fc.array(anyPart, { maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(cases(), parts, fc.boolean(), async (wanted, chosen, isRestFirst) => {
      const expected = await storedByOne(wanted);
      await inWorld(async (world) => {
        const paths = wanted.objects.map(({ key }) => join(world.logs, key));
        const swept = chosen.map(({ members, isWindowed }) => ({
          logs: [...new Set(members.map((n) => paths[n % paths.length]!))],
          ...(isWindowed ? { from: new Date('2026-09-01T00:00:00Z'), to: new Date('2026-09-01T18:00:00Z') } : {}),
        }));
        const rest = { logs: paths.filter((path) => !swept.some(({ logs }) => logs.includes(path))).toReversed() };
        const all = isRestFirst ? [rest, ...swept] : [...swept, rest];
        for (const part of all.filter(({ logs }) => logs.length > 0)) await sweepCase(world, wanted, part);
        expect(await storedIn(world.home)).toEqual(expected);
      });
    }),
    runs(4),
  );
});

it('an object is its delivered file name, under whatever root', async () => {
  await fc.assert(
    fc.asyncProperty(cases(), fc.constantFrom('copy', 'a/b/c', 'x y'), async (wanted, root) => {
      const expected = await storedByOne(wanted);
      await inWorld(async (world) => {
        await sweepCase(world, wanted);
        const moved = wanted.objects.map((object) => ({ ...object, key: join(root, object.key) }));
        writeObjects(world.root, moved);
        await sweepCase(world, wanted, { logs: [join(world.root, root)], clock: LATER });
        expect(await storedIn(world.home)).toEqual(expected);
        // Both roots at once are still the same objects.
        const both = await sweepCase(world, wanted, { logs: [world.logs, join(world.root, root)] });
        expect(comparable(both.sightings)).toEqual(expectedOf(wanted));
        expect(await storedIn(world.home)).toEqual(expected);
      });
    }),
    runs(4),
  );
});

it('another list evaluates anew, with the whole list', async () => {
  await fc.assert(
    fc.asyncProperty(cases(), listFiles({}), async (wanted, otherLists) => {
      const expected = await storedByOne(wanted);
      await inWorld(async (world) => {
        const other = { ...wanted, lists: otherLists, allow: undefined };
        const before = await sweepCase(world, other);
        expect(comparable(before.sightings)).toEqual(expectedOf(other));
        const after = await sweepCase(world, wanted, { clock: LATER });
        expect(comparable(after.sightings)).toEqual(expectedOf(wanted));
        expect(await storedIn(world.home)).toEqual(expected);
      });
    }),
    runs(4),
  );
});

it('the latest content of an object counts', async () => {
  const hourAgo = new Date(Date.now() - 3_600_000);
  await fc.assert(
    fc.asyncProperty(cases(), fc.integer({ min: 0, max: 9 }), fc.boolean(), async (wanted, tenths, isOldFirst) => {
      const expected = await storedByOne(wanted);
      const partly = wanted.objects.map((object) => {
        const text = object.text.slice(0, Math.floor((object.text.length * tenths) / 10));
        return { ...object, text, packing: { how: 'gzip' as const } };
      });
      await inWorld(async (world) => {
        await sweepCase(world, { ...wanted, objects: partly });
        await sweepCase(world, wanted, { clock: LATER });
        expect(await storedIn(world.home)).toEqual(expected);
      });
      // Both at once, under two roots.
      await inWorld(async (world) => {
        const old = join(world.root, 'old');
        writeObjects(old, partly);
        for (const { key } of partly) utimesSync(join(old, key), hourAgo, hourAgo);
        const logs = isOldFirst ? [old, world.logs] : [world.logs, old];
        const { sightings } = await sweepCase(world, wanted, { logs });
        expect(comparable(sightings)).toEqual(expectedOf(wanted));
        expect(await storedIn(world.home)).toEqual(expected);
      });
    }),
    runs(5),
  );
});

it('a renamed list changes the source only', async () => {
  const names = fc.constantFrom('renamed.csv', 'feed.v2.txt');
  await fc.assert(
    fc.asyncProperty(cases(), names, async (wanted, name) => {
      const [first, ...others] = wanted.lists;
      const renamed = { ...wanted, lists: [{ ...first!, name }, ...others] };
      await inWorld(async (world) => {
        await sweepCase(world, wanted);
        const [path, ...rest] = writeLists(world.root, wanted.lists);
        renameSync(path!, join(world.root, name));
        const iocs = [join(world.root, name), ...rest];
        const after = await sweepCase(world, { ...wanted, lists: others }, { iocs, clock: CLOCK });
        expect(comparable(after.sightings)).toEqual(expectedOf(renamed));
        expect(comparable((await storedIn(world.home)).sightings)).toEqual(expectedOf(renamed));
      });
    }),
    runs(4),
  );
});

it('a finding is one host, indicator and month, or what an indicator tried in vain on one day', async () => {
  await fc.assert(
    fc.asyncProperty(cases(), async (wanted) => {
      const { findings, sightings } = await storedByOne(wanted);
      const documents = Object.entries(findings).map(([name, text]) => ({ name, ...JSON.parse(text) }));
      for (const { name, finding_id } of documents) expect(basename(name, '.json')).toBe(finding_id);
      for (const { finding_id } of sightings) expect(Object.keys(findings)).toContain(`${finding_id}.json`);
      const keys = documents.map(({ kind, account_id, region, local_ip, indicator, month, day }) =>
        kind === 'scans' ? [indicator, day].join(' ') : [account_id, region, local_ip, indicator, month].join(' '),
      );
      expect(new Set(keys).size).toBe(keys.length);
    }),
    runs(5),
  );
});

it('its totals are those of the leg with most records, whatever the legs are called', async () => {
  const legs = fc.array(fc.tuple(fc.integer({ min: 1, max: 4 }), fc.constantFrom(1, 100)), {
    minLength: 2,
    maxLength: 3,
  });
  await fc.assert(
    fc.asyncProperty(legs, async (counts) => {
      const rows = counts.flatMap(([count, bytes], leg) =>
        Array<string>(count).fill(
          `eni-${leg} 10.0.0.5 203.0.113.7 51234 443 6 1 ${bytes} 1788220800 1788220860 ACCEPT`,
        ),
      );
      const header = 'interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action';
      const name = '111122223333_vpcflowlogs_us-east-1_fl-0a1_20260901T0000Z_00.log.gz';
      const key = `AWSLogs/111122223333/vpcflowlogs/us-east-1/2026/09/01/${name}`;
      const lists = [{ name: 'iocs.csv', text: '203.0.113.7,C2' }];
      const object = { key, text: [header, ...rows, ''].join('\n'), packing: { how: 'gzip' as const } };
      const { findings, sightings } = await storedByOne({ objects: [object], lists, allow: undefined, own: [] });
      expect(sightings).toHaveLength(counts.length);
      const documents = Object.values(findings).map((text) => JSON.parse(text));
      const [most, bytes] = counts.toSorted((a, b) => b[0] - a[0] || b[1] - a[1])[0]!;
      expect(documents).toMatchObject([{ records_out: most, bytes_out: most * bytes, records_in: 0 }]);
    }),
    runs(8),
  );
});

it('a sweep stopped anywhere leaves nothing that the next one does not put right', async () => {
  await fc.assert(
    fc.asyncProperty(cases(), fc.nat(12), async (wanted, steps) => {
      const expected = await storedByOne(wanted);
      await inWorld(async (world) => {
        const stop = new AbortController();
        let seen = 0;
        const onProgress = () => {
          if (seen++ === steps) stop.abort();
        };
        const outcome = await sweepCase(world, wanted, { onProgress, signal: stop.signal }).catch(
          (error) => error.name,
        );
        if (stop.signal.aborted && typeof outcome === 'string') expect(outcome).toBe('Interrupted');
        const after = await sweepCase(world, wanted, { clock: LATER });
        expect(comparable(after.sightings)).toEqual(expectedOf(wanted));
        expect(await storedIn(world.home)).toEqual(expected);
      });
    }),
    runs(4),
  );
});

it('objects enough for several chunks are swept as one', async () => {
  await fc.assert(
    fc.asyncProperty(cases(), async (wanted) => {
      await inWorld(async (world) => {
        const request = writeCase(world, wanted);
        // Zeros behind a gzip are padding (gzip(1)); a sparse file of them costs no disk and fills a chunk.
        for (const { key, packing } of wanted.objects) {
          if (packing.how === 'gzip' || packing.how === 'members')
            truncateSync(join(world.logs, key), 20 * 1024 * 1024);
        }
        const { sightings } = await sweep(request);
        expect(comparable(sightings)).toEqual(expectedOf(wanted));
        expect(comparable((await storedIn(world.home)).sightings)).toEqual(expectedOf(wanted));
      });
    }),
    runs(4),
  );
});

it('keys in the cases are what the oracle takes them for', () => {
  fc.assert(
    fc.property(cases(), ({ objects }) => {
      for (const { key } of objects) expect(readKey(key) !== undefined).toBe(key.includes('_vpcflowlogs_'));
    }),
  );
});
