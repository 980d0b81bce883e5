/** Retro-hunts: which log objects of which days are evaluated anew, and that nothing is lost where one is cut short. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { StoredLogObject } from '../../src/core/batch.ts';
import { currentIndicators } from '../../src/tasks/indicators-in-force.ts';
import { readManifest } from '../../src/tasks/manifest.ts';
import { continueRetroHunt, type RetroHuntSettings, retroHunt } from '../../src/tasks/retro-hunt.ts';
import { sweepWindow } from '../../src/tasks/sweep-window.ts';
import { writeIndex } from '../property/seen.ts';
import { type CloudWorld, makeCloudWorld, toStoredObject } from './cloud-world.ts';

const NOON = Date.parse('2026-09-20T12:00:00Z');
const LIST = 'indicators/incoming/c2.csv';
const SETTINGS = { own: [], days: 20, unindexedDays: 2 };
let world: CloudWorld;
let seconds: number;

beforeEach(async () => {
  world = makeCloudWorld();
  seconds = 0;
  // Object 1 to 20 of as many days, each with two addresses: of its day, and of its week.
  for (let day = 1; day <= 20; day++) {
    await deliver(day, [`203.0.113.${day}`, `198.51.100.${Math.ceil(day / 7)}`]);
  }
  world.listed.push({ key: 's3://example-logs/notes.txt', sizeBytes: 1, etag: 'e1', modified: 0 });
});

async function deliver(day: number, addresses?: readonly string[], serial = day): Promise<void> {
  const object = toStoredObject({ serial, day: `2026-09-${String(day).padStart(2, '0')}` });
  world.listed.push(object);
  if (addresses !== undefined) await writeIndex(world.store, [{ object, addresses }]);
}

function now(): string {
  return new Date(NOON + 1000 * seconds++).toISOString();
}

function put(list: string): void {
  world.objects.set(LIST, list);
}

function hunt(settings: Partial<RetroHuntSettings> = {}) {
  const { store, workflow, list } = world.ports();
  return retroHunt({ ...SETTINGS, ...settings }, now, { store, workflow, list });
}

/** An hour later. */
function goOn(settings: Partial<RetroHuntSettings> = {}) {
  seconds += 3600;
  const { store, workflow, list } = world.ports();
  return continueRetroHunt({ ...SETTINGS, ...settings }, now, { store, workflow, list });
}

/** Brings a list into force that nothing is left to do for. */
async function hunted(list: string): Promise<void> {
  put(list);
  await hunt();
  world.workflow.end('SUCCEEDED');
}

/** Days of the objects of each execution since the first so many. */
async function daysOf(from = 0): Promise<number[][]> {
  const inputs = [...world.workflow.inputs.values()].slice(from);
  const manifests = await Promise.all(inputs.map(({ manifest }) => readManifest(manifest, world.store)));
  return manifests.map(({ objects }) => objects.map(({ date }: StoredLogObject) => Number(date.slice(-2))));
}

