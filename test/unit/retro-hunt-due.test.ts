/** Retro-hunts: over which days, with which lists, and again until their executions have ended well. */
import { beforeEach, describe, expect, it } from 'vitest';
import { readManifest } from '../../src/tasks/manifest.ts';
import { resumeRetroHunts, retroHunt, startSweeps } from '../../src/tasks/retro-hunt.ts';
import { sweepWindow } from '../../src/tasks/sweep-window.ts';
import { type CloudWorld, makeCloudWorld, toObjectKey, toStoredObject } from './cloud-world.ts';

const NOON = Date.parse('2026-09-02T12:00:00Z');
const LIST = 'indicators/incoming/c2.csv';
let world: CloudWorld;
let seconds: number;
beforeEach(() => {
  world = makeCloudWorld();
  seconds = 0;
  for (const day of ['2026-08-31', '2026-09-01', '2026-09-02']) {
    world.listed.push({ key: toObjectKey({ day }), sizeBytes: 100, etag: 'e1', modified: 0 });
  }
  world.listed.push({ key: 's3://example-logs/notes.txt', sizeBytes: 1, etag: 'e1', modified: 0 });
});

function now(): string {
  return new Date(NOON + 1000 * seconds++).toISOString();
}

function hunt(days = 2) {
  const { store, workflow, list } = world.ports();
  return retroHunt({ own: [], days }, now, { store, workflow, list });
}

function pending(): string[] {
  return [...world.objects.keys()].filter((key) => key.startsWith('retro-hunts/'));
}

describe('retroHunt', () => {
  it('starts the last days, newest first, with the lists now in force', async () => {
    world.objects.set(LIST, '203.0.113.7,C2\n');
    const { indicators, started, isDue } = await hunt();
    expect([isDue, started.map(({ outcome }) => outcome)]).toEqual([true, ['started', 'started']]);
    const inputs = [...world.workflow.inputs.values()];
    expect(inputs.map(({ mode, indicators: version, window }) => [mode, version, window])).toEqual([
      ['sweep', indicators, {}],
      ['sweep', indicators, {}],
    ]);
    const manifests = await Promise.all(inputs.map(({ manifest }) => readManifest(manifest, world.store)));
    expect(manifests.map(({ objects }) => objects.map(({ key }) => key))).toEqual([
      [toObjectKey({ day: '2026-09-02' })],
      [toObjectKey({ day: '2026-09-01' })],
    ]);
    // What comes in is accounted for by its own manifests, not by these.
    expect([...world.objects.keys()].filter((key) => key.startsWith('manifests/'))).toEqual([]);
  });

  it('starts nothing where the lists are the same, and nothing over no days', async () => {
    world.objects.set(LIST, '203.0.113.7,C2\n');
    expect((await hunt(0)).started).toEqual([]);
    expect(await hunt()).toMatchObject({ isDue: false, started: [] });
    expect(world.workflow.names).toEqual([]);
  });

  it('that was cut short is done with the next import; what it had started is not started twice', async () => {
    world.objects.set(LIST, '203.0.113.7,C2\n');
    const { start } = world.workflow;
    let left = 1;
    world.workflow.start = async (name, input) => {
      if (left-- === 0) throw new Error('Throttled');
      return start.call(world.workflow, name, input);
    };
    await expect(hunt()).rejects.toThrow('Throttled');
    const { started } = await hunt();
    expect(started.map(({ outcome }) => outcome)).toEqual(['running', 'started']);
    expect(world.workflow.names).toHaveLength(2);
  });

  it('of lists that go back to what they were is a retro-hunt of its own', async () => {
    for (const text of ['203.0.113.7\n', '203.0.113.8\n', '203.0.113.7\n']) {
      world.objects.set(LIST, text);
      await hunt(1);
      world.workflow.end('SUCCEEDED');
    }
    expect(new Set(world.workflow.names).size).toBe(3);
    const clocks = [...world.workflow.inputs.values()].map(({ clock }) => clock);
    expect(clocks).toEqual(clocks.toSorted());
  });
});

describe('resumeRetroHunts', () => {
  it('starts what failed again, forgets what ended well, and leaves alone what runs', async () => {
    world.objects.set(LIST, '203.0.113.7,C2\n');
    await hunt();
    const { names } = world.workflow;
    world.workflow.statuses.set(names[0]!, 'FAILED');
    const { store, workflow } = world.ports();
    const again = await resumeRetroHunts({ store, workflow });
    expect(again.map(({ execution, outcome }) => `${execution} ${outcome}`).sort()).toEqual([
      ...[`${names[0]}_2 started`, `${names[1]} running`].sort(),
    ]);
    world.workflow.end('SUCCEEDED');
    expect(await resumeRetroHunts({ store, workflow })).toEqual([]);
    expect(pending()).toEqual([]);
  });

  it('drops what is for lists no longer in force', async () => {
    world.objects.set(LIST, '203.0.113.7,C2\n');
    await hunt();
    world.workflow.end('FAILED');
    const before = world.workflow.names.length;
    world.objects.set(LIST, '203.0.113.8,C2\n');
    await hunt(0);
    const { store, workflow } = world.ports();
    expect(await resumeRetroHunts({ store, workflow })).toEqual([]);
    expect([pending(), world.workflow.names.length]).toEqual([[], before]);
  });

  it('keeps what was given up, and tells of it each time', async () => {
    world.objects.set(LIST, '203.0.113.7,C2\n');
    await hunt(1);
    const { store, workflow } = world.ports();
    for (let times = 0; times < 9; times++) {
      world.workflow.end('FAILED');
      await resumeRetroHunts({ store, workflow });
    }
    world.workflow.end('FAILED');
    for (let times = 0; times < 2; times++) {
      expect(await resumeRetroHunts({ store, workflow })).toMatchObject([{ outcome: 'given up' }]);
    }
    expect(pending()).toHaveLength(1);
  });
});

describe('startSweeps', () => {
  it('has a batch of its own for each, so that its evidence is nobody else’s', async () => {
    const { store, workflow } = world.ports();
    const objects = [toStoredObject(), toStoredObject({ serial: 2 })];
    const work = { mode: 'hunt', clock: now(), indicators: 'indicators/v.json', window: { from: 1 } } as const;
    const [started] = await startSweeps(objects, work, { store, workflow });
    const again = await startSweeps(objects, { ...work, window: { from: 2 } }, { store, workflow });
    expect(started!.execution).toMatch(/^hunt_[0-9a-f]{32}_[0-9a-f]{16}$/);
    expect(again[0]!.outcome).toBe('started');
    const batches = await Promise.all(
      [...world.workflow.inputs.values()].map(async ({ manifest }) => (await readManifest(manifest, store)).batch),
    );
    expect(new Set(batches).size).toBe(2);
    expect(await startSweeps(objects, work, { store, workflow })).toMatchObject([{ outcome: 'running' }]);
  });

  it('accounts for nothing that came in', async () => {
    world.objects.set(LIST, '203.0.113.7,C2\n');
    await hunt(3);
    const window = { from: '2026-08-31', to: '2026-09-02', accounts: [], regions: [] };
    expect((await sweepWindow(window, now(), world.ports())).late).toBe(3);
  });
});
