/**
 * How a sighting ran over time: by the hour and the day, when the host made contact, and how long connections lasted. All of
 * it adds up in any order and any grouping to the same, and none of it grows without end.
 */
import { isOpening, TCP } from './initiator.ts';
import type { Match } from './match.ts';

/** Unix seconds, both ends in it. */
export type Span = [first: number, last: number];

const HOUR_TOTALS = ['bytesOut', 'bytesIn'] as const;
const DAY_TOTALS = ['bytesOut', 'packetsOut', 'bytesIn', 'packetsIn'] as const;
const DAY_COUNTS = ['recordsOut', 'recordsIn', 'accepted', 'rejected'] as const;

/** Totals of one hour. */
export type HourTotals = { records: number } & Record<(typeof HOUR_TOTALS)[number], bigint>;
/** Totals of one UTC day. */
export type DayTotals = { seen: [first: number | null, last: number | null] } & Record<
  (typeof DAY_COUNTS)[number],
  number
> &
  Record<(typeof DAY_TOTALS)[number], bigint>;

export type Course = {
  /** By the hour of the records' end: Unix seconds / 3600. */
  hours: Record<string, HourTotals>;
  /** By the UTC day of the records' end, `2026-09-01`. */
  days: Record<string, DayTotals>;
  /** The latest starts of connections towards the indicator, where no flags tell of records, ascending, each once. */
  contacts: number[];
  /** `6/49152/443/203.0.113.7`: protocol, local port, remote port, remote address → when it was seen. A sample, see below. */
  connections: Record<string, Span[]>;
};

/** A week of contacts every five minutes. The latest of the latest are the same however they are grouped. */
const MOST_CONTACTS = 2016;
/**
 * Those whose keys have the least hashes are kept: whether one is does not depend on when the others come, so that grouping
 * changes nothing. Whoever holds long connections has few of them.
 */
const MOST_CONNECTIONS = 256;
/** Flow logs close a record after ten minutes at most: what is farther apart is another use of the same ports. */
const GAP_SECONDS = 660;

export function emptyCourse(): Course {
  return { hours: {}, days: {}, contacts: [], connections: {} };
}

/** Adds one record. */
export function addToCourse(course: Course, match: Match): void {
  const { start, end } = match;
  const at = end ?? start;
  if (at === null) return;
  const totals = toTotals(match, [start ?? at, at]);
  addHour(course, String(Math.floor(at / 3600)), { ...totals, records: 1 });
  addDay(course, new Date(at * 1000).toISOString().slice(0, 10), totals);
  if (isContact(match) && start !== null) addContact(course.contacts, start);
  const key = toConnectionKey(match);
  if (key === undefined) return;
  const known = course.connections[key];
  course.connections[key] = uniteSpans(known ?? [], [toSpan(start ?? at, at)]);
  // Too many are let go now and then: counting them for each record would take longer than all else.
  if (known === undefined && toHash(key) % 64 === 0) course.connections = sample(course.connections);
}

/** Adds another course up. What came out of JSON may have numbers where we have bigints. */
export function mergeCourse(course: Course, other: Course): void {
  for (const [hour, totals] of Object.entries(other.hours)) addHour(course, hour, totals);
  for (const [day, span] of Object.entries(other.days)) addDay(course, day, span);
  course.contacts = latest([...course.contacts, ...other.contacts]);
  for (const [key, spans] of Object.entries(other.connections)) {
    course.connections[key] = uniteSpans(course.connections[key] ?? [], spans);
  }
  if (Object.keys(course.connections).length > MOST_CONNECTIONS) course.connections = sample(course.connections);
}

/** The same however it was added up, to the order of its keys. */
export function settleCourse({ hours, days, contacts, connections }: Course): Course {
  return { hours: sortKeys(hours), days: sortKeys(days), contacts: latest(contacts), connections: sample(connections) };
}

