/** A sweep on one machine: files in, sightings and findings out, through ingest and the whole workflow. */
import type { ListProblem } from '../core/indicator.ts';
import type { ForeignReason } from '../core/log-object.ts';
import type { ObjectStore } from '../ports.ts';
import { compactDays } from '../tasks/compact-addresses.ts';
import { ingest } from '../tasks/ingest.ts';
import { type Executed, readExecuted } from '../tasks/read-executed.ts';
import { openFolderStore } from './folder-store.ts';
import { withHomeLock } from './home-lock.ts';
import { type ListVersion, openListVersion } from './indicator-versions.ts';
import { listLogs, type RemoteLogs } from './remote-logs.ts';
import { LIMITS, runBatches, toWindow } from './run-batches.ts';
import type { SweepProgress } from './sweep-progress.ts';
import type { TaskOptions } from './tasks.ts';

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
  readonly scanBy?: TaskOptions['scanBy'];
  readonly onProgress?: (progress: SweepProgress) => void;
  readonly signal?: AbortSignal;
};

export type SweepSummary = Executed['summary'] & {
  readonly foreign: Readonly<Partial<Record<ForeignReason, number>>>;
  readonly firstForeign?: string;
  readonly indicators: number;
  readonly problems: readonly ListProblem[];
};

export type SweepResult = Omit<Executed, 'summary'> & { readonly summary: SweepSummary };

/** So many parts of a day, as a sweep each hour leaves them, are read as fast as one file for each account and region. */
const LEAST_PARTS = 25;

/** Runs ingest and one execution per batch; repeating it changes nothing in the home. */
export async function sweep(request: SweepRequest): Promise<SweepResult> {
  const report = request.onProgress ?? (() => {});
  const store = openFolderStore(request.home);
  const { iocs, allow = [], own = [] } = request;
  const lists = await openListVersion({ iocs, allow, own }, store);
  const { indicators, problems } = lists;
  report({ step: 'indicators', indicators, problems });
  const onWait = (pid: number) => report({ step: 'wait', pid });
  return withHomeLock(request.home, () => sweepHome(request, store, lists, report), onWait, request.signal);
}

async function sweepHome(
  request: SweepRequest,
  store: ObjectStore,
  lists: ListVersion,
  report: (progress: SweepProgress) => void,
): Promise<SweepResult> {
  const indicators = await lists.store();
  const selection = { accounts: request.accounts ?? [], regions: request.regions ?? [] };
  const ingested = await ingest(listLogs(request.logs, request.remote, request.signal), selection, LIMITS, store);
  const objects = ingested.manifests.flatMap(({ manifest }) => manifest.objects);
  const bytes = objects.reduce((total, { sizeBytes }) => total + sizeBytes, 0);
  report({ step: 'notice', objects: objects.length, bytes, foreign: sumOf(ingested.foreign) });
  const executions = await runBatches(
    ingested.manifests.map(({ manifest }) => manifest),
    { ...request, mode: 'sweep', store, indicators, window: toWindow(request), report },
  );
  await compactDays([...new Set(objects.map(({ date }) => date))].sort(), LEAST_PARTS, store);
  const { summary, ...executed } = await readExecuted(executions, 'sweep', store);
  const { foreign, firstForeign } = ingested;
  const notice = { foreign, ...(firstForeign === undefined ? {} : { firstForeign }) };
  const said = { indicators: lists.indicators, problems: lists.problems };
  return { ...executed, summary: { ...summary, ...notice, ...said } };
}

function sumOf(counts: Readonly<Partial<Record<string, number>>>): number {
  return Object.values(counts).reduce<number>((total, count) => total + (count ?? 0), 0);
}
