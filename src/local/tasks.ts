/** The states of sweep.asl.json on one machine: each bound to the task that runs in AWS, or to DuckDB for Athena. */
import type { Limits, Manifest, StoredLogObject } from '../core/batch.ts';
import type { EvidenceRef, ExecutionInput } from '../core/execution.ts';
import type { LogStore, ObjectStore } from '../ports.ts';
import { bindMatch, type QueryInput } from '../tasks/bind-match.ts';
import { type CollectInput, collect } from '../tasks/collect.ts';
import {
  bindDataRatio,
  type DataRatioHost,
  type DataRatioInput,
  type DataRatioPlan,
  planDataRatio,
} from '../tasks/data-ratio.ts';
import { plan } from '../tasks/plan.ts';
import { publish } from '../tasks/publish.ts';
import { readChunkResults, type ScanProgress, scan } from '../tasks/scan.ts';
import type { DuckdbEngine } from './duckdb.ts';
import { openFindingsFolder } from './findings-folder.ts';
import { indicatorSets, type LoadedIndicators } from './indicator-versions.ts';
import { logFiles } from './log-files.ts';
import { createLogTable } from './log-table.ts';
import { copyHere } from './remote-logs.ts';
import { openLineChecker } from './scan-kernel.ts';
import { openScanPool, type ScanPool, type ScanRequest } from './scan-pool.ts';
import { readDefinition } from './sql-files.ts';
import type { TaskState } from './state-machine.ts';
import { createEvidenceTables, openQueryResults, runQuery, type StartQueryExecution } from './workflow-queries.ts';

export type TaskOptions = {
  readonly home: string;
  readonly store: ObjectStore;
  /** Files unless given. */
  readonly logs?: LogStore;
  readonly limits: Limits;
  readonly manifest: Manifest;
  readonly indicators: ReadonlyMap<string, LoadedIndicators>;
  readonly scanConcurrency: number;
  readonly onScan: (progress: ScanProgress) => void;
  readonly onMatch: () => void;
  readonly signal?: AbortSignal;
};

const WORTH_THREADS_BYTES = 256 * 1024 * 1024;
/** A day's 8 MB of logs cost DuckDB some tenths of a second: a sweep must not take longer for it than for its scan. */
const DATA_RATIO = { bytesPerDay: 8 * 1024 * 1024, hosts: 3 };

/** Task functions by state name, for one execution; `close` ends the engine if it was needed. */
export function openTasks(options: TaskOptions): { states: Record<string, TaskState>; close: () => Promise<void> } {
  const { home, store } = options;
  const results = openQueryResults(home);
  const queries = openQueries(options);
  const scanner = openScanner(options);
  const states = {
    Plan: (input: ExecutionInput) => plan(input, options.limits, store),
    ScanChunk: scanner.scan,
    ScanLastAttempt: scanner.scan,
    BindMatch: queries.bindMatch,
    RunMatch: queries.run,
    PlanDataRatio: async (input: DataRatioInput) =>
      queries.plan(await planDataRatio(input, DATA_RATIO, store, results)),
    BindDataRatio: queries.bindDataRatio,
    RunDataRatio: queries.run,
    Collect: (input: CollectInput) => collect(input, store, results),
    Publish: (input: { changes: string }) => publish(input.changes, store, openFindingsFolder(store)),
    RecordFailure: (input: ExecutionInput & { failure: unknown }) =>
      store.put(`runs/${input.execution}/failure.json`, `${JSON.stringify(input.failure, null, 2)}\n`),
    RecordDataRatioFailure: (input: ExecutionInput & { dataRatioFailure: unknown }) =>
      store.put(
        `runs/${input.execution}/data-ratio-failure.json`,
        `${JSON.stringify(input.dataRatioFailure, null, 2)}\n`,
      ),
  };
  const close = async () => {
    await Promise.all([scanner.close(), queries.close()]);
  };
  return { states: states as unknown as Record<string, TaskState>, close };
}

/** Scan in worker threads where there is work for more than one, else right here: threads take some 0.4 CPU s to start. */
function openScanner(options: TaskOptions): ScanPool {
  const { home, store, manifest, onScan, scanConcurrency } = options;
  const bytes = manifest.objects.reduce((total, { sizeBytes }) => total + sizeBytes, 0);
  if (options.logs === undefined && bytes >= WORTH_THREADS_BYTES) {
    const pool = openScanPool(home, onScan);
    return { scan: limitConcurrency(scanConcurrency, pool.scan), close: pool.close };
  }
  const logs = options.logs ?? logFiles;
  const indicatorSet = indicatorSets(store, options.indicators);
  const ports = { store, logs, lineChecker: openLineChecker, indicatorSet, onProgress: onScan };
  return { scan: limitConcurrency(scanConcurrency, (input: ScanRequest) => scan(input, ports)), close: async () => {} };
}

