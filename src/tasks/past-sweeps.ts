/**
 * Executions over log objects that came in long before: sweeps and hunts by hand, retro-hunts. What a retro-hunt starts is
 * kept until it has ended well, and what ended with lists that were no longer in force is done again where that matters.
 */

import { isEmpty } from '../core/address-ranges.ts';
import { MOST, type StoredLogObject, toManifests, toOwnBatch } from '../core/batch.ts';
import { type ExecutionInput, toExecutionName } from '../core/execution.ts';
import type { ObjectStore, Workflow } from '../ports.ts';
import { findChanges } from './changed-indicators.ts';
import { currentIndicators, type Version } from './indicators-in-force.ts';
import { readManifest } from './manifest.ts';
import { askIndex } from './objects-by-index.ts';
import { lastStatus, type Started, startExecution } from './start-execution.ts';

export type PastPorts = { readonly store: ObjectStore; readonly workflow: Workflow };

export type PastWork = Pick<ExecutionInput, 'mode' | 'clock' | 'window'> & {
  readonly indicators: string;
  readonly since?: string;
};

/** One execution per batch. Their manifests are no part of the ledger of what came in. */
export async function startSweeps(
  objects: readonly StoredLogObject[],
  work: PastWork,
  { store, workflow }: PastPorts,
): Promise<Started[]> {
  const started: Started[] = [];
  for (const input of await writeSweeps(objects, work, store)) started.push(await startExecution(input, workflow));
  return started;
}

/**
 * Evaluates the objects anew with the lists in force, and keeps in mind that this is to end well. `after`: an execution that
 * this one is to follow, even where the same work was done beside it.
 */
export async function evaluateAnew(
  objects: readonly StoredLogObject[],
  { indicators, since }: Version,
  { clock, after }: { readonly clock: string; readonly after?: string },
  { store, workflow }: PastPorts,
): Promise<Started[]> {
  const started: Started[] = [];
  const occasion = after === undefined ? since : `${since} ${after}`;
  const work = { mode: 'sweep', clock, indicators, since: occasion, window: {} } as const;
  for (const input of await writeSweeps(objects, work, store)) {
    await store.put(`${PENDING}${input.execution}.json`, JSON.stringify({ input, since } satisfies Pending));
    started.push(await startExecution(input, workflow));
  }
  return started;
}

/**
 * The last act of an execution that stored what it found. If other lists came into force meanwhile, their retro-hunt may have
 * passed by before this one's objects were in the index, or its outcomes in the store.
 */
export async function checkLists({ execution, manifest, indicators }: Outdated, store: ObjectStore): Promise<void> {
  const inForce = await currentIndicators(store);
  // On one machine no list is in force: each sweep has its own.
  if (inForce.since === '' || inForce.indicators === indicators) return;
  const pending: Pending = { outdated: { execution, manifest, indicators } };
  await store.put(`${PENDING}${execution}.outdated.json`, JSON.stringify(pending));
}

/** Starts what has not ended well again, each under a name of its own; what is for other lists is started for those in force. */
export async function resumeSweeps(now: () => string, ports: PastPorts): Promise<Started[]> {
  const inForce = await currentIndicators(ports.store);
  const started: Started[] = [];
  for (const key of (await Array.fromAsync(ports.store.list(PENDING))).sort()) {
    const text = await ports.store.get(key);
    if (text === undefined) continue;
    const { again, isDone } = await resume(JSON.parse(text) as Pending, inForce, now, ports);
    started.push(...again);
    if (isDone) await ports.store.remove(key);
  }
  return started;
}

/** Work that is not known to have ended well. */
const PENDING = 'retro-hunts/';

type Pending =
  | { readonly input: ExecutionInput; readonly since: string }
  /** Evaluated with these indicators when they were no longer in force. */
  | { readonly outdated: Outdated };

type Outdated = Pick<ExecutionInput, 'execution' | 'manifest'> & { readonly indicators: string };

type Resumed = { readonly again: readonly Started[]; readonly isDone: boolean };

async function resume(pending: Pending, inForce: Version, now: () => string, ports: PastPorts): Promise<Resumed> {
  if ('outdated' in pending) {
    const { execution, manifest, indicators } = pending.outdated;
    const objects = await keepTouched(await readObjects(manifest, ports.store), indicators, inForce, ports.store);
    return { again: await evaluateAnew(objects, inForce, { clock: now(), after: execution }, ports), isDone: true };
  }
  const { input, since } = pending;
  if (input.indicators === inForce.indicators && since === inForce.since) {
    const again = await startExecution(input, ports.workflow);
    return again.outcome === 'succeeded' ? { again: [], isDone: true } : { again: [again], isDone: false };
  }
  const status = await lastStatus(input.execution, ports.workflow);
  // What it stored was there for the retro-hunt of the lists after it, or it has told that it was not.
  if (status === 'SUCCEEDED') return { again: [], isDone: true };
  if (status === 'RUNNING') return { again: [], isDone: false };
  const objects = await readObjects(input.manifest, ports.store);
  return { again: await evaluateAnew(objects, inForce, { clock: now(), after: input.execution }, ports), isDone: true };
}

/** A manifest is removed after `runsDays`, with everything else about its execution. */
async function readObjects(manifest: string, store: ObjectStore): Promise<readonly StoredLogObject[]> {
  return (await store.get(manifest)) === undefined ? [] : (await readManifest(manifest, store)).objects;
}

/** Those of the objects that may show something else now. */
async function keepTouched(
  objects: readonly StoredLogObject[],
  indicators: string,
  inForce: Version,
  store: ObjectStore,
): Promise<StoredLogObject[]> {
  const changes = await findChanges([indicators], inForce.indicators, store);
  if (isEmpty(changes)) return [];
  const { holding, unindexed } = await askIndex(objects, changes, store);
  return [...holding, ...unindexed];
}

async function writeSweeps(
  objects: readonly StoredLogObject[],
  { since, ...work }: PastWork,
  store: ObjectStore,
): Promise<ExecutionInput[]> {
  const inputs: ExecutionInput[] = [];
  for (const manifest of toManifests(objects, MOST)) {
    const named = { ...work, ...(since === undefined ? {} : { since }) };
    const execution = toExecutionName(work.mode, manifest.batch, named);
    const key = `runs/${execution}/manifest.json`;
    await store.put(key, JSON.stringify(toOwnBatch(manifest, execution)));
    inputs.push({ ...work, execution, manifest: key });
  }
  return inputs;
}
