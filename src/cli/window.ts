/** A window of records → the days of objects that can hold them. */
import type { SweepWindow } from '../tasks/sweep-window.ts';
import type { Selection } from './selection.ts';

/** A record is delivered after its end, most within minutes; what is late by more than two days, a window can miss. */
const DAYS_BEFORE = 1;
const DAYS_AFTER = 2;
const DAY_MILLISECONDS = 86_400_000;

/** Days of the keys, both included; none is in the future. */
export function toDays({ from, to, accounts, regions }: Selection & { readonly from: Date }, clock: Date): SweepWindow {
  const shift = (moment: Date, days: number) => toDay(new Date(moment.getTime() + days * DAY_MILLISECONDS));
  const [last] = [shift(to ?? clock, DAYS_AFTER), toDay(clock)].sort();
  return { accounts, regions, from: shift(from, -DAYS_BEFORE), to: last! };
}

/** `2026-09-01`, in UTC. */
export function toDay(moment: Date): string {
  return moment.toISOString().slice(0, 10);
}
