/** When people are told of a finding, and how: at once, held back, or in a digest. The clock is an input. */
import { UsageError } from './errors.ts';
import { isAtLeast, type Severity } from './severity.ts';

export type NoticeRules = {
  /** What a flush gathers: nothing; every hour what came up; each day, from `digestAt` on. */
  readonly digest: 'off' | 'hourly' | 'daily';
  /** Minute of the day in `zone`. */
  readonly digestAt: number;
  /** A run with more than so many for one topic says them in one digest. */
  readonly digestAbove: number;
  /** Minutes of the day in `zone`; over midnight where `from` is later. What comes up in them waits for their end. */
  readonly quiet: { readonly from: number; readonly to: number } | undefined;
  /** IANA name. */
  readonly zone: string;
  /** Such findings wait neither for the end of quiet hours nor for a digest; undefined: all do. */
  readonly atOnceFrom: Severity | undefined;
  /** Topics of their own; the others go to the one for all. */
  readonly topics: Readonly<Partial<Record<Severity, string>>>;
};

/** Each finding by itself, at once. */
export const EACH_AT_ONCE: NoticeRules = {
  ...{ digest: 'off', digestAt: 8 * 60, digestAbove: Number.POSITIVE_INFINITY, quiet: undefined, zone: 'UTC' },
  ...{ atOnceFrom: 'CRITICAL', topics: {} },
};

/** `single`: in a message of its own, unless the run has too many; `hold`: the flush will tell, when it is time. */
export type NoticeWay = 'single' | 'digest' | 'hold';

/** How a notice that is due is to be told now. `waitsSince` is when it was held back, if it was. */
export function toNoticeWay(
  severity: Severity,
  waitsSince: string | undefined,
  { clock, isFlush, notices: rules = EACH_AT_ONCE }: NoticeTerms,
): NoticeWay {
  if (isUrgent(severity, rules)) return 'single';
  if (isQuiet(clock, rules)) return 'hold';
  if (waitsSince === undefined && rules.digest === 'off') return 'single';
  // Only the flush sees all that waits; one digest is what was waited for.
  if (!isFlush) return 'hold';
  if (rules.digest !== 'daily') return 'digest';
  return waitsSince !== undefined && toDigestDay(waitsSince, rules) < toDigestDay(clock, rules) ? 'digest' : 'hold';
}

export type NoticeTerms = {
  readonly clock: string;
  readonly isFlush: boolean;
  readonly notices?: NoticeRules | undefined;
};

/** Whether a message, whose severest notice this is, has to wait for the end of quiet hours. */
export function mustWait(severest: Severity, clock: string, rules: NoticeRules): boolean {
  return isQuiet(clock, rules) && !isUrgent(severest, rules);
}

function isUrgent(severity: Severity, { atOnceFrom }: NoticeRules): boolean {
  return atOnceFrom !== undefined && isAtLeast(severity, atOnceFrom);
}

export function isQuiet(clock: string, { quiet, zone }: Pick<NoticeRules, 'quiet' | 'zone'>): boolean {
  if (quiet === undefined) return false;
  const { minute } = toLocalTime(clock, zone);
  const isAfter = minute >= quiet.from;
  const isBefore = minute < quiet.to;
  return quiet.from <= quiet.to ? isAfter && isBefore : isAfter || isBefore;
}

/** The day whose digest a moment comes after; a clock that is put forward over `digestAt` does not skip it. */
function toDigestDay(clock: string, { digestAt, zone }: NoticeRules): number {
  const { day, minute } = toLocalTime(clock, zone);
  return minute >= digestAt ? day : day - 1;
}

/** `22:00-07:00` → minutes of the day; empty: none. */
export function parseQuietHours(text: string): NoticeRules['quiet'] {
  if (text === '') return undefined;
  const [from, to, ...more] = text.split('-');
  const quiet = { from: parseMinute(from ?? ''), to: parseMinute(to ?? '') };
  if (more.length > 0 || quiet.from === quiet.to) throw new UsageError(`"${text}" are no hours such as 22:00-07:00.`);
  return quiet;
}

/** `08:30` → minute of the day. */
export function parseMinute(text: string): number {
  const [, hour, minute] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text) ?? [];
  if (hour === undefined) throw new UsageError(`"${text}" is no time of day such as 08:30.`);
  return Number(hour) * 60 + Number(minute);
}

/** Making a format takes longer than using it a hundred times. */
const formats = new Map<string, Intl.DateTimeFormat>();

/** Days since 1970 and minutes since midnight, as clocks on the wall have them. */
function toLocalTime(clock: string, zone: string): { day: number; minute: number } {
  const format = formats.get(zone) ?? openFormat(zone);
  const parts = format.formatToParts(new Date(clock));
  const read = (type: string) => Number(parts.find((part) => part.type === type)?.value);
  const day = Date.UTC(read('year'), read('month') - 1, read('day')) / 86_400_000;
  return { day, minute: read('hour') * 60 + read('minute') };
}

function openFormat(timeZone: string): Intl.DateTimeFormat {
  const numeric = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' } as const;
  const format = new Intl.DateTimeFormat('en', { ...numeric, calendar: 'gregory', hourCycle: 'h23', timeZone });
  formats.set(timeZone, format);
  return format;
}
