/** The scheduled sweep, where one of the services it needs is out of order. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openFolderStore } from '../../src/local/folder-store.ts';
import type { ListedObject } from '../../src/tasks/ingest.ts';
import { doneKey } from '../../src/tasks/manifest.ts';
import { type SweepWindowPorts, sweepWindow } from '../../src/tasks/sweep-window.ts';
import { makeWorld, type World } from '../oracle/world.ts';

const CLOCK = '2026-09-01T12:00:00.000Z';
const DAY = { from: '2026-09-01', to: '2026-09-01', accounts: [], regions: [] };
const FOLDER = 's3://logs/AWSLogs/111122223333/vpcflowlogs/us-east-1/2026/09/01';
let world: World;
let started: string[];
beforeEach(() => {
  world = makeWorld();
  started = [];
});
afterEach(() => world.remove());

function toListed(serial: number): ListedObject {
  const name = `111122223333_vpcflowlogs_us-east-1_fl-0a1b2c3d4e5f60718_20260901T0${serial}05Z_${serial}.log.gz`;
  return { key: `${FOLDER}/${name}`, sizeBytes: 1000, etag: String(serial), modified: Date.parse('2026-09-01T09:00Z') };
}

function toPorts(objects: readonly ListedObject[], replaceView: () => Promise<void>): SweepWindowPorts {
  const header = Buffer.from('version account-id srcaddr dstaddr start end\n');
  return {
    store: openFolderStore(world.home),
    logs: {
      async *open() {
        yield header;
      },
    },
    catalog: { ensureTable: async () => {}, addPartitions: async () => [], replaceView },
    views: {
      ...{ flow_records: "SELECT 1 FROM flow_table WHERE 'flow_log_id' = ''", vpcflow: 'SELECT 1' },
      ...{ directional_flow_records: 'SELECT 1', incident_vpc_flow_directional: 'SELECT 1', vpc_flow_log_records: '' },
      ...{ addresses_by_line: '', addresses: '' },
    },
    known: new Set(),
    workflow: {
      start: async (name) => {
        started.push(name);
        return true;
      },
      status: async () => 'SUCCEEDED',
    },
    async *list() {
      yield* objects;
    },
  };
}

const failView = async () => {
  throw new Error('no views today');
};

it('starts what is late before it says that the views cannot be made', async () => {
  await expect(sweepWindow(DAY, CLOCK, toPorts([toListed(1)], failView))).rejects.toThrow('no views today');
  expect(started).toEqual([expect.stringMatching(/^new-logs_[0-9a-f]{32}$/)]);
});

it('starts the unfinished of many manifests, and no object twice', async () => {
  const objects = [1, 2, 3, 4, 5].map(toListed);
  for (const object of objects)
    await sweepWindow(
      DAY,
      CLOCK,
      toPorts([object], async () => {}),
    );
  const store = openFolderStore(world.home);
  const manifests = await Array.fromAsync(store.list('manifests/'));
  expect(manifests).toHaveLength(5);
  for (const manifest of manifests.slice(1)) await store.put(doneKey(manifest), '{}');
  started = [];
  const swept = await sweepWindow(
    DAY,
    CLOCK,
    toPorts(objects, async () => {}),
  );
  expect([swept.listed, swept.late, started]).toEqual([
    5,
    0,
    [`new-logs_${/(\w{32})\.json$/.exec(manifests[0]!)![1]}`],
  ]);
});
