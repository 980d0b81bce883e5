/** Manifests → executions of the state machine on this machine, one after another, each to its end. */
import { availableParallelism } from 'node:os';
import { type Manifest, MOST, manifestKey, toOwnBatch } from '../core/batch.ts';
import { Interrupted } from '../core/errors.ts';
import { type ExecutionInput, toExecutionName } from '../core/execution.ts';
import type { ObjectStore } from '../ports.ts';
import { isRemote, openLogs, REMOTE_CONCURRENCY, type RemoteLogs } from './remote-logs.ts';
import { runExecution } from './state-machine.ts';
import type { SweepProgress } from './sweep-progress.ts';
import { openTasks, type TaskOptions } from './tasks.ts';

export type BatchWork = {
  readonly mode: 'sweep' | 'hunt';
  readonly clock: Date;
  readonly window: ExecutionInput['window'];
  /** Key of the indicator version. */
  readonly indicators: string;
  readonly home: string;
  readonly store: ObjectStore;
  readonly remote?: RemoteLogs;
  readonly scanBy?: TaskOptions['scanBy'];
  readonly signal?: AbortSignal;
  readonly report: (progress: SweepProgress) => void;
};

/** At 32 MB to a chunk two cores both have work, and progress moves. */
const CHUNK_BYTES = 32 * 1024 * 1024;
export const LIMITS = { ...MOST, chunkBytes: CHUNK_BYTES };

/** Runs one execution per manifest and returns their names. */
export async function runBatches(manifests: readonly Manifest[], work: BatchWork): Promise<string[]> {
  const executions: string[] = [];
  for (const manifest of manifests) {
    if (work.signal?.aborted) throw new Interrupted('stopped by the user');
    executions.push(await runBatch(manifest, work));
  }
  return executions;
}

async function runBatch(ingested: Manifest, work: BatchWork): Promise<string> {
  const { mode, store, indicators, window, home, signal, report } = work;
  const execution = toExecutionName(mode, ingested.batch, { indicators, window });
  await removeRun(execution, store);
  const manifest = mode === 'hunt' ? toOwnBatch(ingested, execution) : ingested;
  const key = mode === 'hunt' ? `runs/${execution}/manifest.json` : manifestKey(manifest);
  if (mode === 'hunt') await store.put(key, JSON.stringify(manifest));
  const areRemote = manifest.objects.some((object) => isRemote(object.key));
  const tasks = openTasks({
    ...{ home, store, limits: LIMITS, manifest },
    scanConcurrency: Math.max(areRemote ? REMOTE_CONCURRENCY : 2, availableParallelism()),
    onScan: (progress) => report({ step: 'scan', ...progress }),
    onMatch: () => report({ step: 'match' }),
    ...(areRemote ? { logs: openLogs(work.remote) } : {}),
    ...(work.scanBy === undefined ? {} : { scanBy: work.scanBy }),
    ...(signal === undefined ? {} : { signal }),
  });
  try {
    const input = { execution, mode, clock: work.clock.toISOString(), manifest: key, indicators, window };
    await runExecution(input, tasks.states, signal);
  } finally {
    await tasks.close();
  }
  return execution;
}

/** What an earlier run of the same name left must not be taken for this one's. */
async function removeRun(execution: string, store: ObjectStore): Promise<void> {
  const keys: string[] = [];
  for await (const key of store.list(`runs/${execution}/`)) keys.push(key);
  for (const key of keys) await store.remove(key);
}

export function toWindow({ from, to }: { readonly from?: Date; readonly to?: Date }): ExecutionInput['window'] {
  return {
    ...(from === undefined ? {} : { from: from.getTime() / 1000 }),
    ...(to === undefined ? {} : { to: to.getTime() / 1000 }),
  };
}
