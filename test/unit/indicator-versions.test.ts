/** The lists in force: all of them together are one version, whoever brings them and in whatever order. */
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { parseNetwork } from '../../src/core/address.ts';
import { UsageError } from '../../src/core/errors.ts';
import { readIndicatorLists } from '../../src/core/indicator-list.ts';
import type { ObjectStore } from '../../src/ports.ts';
import { indicatorSets, isEmptyVersion, readIndicators, storeIndicators } from '../../src/tasks/indicator-versions.ts';
import {
  advanceRetroHunt,
  currentIndicators,
  importIncoming,
  type Version,
} from '../../src/tasks/indicators-in-force.ts';
import { openMemoryStore } from '../property/memory-store.ts';
import { runs } from '../property/runs.ts';

const CLOCK = '2026-09-10T12:00:00.000Z';
const LATER = '2026-09-10T13:00:00.000Z';
const C2 = 'indicators/incoming/c2.csv';
const FEED = 'indicators/incoming/feed.txt';
let objects: Map<string, string>;
let store: ObjectStore;
beforeEach(() => {
  objects = new Map();
  store = openMemoryStore(objects);
});

/** The version before the first list. */
const NONE = 'indicators/none';

function endRetroHunt(version: Version): Promise<boolean> {
  return advanceRetroHunt(version, undefined, store);
}

async function textsInForce(): Promise<string[]> {
  const { indicators } = await readIndicators((await currentIndicators(store)).indicators, store);
  return Array.from(indicators, ({ text, comment, source }) => `${text} ${comment} (${source})`);
}

