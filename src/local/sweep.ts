/** A sweep on one machine: files in, sightings and findings out, through ingest and the whole workflow. */
import { availableParallelism } from 'node:os';
import { MOST } from '../core/batch.ts';
import { Interrupted } from '../core/errors.ts';
import { type ExecutionInput, toExecutionName } from '../core/execution.ts';
import type { ListProblem } from '../core/indicator.ts';
import type { ForeignReason } from '../core/log-object.ts';
import type { ObjectStore } from '../ports.ts';
import { type LoadedIndicators, storeIndicators } from '../tasks/indicator-versions.ts';
import { ingest } from '../tasks/ingest.ts';
import { type Executed, readExecuted } from '../tasks/read-executed.ts';
import type { ScanProgress } from '../tasks/scan.ts';
import { openFolderStore } from './folder-store.ts';
import { withHomeLock } from './home-lock.ts';
import { loadIndicators } from './indicator-versions.ts';
import { isRemote, listLogs, openLogs, REMOTE_CONCURRENCY, type RemoteLogs } from './remote-logs.ts';
import { runExecution } from './state-machine.ts';
import { openTasks } from './tasks.ts';

export type SweepRequest = {
  readonly logs: readonly string[];
  /** How `s3://` is read, where it may be named. */
  readonly remote?: RemoteLogs;
  readonly iocs: readonly string[];
  readonly home: string;
  readonly from?: Date;
  readonly to?: Date;
  readonly accounts?: readonly string[];
  readonly regions?: readonly string[];
  readonly allow?: readonly string[];
  readonly own?: readonly string[];
  readonly clock: Date;
  readonly onProgress?: (progress: SweepProgress) => void;
  readonly signal?: AbortSignal;
};

export type SweepProgress =
  | { readonly step: 'indicators'; readonly indicators: number; readonly problems: readonly ListProblem[] }
  | { readonly step: 'notice'; readonly objects: number; readonly bytes: number; readonly foreign: number }
  | ({ readonly step: 'scan' } & ScanProgress)
  | { readonly step: 'match' }
  | { readonly step: 'wait'; readonly pid: number };

export type SweepSummary = Executed['summary'] & {
  readonly foreign: Readonly<Partial<Record<ForeignReason, number>>>;
  readonly firstForeign?: string;
  readonly indicators: number;
  readonly problems: readonly ListProblem[];
};

export type SweepResult = Omit<Executed, 'summary'> & { readonly summary: SweepSummary };

/** At 32 MB to a chunk two cores both have work, and progress moves. */
const CHUNK_BYTES = 32 * 1024 * 1024;

/** Runs ingest and one execution per batch; repeating it changes nothing in the home. */
export async function sweep(request: SweepRequest): Promise<SweepResult> {
  const report = request.onProgress ?? (() => {});
  const loaded = await loadIndicators({ iocs: request.iocs, allow: request.allow ?? [], own: request.own ?? [] });
  report({ step: 'indicators', indicators: loaded.indicators.length, problems: loaded.problems });
  const onWait = (pid: number) => report({ step: 'wait', pid });
  return withHomeLock(request.home, () => sweepHome(request, loaded, report), onWait, request.signal);
}

async function sweepHome(
  request: SweepRequest,
  loaded: LoadedIndicators,
  report: (progress: SweepProgress) => void,
): Promise<SweepResult> {
  const store = openFolderStore(request.home);
  const indicators = await storeIndicators(loaded, store);
  const limits = { ...MOST, chunkBytes: CHUNK_BYTES };
  const selection = { accounts: request.accounts ?? [], regions: request.regions ?? [] };
  const ingested = await ingest(listLogs(request.logs, request.remote), selection, limits, store);
  const objects = ingested.manifests.flatMap(({ manifest }) => manifest.objects);
  const bytes = objects.reduce((total, { sizeBytes }) => total + sizeBytes, 0);
  report({ step: 'notice', objects: objects.length, bytes, foreign: sumOf(ingested.foreign) });
  const areRemote = objects.some(({ key }) => isRemote(key));
  const executions: string[] = [];
  for (const { key, manifest } of ingested.manifests) {
    if (request.signal?.aborted) throw new Interrupted('stopped by the user');
    const input = toExecutionInput(request, key, manifest.batch, indicators);
    await removeRun(input.execution, store);
    const tasks = openTasks({
      ...{ home: request.home, store, limits, indicators: new Map([[indicators, loaded]]), manifest },
      scanConcurrency: Math.max(areRemote ? REMOTE_CONCURRENCY : 2, availableParallelism()),
      onScan: (progress) => report({ step: 'scan', ...progress }),
      onMatch: () => report({ step: 'match' }),
      ...(areRemote ? { logs: openLogs(request.remote) } : {}),
      ...(request.signal === undefined ? {} : { signal: request.signal }),
    });
    try {
      await runExecution(input, tasks.states, request.signal);
    } finally {
      await tasks.close();
    }
    executions.push(input.execution);
  }
  const { summary, ...executed } = await readExecuted(executions, 'sweep', store);
  const { foreign, firstForeign } = ingested;
  const notice = { foreign, ...(firstForeign === undefined ? {} : { firstForeign }) };
  const lists = { indicators: loaded.indicators.length, problems: loaded.problems };
  return { ...executed, summary: { ...summary, ...notice, ...lists } };
}

/** What an earlier run of the same name left must not be taken for this one's. */
async function removeRun(execution: string, store: ObjectStore): Promise<void> {
  const keys: string[] = [];
  for await (const key of store.list(`runs/${execution}/`)) keys.push(key);
  for (const key of keys) await store.remove(key);
}

function toExecutionInput(request: SweepRequest, manifest: string, batch: string, indicators: string): ExecutionInput {
  const window = toWindow(request);
  return {
    execution: toExecutionName('sweep', batch, { indicators, window }),
    mode: 'sweep',
    clock: request.clock.toISOString(),
    ...{ manifest, indicators, window },
  };
}

function toWindow({ from, to }: SweepRequest): ExecutionInput['window'] {
  return {
    ...(from === undefined ? {} : { from: from.getTime() / 1000 }),
    ...(to === undefined ? {} : { to: to.getTime() / 1000 }),
  };
}

function sumOf(counts: Readonly<Partial<Record<string, number>>>): number {
  return Object.values(counts).reduce<number>((total, count) => total + (count ?? 0), 0);
}
