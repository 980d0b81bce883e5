/** Events: the few lines that the host must look at. It reads them from here, and has them cleared. */
export const MOST_EVENTS: u32 = 1024;
const EVENT_BYTES: u32 = 16;
const EVENTS: usize = memory.data(1024 * 16, 16);
export const eventsAt: usize = EVENTS;

/** Kinds of events; the host has the same numbers. */
export const EVENT_CANDIDATE: u32 = 1;
export const EVENT_STATUS: u32 = 2;
export const EVENT_FIELD_COUNT: u32 = 3;
export const EVENT_ADDRESS: u32 = 4;
export const EVENT_NUMBER: u32 = 5;

export let events: u32 = 0;

/** A line, or of a status that field; `line` is its number, from 1. The host has the events read before there are too many. */
export function addEvent(kind: u32, start: usize, end: usize, line: u32): void {
  const at = EVENTS + events * EVENT_BYTES;
  store<u32>(at, kind);
  store<u32>(at, start as u32, 4);
  store<u32>(at, end as u32, 8);
  store<u32>(at, line, 12);
  events++;
}

export function clearEvents(): void {
  events = 0;
}
