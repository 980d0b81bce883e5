/** A hunt on one machine: what the home has ingested is searched for given indicators. Nothing but the run itself is stored. */
import { type StoredLogObject, toManifests } from '../core/batch.ts';
import { type Executed, readExecuted } from '../tasks/read-executed.ts';
import { openFolderStore } from './folder-store.ts';
import { withHomeLock } from './home-lock.ts';
import { openListVersion } from './indicator-versions.ts';
import { listIngested } from './manifests.ts';
import type { RemoteLogs } from './remote-logs.ts';
import { LIMITS, runBatches, toWindow } from './run-batches.ts';
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
    const objects = (await listIngested(home)).filter((object) => isAsked(object, request));
    const bytes = objects.reduce((total, { sizeBytes }) => total + sizeBytes, 0);
    report({ step: 'notice', objects: objects.length, bytes, foreign: 0 });
    const work = { ...request, mode: 'hunt', store, indicators, window: toWindow(request), report } as const;
    return readExecuted(await runBatches(toManifests(objects, LIMITS), work), 'hunt', store);
  };
  return withHomeLock(home, run, (pid) => report({ step: 'wait', pid }), signal);
}

function isAsked(object: StoredLogObject, { accounts, regions, days }: HuntRequest): boolean {
  const isAccount = accounts.length === 0 || accounts.includes(object.accountId);
  const isRegion = regions.length === 0 || regions.includes(object.region);
  return isAccount && isRegion && (days === undefined || (object.date >= days.from && object.date <= days.to));
}
