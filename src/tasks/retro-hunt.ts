/** Lists came, changed or went → the indicators in force, and the objects of the past evaluated anew with all of them. */
import type { Network } from '../core/address.ts';
import { MOST, type StoredLogObject, toManifests, toOwnBatch } from '../core/batch.ts';
import { type ExecutionInput, toExecutionName } from '../core/execution.ts';
import type { ObjectStore, Workflow } from '../ports.ts';
import type { LoadedIndicators } from './indicator-versions.ts';
import { currentIndicators, finishRetroHunt, importIncoming } from './indicators-in-force.ts';
import { type ListedObject, selectObjects } from './ingest.ts';
import { type Started, startExecution } from './start-execution.ts';
import { daysBetween, type SweepWindow, shiftDay } from './sweep-window.ts';

export type RetroHuntPorts = {
  readonly store: ObjectStore;
  readonly workflow: Workflow;
  readonly list: (window: SweepWindow) => AsyncIterable<ListedObject>;
};

export type RetroHunt = {
  readonly indicators: string;
  readonly isDue: boolean;
  readonly loaded: LoadedIndicators;
  readonly started: readonly Started[];
};

/** Brings the lists into force; where that changed anything, starts executions over so many days up to now. */
export async function retroHunt(
  settings: { readonly own: readonly Network[]; readonly days: number },
  now: () => string,
  ports: RetroHuntPorts,
): Promise<RetroHunt> {
  const { indicators, since, loaded, isRetroHuntDue: isDue } = await importIncoming(settings.own, now(), ports.store);
  // Later than that of any execution that still found the version before: of two outcomes the later one stays.
  const clock = now();
  const today = clock.slice(0, 10);
  const days = isDue && settings.days > 0 ? daysBetween(shiftDay(today, 1 - settings.days), today) : [];
  const started: Started[] = [];
  for (const day of days.reverse()) {
    const window = { from: day, to: day, accounts: [], regions: [] };
    const objects = await Array.fromAsync(selectObjects(ports.list(window), window));
    const work = { mode: 'sweep', clock, indicators, since, window: {} } as const;
    for (const input of await writeSweeps(objects, work, ports.store)) {
      await ports.store.put(pendingKey(input.execution), JSON.stringify(input));
      started.push(await startExecution(input, ports.workflow));
    }
  }
  if (isDue) await finishRetroHunt({ indicators, since }, ports.store);
  return { indicators, isDue, loaded, started };
}

export type SweepWork = Pick<ExecutionInput, 'mode' | 'clock' | 'window'> & {
  readonly indicators: string;
  readonly since?: string;
};

/** One execution per batch. Their manifests are no part of the ledger of what came in. */
export async function startSweeps(
  objects: readonly StoredLogObject[],
  work: SweepWork,
  { store, workflow }: Pick<RetroHuntPorts, 'store' | 'workflow'>,
): Promise<Started[]> {
  const started: Started[] = [];
  for (const input of await writeSweeps(objects, work, store)) started.push(await startExecution(input, workflow));
  return started;
}

/**
 * Executions of retro-hunts that have not ended well are started again, each under a name of its own; those for lists that are
 * no longer in force are dropped.
 */
export async function resumeRetroHunts({ store, workflow }: Omit<RetroHuntPorts, 'list'>): Promise<Started[]> {
  const { indicators } = await currentIndicators(store);
  const started: Started[] = [];
  for (const key of (await Array.fromAsync(store.list(PENDING))).sort()) {
    const text = await store.get(key);
    if (text === undefined) continue;
    const input = JSON.parse(text) as ExecutionInput;
    const isInForce = input.indicators === indicators;
    const again = isInForce ? await startExecution(input, workflow) : undefined;
    if (again === undefined || again.outcome === 'succeeded') await store.remove(key);
    else started.push(again);
  }
  return started;
}

/** Executions of a retro-hunt that are not known to have ended well. */
const PENDING = 'retro-hunts/';

function pendingKey(execution: string): string {
  return `${PENDING}${execution}.json`;
}

async function writeSweeps(
  objects: readonly StoredLogObject[],
  { since, ...work }: SweepWork,
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
