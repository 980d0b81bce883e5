/** A sweep on one machine: files in, sightings and findings out, through ingest and the whole workflow. */
import { availableParallelism } from 'node:os';
import { MOST } from '../core/batch.ts';
import { Interrupted } from '../core/errors.ts';
import { fromJson, toJson } from '../core/exact-json.ts';
import { addChunkResults, type ChunkResult, type ExecutionInput } from '../core/execution.ts';
import { type Finding, foldFindings } from '../core/finding.ts';
import type { ListProblem } from '../core/indicator.ts';
import type { ForeignReason } from '../core/log-object.ts';
import type { ResultRow } from '../core/match.ts';
import { Tallies, type Tally } from '../core/sighting.ts';
import { type Sighting, toSightings } from '../core/sighting-document.ts';
import type { FindingChanges, ObjectStore } from '../ports.ts';
import { readTallies } from '../tasks/collect.ts';
import { type Ingested, ingest } from '../tasks/ingest.ts';
import { readChunkResults, type ScanProgress } from '../tasks/scan.ts';
import { openFolderStore } from './folder-store.ts';
import { withHomeLock } from './home-lock.ts';
import { type LoadedIndicators, loadIndicators, storeIndicators } from './indicator-versions.ts';
import { isRemote, listLogs, openLogs, REMOTE_CONCURRENCY, type RemoteLogs } from './remote-logs.ts';
import { runExecution } from './state-machine.ts';
import { openTasks } from './tasks.ts';
import { openQueryResults } from './workflow-queries.ts';

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

export type SweepSummary = ChunkResult & {
  readonly foreign: Readonly<Partial<Record<ForeignReason, number>>>;
  readonly firstForeign?: string;
  readonly indicators: number;
  readonly problems: readonly ListProblem[];
  readonly opened: number;
  readonly updated: number;
  readonly withdrawn: number;
  /** Executions whose look at the hosts' other traffic failed; their findings stand. */
  readonly withoutDataRatio: number;
};

export type SweepResult = {
  readonly sightings: readonly Sighting[];
  /** Findings that the shown sightings belong to. */
  readonly findings: readonly Finding[];
  /** What the rest of the graver findings' hosts' traffic looks like, most bytes first; rationed. */
  readonly dataRatios: readonly HostDataRatio[];
  readonly summary: SweepSummary;
};

/** Rows of the data-ratio query about the host of a finding. */
export type HostDataRatio = { readonly findingId: string; readonly rows: readonly ResultRow[] };

/** Peers of a host that are kept for showing; all of them are in runs/. */
const MOST_PEERS = 5;

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
  const executions: Executed[] = [];
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
    executions.push(await readExecuted(input.execution, request.home, store));
  }
  return toResult(executions, ingested, loaded, store);
}

/** What an earlier run of the same name left must not be taken for this one's. */
async function removeRun(execution: string, store: ObjectStore): Promise<void> {
  const keys: string[] = [];
  for await (const key of store.list(`runs/${execution}/`)) keys.push(key);
  for (const key of keys) await store.remove(key);
}

type Executed = {
  chunks: ChunkResult;
  tallies: Tally[];
  changes: FindingChanges;
  hasDataRatio: boolean;
  dataRatios: HostDataRatio[];
};

const NO_CHANGES: FindingChanges = { opened: [], updated: [], withdrawn: [] };

/** What the states of an execution left in runs/. */
async function readExecuted(execution: string, home: string, store: ObjectStore): Promise<Executed> {
  const chunks = await Array.fromAsync(readChunkResults(execution, store));
  const read = async <T>(name: string, none: T) => {
    const text = await store.get(`runs/${execution}/${name}.json`);
    return text === undefined ? none : fromJson<T>(text);
  };
  const executed = {
    chunks: addChunkResults(chunks),
    tallies: await read<Tally[]>('sightings', []),
    changes: await read('changes', NO_CHANGES),
    dataRatios: await readDataRatios(execution, home, store),
    hasDataRatio: (await store.get(`runs/${execution}/data-ratio-failure.json`)) === undefined,
  };
  const { opened, updated, withdrawn } = executed.changes;
  const result = { ...executed.chunks, opened: opened.length, updated: updated.length, withdrawn: withdrawn.length };
  await store.put(`runs/${execution}/result.json`, `${toJson(result, 2)}\n`);
  return executed;
}

async function readDataRatios(execution: string, home: string, store: ObjectStore): Promise<HostDataRatio[]> {
  const prefix = `runs/${execution}/data-ratio/`;
  const dataRatios: HostDataRatio[] = [];
  for await (const key of store.list(prefix)) {
    const rows: ResultRow[] = [];
    for await (const row of openQueryResults(home).rows(key)) if (rows.push(row) === MOST_PEERS) break;
    dataRatios.push({ findingId: key.slice(prefix.length, -'.json'.length), rows });
  }
  return dataRatios;
}

async function toResult(
  executions: readonly Executed[],
  ingested: Ingested,
  loaded: LoadedIndicators,
  store: ObjectStore,
): Promise<SweepResult> {
  const shown = new Tallies();
  for (const { tallies } of executions) for (const tally of tallies) shown.merge(tally);
  const fold = foldFindings(shown.sorted().length === 0 ? [] : await readTallies(store));
  const sightings = toSightings(shown.sorted(), fold);
  // A sighting over two months belongs to two findings.
  const ids = new Set(shown.sorted().map((tally) => fold.findingOf(tally)?.finding_id));
  const count = (kind: keyof FindingChanges) =>
    executions.reduce((total, { changes }) => total + changes[kind].length, 0);
  return {
    sightings,
    findings: fold.findings.filter((finding) => ids.has(finding.finding_id)),
    dataRatios: executions.flatMap(({ dataRatios }) => dataRatios),
    summary: {
      ...addChunkResults(executions.map(({ chunks }) => chunks)),
      ...{ foreign: ingested.foreign, indicators: loaded.indicators.length, problems: loaded.problems },
      ...(ingested.firstForeign === undefined ? {} : { firstForeign: ingested.firstForeign }),
      ...{ opened: count('opened'), updated: count('updated'), withdrawn: count('withdrawn') },
      withoutDataRatio: executions.filter(({ hasDataRatio }) => !hasDataRatio).length,
    },
  };
}

function toExecutionInput(request: SweepRequest, manifest: string, batch: string, indicators: string): ExecutionInput {
  const from = toSeconds(request.from);
  const to = toSeconds(request.to);
  const version = indicators.slice('indicators/'.length, -'.json'.length);
  const window = `${from ?? ''}-${to ?? ''}`;
  return {
    // The same work has the same name, so that doing it again leaves one run, not two.
    execution: ['sweep', batch, version, window].filter((part) => part !== '-').join('_'),
    mode: 'sweep',
    clock: request.clock.toISOString(),
    manifest,
    indicators,
    window: { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) },
  };
}

function toSeconds(date: Date | undefined): number | undefined {
  return date === undefined ? undefined : date.getTime() / 1000;
}

function sumOf(counts: Readonly<Partial<Record<string, number>>>): number {
  return Object.values(counts).reduce<number>((total, count) => total + (count ?? 0), 0);
}