describe('importIncoming', () => {
  it('brings all lists into force as one version, the first by name giving the comment', async () => {
    await store.put(FEED, '203.0.113.7 from the feed\n2001:db8::/32 drop site\nnonsense\n');
    await store.put(C2, 'threat_ip,threat_comment\n203.0.113.7,"C2, panel"\n');
    const imported = await importIncoming([], CLOCK, store);
    const inForce = { indicators: imported.indicators, since: CLOCK, due: { against: [NONE] } };
    expect(imported).toMatchObject({ ...inForce, loaded: { problems: [{ source: 'feed.txt' }] } });
    expect(await currentIndicators(store)).toEqual(inForce);
    expect((await textsInForce()).sort()).toEqual([
      '2001:db8::/32 drop site (feed.txt)',
      '203.0.113.7 C2, panel (c2.csv)',
    ]);
  });

  it('changes nothing for the same lists, however they came there', async () => {
    await store.put(C2, '203.0.113.7,C2\n');
    const first = await importIncoming([], CLOCK, store);
    await endRetroHunt(first);
    await store.put(C2, '# renewed\n203.0.113.7,C2\n');
    const { loaded: _, ...again } = await importIncoming([], LATER, store);
    expect(again).toEqual({ indicators: first.indicators, since: CLOCK });
  });

  it.each([
    ['a list goes', () => objects.delete(C2)],
    ['an indicator goes', () => objects.set(C2, '198.51.100.9\n')],
    ['a comment changes', () => objects.set(C2, '203.0.113.7,other\n')],
    ['a list comes', () => objects.set(FEED, '198.51.100.9\n')],
    ['an allowlist comes', () => objects.set('indicators/allow/ours.txt', '203.0.113.0/24\n')],
  ])('is another version, with a retro-hunt due, where %s', async (_what, change) => {
    await store.put(C2, '203.0.113.7,C2\n');
    const first = await importIncoming([], CLOCK, store);
    await endRetroHunt(first);
    change();
    const second = await importIncoming([], LATER, store);
    expect(second.indicators).not.toBe(first.indicators);
    expect(second).toMatchObject({ since: LATER, due: { against: [first.indicators] } });
    // The version before is still there: an execution may be under way with it.
    expect((await readIndicators(first.indicators, store)).indicators).toHaveLength(1);
  });

  it('keeps a retro-hunt due that never came to its end, and only the version it was for goes on with it', async () => {
    await store.put(C2, '203.0.113.7\n');
    const first = await importIncoming([], CLOCK, store);
    expect(await advanceRetroHunt(first, '2026-09-04', store)).toBe(true);
    expect((await importIncoming([], LATER, store)).due).toEqual({ against: [NONE], doneFrom: '2026-09-04' });
    await store.put(C2, '203.0.113.8\n');
    const second = await importIncoming([], LATER, store);
    // Some days may show what the first has, others what was before.
    expect(second.due).toEqual({ against: [NONE, first.indicators] });
    expect(await endRetroHunt(first)).toBe(false);
    expect((await importIncoming([], LATER, store)).due).toEqual(second.due);
    expect(await endRetroHunt(second)).toBe(true);
    expect((await importIncoming([], LATER, store)).due).toBeUndefined();
    expect(await endRetroHunt(second)).toBe(false);
  });

  it('has a retro-hunt of its own due, where lists are again what they were', async () => {
    await store.put(C2, '203.0.113.7\n');
    const first = await importIncoming([], CLOCK, store);
    await endRetroHunt(first);
    await store.put(C2, '203.0.113.8\n');
    const second = await importIncoming([], LATER, store);
    await store.put(C2, '203.0.113.7\n');
    const third = await importIncoming([], '2026-09-10T14:00:00.000Z', store);
    expect(third).toMatchObject({ indicators: first.indicators, due: { against: [second.indicators] } });
    expect(third.since > second.since).toBe(true);
    expect(await endRetroHunt(first)).toBe(false);
  });

  it('leaves own and allowed ranges out, folders too', async () => {
    await store.put('indicators/incoming/', '');
    await store.put(C2, '203.0.113.7\n198.51.100.9\n192.0.2.1\n');
    await store.put('indicators/allow/ours.txt', '198.51.100.0/24\n');
    const { indicators, loaded } = await importIncoming([parseNetwork('192.0.2.0/24')!.network], CLOCK, store);
    expect(loaded.problems).toMatchObject([{ kind: 'refused' }]);
    const set = await indicatorSets(store)(indicators);
    const resolved = ['203.0.113.7', '198.51.100.9', '192.0.2.1'].map((text) => {
      const { network } = parseNetwork(text)!;
      return set.resolve(network.words) !== undefined;
    });
    expect(resolved).toEqual([true, false, false]);
  });

  it('gives the playbook’s table the exact addresses that are not allowed, quoted for its CSV', async () => {
    await store.put(
      C2,
      `threat_ip,threat_comment\n203.0.113.7,"say ""hi"", \\now"\n203.0.113.0/24,net\n2001:DB8::7,six\n198.51.100.9,x\n`,
    );
    await store.put('indicators/allow/ours.txt', '198.51.100.0/24\n');
    await importIncoming([], CLOCK, store);
    const lines = [String.raw`"203.0.113.7","say \"hi\", \\now"`, '"2001:db8::7","six"', ''];
    expect(objects.get('indicators/incident_iocs/iocs.csv')).toBe(lines.join('\n'));
  });

  it('has no version before the first list, and none of its own for no lists', async () => {
    const before = await currentIndicators(store);
    expect((await readIndicators(before.indicators, store)).indicators).toHaveLength(0);
    const { loaded } = await importIncoming([], CLOCK, store);
    expect(loaded.indicators).toHaveLength(0);
  });

  it('of imports at once, the one that saw all lists has the last word', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const shared = new Map<string, string>();
        const upload = async (name: string) => {
          const own = openMemoryStore(shared, () => scheduler.schedule(Promise.resolve()));
          await own.put(`indicators/incoming/${name}`, `203.0.113.${name}\n`);
          return importIncoming([], CLOCK, own);
        };
        const imported = await scheduler.waitFor(Promise.all(['1', '2', '3'].map(upload)));
        const settled = openMemoryStore(shared);
        const { indicators } = await currentIndicators(settled);
        expect(Array.from((await readIndicators(indicators, settled)).indicators, ({ text }) => text).sort()).toEqual([
          ...['203.0.113.1', '203.0.113.2', '203.0.113.3'],
        ]);
        const last = imported.find((each) => each.indicators === indicators)!;
        expect(last.due?.against).toContain(NONE);
        expect(shared.get('indicators/incident_iocs/iocs.csv')?.split('\n')).toHaveLength(4);
      }),
      runs(100),
    );
  });
});

