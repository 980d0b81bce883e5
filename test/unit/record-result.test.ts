/** RecordResult: sums that are exact, and the word that a batch is accounted for. */
import { beforeEach, describe, expect, it } from 'vitest';
import { fromJson, toJson } from '../../src/core/exact-json.ts';
import { toChunkResult } from '../../src/core/execution.ts';
import type { ObjectStore } from '../../src/ports.ts';
import { type RecordResultInput, recordResult } from '../../src/tasks/record-result.ts';
import { openMemoryStore } from '../property/memory-store.ts';

const CLOCK = '2026-09-10T12:00:00.000Z';
const MANIFEST = `manifests/2026-09-01/${'b'.repeat(32)}.json`;
const INPUT: RecordResultInput = {
  ...{ execution: 'x', mode: 'new-logs', clock: CLOCK, manifest: MANIFEST, window: {} },
  plan: { indicators: 'indicators/v.json' },
};
let objects: Map<string, string>;
let store: ObjectStore;
beforeEach(() => {
  objects = new Map();
  store = openMemoryStore(objects);
});

describe('recordResult', () => {
  it('adds the chunks up, with what Collect and Publish said', async () => {
    const chunk = {
      ...toChunkResult([]),
      objects: 2,
      bytes: 10,
      records: 5,
      matches: 1,
      malformed: { 'field count': 2 },
    };
    objects.set('runs/x/chunks/0.json', toJson(chunk));
    objects.set(
      'runs/x/chunks/1.json',
      toJson({ ...chunk, damaged: 1, trouble: [{ object: 'o', kind: 'damaged', reason: 'r' }] }),
    );
    objects.set('runs/x/chunks/0.objects.json', '[]');
    objects.set('runs/xy/chunks/0.json', toJson(chunk));
    const collected = { matches: 2, sightings: 2, changes: 'c', opened: 1, updated: 2, withdrawn: 3 };
    const result = await recordResult({ ...INPUT, collected }, store);
    expect(result).toMatchObject({
      ...{ objects: 4, bytes: 20, records: 10, matches: 2, damaged: 1, malformed: { 'field count': 4 } },
      ...{ clock: CLOCK, indicators: 'indicators/v.json', opened: 1, updated: 2, withdrawn: 3, sightings: 2 },
      trouble: [{ object: 'o', kind: 'damaged', reason: 'r' }],
    });
    expect(fromJson(objects.get('runs/x/result.json')!)).toEqual(JSON.parse(JSON.stringify(result)));
  });

  it('says nothing of findings where nothing was found', async () => {
    expect(await recordResult(INPUT, store)).toMatchObject({
      opened: 0,
      updated: 0,
      withdrawn: 0,
      sightings: 0,
    });
    expect([...objects.keys()].sort()).toEqual([MANIFEST.replace('.json', '.done'), 'runs/x/result.json']);
  });

  it.each([
    ['a sweep of what came in', 'sweep', MANIFEST, true],
    ['a retro-hunt, whose manifest is its own', 'sweep', 'runs/x/manifest.json', false],
    ['a hunt', 'hunt', MANIFEST, false],
  ] as const)('%s', async (_name, mode, manifest, isDone) => {
    await recordResult({ ...INPUT, mode, manifest }, store);
    expect([...objects.keys()].some((key) => key.endsWith('.done'))).toBe(isDone);
  });

  it('twice is as good as once', async () => {
    await recordResult(INPUT, store);
    const once = new Map(objects);
    await recordResult(INPUT, store);
    expect(objects).toEqual(once);
  });
});
