/** The ledger: whatever becomes of events and executions, each object is evaluated to its end, and none twice without need. */
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { ingestEvents } from '../../src/tasks/ingest-events.ts';
import { doneKey, readManifest } from '../../src/tasks/manifest.ts';
import { type SweepWindow, sweepWindow } from '../../src/tasks/sweep-window.ts';
import { runs } from '../property/runs.ts';
import { type CloudWorld, HEADER, makeCloudWorld, type ObjectPlace, toObjectKey } from './cloud-world.ts';

const NOON = Date.parse('2026-09-02T12:00:00Z');
const MINUTE = 60_000;
const LAST_DAYS: SweepWindow = { from: '2026-08-31', to: '2026-09-02', accounts: [], regions: [] };
let world: CloudWorld;
beforeEach(() => {
  world = makeCloudWorld();
});

function toClock(minutes: number): string {
  return new Date(NOON + minutes * MINUTE).toISOString();
}

/** Puts an object into its bucket; no event tells of it. */
function put(place: ObjectPlace, { minutes = -60, etag = 'e1' } = {}): string {
  const key = toObjectKey(place);
  world.logs.contents.set(key, `${HEADER}\n`);
  world.listed.push({ key, sizeBytes: 100, etag: `"${etag}"`, modified: NOON + minutes * MINUTE });
  return key;
}

/** What an execution does at its end, if it ends well. */
async function finish(status: 'SUCCEEDED' | 'FAILED' = 'SUCCEEDED'): Promise<string[]> {
  const evaluated: string[] = [];
  for (const [name, { manifest }] of world.workflow.inputs) {
    if (world.workflow.statuses.get(name) !== 'RUNNING') continue;
    world.workflow.statuses.set(name, status);
    if (status === 'FAILED') continue;
    const { objects } = await readManifest(manifest, world.store);
    evaluated.push(...objects.map(({ key }) => key));
    await world.store.put(doneKey(manifest), '{}');
  }
  return evaluated;
}

function tell(...keys: readonly string[]): Promise<unknown> {
  const Records = keys.map((key) => {
    const [, name, path] = /^s3:\/\/([^/]+)\/(.*)$/.exec(key)!;
    const eventTime = '2026-09-02T11:00:00Z';
    const s3 = { bucket: { name }, object: { key: encodeURIComponent(path!), size: 100, eTag: 'e1' } };
    return { eventName: 'ObjectCreated:Put', eventTime, s3 };
  });
  return ingestEvents([{ id: 'm1', body: JSON.stringify({ Records }) }], toClock(0), world.ports());
}