describe('retroHunt', () => {
  it('evaluates the objects that hold a new address, newest first, with all lists', async () => {
    // Days 20 to 14 are looked up first, then 13 to 7, then the rest.
    put('198.51.100.1,C2\n203.0.113.15,C2\n');
    const { indicators, started, holding, unindexed, isDone } = await hunt();
    expect(await daysOf()).toEqual([[15], [7], [1, 2, 3, 4, 5, 6]]);
    expect([isDone, holding, unindexed]).toEqual([true, 8, 0]);
    expect(new Set(started.map(({ outcome }) => outcome))).toEqual(new Set(['started']));
    for (const input of world.workflow.inputs.values()) {
      expect(input).toMatchObject({ mode: 'sweep', indicators, window: {} });
    }
    // What comes in is accounted for by its own manifests, not by these.
    expect([...world.objects.keys()].filter((key) => key.startsWith('manifests/'))).toEqual([]);
  });

  it.each([
    ['an indicator goes', '203.0.113.4,C2\n', '', [4]],
    ['a comment changes', '203.0.113.4,C2\n203.0.113.5,C2\n', '203.0.113.4,C2\n203.0.113.5,panel\n', [5]],
    ['a network takes over', '203.0.113.4,C2\n', '203.0.113.4/31,C2\n', [4, 5]],
    ['one comes around another', '203.0.113.4,C2\n', '203.0.113.4,C2\n203.0.113.4/30,net\n', [4, 5, 6, 7]],
    ['all are others', '203.0.113.4\n', '203.0.113.6\n', [4, 6]],
  ])('reads what is touched where %s', async (_what, before, after, days) => {
    await hunted(before);
    const ran = world.workflow.names.length;
    put(after);
    await hunt();
    expect((await daysOf(ran)).flat().sort((a, b) => a - b)).toEqual(days);
  });

  it('reads what an allowlist takes out, and gives back', async () => {
    await hunted('198.51.100.0/24\n203.0.113.0/24\n');
    const allow = 'indicators/allow/ours.txt';
    for (const change of [() => world.objects.set(allow, '203.0.113.9\n'), () => world.objects.delete(allow)]) {
      const ran = world.workflow.names.length;
      change();
      await hunt();
      world.workflow.end('SUCCEEDED');
      expect(await daysOf(ran)).toEqual([[9]]);
    }
  });

  it('reads what the index does not know, of the last days only', async () => {
    for (const day of [18, 19, 20]) await deliver(day, undefined, 100 + day);
    put('192.0.2.1\n');
    expect(await hunt()).toMatchObject({ holding: 0, unindexed: 2, isDone: true });
    expect(await daysOf()).toEqual([[19, 20]]);
  });

  it('reads only days of the past that is asked for', async () => {
    put('203.0.113.0/24\n');
    await hunt({ days: 3 });
    expect((await daysOf()).flat()).toEqual([18, 19, 20]);
  });

  it('does not evaluate what its bucket no longer has: what it showed stays', async () => {
    world.listed.splice(4, 1);
    put('203.0.113.4/30\n');
    await hunt();
    expect((await daysOf()).flat().sort()).toEqual([4, 6, 7]);
  });

  it('takes the content that its bucket has now', async () => {
    Object.assign(world.listed[3]!, { etag: 'later', modified: 5 });
    put('203.0.113.4\n');
    await hunt();
    const [input] = world.workflow.inputs.values();
    expect((await readManifest(input!.manifest, world.store)).objects).toMatchObject([{ etag: 'later' }]);
  });

  it('starts nothing where the lists are the same, or change nothing, and nothing over no days', async () => {
    put('203.0.113.0/24\n');
    expect(await hunt({ days: 0 })).toMatchObject({ isDue: true, isDone: true, started: [] });
    expect(await hunt()).toMatchObject({ isDue: false, started: [] });
    put('# the same\n203.0.113.0/24\n');
    expect(await hunt()).toMatchObject({ isDue: false, started: [] });
    put('203.0.113.0/24\n2001:db8::/32\n');
    expect(await hunt()).toMatchObject({ isDue: true, isDone: true, started: [] });
    expect(world.workflow.names).toEqual([]);
  });

  it('gives executions a clock later than that of any that found the lists before', async () => {
    put('203.0.113.20\n');
    await hunt();
    const { since } = await currentIndicators(world.store);
    expect([...world.workflow.inputs.values()].map(({ clock }) => clock > since)).toEqual([true]);
  });

  it('of lists that go back to what they were is a retro-hunt of its own', async () => {
    for (const text of ['203.0.113.7\n', '203.0.113.8\n', '203.0.113.7\n']) await hunted(text);
    expect(await daysOf()).toEqual([[7], [7, 8], [7, 8]]);
    expect(new Set(world.workflow.names).size).toBe(world.workflow.names.length);
    const clocks = [...world.workflow.inputs.values()].map(({ clock }) => clock);
    expect(clocks).toEqual(clocks.toSorted());
  });

  it('accounts for nothing that came in', async () => {
    put('203.0.113.0/24\n');
    await hunt();
    const window = { from: '2026-09-01', to: '2026-09-20', accounts: [], regions: [] };
    expect((await sweepWindow(window, now(), world.ports())).late).toBe(20);
  });
});

describe('a retro-hunt that was cut short', () => {
  /** Every day holds an address of it. */
  const ALL = '203.0.113.0/24\n';

  it('is done with the next import; what it had started is not started twice', async () => {
    put(ALL);
    const { start } = world.workflow;
    let left = 1;
    world.workflow.start = async (name, input) => {
      if (left-- === 0) throw new Error('Throttled');
      return start.call(world.workflow, name, input);
    };
    await expect(hunt()).rejects.toThrow('Throttled');
    const { started } = await hunt();
    expect(started.map(({ outcome }) => outcome)).toEqual(['started', 'started']);
    expect((await daysOf()).flat().sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
  });

  it('is gone on with where it stopped, once nobody is at it any more', async () => {
    put(ALL);
    let steps = 0;
    expect(await hunt({ isTimeUp: () => steps++ === 1 })).toMatchObject({ isDue: true, isDone: false });
    const { store, workflow, list } = world.ports();
    expect(await continueRetroHunt(SETTINGS, now, { store, workflow, list })).toMatchObject({ isDue: false });
    expect(await goOn()).toMatchObject({ isDue: true, isDone: true, holding: 13 });
    expect(await goOn()).toMatchObject({ isDue: false });
    expect((await daysOf()).map((days) => days.at(-1))).toEqual([20, 13, 6]);
  });

  it('and whose lists change meanwhile loses neither what they brought nor what they took', async () => {
    await hunted('203.0.113.3\n');
    const ran = world.workflow.names.length;
    put('203.0.113.3\n203.0.113.18\n203.0.113.2\n');
    let steps = 0;
    await hunt({ isTimeUp: () => steps++ === 1 });
    // The new one of day 18 was found; that of day 2 was not, and goes. That of day 3 goes too.
    put('203.0.113.4\n');
    await hunt();
    expect(await daysOf(ran)).toEqual([[18], [18], [2, 3, 4]]);
  });

  it('is not ended by one that was overtaken', async () => {
    put('203.0.113.3\n');
    const { store, workflow, list } = world.ports();
    const overtaken = retroHunt(SETTINGS, now, {
      ...{ store, workflow },
      async *list(window) {
        put('203.0.113.4\n');
        await hunt({ isTimeUp: () => true });
        yield* list(window);
      },
    });
    expect(await overtaken).toMatchObject({ isDone: false });
    await goOn();
    expect((await daysOf()).at(-1)).toEqual([3, 4]);
  });
});
