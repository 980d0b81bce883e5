/** Hours of all findings → one axis that every chart of the report shares. */
import { type ScaleTime, scaleUtc } from 'd3-scale';
import type { Finding, Hour } from '../core/finding-document.ts';
import { formatDuration } from '../core/story.ts';

export type TimeAxis = {
  readonly from: Date;
  readonly to: Date;
  readonly binSeconds: number;
  readonly bins: number;
  /** Moment → percent of the width. */
  readonly scale: ScaleTime<number, number>;
};

export type Bin = { readonly records: number; readonly bytesOut: number; readonly bytesIn: number };

const HOUR = 3600;
const DAY = 86_400;
/** More bars than these are thinner than a line. */
const MOST_BINS = 240;
/** Their labels fit side by side on a phone. */
const MOST_TICKS = 4;
const LAST_TICK = 85;

/** Undefined where no finding has a time. */
export function toTimeAxis(findings: readonly Finding[]): TimeAxis | undefined {
  const seconds = findings
    .flatMap(({ first_seen, last_seen }) => [first_seen, last_seen])
    .filter((iso) => iso !== null)
    .map((iso) => Date.parse(iso) / 1000)
    .filter((second) => Number.isFinite(second));
  if (seconds.length === 0) return undefined;
  const [first, last] = [seconds.reduce(least), seconds.reduce(greatest)];
  const unit = last - first > DAY ? DAY : HOUR;
  const from = Math.floor(first / unit) * unit;
  const span = Math.max(unit, Math.ceil((last - from + 1) / unit) * unit);
  const binSeconds = Math.ceil(span / HOUR / MOST_BINS) * HOUR;
  const bins = Math.ceil(span / binSeconds);
  const domain = [new Date(from * 1000), new Date((from + bins * binSeconds) * 1000)] as const;
  return { from: domain[0], to: domain[1], binSeconds, bins, scale: scaleUtc(domain, [0, 100]) };
}

/** Hours of a finding, or several, added up in the bins of the axis. */
export function toBins(hourly: readonly Hour[], { from, binSeconds, bins }: TimeAxis): Bin[] {
  const sums = Array.from({ length: bins }, () => ({ records: 0, bytesOut: 0, bytesIn: 0 }));
  for (const { hour, records, bytes_out, bytes_in } of hourly) {
    const sum = sums[Math.floor((Date.parse(hour) - from.getTime()) / 1000 / binSeconds)];
    if (sum === undefined) continue;
    sum.records += records;
    sum.bytesOut += Number(bytes_out);
    sum.bytesIn += Number(bytes_in);
  }
  return sums;
}

/** Where a grid line stands and what is written at it; none so far right that its label would be cut off. */
export function toTicks({ from, to, scale }: TimeAxis): { readonly percent: string; readonly label: string }[] {
  const days = (to.getTime() - from.getTime()) / DAY / 1000;
  const [date, time] = [
    scale.tickFormat(MOST_TICKS, days > 300 ? '%b %Y' : '%d %b'),
    scale.tickFormat(MOST_TICKS, '%H:%M'),
  ];
  const tell = (moment: Date, i: number) =>
    days > 2 || moment.getTime() % (DAY * 1000) === 0
      ? date(moment)
      : `${i === 0 ? `${date(moment)} ` : ''}${time(moment)}`;
  return scale
    .ticks(MOST_TICKS)
    .map((moment, i) => ({ at: scale(moment), label: tell(moment, i) }))
    .filter(({ at }) => at < LAST_TICK)
    .map(({ at, label }) => ({ percent: toPercent(at), label }));
}

/** `hour`, `span of 4 h`; with `hours` for several. */
export function nameBin({ binSeconds }: TimeAxis, isOne = true): string {
  const [one, several] = isOne ? ['hour', 'span'] : ['hours', 'spans'];
  return binSeconds === HOUR ? one : `${several} of ${formatDuration(binSeconds)}`;
}

export function toPercent(value: number): string {
  return `${Math.round(value * 100) / 100}%`;
}

function least(a: number, b: number): number {
  return Math.min(a, b);
}

function greatest(a: number, b: number): number {
  return Math.max(a, b);
}
