/** The states of sweep.asl.json on one machine: each bound to the task that runs in AWS, or to DuckDB for Athena. */
import type { Limits, Manifest } from '../core/batch.ts';
import type { ExecutionInput, ScanOutput } from '../core/execution.ts';
import { limitConcurrency } from '../core/limit-concurrency.ts';
import type { LogStore, ObjectStore } from '../ports.ts';
import { type CollectInput, collect } from '../tasks/collect.ts';
import { type DataRatioInput, planDataRatio } from '../tasks/data-ratio.ts';
import { indicatorSets } from '../tasks/indicator-versions.ts';
import { plan } from '../tasks/plan.ts';
import { publish } from '../tasks/publish.ts';
import { type RecordDataRatioInput, recordDataRatio } from '../tasks/record-data-ratio.ts';
import { type RecordFailureInput, recordFailure } from '../tasks/record-failure.ts';
import { type RecordResultInput, recordResult } from '../tasks/record-result.ts';
import { type ResolveAddressesInput, resolveAddresses } from '../tasks/resolve-addresses.ts';
import { type ScanPorts, type ScanProgress, type ScanRequest, scan } from '../tasks/scan.ts';
import { logFiles, pausingLogFiles } from './log-files.ts';
import { openQueryStates } from './query-states.ts';
import { openPacker, openReader } from './scan-kernel.ts';
import { openScanPool, type ScanPool } from './scan-pool.ts';
import type { TaskState } from './state-machine.ts';
import { openQueryResults } from './workflow-queries.ts';

export type TaskOptions = {
  readonly home: string;
  readonly store: ObjectStore;
  /** Files unless given. */
  readonly logs?: LogStore;
  readonly limits: Limits;
  readonly manifest: Manifest;
  readonly scanConcurrency: number;
  /** `query`: as `scan: athena` in the cloud, objects are queried where they lie and not read by Scan. */
  readonly scanBy?: 'kernel' | 'query';
  readonly onScan: (progress: ScanProgress) => void;
  readonly onMatch: () => void;
  readonly signal?: AbortSignal;
};

const WORTH_THREADS_BYTES = 256 * 1024 * 1024;
/** A day's 8 MB of logs cost DuckDB some tenths of a second: a sweep must not take longer for it than for its scan. */
const DATA_RATIO = { bytesPerDay: 8 * 1024 * 1024, hosts: 3 };

/** Each query reads the whole table anew: of 20,000 small objects 120 took 50 s, three 1 s. DuckDB takes so many parameters. */
const MOST_PATHS = { bytes: Number.POSITIVE_INFINITY, objects: 50_000 };

/** One machine has neither a findings service nor a topic: nothing is marked for Publish, and it finds nothing to say. */
const PUBLISH = { accountId: '', partition: '', region: '', publishFrom: 'MEDIUM' } as const;

/** Task functions by state name, for one execution; `close` ends the engine if it was needed. */
export function openTasks(options: TaskOptions): { states: Record<string, TaskState>; close: () => Promise<void> } {
  const { home, store } = options;
  const results = openQueryResults(home);
  const queries = openQueryStates({ logs: logFiles, ...options });
  const indicatorSet = indicatorSets(store);
  const scanner = openScanner(options, indicatorSet);
  const tableOf = async () => 'vpcflow';
  const planSettings = { limits: options.limits, ...(options.scanBy === 'query' ? { tableOf } : {}) };
  const states = {
    Plan: (input: ExecutionInput) => plan(input, planSettings, store),
    ScanChunk: scanner.scan,
    ScanLastAttempt: scanner.scan,
    BindAddresses: queries.bind,
    RunAddresses: queries.run,
    ResolveAddresses: (input: ResolveAddressesInput) => resolveAddresses(input, { store, results, indicatorSet }),
    BindMatch: queries.bind,
    RunMatch: queries.run,
    PlanDataRatio: async (input: DataRatioInput) =>
      queries.keepHosts(await planDataRatio(input, DATA_RATIO, { store, results, tableOf, mostPaths: MOST_PATHS })),
    BindDataRatio: queries.bind,
    RunDataRatio: queries.run,
    Collect: (input: CollectInput) => collect(input, store, results, { isPublished: false }),
    Publish: (input: { changes: string; execution: string }) =>
      publish({ ...input, clock: new Date().toISOString() }, { store }, PUBLISH),
    RecordDataRatio: (input: RecordDataRatioInput) => recordDataRatio(input, store, results),
    RecordResult: (input: RecordResultInput) => recordResult(input, store),
    RecordFailure: (input: RecordFailureInput) => recordFailure(input, store),
    RecordDataRatioFailure: (input: RecordFailureInput) => recordFailure(input, store),
  };
  const close = async () => {
    await Promise.all([scanner.close(), queries.close()]);
  };
  return { states: states as unknown as Record<string, TaskState>, close };
}

/** Scan right here, and in worker threads too where there is work for more than one: a thread takes some 0.1 CPU s to start. */
function openScanner(options: TaskOptions, indicatorSet: ScanPorts['indicatorSet']): ScanPool {
  const { home, store, manifest, onScan, scanConcurrency, signal } = options;
  const logs = options.logs ?? pausingLogFiles(signal);
  const ports = { store, logs, reader: openReader, packAddresses: openPacker(), indicatorSet, onProgress: onScan };
  const scanHere = (input: ScanRequest): Promise<ScanOutput> => scan(input, ports);
  const bytes = manifest.objects.reduce((total, { sizeBytes }) => total + sizeBytes, 0);
  if (options.logs !== undefined || bytes < WORTH_THREADS_BYTES) {
    return { scan: limitConcurrency(scanConcurrency, scanHere), close: async () => {} };
  }
  const pool = openScanPool(home, onScan);
  let isBusy = false;
  const scanAnywhere = async (input: ScanRequest): Promise<ScanOutput> => {
    if (isBusy) return pool.scan(input);
    isBusy = true;
    return scanHere(input).finally(() => {
      isBusy = false;
    });
  };
  return { scan: limitConcurrency(scanConcurrency, scanAnywhere), close: pool.close };
}
