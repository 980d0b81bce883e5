/**
 * A hunt on one machine: what the home has ingested is searched for given indicators. The address index says what is worth
 * reading. Nothing but the run itself is stored.
 */
import { type StoredLogObject, toManifests } from '../core/batch.ts';
import type { ObjectStore } from '../ports.ts';
import { indicatorSets } from '../tasks/indicator-versions.ts';
import { askIndex, toAnswer, toSize } from '../tasks/objects-by-index.ts';
import { type Executed, readExecuted } from '../tasks/read-executed.ts';
import { openBlockSearch } from './block-search.ts';
import { openFolderStore } from './folder-store.ts';
import { withHomeLock } from './home-lock.ts';
import { openListVersion } from './indicator-versions.ts';
import { listIngested } from './manifests.ts';
import type { RemoteLogs } from './remote-logs.ts';
import type { SweepProgress } from './sweep-progress.ts';

export type HuntRequest = {
  readonly home: string;
  /** Addresses and CIDRs. */
  readonly ips: readonly string[];
  readonly iocs: readonly string[];
  readonly allow: readonly string[];
  readonly own: readonly string[];
  readonly accounts: readonly string[];
  readonly regions: readonly string[];
  readonly from?: Date;
  readonly to?: Date;
  /** Days of the objects that can hold records of the window; all where it is absent. */
  readonly days?: { readonly from: string; readonly to: string };
  readonly clock: Date;
  readonly remote?: RemoteLogs;
  readonly onProgress: (progress: SweepProgress) => void;
  readonly signal?: AbortSignal;
};

/** Sightings of the indicators among the ingested objects, judged by themselves. */
export async function hunt(request: HuntRequest): Promise<Executed> {
  const { home, onProgress: report, signal } = request;
  const store = openFolderStore(home);
  const lists = await openListVersion(request, store);
  report({ step: 'indicators', indicators: lists.indicators, problems: lists.problems });
  const run = async (): Promise<Executed> => {
    const indicators = await lists.store();
    const objects = await findWorthReading(indicators, request, store);
    return readExecuted(objects.length === 0 ? [] : await read(objects, indicators, request, store), 'hunt', store);
  };
  return withHomeLock(home, run, (pid) => report({ step: 'wait', pid }), signal);
}

async function findWorthReading(
  indicators: string,
  request: HuntRequest,
  store: ObjectStore,
): Promise<readonly StoredLogObject[]> {
  const objects = (await listIngested(request.home)).filter((object) => isAsked(object, request));
  request.onProgress({ step: 'notice', ...toSize(objects), foreign: 0 });
  const set = await indicatorSets(store)(indicators);
  const asked = await askIndex(objects, set, store, openBlockSearch);
  request.onProgress({ step: 'index', ...toAnswer(asked) });
  return [...asked.holding, ...asked.unindexed];
}

/** What executions need is loaded for them alone: mostly there is nothing to read. */
async function read(
  objects: readonly StoredLogObject[],
  indicators: string,
  request: HuntRequest,
  store: ObjectStore,
): Promise<string[]> {
  const { LIMITS, runBatches, toWindow } = await import('./run-batches.ts');
  const work = { ...request, mode: 'hunt', store, indicators, window: toWindow(request) } as const;
  return runBatches(toManifests(objects, LIMITS), { ...work, report: request.onProgress });
}

function isAsked(object: StoredLogObject, { accounts, regions, days }: HuntRequest): boolean {
  const isAccount = accounts.length === 0 || accounts.includes(object.accountId);
  const isRegion = regions.length === 0 || regions.includes(object.region);
  return isAccount && isRegion && (days === undefined || (object.date >= days.from && object.date <= days.to));
}
