/** Collect: what it stores, shows and says has changed. What happens at the same time has a property test of its own. */
import { beforeEach, describe, expect, it } from 'vitest';
import { fromJson } from '../../src/core/exact-json.ts';
import type { Match } from '../../src/core/match.ts';
import type { Tally } from '../../src/core/sighting.ts';
import type { FindingChanges, ObjectStore } from '../../src/ports.ts';
import { type CollectInput, type CollectOptions, collect } from '../../src/tasks/collect.ts';
import { readFindings } from '../../src/tasks/fold.ts';
import type { Outcome } from '../../src/tasks/sightings.ts';
import { openMemoryStore } from '../property/memory-store.ts';
import { MIDNIGHT, makeMatch, toMatchRow } from './tallies.ts';

const [A, B] = ['a.log.gz', 'b.log.gz'];
const MANIFEST = 'runs/x/manifest.json';
const INPUT: CollectInput = {
  ...{
    execution: 'x',
    mode: 'sweep',
    clock: '2026-09-10T12:00:00.000Z',
    manifest: MANIFEST,
    window: {},
    matches: ['rows'],
  },
};
let objects: Map<string, string>;
let store: ObjectStore;
beforeEach(() => {
  objects = new Map();
  store = openMemoryStore(objects);
  const listed = [A, B].map((identity) => ({ identity, date: '2026-09-01' }));
  objects.set(MANIFEST, JSON.stringify({ batch: 'b', partitions: [], objects: listed }));
});

function collectMatches(
  matches: readonly Partial<Match>[],
  more: Partial<CollectInput> = {},
  options?: CollectOptions,
) {
  const rows = async function* () {
    for (const match of matches) yield toMatchRow(makeMatch({ object: A, ...match }));
  };
  return collect({ ...INPUT, ...more }, store, { rows }, options);
}

function read<T>(key: string): T {
  return fromJson<T>(objects.get(key)!);
}

