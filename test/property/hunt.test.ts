/** A hunt finds what a sweep of everything with its list would, and reads only log objects that hold an address of it. */
import { createReadStream, globSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type HuntRequest, hunt } from '../../src/local/hunt.ts';
import type { RemoteLogs } from '../../src/local/remote-logs.ts';
import { sweep } from '../../src/local/sweep.ts';
import type { IndexAnswer } from '../../src/tasks/objects-by-index.ts';
import { type Case, cases } from '../oracle/arbitraries.ts';
import { listFiles } from '../oracle/arbitrary-lists.ts';
import { readKey } from '../oracle/oracle-records.ts';
import { type World, writeLists } from '../oracle/world.ts';
import { runs } from './runs.ts';
import { CLOCK, comparable, expectedOf, inWorld, writeCase } from './sweeping.ts';

/** The case's log objects as a bucket has them, and which of them were opened. */
function bucketOf(world: World, { objects }: Case): RemoteLogs & { readonly opened: Set<string> } {
  const opened = new Set<string>();
  return {
    opened,
    async *list() {
      for (const { key } of objects) {
        const sizeBytes = statSync(join(world.logs, key)).size;
        yield { key: `s3://logs/${key}`, sizeBytes, etag: `"${key.length}-${sizeBytes}"`, modified: 0 };
      }
    },
    logs: {
      async *open(key) {
        opened.add(key.slice('s3://logs/'.length));
        yield* createReadStream(join(world.logs, key.slice('s3://logs/'.length)));
      },
    },
  };
}

async function huntIn(world: World, sought: Case, more: Partial<HuntRequest> & Pick<HuntRequest, 'remote'>) {
  const { own } = sought;
  let index: IndexAnswer | undefined;
  const { sightings } = await hunt({
    ...{ home: world.home, ips: [], iocs: writeLists(world.root, sought.lists), allow: [], own },
    ...{ accounts: [], regions: [], clock: CLOCK, ...more },
    onProgress: (step) => {
      if (step.step === 'index') index = step;
    },
  });
  return { sightings: comparable(sightings), index: index! };
}

/** Keys of the objects that hold an address of the list: each of them has a sighting of its own. */
function holding(sought: Case): string[] {
  const objects = new Map(sought.objects.map((object) => [basename(object.key), object]));
  const known = [...objects.values()].filter(({ key }) => readKey(key) !== undefined);
  return known.filter((object) => expectedOf({ ...sought, objects: [object] }).length > 0).map(({ key }) => key);
}

const hunted = fc.tuple(cases(), listFiles({})).map(([swept, lists]) => {
  return { swept, sought: { ...swept, lists, allow: undefined } };
});

it('finds what a sweep with its list finds, by reading what holds an address of it', async () => {
  await fc.assert(
    fc.asyncProperty(hunted, async ({ swept, sought }) => {
      await inWorld(async (world) => {
        const remote = bucketOf(world, swept);
        await sweep({ ...writeCase(world, swept), logs: ['s3://logs/'], remote });
        remote.opened.clear();
        const { sightings, index } = await huntIn(world, sought, { remote });
        expect(sightings).toEqual(expectedOf(sought));
        expect([...remote.opened].sort()).toEqual(holding(sought).sort());
        expect(index.holding.objects).toBe(remote.opened.size);
        expect(index.unindexed.objects).toBe(0);
      });
    }),
    runs(12),
  );
});

it('reads what the index does not know, or no longer', async () => {
  const fates = fc.array(fc.constantFrom('whole', 'gone', 'cut', 'other bytes'), { minLength: 3, maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(hunted, fates, async ({ swept, sought }, fates) => {
      await inWorld(async (world) => {
        const remote = bucketOf(world, swept);
        await sweep({ ...writeCase(world, swept), logs: ['s3://logs/'], remote });
        const files = globSync(join(world.home, 'addresses/**/*.gz')).sort();
        for (const [i, file] of files.entries()) spoil(file, fates[i % fates.length]!);
        remote.opened.clear();
        const { sightings, index } = await huntIn(world, sought, { remote });
        expect(sightings).toEqual(expectedOf(sought));
        expect(remote.opened.size).toBe(index.holding.objects + index.unindexed.objects);
        expect([...remote.opened]).toEqual(expect.arrayContaining(holding(sought)));
        expect(index.damaged).toHaveLength(files.filter((_, i) => /cut|bytes/.test(fates[i % fates.length]!)).length);
      });
    }),
    runs(8),
  );
});

function spoil(file: string, fate: string): void {
  if (fate === 'gone') rmSync(file);
  if (fate === 'cut') truncateSync(file, statSync(file).size - 5);
  if (fate === 'other bytes') writeFileSync(file, 'no index');
}
