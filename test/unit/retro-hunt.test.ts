/** Executions that are started: for lists that changed, and once where two want the same. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ExecutionInput } from '../../src/core/execution.ts';
import { openFolderStore } from '../../src/local/folder-store.ts';
import type { Workflow } from '../../src/ports.ts';
import { currentIndicators } from '../../src/tasks/indicators-in-force.ts';
import type { ListedObject } from '../../src/tasks/ingest.ts';
import { retroHunt } from '../../src/tasks/retro-hunt.ts';
import { startExecution } from '../../src/tasks/start-execution.ts';
import { makeWorld, type World } from '../oracle/world.ts';

const KEY =
  's3://logs/AWSLogs/111122223333/vpcflowlogs/us-east-1/2026/09/01/111122223333_vpcflowlogs_us-east-1_fl-0a1b2c3d4e5f60718_20260901T0905Z_1.log.gz';
let world: World;
beforeEach(() => {
  world = makeWorld();
});
afterEach(() => world.remove());

it('gives a retro-hunt a clock later than that of any execution that found the lists before', async () => {
  const store = openFolderStore(world.home);
  await store.put('indicators/incoming/iocs.csv', '203.0.113.7,C2\n');
  const inputs: ExecutionInput[] = [];
  const workflow: Workflow = {
    start: async (_name, input) => inputs.push(input as ExecutionInput) > 0,
    status: async () => 'RUNNING',
  };
  async function* list(): AsyncGenerator<ListedObject> {
    yield { key: KEY, sizeBytes: 1000, etag: 'a', modified: 0 };
  }
  let second = 0;
  const now = () => `2026-09-01T12:00:0${second++}.000Z`;
  await retroHunt({ own: [], days: 1 }, now, { store, workflow, list });
  const { since } = await currentIndicators(store);
  expect(inputs.map(({ clock }) => clock > since)).toEqual([true]);
});

it('starts no second execution beside one that is too new to be described', async () => {
  const names: string[] = [];
  const workflow: Workflow = {
    start: async (name) => {
      names.push(name);
      return false;
    },
    status: async () => undefined,
  };
  const input = {
    execution: 'new-logs_1',
    mode: 'new-logs',
    clock: '',
    manifest: 'manifests/x.json',
    window: {},
  } as const;
  expect(await startExecution(input, workflow)).toEqual({ execution: 'new-logs_1', outcome: 'running' });
  expect(names).toEqual(['new-logs_1']);
});