/** What is stored for good. */
function remembered(): Map<string, string> {
  return new Map([...objects].filter(([key]) => /^(sightings|totals|findings)\//.test(key)));
}

function keysOf(prefix: string): string[] {
  return [...objects.keys()].filter((key) => key.startsWith(prefix)).sort();
}

describe('Collect', () => {
  it('stores an outcome for each object, totals, and findings marked for publishing', async () => {
    const output = await collectMatches([{}, { object: B, localIp: '10.0.0.6' }]);
    expect(output).toEqual({
      ...{ matches: 2, sightings: 2, changes: 'runs/x/changes.json', opened: 2, updated: 0, withdrawn: 0 },
    });
    expect(read<Outcome>(`sightings/${A}.json`)).toMatchObject({
      clock: INPUT.clock,
      date: '2026-09-01',
      tallies: [{}],
    });
    expect(keysOf('totals/')).toEqual(['totals/2026-09/203.0.113.7/2026-09-01.json']);
    const ids = [...(await readFindings(store)).keys()].sort();
    expect(keysOf('outbox/')).toEqual(ids.map((id) => `outbox/${id}.json`));
    expect(read(`outbox/${ids[0]}.json`)).toEqual({
      finding_id: ids[0],
      execution: 'x',
      at: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    const { opened } = read<FindingChanges>('runs/x/changes.json');
    expect(opened.map(({ finding_id }) => finding_id).sort()).toEqual(ids);
  });

  it('says what became another and what went, and nothing of what stayed', async () => {
    const another = { object: B, indicator: '198.51.100.9' };
    const [six, seven] = [
      { ...another, localIp: '10.0.0.6' },
      { ...another, localIp: '10.0.0.7' },
    ];
    await collectMatches([{}, six, seven, seven]);
    const before = await readFindings(store);
    for (const key of keysOf('outbox/')) objects.delete(key);
    const later = { clock: '2026-09-10T13:00:00.000Z' };
    expect(await collectMatches([{}, six, six], later)).toMatchObject({ opened: 0, updated: 1, withdrawn: 1 });
    const changes = read<FindingChanges>('runs/x/changes.json');
    expect(changes.updated).toMatchObject([{ local_ip: '10.0.0.6', records_out: 2 }]);
    expect(changes.withdrawn).toEqual([...before.values()].filter(({ local_ip }) => local_ip === '10.0.0.7'));
    expect(keysOf('outbox/')).toHaveLength(2);
    expect(await collectMatches([{}, six, six], later)).toMatchObject({ opened: 0, updated: 0, withdrawn: 0 });
  });

  it('leaves an outcome of a later evaluation alone', async () => {
    await collectMatches([{}], { clock: '2026-09-10T13:00:00.000Z' });
    const stored = remembered();
    expect(await collectMatches([{}, {}], { clock: '2026-09-10T12:59:59.999Z' })).toMatchObject({
      opened: 0,
      updated: 0,
    });
    expect(remembered()).toEqual(stored);
    // Also where the later evaluation found that nothing is left.
    await collectMatches([], { clock: '2026-09-10T14:00:00.000Z' });
    expect(await collectMatches([{}], { clock: '2026-09-10T13:30:00.000Z' })).toMatchObject({ opened: 0 });
    expect([keysOf('findings/'), keysOf('totals/')]).toEqual([[], []]);
  });

  it.each([
    ['from', { from: MIDNIGHT + 60 }, 1],
    ['from, exclusive of what ended before', { from: MIDNIGHT + 61 }, 0],
    ['to, exclusive', { to: MIDNIGHT + 60 }, 0],
    ['to', { to: MIDNIGHT + 61 }, 1],
  ])('shows what is in the window and stores all: %s', async (_name, window, shown) => {
    expect(await collectMatches([{}, { end: null }], { window })).toMatchObject({ matches: 2, sightings: shown });
    expect(read<Tally[]>('runs/x/sightings.json')).toHaveLength(shown);
    expect(read<Outcome>(`sightings/${A}.json`).tallies).toMatchObject([{ recordsOut: 2 }]);
  });

  it('of a hunt stores nothing but what it shows', async () => {
    expect(await collectMatches([{}], { mode: 'hunt' })).toMatchObject({ matches: 1, sightings: 1, opened: 0 });
    expect([...objects.keys()].sort()).toEqual(['runs/x/changes.json', MANIFEST, 'runs/x/sightings.json'].sort());
  });

  it('marks nothing where nobody is told, and stores the same', async () => {
    await collectMatches([{}]);
    const stored = [...objects].filter(([key]) => !key.startsWith('outbox/'));
    for (const [key] of stored) if (key !== MANIFEST) objects.delete(key);
    for (const key of keysOf('outbox/')) objects.delete(key);
    await collectMatches([{}], {}, { isPublished: false });
    expect([...objects]).toEqual(stored);
  });

  it('stores the same whatever it holds in memory', async () => {
    const matches = [0, 1, 2, 3, 4, 5, 6].map((i) => ({ object: i % 3 === 0 ? B : A, localIp: `10.0.0.${i % 4}` }));
    await collectMatches(matches);
    const whole = remembered();
    for (const mostHeld of [1, 2, 3]) {
      for (const key of objects.keys()) if (key !== MANIFEST) objects.delete(key);
      await collectMatches(matches, {}, { mostHeld });
      expect(remembered()).toEqual(whole);
    }
  });

  it('fails on a match of an object that the manifest does not name: it would be lost', async () => {
    await expect(collectMatches([{ object: 'c.log.gz' }])).rejects.toThrow(`c.log.gz is not in ${MANIFEST}`);
  });

  it('a host that turns out to be a gateway loses its finding to the host behind it', async () => {
    await collectMatches([{ object: B, localIp: '10.0.9.1' }]);
    const [gateway] = [...(await readFindings(store)).values()];
    const behind = { object: A, localIp: '10.0.0.5', via: '10.0.9.1' };
    const output = await collectMatches([behind, { object: B, localIp: '10.0.9.1' }], {
      clock: '2026-09-10T13:00:00.000Z',
    });
    expect(output).toMatchObject({ opened: 1, withdrawn: 1 });
    expect(read<FindingChanges>('runs/x/changes.json').withdrawn).toEqual([gateway]);
    expect([...(await readFindings(store)).values()]).toMatchObject([
      { local_ip: '10.0.0.5', legs: [{}, { is_outer: true }] },
    ]);
  });
});