function toTotals({ direction, bytes, packets, action }: Match, seen: Span): DayTotals {
  const isOut = direction === 'out';
  return {
    seen,
    ...{ recordsOut: Number(isOut), bytesOut: isOut ? bytes : 0n, packetsOut: isOut ? packets : 0n },
    ...{ recordsIn: Number(!isOut), bytesIn: isOut ? 0n : bytes, packetsIn: isOut ? 0n : packets },
    ...{ accepted: Number(action === 'ACCEPT'), rejected: Number(action === 'REJECT') },
  };
}

function addHour({ hours }: Course, hour: string, totals: HourTotals): void {
  const sum = hours[hour] ?? { records: 0, bytesOut: 0n, bytesIn: 0n };
  hours[hour] = sum;
  sum.records += totals.records;
  for (const name of HOUR_TOTALS) sum[name] += BigInt(totals[name]);
}

function addDay({ days }: Course, day: string, totals: DayTotals): void {
  days[day] = addDayTotals(days[day], totals);
}

/** The sum of two; nothing is changed. */
export function addDayTotals(a: DayTotals | undefined, b: DayTotals): DayTotals {
  const sum: Record<string, unknown> = { seen: a === undefined ? b.seen : uniteSeen(a.seen, b.seen) };
  for (const name of DAY_COUNTS) sum[name] = (a?.[name] ?? 0) + b[name];
  for (const name of DAY_TOTALS) sum[name] = BigInt(a?.[name] ?? 0) + BigInt(b[name]);
  return sum as DayTotals;
}

function uniteSeen([a, b]: DayTotals['seen'], [c, d]: DayTotals['seen']): DayTotals['seen'] {
  const [firsts, lasts] = [[a, c].filter((one) => one !== null), [b, d].filter((one) => one !== null)];
  return [firsts.length === 0 ? null : Math.min(...firsts), lasts.length === 0 ? null : Math.max(...lasts)];
}

/** A connection of an hour has sixty records, and is one contact: of those with flags only the first has SYN. */
function isContact({ direction, protocol, tcpFlags }: Match): boolean {
  if (direction !== 'out') return false;
  return protocol !== TCP || tcpFlags === null || isOpening(tcpFlags);
}

/** Nearly always the latest so far, or there already. */
function addContact(contacts: number[], second: number): void {
  let at = contacts.length;
  while (at > 0 && contacts[at - 1]! > second) at--;
  if (contacts[at - 1] === second) return;
  contacts.splice(at, 0, second);
  if (contacts.length > MOST_CONTACTS) contacts.shift();
}

function latest(contacts: readonly number[]): number[] {
  return [...new Set(contacts)].sort((a, b) => a - b).slice(-MOST_CONTACTS);
}

function toConnectionKey({ protocol, localPort, remotePort, indicatorIps }: Match): string | undefined {
  if (protocol === null || localPort === null || remotePort === null) return undefined;
  return `${protocol}/${localPort}/${remotePort}/${indicatorIps[0]}`;
}

function toSpan(start: number, end: number): Span {
  return [Math.min(start, end), Math.max(start, end)];
}

/** Spans that touch, or lie no more than a gap apart, are one. */
function uniteSpans(spans: readonly Readonly<Span>[], more: readonly Readonly<Span>[]): Span[] {
  const united: Span[] = [];
  for (const [first, last] of [...spans, ...more].sort((a, b) => a[0] - b[0])) {
    const before = united.at(-1);
    if (before !== undefined && first <= before[1] + GAP_SECONDS) before[1] = Math.max(before[1], last);
    else united.push([first, last]);
  }
  return united;
}

function sample(connections: Readonly<Record<string, Span[]>>): Record<string, Span[]> {
  const keys = Object.keys(connections).sort((a, b) => toHash(a) - toHash(b) || (a < b ? -1 : 1));
  return Object.fromEntries(keys.slice(0, MOST_CONNECTIONS).map((key) => [key, connections[key]!]));
}

/** FNV-1a, 32 bits: http://www.isthe.com/chongo/tech/comp/fnv/ */
function toHash(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

function sortKeys<Value>(record: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
