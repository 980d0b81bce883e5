/** Contacts of a host → how regular they are; its connections → the longest. */
import { toIsoSecond } from './iso-second.ts';
import type { Span } from './sighting-course.ts';

export type Beacon = {
  /** Distinct seconds in which connections to the indicator begin, or records where flags do not tell; of many, the latest 2,016. */
  readonly contacts: number;
  /** The median of the intervals between them. */
  readonly interval_seconds: number;
  /** The median of the intervals' distances from that. */
  readonly jitter_seconds: number;
  /** Whether a clock keeps the rhythm, rather than a person. */
  readonly is_regular: boolean;
};

export type LongestConnection = {
  readonly seconds: number;
  /** `tcp/443`: protocol and the service's port. */
  readonly service: string;
  readonly remote_ip: string;
  readonly first_seen: string;
  readonly last_seen: string;
};

/** Fewer intervals may well be alike by chance. */
const LEAST_CONTACTS = 8;
/** Frameworks jitter their sleep by 10 to 30 % (Cobalt Strike's default profile: 0, often set to 20). */
const MOST_JITTER = 0.2;
/** What is sent more often is one conversation in many records. */
const LEAST_INTERVAL_SECONDS = 10;
/** Records of flow logs last ten minutes at most: what is longer was a connection over several. */
const LONG_SECONDS = 3600;

/** Seconds over which flow logs aggregate, and how exactly they keep to it. */
const AGGREGATED_SECONDS = [60, 600];
const AGGREGATION_JITTER = 5;

/**
 * Undefined where there are too few contacts to tell. `contacts` ascend, each once; if they are starts of records, not of
 * connections, the rhythm of flow logs is nobody's.
 */
export function judgeBeacon(contacts: readonly number[], areConnections: boolean): Beacon | undefined {
  if (contacts.length < LEAST_CONTACTS) return undefined;
  const intervals = contacts.slice(1).map((second, i) => second - contacts[i]!);
  const interval = median(intervals);
  const jitter = median(intervals.map((one) => Math.abs(one - interval)));
  const isClock = interval >= LEAST_INTERVAL_SECONDS && jitter <= interval * MOST_JITTER;
  const isRegular = isClock && (areConnections || !isAggregation(interval, jitter));
  return {
    ...{ contacts: contacts.length, interval_seconds: interval, jitter_seconds: jitter, is_regular: isRegular },
  };
}

function isAggregation(interval: number, jitter: number): boolean {
  const distance = Math.min(...AGGREGATED_SECONDS.map((seconds) => Math.abs(interval - seconds)));
  return Math.max(distance, jitter) <= AGGREGATION_JITTER;
}

/** The longest of an hour and more. Keys as sighting-course.ts makes them. */
export function findLongest(connections: Readonly<Record<string, readonly Span[]>>): LongestConnection | undefined {
  let longest: { key: string; span: Span } | undefined;
  for (const [key, spans] of Object.entries(connections)) {
    for (const span of spans) if (longest === undefined || isLonger(key, span, longest)) longest = { key, span };
  }
  if (longest === undefined || longest.span[1] - longest.span[0] < LONG_SECONDS) return undefined;
  const [first, last] = longest.span;
  const [protocol = '', localPort = '', remotePort = '', remoteIp = ''] = longest.key.split('/');
  const service = `${protocol}/${Math.min(Number(localPort), Number(remotePort))}`;
  return {
    seconds: last - first,
    service,
    remote_ip: remoteIp,
    first_seen: toIsoSecond(first),
    last_seen: toIsoSecond(last),
  };
}

function isLonger(key: string, [first, last]: Span, { key: other, span }: { key: string; span: Span }): boolean {
  const difference = last - first - (span[1] - span[0]);
  if (difference !== 0) return difference > 0;
  return first === span[0] ? key < other : first < span[0];
}

/** The lower of the two in the middle: a second that was seen. */
function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)]!;
}
