/** PlanDataRatio: which hosts are looked at, within which ration. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { StoredLogObject } from '../../src/core/batch.ts';
import { openFolderStore } from '../../src/local/folder-store.ts';
import type { ObjectStore, QueryResults } from '../../src/ports.ts';
import { type DataRatioPlan, MOST_PATHS, planDataRatio, toPathLists } from '../../src/tasks/data-ratio.ts';
import { makeWorld, type World } from '../oracle/world.ts';
import { MIDNIGHT } from './tallies.ts';

const CLOCK = '2026-09-10T12:00:00.000Z';
let world: World;
let store: ObjectStore;
beforeEach(async () => {
  world = makeWorld();
  store = openFolderStore(world.home);
  const objects = ['2026-08-31', '2026-09-01', '2026-09-05'].map((date) => toObject(date));
  await store.put('manifests/b.json', JSON.stringify({ batch: 'b', objects }));
});
afterEach(() => world.remove());

function toObject(date: string): StoredLogObject {
  const key = `${date}.log.gz`;
  return {
    ...{ key, identity: key, accountId: '111122223333', region: 'us-east-1', date },
    ...{ sizeBytes: 1000, etag: '', modified: 0 },
  };
}

/** Each host opened a conversation with the indicator that went both ways. */
function matchesOf(...hosts: string[]): QueryResults {
  const row = {
    ...{ object: '2026-09-01.log.gz', line_number: 2, indicator: '203.0.113.7', comment: 'C2', source: 'iocs.csv' },
    ...{ indicator_ip: '203.0.113.7', account_id: '111122223333', region: 'us-east-1', interface_id: 'eni-0a1b2c3d' },
    ...{ protocol: 6, packets: 1, bytes: 100, start_time: MIDNIGHT, end_time: MIDNIGHT + 60, action: 'ACCEPT' },
  };
  return {
    async *rows() {
      for (const local_ip of hosts) {
        yield { ...row, local_ip, direction: 'out', srcport: 50_000, dstport: 443, tcp_flags: 2 };
        yield { ...row, local_ip, direction: 'in', srcport: 443, dstport: 50_000, tcp_flags: 18 };
      }
    },
  };
}

function planFor(
  hosts: string[],
  ration = { bytesPerDay: 1e9, hosts: 5 },
  clock = CLOCK,
  execution = 'x',
  mode: 'sweep' | 'hunt' = 'sweep',
): Promise<DataRatioPlan> {
  const input = { execution, mode, manifest: 'manifests/b.json', clock, matched: { locations: ['rows'] } };
  return planDataRatio(input, ration, { store, results: matchesOf(...hosts), tableOf: async () => 'vpcflow' });
}

it('looks at a host over the days of its finding, and one on either side', async () => {
  const { hosts, skipped } = await planFor(['10.0.0.5']);
  expect(skipped).toEqual([]);
  expect(hosts).toEqual([
    {
      ...{
        findingId: expect.stringMatching(/^fh-/),
        indicator: '203.0.113.7',
        ip: '10.0.0.5',
        accountId: '111122223333',
        region: 'us-east-1',
      },
      ...{ dateFrom: '2026-08-31', dateTo: '2026-09-02' },
      ...{ objects: `runs/x/data-ratio/${hosts[0]!.findingId}.0.objects.json`, table: 'vpcflow' },
    },
  ]);
  const list = JSON.parse((await store.get(hosts[0]!.objects))!) as StoredLogObject[];
  expect(list.map(({ date }) => date)).toEqual(['2026-08-31', '2026-09-01']);
});

it('gives a second attempt at the same plan what the first one booked, and books it once', async () => {
  const ration = { bytesPerDay: 2000, hosts: 5 };
  expect(await planFor(['10.0.0.5'], ration)).toEqual(await planFor(['10.0.0.5'], ration));
  expect(JSON.parse((await store.get('runs/data-ratio/2026-09-10.json'))!)).toMatchObject({ bytes: 2000 });
});

it('looks at no host in a hunt, and leaves the budget to the sweeps', async () => {
  expect(await planFor(['10.0.0.5'], undefined, CLOCK, 'hunt_x', 'hunt')).toEqual({ hosts: [], skipped: [] });
  expect((await planFor(['10.0.0.5'])).hosts).not.toEqual([]);
});