/** A bound query: where its rows go, and the tables it needs. */
type Prepared = { readonly location: string; readonly createTables: (engine: DuckdbEngine) => Promise<void> };

/** The query states. DuckDB is opened with the first query: a sweep without matches never needs it. */
function openQueries({ home, store, manifest, onMatch, logs = logFiles, signal }: TaskOptions) {
  let opened: Promise<DuckdbEngine> | undefined;
  let hosts: readonly DataRatioHost[] = [];
  let logTable: Promise<unknown> | undefined;
  const prepared = new Map<string, Prepared>();
  const createHostTable = async (engine: DuckdbEngine, execution: string) => {
    const objects = await readHostObjects(manifest, hosts, store, execution);
    return createLogTable(engine, await copyHere(objects, logs, engine.tempDirectory, signal));
  };
  const remember = async (bound: Promise<QueryInput>, query: Prepared) => {
    prepared.set((await bound).parameters.join(), query);
    return bound;
  };
  return {
    bindMatch: async ({ execution, evidence }: { execution: string; evidence: EvidenceRef }) => {
      onMatch();
      const location = `runs/${execution}/matches/${evidence.chunk}.json`;
      const createTables = (engine: DuckdbEngine) => createEvidenceTables(engine, home, evidence);
      return remember(bindMatchQuery(evidence), { location, createTables });
    },
    plan: (planned: DataRatioPlan): DataRatioPlan => {
      hosts = planned.hosts;
      return planned;
    },
    bindDataRatio: async ({ execution, host }: { execution: string; host: DataRatioHost }) => {
      const location = `runs/${execution}/data-ratio/${host.findingId}.json`;
      // One table serves all hosts: checking the objects costs more than asking them.
      const createTables = async (engine: DuckdbEngine) => {
        logTable ??= createHostTable(engine, execution);
        await logTable;
      };
      return remember(bindDataRatioQuery(host), { location, createTables });
    },
    run: limitConcurrency(1, async (input: StartQueryExecution) => {
      const { location, createTables } = prepared.get(input.ExecutionParameters.join())!;
      opened ??= import('./duckdb.ts').then(({ openDuckdb }) => openDuckdb({ tempParent: `${home}/tmp` }));
      const engine = await opened;
      await createTables(engine);
      return runQuery(input, location, engine, store);
    }),
    close: async () => (await opened)?.close(),
  };
}

/** What is made to burst is left out: reading it again, line by line, would take longer than the sweep. */
async function readHostObjects(
  { objects }: Manifest,
  hosts: readonly DataRatioHost[],
  store: ObjectStore,
  execution: string,
): Promise<StoredLogObject[]> {
  const bursting = await readBursting(store, execution);
  return objects.filter((object) => !bursting.has(object.key) && hosts.some((host) => isOfHost(object, host)));
}

/** Keys of the objects that are made to burst. */
async function readBursting(store: ObjectStore, execution: string): Promise<ReadonlySet<string>> {
  const bursting = new Set<string>();
  for await (const { trouble } of readChunkResults(execution, store)) {
    for (const { object, kind } of trouble) if (kind === 'made to burst') bursting.add(object);
  }
  return bursting;
}

async function bindMatchQuery(evidence: EvidenceRef): Promise<QueryInput> {
  return bindMatch(evidence, await readDefinition('workflow', 'ioc_matches'));
}

async function bindDataRatioQuery(host: DataRatioHost): Promise<QueryInput> {
  return bindDataRatio(host, await readDefinition('detections', 'data_ratio'));
}

function isOfHost(object: StoredLogObject, host: DataRatioHost): boolean {
  const { accountId, region, date } = object;
  return accountId === host.accountId && region === host.region && date >= host.dateFrom && date <= host.dateTo;
}

/** At most `most` calls at a time; the rest wait their turn. */
function limitConcurrency<In, Out>(most: number, task: (input: In) => Promise<Out>): (input: In) => Promise<Out> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (input) => {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    running++;
    try {
      return await task(input);
    } finally {
      running--;
      waiting.shift()?.();
    }
  };
}