describe('a stored version', () => {
  const holds = async (key: string, text: string) => {
    const set = await indicatorSets(store)(key);
    return set.resolve(parseNetwork(text)!.network.words)?.indicator.comment;
  };
  const list = (text: string) => ({ ...readIndicatorLists([{ source: 'c2.csv', text }], { own: [] }), allowed: [] });
  const binOf = (key: string) => key.replace('.json', '.bin');

  it('is read as it was compiled, without its document', async () => {
    const key = await storeIndicators(list('203.0.113.7,C2\n2001:db8::/32,net\n'), store);
    objects.delete(key);
    expect([await holds(key, '203.0.113.7'), await holds(key, '2001:db8::1')]).toEqual(['C2', 'net']);
    expect(await holds(key, '203.0.113.8')).toBeUndefined();
  });

  it.each([
    ['gone', (key: string) => objects.delete(binOf(key))],
    ['cut off', (key: string) => objects.set(binOf(key), objects.get(binOf(key))!.slice(0, 2000))],
    ['empty', (key: string) => objects.set(binOf(key), '')],
    ['another version of the form', (key: string) => objects.set(binOf(key), patch(objects.get(binOf(key))!, 4))],
    ['damaged within', (key: string) => objects.set(binOf(key), patch(objects.get(binOf(key))!, 300_000))],
  ])('is compiled anew where its compiled form is %s', async (_what, damage) => {
    const key = await storeIndicators(list('203.0.113.7,C2\n'), store);
    damage(key);
    expect([await holds(key, '203.0.113.7'), await holds(key, '203.0.113.8')]).toEqual(['C2', undefined]);
  });

  it('is compiled anew where the role may not be told that something is missing', async () => {
    const key = await storeIndicators(list('203.0.113.7,C2\n'), store);
    const bytes = async () => {
      throw new UsageError('access denied');
    };
    const set = await indicatorSets({ ...store, bytes })(key);
    expect(set.resolve(parseNetwork('203.0.113.7')!.network.words)?.indicator.comment).toBe('C2');
  });

  it('that is gone altogether is an error, and a store that fails is asked again', async () => {
    const sets = indicatorSets(store);
    await expect(sets('indicators/00.json')).rejects.toMatchObject({ name: 'ExecutionFailed' });
    const key = await storeIndicators(list('203.0.113.7,C2\n'), store);
    let failures = 1;
    const failing = indicatorSets({
      ...store,
      bytes: async (asked) => {
        if (failures-- > 0) throw new Error('try again');
        return store.bytes(asked);
      },
    });
    await expect(failing(key)).rejects.toThrow('try again');
    expect((await failing(key)).ipv4.starts).toHaveLength(1);
  });

  it('tells whether anything is in it, whether its compiled form is there or not', async () => {
    const filled = await storeIndicators(list('203.0.113.7,C2\n'), store);
    const empty = await storeIndicators(list('# nothing\n'), store);
    const keys = [filled, empty, (await currentIndicators(store)).indicators];
    const areEmpty = () => Promise.all(keys.map((key) => isEmptyVersion(key, store)));
    expect(await areEmpty()).toEqual([false, true, true]);
    for (const key of [filled, empty]) objects.delete(binOf(key));
    expect(await areEmpty()).toEqual([false, true, true]);
  });

  it('is not compiled and written twice', async () => {
    const writes: string[] = [];
    const counted: ObjectStore = {
      ...store,
      put: (key, body) => {
        writes.push(key);
        return store.put(key, body);
      },
    };
    const key = await storeIndicators(list('203.0.113.7,C2\n'), counted);
    expect(writes).toEqual([key, binOf(key)]);
    expect(await storeIndicators(list('# again\n203.0.113.7,C2\n'), counted)).toBe(key);
    expect(writes).toHaveLength(2);
    objects.set(binOf(key), patch(objects.get(binOf(key))!, 4));
    await storeIndicators(list('203.0.113.7,C2\n'), counted);
    expect(writes).toHaveLength(4);
  });
});

/** With one byte changed; the memory store has bytes as Latin-1. */
function patch(bytes: string, at: number): string {
  return `${bytes.slice(0, at)}${String.fromCharCode(bytes.charCodeAt(at) ^ 0x41)}${bytes.slice(at + 1)}`;
}
