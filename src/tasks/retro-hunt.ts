/**
 * Lists came, changed or went → the indicators in force, and with all of them, anew, the log objects of the past that hold an
 * address which fares otherwise now. The address index says which those are; no others are read.
 */
import type { Network } from '../core/address.ts';
import type { AddressSet } from '../core/address-membership.ts';
import { isEmpty } from '../core/address-ranges.ts';
import type { StoredLogObject } from '../core/batch.ts';
import { mapConcurrently } from '../core/limit-concurrency.ts';
import { daysBetween, shiftDay } from '../core/utc-day.ts';
import type { ObjectStore, Workflow } from '../ports.ts';
import type { DamagedFile } from './address-files.ts';
import { findChanges } from './changed-indicators.ts';
import { findObjects } from './find-objects.ts';
import type { LoadedIndicators } from './indicator-versions.ts';
import {
  advanceRetroHunt,
  currentIndicators,
  type DueRetroHunt,
  type InForce,
  importIncoming,
} from './indicators-in-force.ts';
import { type ListedObject, selectObjects } from './ingest.ts';
import { askIndex, toSelection } from './objects-by-index.ts';
import { evaluateAnew } from './past-sweeps.ts';
import type { Started } from './start-execution.ts';
import type { SweepWindow } from './sweep-window.ts';

export type RetroHuntPorts = {
  readonly store: ObjectStore;
  readonly workflow: Workflow;
  /** Log objects, as their bucket lists them. */
  readonly list: (window: SweepWindow) => AsyncIterable<ListedObject>;
};

export type RetroHuntSettings = {
  /** Days of log objects, up to today. */
  readonly days: number;
  /** Of those, the last ones whose log objects are read if the index does not know them. */
  readonly unindexedDays: number;
  /** True if what is left is to be done another time. */
  readonly isTimeUp?: () => boolean;
};

export type RetroHunt = {
  /** False if everything was done before. */
  readonly isDue: boolean;
  /** False if something is left. */
  readonly isDone: boolean;
  /** Log objects that hold a changed address, and those of which only reading them tells. */
  readonly holding: number;
  readonly unindexed: number;
  /** Files of the index that could not be read. */
  readonly damaged: readonly DamagedFile[];
  readonly started: readonly Started[];
};

/** Brings the lists into force; where that changes anything, starts executions over the past. */
export async function retroHunt(
  settings: RetroHuntSettings & { readonly own: readonly Network[] },
  now: () => string,
  ports: RetroHuntPorts,
): Promise<RetroHunt & { readonly indicators: string; readonly loaded: LoadedIndicators }> {
  const { loaded, ...inForce } = await importIncoming(settings.own, now(), ports.store);
  const { indicators } = inForce;
  return { ...(await goOn(inForce, settings, now, ports)), indicators, loaded };
}

const NOT_DUE: RetroHunt = { isDue: false, isDone: true, holding: 0, unindexed: 0, damaged: [], started: [] };
/** Longer than a function runs. */
const UNDER_WAY_MILLISECONDS = 16 * 60_000;

/** Goes on with a retro-hunt that was cut short; leaves alone one that may still be under way. */
export async function continueRetroHunt(
  settings: RetroHuntSettings,
  now: () => string,
  ports: RetroHuntPorts,
): Promise<RetroHunt> {
  const inForce = await currentIndicators(ports.store);
  const isUnderWay = Date.parse(now()) < Date.parse(inForce.since) + UNDER_WAY_MILLISECONDS;
  return isUnderWay ? NOT_DUE : goOn(inForce, settings, now, ports);
}

/** So many days are looked up before executions are started: each time within minutes, of years of logs too. */
const STEP_DAYS = 7;
/** Days that are looked up at once. */
const DAYS = 4;