describe('sweepWindow', () => {
  it('finds an object that no event told of, once', async () => {
    const key = put({});
    const swept = await sweepWindow(LAST_DAYS, toClock(0), world.ports());
    expect(swept).toMatchObject({
      listed: 1,
      late: 1,
      unregistered: 0,
      conflicts: [],
      started: [{ outcome: 'started' }],
    });
    expect(await finish()).toEqual([key]);
    const again = await sweepWindow(LAST_DAYS, toClock(60), world.ports());
    expect(again).toEqual({ listed: 1, late: 0, conflicts: [], unregistered: 0, started: [] });
  });

  it('leaves alone what an event told of, however its ETag is quoted', async () => {
    await tell(put({}), put({ serial: 2 }));
    await finish();
    expect(await sweepWindow(LAST_DAYS, toClock(60), world.ports())).toMatchObject({ listed: 2, late: 0, started: [] });
  });

  it('leaves alone for a while what an event may be under way for', async () => {
    put({}, { minutes: -14 });
    expect(await sweepWindow(LAST_DAYS, toClock(0), world.ports())).toMatchObject({ listed: 1, late: 0, started: [] });
    expect(await sweepWindow(LAST_DAYS, toClock(2), world.ports())).toMatchObject({ late: 1, started: [{}] });
  });

  it('finds an object whose content is another', async () => {
    await tell(put({}));
    await finish();
    world.listed.length = 0;
    put({}, { etag: 'e2' });
    expect(await sweepWindow(LAST_DAYS, toClock(60), world.ports())).toMatchObject({ late: 1, started: [{}] });
  });

  it('starts again what failed, and gives it up after ten attempts', async () => {
    await tell(put({}));
    const outcomes: string[] = [];
    for (let hour = 1; hour <= 11; hour++) {
      await finish('FAILED');
      const { started, late } = await sweepWindow(LAST_DAYS, toClock(60 * hour), world.ports());
      expect(late).toBe(0);
      outcomes.push(...started.map(({ outcome }) => outcome));
    }
    expect(outcomes).toEqual([...Array<string>(9).fill('started'), 'given up', 'given up']);
    expect(world.workflow.names).toHaveLength(10);
  });

  it('waits for what runs, and for what ended well without a word', async () => {
    await tell(put({}));
    expect((await sweepWindow(LAST_DAYS, toClock(0), world.ports())).started).toMatchObject([{ outcome: 'running' }]);
    world.workflow.end('SUCCEEDED');
    expect((await sweepWindow(LAST_DAYS, toClock(0), world.ports())).started).toMatchObject([{ outcome: 'succeeded' }]);
    expect(world.workflow.names).toHaveLength(1);
  });

  it('tries again what could not be registered', async () => {
    const key = put({});
    world.logs.contents.set(key, 'unavailable');
    const swept = await sweepWindow(LAST_DAYS, toClock(0), world.ports());
    expect(swept).toMatchObject({ late: 1, unregistered: 1, started: [] });
    world.logs.contents.set(key, `${HEADER}\n`);
    expect(await sweepWindow(LAST_DAYS, toClock(60), world.ports())).toMatchObject({
      late: 1,
      unregistered: 0,
      started: [{}],
    });
  });

  it('finds an object in one window that another window of other days has seen to', async () => {
    put({ day: '2026-08-31' });
    put({ day: '2026-09-02' });
    await sweepWindow(LAST_DAYS, toClock(0), world.ports());
    await finish();
    const today = { ...LAST_DAYS, from: '2026-09-02' };
    expect(await sweepWindow(today, toClock(60), world.ports())).toMatchObject({ listed: 1, late: 0, started: [] });
  });

  it('takes the accounts and regions that are asked for', async () => {
    put({});
    const other = put({ accountId: '444455556666' });
    const window = { ...LAST_DAYS, accounts: ['444455556666'] };
    expect(await sweepWindow(window, toClock(0), world.ports())).toMatchObject({ listed: 1, late: 1 });
    expect(await finish()).toEqual([other]);
  });
});

/** Objects arrive, some events are lost or come twice, executions fail, sweeps come by. */
type Step =
  | { readonly what: 'object'; readonly day: number; readonly times: number }
  | { readonly what: 'end'; readonly status: 'SUCCEEDED' | 'FAILED' }
  | { readonly what: 'sweep'; readonly days: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ what: fc.constant('object' as const), day: fc.nat(2), times: fc.constantFrom(0, 1, 1, 2) }),
  fc.record({ what: fc.constant('end' as const), status: fc.constantFrom('SUCCEEDED', 'SUCCEEDED', 'FAILED') }),
  fc.record({ what: fc.constant('sweep' as const), days: fc.integer({ min: 1, max: 3 }) }),
);

it('whatever is lost or fails, each object is evaluated once, and nothing is left to do', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
      world = makeCloudWorld();
      const evaluated: string[] = [];
      let [serial, minutes] = [0, 0];
      const sweep = (days: number) =>
        sweepWindow(
          { ...LAST_DAYS, from: `2026-09-0${3 - days}`.replace('09-00', '08-31') },
          toClock(minutes),
          world.ports(),
        );
      for (const each of steps) {
        minutes += 20;
        if (each.what === 'object') {
          const day = ['2026-08-31', '2026-09-01', '2026-09-02'][each.day]!;
          const key = put({ serial: serial++, day }, { minutes });
          for (let times = 0; times < each.times; times++) await tell(key);
        } else if (each.what === 'end') evaluated.push(...(await finish(each.status)));
        else await sweep(each.days);
      }
      for (let round = 0; round < 2; round++) {
        minutes += 60;
        await sweep(3);
        evaluated.push(...(await finish()));
      }
      expect(evaluated.toSorted()).toEqual(world.listed.map(({ key }) => key).toSorted());
      expect(await sweep(3)).toMatchObject({ late: 0, started: [] });
    }),
    runs(100),
  );
});
