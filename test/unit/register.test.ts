/** What the catalogue is told of log objects: once each, by what their headers say. */
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { toLogTable } from '../../src/core/log-table.ts';
import { openTableOf, readFormats } from '../../src/tasks/formats.ts';
import { register } from '../../src/tasks/register.ts';
import { runs } from '../property/runs.ts';
import {
  type CloudWorld,
  type Content,
  HEADER,
  makeCloudWorld,
  type ObjectPlace,
  toStoredObject,
} from './cloud-world.ts';

const ROOT = 's3://example-logs/AWSLogs/';
const OTHER_HEADER = 'srcaddr dstaddr bytes';
const TABLE = toLogTable(ROOT, { fields: HEADER.split(' ') }).name;
let world: CloudWorld;
beforeEach(() => {
  world = makeCloudWorld();
});

/** Puts the object into its bucket and hands back what an event would say of it. */
function arrive(place: ObjectPlace = {}, content: Content = `${HEADER}\n`) {
  const object = toStoredObject(place);
  world.logs.contents.set(object.key, content);
  return object;
}

describe('register', () => {
  it('makes the table, the partition and the views of the first object of a flow log', async () => {
    const registered = await register([arrive()], world.ports());
    expect(registered).toEqual({ withoutTable: 0, conflicts: [], failed: new Map() });
    expect([...world.catalog.tables.keys()]).toEqual([TABLE]);
    expect([...world.catalog.partitions.values()]).toEqual([
      {
        ...{ date: '2026/09/01', region: 'us-east-1', accountId: '111122223333' },
        location: `${ROOT}111122223333/vpcflowlogs/us-east-1/2026/09/01/`,
      },
    ]);
    expect([...world.catalog.views.keys()]).toEqual([
      ...['flow_records', 'vpcflow', 'directional_flow_records', 'incident_vpc_flow_directional'],
      ...['vpc_flow_log_records', 'addresses_by_line', 'addresses'],
    ]);
    expect(world.catalog.views.get('flow_records')).toContain(`FROM ${TABLE} WHERE id IN ('fl-0a1b2c3d4e5f60718')`);
  });

  it('asks nobody about more of the same, and a process of its own asks once', async () => {
    const ports = world.ports();
    await register([arrive(), arrive({ serial: 2 })], ports);
    expect(world.logs.opened).toHaveLength(1);
    const asked = world.catalog.calls.length;
    await register([arrive({ serial: 3 })], ports);
    expect([world.logs.opened.length, world.catalog.calls.length]).toEqual([1, asked]);
    await register([arrive({ serial: 4 })], world.ports());
    expect(world.logs.opened).toHaveLength(1);
    expect(world.catalog.calls.slice(asked)).toEqual(['ensureTable', 'addPartitions']);
  });

  it('registers each day once, and makes no view for it', async () => {
    const ports = world.ports();
    await register([arrive()], ports);
    const asked = world.catalog.calls.length;
    await register([arrive({ day: '2026-09-02' }), arrive({ day: '2026-09-02', serial: 2 })], ports);
    expect(world.catalog.calls.slice(asked)).toEqual(['addPartitions']);
    expect(world.catalog.partitions.size).toBe(2);
  });

  it('has a table for each format and each root, and the views over all of them', async () => {
    const [one, two] = ['fl-0000000000000000a', 'fl-0000000000000000b'];
    await register(
      [
        arrive({ flowLogId: one }),
        arrive({ flowLogId: two }, `${OTHER_HEADER}\n`),
        arrive({ flowLogId: two, root: 's3://other/x/AWSLogs/' }, `${OTHER_HEADER}\n`),
        arrive({ flowLogId: two, isHive: true }, `${OTHER_HEADER}\n`),
      ],
      world.ports(),
    );
    expect(world.catalog.tables.size).toBe(4);
    const view = world.catalog.views.get('flow_records')!;
    for (const table of world.catalog.tables.keys()) expect(view).toContain(table);
    expect((await readFormats(world.store)).map(({ flowLogId, roots }) => [flowLogId, roots.length])).toEqual([
      [one, 1],
      [two, 3],
    ]);
    const tableOf = openTableOf(world.store);
    const named = await tableOf(toStoredObject({ flowLogId: two, root: 's3://other/x/AWSLogs/' }));
    expect(named).toBe(toLogTable('s3://other/x/AWSLogs/', { fields: OTHER_HEADER.split(' ') }).name);
  });

  it.each<[string, Content]>([
    ['is gone', 'gone'],
    ['has no usable header', 'version account-id srcaddr\n'],
    ['is empty', ''],
    ['is no gzip', Buffer.from('\u0000\u0001noise')],
    ['is a broken gzip', Buffer.concat([gzipSync('x').subarray(0, 10), Buffer.alloc(20, 0xff)])],
  ])('has no table for an object that %s; the next object of the flow log tells', async (_what, content) => {
    const ports = world.ports();
    const registered = await register([arrive({}, content)], ports);
    expect(registered).toEqual({ withoutTable: 1, conflicts: [], failed: new Map() });
    expect(world.catalog.calls).toEqual([]);
    expect(await openTableOf(world.store)(toStoredObject())).toBeUndefined();
    expect((await register([arrive({ serial: 2 })], ports)).withoutTable).toBe(0);
    expect([...world.catalog.tables.keys()]).toEqual([TABLE]);
  });

  it('reads a header that is plain text, CR LF, cut off behind it, or before megabytes', async () => {
    const long = gzipSync(`${HEADER}\n${'x'.repeat(300_000)}`);
    const texts: Content[] = [
      Buffer.from(`${HEADER}\nrow`),
      `${HEADER}\r\nrow`,
      `${HEADER}`,
      long.subarray(0, -20),
      long,
    ];
    const objects = texts.map((text, at) => arrive({ flowLogId: `fl-${at}`, serial: at }, text));
    expect((await register(objects, world.ports())).withoutTable).toBe(0);
    expect([...world.catalog.tables.keys()]).toEqual([TABLE]);
  });

  it('has no table for an object without a flow-log id or a layout', async () => {
    const object = arrive();
    const { flowLogId: _none, ...without } = object;
    const elsewhere = { ...object, key: object.key.replace('/AWSLogs/', '/logs/') };
    expect((await register([without, elsewhere], world.ports())).withoutTable).toBe(2);
  });

  it('fails only the objects whose header cannot be had just now', async () => {
    const [bad, good] = [arrive({ flowLogId: 'fl-1' }, 'unavailable'), arrive({ flowLogId: 'fl-2' })];
    const { failed } = await register([bad, good], world.ports());
    expect([...failed].map(([key, { message }]) => [key, message])).toEqual([[bad.key, `SlowDown: ${bad.key}`]]);
    expect(world.catalog.partitions.size).toBe(1);
  });

  it.each(['ensureTable', 'addPartitions'])('tries again what %s failed', async (call) => {
    const ports = world.ports();
    world.catalog.failing = call;
    const object = arrive();
    expect([...(await register([object], ports)).failed.keys()]).toEqual([object.key]);
    world.catalog.failing = undefined;
    expect((await register([object], ports)).failed.size).toBe(0);
    expect(world.catalog.partitions.size).toBe(1);
  });

  it('makes the views at the next try where they failed', async () => {
    world.catalog.failing = 'replaceView';
    const first = await register([arrive()], world.ports());
    expect([first.viewsFailure?.message, first.failed.size]).toEqual(['replaceView: ThrottlingException', 0]);
    world.catalog.failing = undefined;
    await register([arrive({ flowLogId: 'fl-2' })], world.ports());
    expect(world.catalog.views.get('flow_records')).toContain("('fl-0a1b2c3d4e5f60718', 'fl-2')");
  });

  it('shows a partition that is registered elsewhere, never overwrites it, and shows it again', async () => {
    const ports = world.ports();
    await register([arrive()], ports);
    const [key, partition] = [...world.catalog.partitions][0]!;
    world.catalog.partitions.set(key, { ...partition, location: 's3://elsewhere/' });
    const other = world.ports();
    for (let times = 0; times < 2; times++) {
      const { conflicts } = await register([arrive({ serial: 2 })], other);
      expect(conflicts).toEqual([{ ...partition, registered: 's3://elsewhere/' }]);
    }
    expect(world.catalog.partitions.get(key)?.location).toBe('s3://elsewhere/');
  });

  it('of processes that learn a format each at once, all are in the views in the end', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const shared = makeCloudWorld(() => scheduler.schedule(Promise.resolve()));
        const processes = ['fl-1', 'fl-2', 'fl-3'].map((flowLogId, at) => {
          const object = toStoredObject({ flowLogId });
          shared.logs.contents.set(object.key, at === 0 ? OTHER_HEADER : HEADER);
          return register([object], shared.ports());
        });
        const registered = await scheduler.waitFor(Promise.all(processes));
        expect(registered.every(({ failed, viewsFailure }) => failed.size === 0 && viewsFailure === undefined)).toBe(
          true,
        );
        const view = shared.catalog.views.get('flow_records')!;
        expect(view.match(/'fl-\d'/g)!.sort()).toEqual(["'fl-1'", "'fl-2'", "'fl-3'"]);
      }),
      runs(100),
    );
  });
});