it('looks at a finding once, though executions that were started together share their clock', async () => {
  await planFor(['10.0.0.5']);
  const { hosts, skipped } = await planFor(['10.0.0.5'], undefined, CLOCK, 'y');
  expect([hosts, skipped.map(({ reason }) => reason)]).toEqual([[], [`looked at ${CLOCK}, again after 6 hours`]]);
  expect(JSON.parse((await store.get('runs/data-ratio/2026-09-10.json'))!)).toMatchObject({ bytes: 2000 });
});

it('books what two executions plan at once', async () => {
  await Promise.all([planFor(['10.0.0.5']), planFor(['10.0.0.6'], undefined, '2026-09-10T12:00:01.000Z')]);
  expect(JSON.parse((await store.get('runs/data-ratio/2026-09-10.json'))!)).toMatchObject({ bytes: 4000 });
});

it('asks each table, and no more objects at once than a query can name', () => {
  const objects = Array.from({ length: 1200 }, (_, i) => ({
    ...toObject('2026-09-01'),
    key: `${'k'.repeat(150)}${i}`,
  }));
  const lists = toPathLists(objects);
  expect(lists.flat()).toEqual(objects);
  for (const list of lists) {
    const bytes = list.reduce((total, { key }) => total + key.length + 4, 0);
    expect([list.length <= MOST_PATHS.objects, bytes <= MOST_PATHS.bytes]).toEqual([true, true]);
  }
});

it('looks at a finding once in six hours, midnight or not', async () => {
  await planFor(['10.0.0.5'], undefined, '2026-09-10T22:00:00.000Z');
  const soon = await planFor(['10.0.0.5'], undefined, '2026-09-11T03:59:59.000Z');
  expect(soon).toMatchObject({
    hosts: [],
    skipped: [{ reason: 'looked at 2026-09-10T22:00:00.000Z, again after 6 hours' }],
  });
  expect((await planFor(['10.0.0.5'], undefined, '2026-09-11T04:00:00.000Z')).hosts).toHaveLength(1);
});

it('keeps to so many hosts a batch, and names those left out', async () => {
  const { hosts, skipped } = await planFor(['10.0.0.5', '10.0.0.6', '10.0.0.7'], { bytesPerDay: 1e9, hosts: 2 });
  expect(hosts).toHaveLength(2);
  expect(skipped).toEqual([{ findingId: expect.stringMatching(/^fh-/), reason: '2 graver hosts came first' }]);
});

it('hands on what a state can carry, however many hosts: the others are named in the store', async () => {
  const names = Array.from({ length: 3000 }, (_, i) => `10.0.${i >> 8}.${i & 255}`);
  const plan = await planFor(names);
  expect([plan.hosts.length, JSON.stringify(plan).length < 10_000]).toEqual([5, true]);
  const skipped = JSON.parse((await store.get('runs/x/data-ratio/skipped.json'))!) as DataRatioPlan['skipped'];
  expect(skipped).toHaveLength(names.length - 5);
  expect(skipped.slice(0, plan.skipped.length)).toEqual(plan.skipped);
});

it('hands on what a state can carry, however many objects: a host of too many queries is skipped', async () => {
  const objects = Array.from({ length: 50_000 }, (_, i) => ({ ...toObject('2026-09-01'), key: `${i}.log.gz` }));
  await store.put('manifests/b.json', JSON.stringify({ batch: 'b', objects }));
  const { hosts, skipped } = await planFor(['10.0.0.5', '10.0.0.6']);
  expect(hosts.map(({ ip }) => ip)).toEqual(Array.from({ length: 100 }, () => '10.0.0.5'));
  expect(skipped.map(({ reason }) => reason)).toEqual(['100 queries more than the 100 at most']);
});

it('keeps to so many bytes a day, over several batches', async () => {
  // Two of the three objects lie in the host's days.
  const ration = { bytesPerDay: 4000, hosts: 5 };
  expect((await planFor(['10.0.0.5'], ration)).hosts).toHaveLength(1);
  const { hosts, skipped } = await planFor(['10.0.0.6', '10.0.0.7'], ration, '2026-09-10T13:00:00.000Z');
  expect([hosts.length, skipped.map(({ reason }) => reason)]).toEqual([1, ["over the day's budget of 4000 bytes"]]);
  expect((await planFor(['10.0.0.8'], ration, '2026-09-11T13:00:00.000Z')).hosts).toHaveLength(1);
});

it('books nothing where there is nothing to look at', async () => {
  expect(await planFor([])).toEqual({ hosts: [], skipped: [] });
  expect(await Array.fromAsync(store.list('runs/'))).toEqual([]);
});
