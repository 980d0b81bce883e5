/** `runs/` in a store → what was read, with what, and what could not be. */
import { latestOfEach, type StoredLogObject } from '../core/batch.ts';
import { fromJson } from '../core/exact-json.ts';
import type { ListProblem } from '../core/indicator.ts';
import type { ObjectStore } from '../ports.ts';
import type { ExecutionResult } from '../tasks/record-result.ts';

export type Run = { readonly execution: string; readonly result: ExecutionResult };

export type ListVersion = {
  readonly version: string;
  readonly indicators: number;
  readonly problems: readonly ListProblem[];
};

/** A home that is swept every hour has thousands; what a report says is of the latest. */
const MOST_RUNS = 200;

/** The hunt of this moment, or what was swept. */
export type RunsAsked = { readonly huntedAt?: Date };

/** The latest run of each batch, latest first: what was swept again is told once. */
export async function readRuns({ huntedAt }: RunsAsked, store: ObjectStore): Promise<Run[]> {
  const runs: Run[] = [];
  for await (const key of store.list('runs/')) {
    const execution = /^runs\/([^/]+)\/result\.json$/.exec(key)?.[1];
    if (execution === undefined || execution.startsWith('hunt_') !== (huntedAt !== undefined)) continue;
    const result = fromJson<ExecutionResult>((await store.get(key)) ?? 'null');
    if (huntedAt === undefined || result?.clock === huntedAt.toISOString()) runs.push({ execution, result });
  }
  runs.sort((a, b) => (a.result.clock < b.result.clock ? 1 : -1));
  const latest = new Map<string, Run>();
  for (const run of runs) if (!latest.has(toBatch(run.execution))) latest.set(toBatch(run.execution), run);
  return [...latest.values()].slice(0, MOST_RUNS);
}

/** `sweep_12e2…_fb41…` → `sweep_12e2…`: the same objects, whatever the lists. */
function toBatch(execution: string): string {
  return execution.split('_').slice(0, 2).join('_');
}

/** Log objects that the runs read. */
export async function readObjects(runs: readonly Run[], store: ObjectStore): Promise<StoredLogObject[]> {
  const objects: StoredLogObject[] = [];
  for (const { execution } of runs) {
    for await (const key of store.list(`runs/${execution}/chunks/`)) {
      if (key.endsWith('.objects.json')) objects.push(...JSON.parse((await store.get(key)) ?? '[]'));
    }
  }
  return latestOfEach(objects);
}

/** The versions of the lists that the runs used, as far as the store knows how they were made. */
export async function readListVersions(runs: readonly Run[], store: ObjectStore): Promise<ListVersion[]> {
  const used = new Set(runs.map(({ result }) => result.indicators));
  const versions = new Map<string, ListVersion>();
  for await (const key of store.list('indicators/lists/')) {
    const version: ListVersion = JSON.parse((await store.get(key)) ?? 'null');
    if (version !== null && used.has(version.version)) versions.set(version.version, version);
  }
  return [...versions.values()];
}
