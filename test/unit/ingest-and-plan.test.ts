import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MOST } from '../../src/core/batch.ts';
import { ExecutionFailed } from '../../src/core/errors.ts';
import type { ExecutionInput } from '../../src/core/execution.ts';
import { openFolderStore } from '../../src/local/folder-store.ts';
import type { ObjectStore } from '../../src/ports.ts';
import { ingest, type ListedObject, type Selection } from '../../src/tasks/ingest.ts';
import { plan } from '../../src/tasks/plan.ts';
import { makeWorld, type World } from '../oracle/world.ts';

let world: World;
let store: ObjectStore;
beforeEach(() => {
  world = makeWorld();
  store = openFolderStore(world.home);
});
afterEach(() => world.remove());

const ALL: Selection = { accounts: [], regions: [] };

function logKey(serial: number, { accountId = '111122223333', region = 'us-east-1' } = {}): string {
  return `AWSLogs/${accountId}/vpcflowlogs/${region}/2026/09/01/${accountId}_vpcflowlogs_${region}_fl-0a_20260901T0005Z_${serial}.log.gz`;
}

async function* listed(...keys: string[]): AsyncGenerator<ListedObject> {
  for (const key of keys) yield { key, sizeBytes: 10, etag: 'e', modified: 1 };
}

describe('ingest', () => {
  it('writes a manifest that is found again under the batch', async () => {
    const { manifests, foreign } = await ingest(listed(logKey(2), logKey(1)), ALL, MOST, store);
    expect(foreign).toEqual({});
    expect(manifests).toHaveLength(1);
    const { key, manifest } = manifests[0]!;
    expect(key).toBe(`manifests/2026-09-01/${manifest.batch}.json`);
    expect(JSON.parse((await store.get(key))!)).toEqual(manifest);
    expect(manifest.objects).toMatchObject([
      { key: logKey(1), accountId: '111122223333', region: 'us-east-1', date: '2026-09-01', flowLogId: 'fl-0a' },
      { key: logKey(2) },
    ]);
    const again = await ingest(listed(logKey(1), logKey(2)), ALL, MOST, store);
    expect(again.manifests).toEqual(manifests);
    expect(await Array.fromAsync(store.list('manifests/'))).toEqual([key]);
  });

  it('counts foreign keys by reason and names the first', async () => {
    const outcome = await ingest(
      listed('notes.txt', logKey(1), 'other.txt', logKey(2).replace('.log.gz', '.log.parquet')),
      ALL,
      MOST,
      store,
    );
    expect(outcome.foreign).toEqual({ 'not a flow log key': 2, Parquet: 1 });
    expect(outcome.firstForeign).toBe('notes.txt');
    expect(outcome.manifests[0]?.manifest.objects).toHaveLength(1);
  });

  it('has no manifest where nothing came in', async () => {
    expect(await ingest(listed(), ALL, MOST, store)).toEqual({ manifests: [], foreign: {} });
    expect(await Array.fromAsync(store.list('manifests/'))).toEqual([]);
  });

  it.each<[string, Partial<Selection>, number[]]>([
    ['account', { accounts: ['444455556666'] }, [2, 3]],
    ['region', { regions: ['eu-west-1'] }, [3, 4]],
    ['both', { accounts: ['444455556666'], regions: ['eu-west-1'] }, [3]],
    ['several', { regions: ['eu-west-1', 'us-east-1'] }, [1, 2, 3, 4]],
    ['none such', { accounts: ['777788889999'] }, []],
  ])('selects by %s', async (_name, selection, serials) => {
    const elsewhere = { accountId: '444455556666' };
    const keys = [
      ...[logKey(1), logKey(2, elsewhere), logKey(3, { ...elsewhere, region: 'eu-west-1' })],
      logKey(4, { region: 'eu-west-1' }),
    ];
    const { manifests, foreign } = await ingest(listed(...keys), { ...ALL, ...selection }, MOST, store);
    const taken = manifests.flatMap(({ manifest }) => manifest.objects.map(({ key }) => key));
    expect(taken.sort()).toEqual(serials.map((serial) => keys[serial - 1]!).sort());
    // What is not asked for is not foreign.
    expect(foreign).toEqual({});
  });
});

describe('plan', () => {
  async function planned(keys: string[], limits = MOST) {
    const { manifests } = await ingest(listed(...keys), ALL, MOST, store);
    const input = { execution: 'x', manifest: manifests[0]!.key } as ExecutionInput;
    return { input, manifest: manifests[0]!.manifest, output: await plan(input, { limits }, store) };
  }

  it('writes the list of each chunk and passes on its name only', async () => {
    const { manifest, output } = await planned([logKey(1), logKey(2), logKey(3)], { ...MOST, chunkObjects: 2 });
    expect(output).toEqual({
      batch: manifest.batch,
      indicators: 'indicators/none',
      chunks: [
        { chunk: 0, objects: 'runs/x/chunks/0.objects.json' },
        { chunk: 1, objects: 'runs/x/chunks/1.objects.json' },
      ],
      isAgain: false,
    });
    const lists = await Promise.all(output.chunks.map(async ({ objects }) => JSON.parse((await store.get(objects))!)));
    expect(lists).toEqual([manifest.objects.slice(0, 2), manifest.objects.slice(2)]);
  });

  it('knows whether any of the objects was sighted before', async () => {
    await store.put('sightings/another.log.gz.json', '[]');
    expect((await planned([logKey(1)])).output.isAgain).toBe(false);
    await store.put(`sightings/${logKey(1).split('/').at(-1)}.json`, '[]');
    expect((await planned([logKey(1)])).output.isAgain).toBe(true);
  });

  it('stays far under the size of a state, with as many chunks as an execution may have', async () => {
    const keys = Array.from({ length: MOST.chunks }, (_, i) => logKey(i));
    const { output } = await planned(keys, { ...MOST, chunkObjects: 1 });
    expect(output.chunks).toHaveLength(MOST.chunks);
    expect(JSON.stringify(output).length).toBeLessThan(262_144 / 4);
  });

  it('says what to do where the manifest is gone', async () => {
    const input = { execution: 'x', manifest: 'manifests/none.json' } as ExecutionInput;
    await expect(plan(input, { limits: MOST }, store)).rejects.toThrow(ExecutionFailed);
    await expect(plan(input, { limits: MOST }, store)).rejects.toThrow(
      'manifests/none.json is gone; run the sweep again',
    );
  });
});