async function goOn(
  inForce: InForce,
  settings: RetroHuntSettings,
  now: () => string,
  ports: RetroHuntPorts,
): Promise<RetroHunt> {
  if (inForce.due === undefined) return NOT_DUE;
  // Later than that of any execution that still found the version before: of two outcomes the later one stays.
  const clock = now();
  const changes = await findChanges(inForce.due.against, inForce.indicators, ports.store);
  const days = isEmpty(changes) ? [] : daysLeft(inForce.due, clock.slice(0, 10), settings);
  const readFrom = shiftDay(clock.slice(0, 10), 1 - settings.unindexedDays);
  let all: RetroHunt = { ...NOT_DUE, isDue: true, isDone: false };
  for (let at = 0; at < days.length; at += STEP_DAYS) {
    if (settings.isTimeUp?.() === true) return all;
    const step = days.slice(at, at + STEP_DAYS);
    const found = await findStep(step, readFrom, changes, ports);
    const started = await evaluateAnew(found.objects, inForce, { clock }, ports);
    all = addFound(all, { ...found, started });
    if (!(await advanceRetroHunt(inForce, step.at(-1), ports.store))) return all;
  }
  return { ...all, isDone: await advanceRetroHunt(inForce, undefined, ports.store) };
}

/** Newest first. */
function daysLeft({ doneFrom }: DueRetroHunt, today: string, { days }: RetroHuntSettings): string[] {
  const last = doneFrom === undefined ? today : shiftDay(doneFrom, -1);
  return daysBetween(shiftDay(today, 1 - days), last).reverse();
}

type Found = Pick<RetroHunt, 'holding' | 'unindexed' | 'damaged'> & { readonly objects: readonly StoredLogObject[] };

function addFound(all: RetroHunt, found: Omit<Found, 'objects'> & Pick<RetroHunt, 'started'>): RetroHunt {
  return {
    ...all,
    holding: all.holding + found.holding,
    unindexed: all.unindexed + found.unindexed,
    damaged: [...all.damaged, ...found.damaged],
    started: [...all.started, ...found.started],
  };
}

/** What is to be evaluated anew of some days. */
async function findStep(
  days: readonly string[],
  readFrom: string,
  changes: AddressSet,
  ports: RetroHuntPorts,
): Promise<Found> {
  const listed = days.filter((day) => day >= readFrom);
  const found: Found[] = [];
  for (const day of listed) found.push(await findListed(day, changes, ports));
  const older = days.slice(listed.length);
  if (older.length > 0) found.push(await findIndexed(older, changes, ports));
  return {
    objects: found.flatMap(({ objects }) => objects),
    holding: found.reduce((sum, { holding }) => sum + holding, 0),
    unindexed: found.reduce((sum, { unindexed }) => sum + unindexed, 0),
    damaged: found.flatMap(({ damaged }) => damaged),
  };
}

/** All log objects of the day first, then the index: what Scan puts there meanwhile is not missed. */
async function findListed(day: string, changes: AddressSet, { store, list }: RetroHuntPorts): Promise<Found> {
  const window = { from: day, to: day, accounts: [], regions: [] };
  const listed = await Array.fromAsync(selectObjects(list(window), window));
  const { holding, unindexed, damaged } = await askIndex(listed, changes, store);
  return { objects: [...holding, ...unindexed], holding: holding.length, unindexed: unindexed.length, damaged };
}

/** The index first: log objects are listed only where some hold an address. */
async function findIndexed(
  days: readonly string[],
  changes: AddressSet,
  { store, list }: RetroHuntPorts,
): Promise<Found> {
  const asked = await mapConcurrently(DAYS, days, (day) =>
    findObjects(changes, { from: day, to: day, accounts: [], regions: [] }, store),
  );
  const damaged = asked.flatMap((found) => found.damaged);
  const holding = asked.flatMap((found) => found.holding).map(({ object }) => object);
  const objects = await keepListed(holding, list);
  return { objects, holding: objects.length, unindexed: 0, damaged };
}

/** What its bucket no longer has cannot be evaluated anew: what it showed stays. */
async function keepListed(
  objects: readonly StoredLogObject[],
  list: RetroHuntPorts['list'],
): Promise<StoredLogObject[]> {
  const [first, ...others] = [...new Set(objects.map(({ date }) => date))].sort();
  if (first === undefined) return [];
  const known = new Set(objects.map(({ identity }) => identity));
  const window = { from: first, to: others.at(-1) ?? first, ...toSelection(objects) };
  const kept: StoredLogObject[] = [];
  for await (const object of selectObjects(list(window), window)) if (known.has(object.identity)) kept.push(object);
  return kept;
}
