/** Executions over the past: started again until they have ended well, and followed by others where lists changed meanwhile. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { ExecutionInput } from '../../src/core/execution.ts';
import { currentIndicators } from '../../src/tasks/indicators-in-force.ts';
import { readManifest } from '../../src/tasks/manifest.ts';
import { checkLists, resumeSweeps, startSweeps } from '../../src/tasks/past-sweeps.ts';
import { retroHunt } from '../../src/tasks/retro-hunt.ts';
import { writeIndex } from '../property/seen.ts';
import { type CloudWorld, makeCloudWorld, toStoredObject } from './cloud-world.ts';

const NOON = Date.parse('2026-09-02T12:00:00Z');
const LIST = 'indicators/incoming/c2.csv';
let world: CloudWorld;
let seconds: number;

beforeEach(async () => {
  world = makeCloudWorld();
  seconds = 0;
  for (const [serial, address] of ['203.0.113.1', '203.0.113.2', '203.0.113.3'].entries()) {
    const object = toStoredObject({ serial });
    world.listed.push(object);
    await writeIndex(world.store, [{ object, addresses: [address, '10.0.0.5'] }]);
  }
});

function now(): string {
  return new Date(NOON + 1000 * seconds++).toISOString();
}

/** Brings the list into force; its executions are started. */
async function hunt(list: string): Promise<ExecutionInput[]> {
  const ran = world.workflow.names.length;
  world.objects.set(LIST, list);
  const { store, workflow, list: listed } = world.ports();
  await retroHunt({ own: [], days: 2, unindexedDays: 1 }, now, { store, workflow, list: listed });
  return [...world.workflow.inputs.values()].slice(ran);
}

function resume() {
  const { store, workflow } = world.ports();
  return resumeSweeps(now, { store, workflow });
}

function pending(): string[] {
  return [...world.objects.keys()].filter((key) => key.startsWith('retro-hunts/'));
}

async function serialsOf(execution: string): Promise<number[]> {
  const { objects } = await readManifest(world.workflow.inputs.get(execution)!.manifest, world.store);
  return objects.map(({ key }) => Number.parseInt(/_([0-9a-f]+)\.log/.exec(key)![1]!, 16));
}

describe('resumeSweeps', () => {
  it('starts what failed again, leaves alone what runs, and forgets what ended well', async () => {
    const [{ execution }] = (await hunt('203.0.113.1\n')) as [ExecutionInput];
    expect(await resume()).toEqual([{ execution, outcome: 'running' }]);
    world.workflow.end('FAILED');
    expect(await resume()).toEqual([{ execution: `${execution}_2`, outcome: 'started' }]);
    world.workflow.end('SUCCEEDED');
    expect(await resume()).toEqual([]);
    expect(pending()).toEqual([]);
  });

  it('keeps what was given up, and tells of it each time', async () => {
    await hunt('203.0.113.1\n');
    for (let times = 0; times < 9; times++) {
      world.workflow.end('FAILED');
      await resume();
    }
    world.workflow.end('FAILED');
    for (let times = 0; times < 2; times++) expect(await resume()).toMatchObject([{ outcome: 'given up' }]);
    expect(pending()).toHaveLength(1);
  });

  it.each([['FAILED'], ['ABORTED'], ['TIMED_OUT']] as const)(
    'starts what has %s for lists no longer in force with those that are',
    async (status) => {
      await hunt('203.0.113.1\n');
      world.workflow.end(status);
      // Nothing of its own to evaluate, as the object of the first list may be as it was before that.
      const [later] = await hunt('203.0.113.1,another comment\n203.0.113.2\n');
      world.workflow.end('SUCCEEDED');
      const [again] = await resume();
      expect(again!.outcome).toBe('started');
      expect(await serialsOf(again!.execution)).toEqual([0]);
      const { indicators } = await currentIndicators(world.store);
      const input = world.workflow.inputs.get(again!.execution)!;
      expect(input).toMatchObject({ mode: 'sweep', indicators });
      expect(input.clock > later!.clock).toBe(true);
      world.workflow.end('SUCCEEDED');
      expect(await resume()).toEqual([]);
      expect(pending()).toEqual([]);
    },
  );

  it('waits for what runs with lists no longer in force, and forgets it if it ends well', async () => {
    const [first] = await hunt('203.0.113.1\n');
    await hunt('203.0.113.2\n');
    const ran = world.workflow.names.length;
    expect(await resume()).toMatchObject([{ outcome: 'running' }]);
    expect(pending()).toHaveLength(2);
    expect(world.workflow.statuses.get(first!.execution)).toBe('RUNNING');
    world.workflow.end('SUCCEEDED');
    await resume();
    expect([pending(), world.workflow.names.length]).toEqual([[], ran]);
  });

  it('drops what nobody can read any more', async () => {
    const [first] = await hunt('203.0.113.1\n');
    world.workflow.end('FAILED');
    world.objects.delete(first!.manifest);
    await hunt('203.0.113.2\n');
    world.workflow.end('SUCCEEDED');
    expect(await resume()).toEqual([]);
    expect(pending()).toEqual([]);
  });
});

describe('checkLists', () => {
  /** An execution over all objects, with these indicators. */
  async function outdated(indicators: string): Promise<void> {
    const objects = world.listed.map((_, serial) => toStoredObject({ serial }));
    const manifest = 'manifests/2026-09-01/x.json';
    await world.store.put(manifest, JSON.stringify({ batch: 'x', partitions: [], objects }));
    await checkLists({ execution: 'new-logs_x', manifest, indicators }, world.store);
  }

  it('has the objects evaluated again that other lists touch, after whatever was done meanwhile', async () => {
    const before = await currentIndicators(world.store);
    const [first] = await hunt('203.0.113.2\n');
    world.workflow.end('SUCCEEDED');
    await outdated(before.indicators);
    const [again] = await resume();
    // The same object with the same lists, but not the execution that may have come too early.
    expect(await serialsOf(again!.execution)).toEqual([1]);
    expect(again!.execution).not.toBe(first!.execution);
    expect(world.workflow.inputs.get(again!.execution)!.clock > first!.clock).toBe(true);
    world.workflow.end('SUCCEEDED');
    await resume();
    expect(pending()).toEqual([]);
  });

  it('has those evaluated again of which the index does not know', async () => {
    const before = await currentIndicators(world.store);
    await hunt('192.0.2.1\n');
    for (const key of world.objects.keys()) if (key.startsWith('addresses/')) world.objects.delete(key);
    await outdated(before.indicators);
    const [again] = await resume();
    expect(await serialsOf(again!.execution)).toEqual([0, 1, 2]);
  });

  it('says nothing where the lists are in force, or none ever were', async () => {
    const before = await currentIndicators(world.store);
    await outdated('indicators/of-one-machine.json');
    await hunt('192.0.2.1\n');
    await outdated((await currentIndicators(world.store)).indicators);
    expect(pending()).toEqual([]);
    await outdated(before.indicators);
    expect(pending()).toHaveLength(1);
    // The list says nothing of these objects.
    expect(await resume()).toEqual([]);
    expect(pending()).toEqual([]);
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
});
