/** Loads the partitions of a range of days: the way of AWS's generated Athena integration, beside loading as objects come. */
import type { StoredLogObject } from '../core/batch.ts';
import { daysBetween, shiftDay } from '../core/utc-day.ts';
import { type ListedObject, selectObjects } from './ingest.ts';
import { type Registered, type RegisterPorts, register } from './register.ts';
import type { SweepWindow } from './sweep-window.ts';

export type LoadRange = {
  /** UTC days; empty for the last `days` up to today. */
  readonly from: string;
  readonly to: string;
  readonly days: number;
};

export type LoadedPartitions = Pick<Registered, 'conflicts'> & {
  readonly from: string;
  readonly to: string;
  readonly objects: number;
};

type LoadPorts = RegisterPorts & { readonly list: (window: SweepWindow) => AsyncIterable<ListedObject> };

/** Registers what lies in the bucket, day by day; twice is as good as once. Throws what could not be registered. */
export async function loadPartitions(range: LoadRange, clock: string, ports: LoadPorts): Promise<LoadedPartitions> {
  const today = clock.slice(0, 10);
  const from = range.from === '' ? shiftDay(today, -range.days) : range.from;
  const to = range.to === '' ? today : range.to;
  const conflicts: Registered['conflicts'][number][] = [];
  let objects = 0;
  for (const day of daysBetween(from, to)) {
    const window = { from: day, to: day, accounts: [], regions: [] };
    const ofDay: StoredLogObject[] = await Array.fromAsync(selectObjects(ports.list(window), window));
    objects += ofDay.length;
    const registered = await register(ofDay, ports);
    conflicts.push(...registered.conflicts);
    const [failure] = registered.failed.values();
    if (failure !== undefined) throw failure;
  }
  return { from, to, objects, conflicts };
}
