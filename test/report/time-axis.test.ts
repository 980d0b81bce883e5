import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/core/finding-document.ts';
import { toBins, toTicks, toTimeAxis } from '../../src/report/time-axis.ts';

const between = (first: string, last: string) =>
  toTimeAxis([{ first_seen: first, last_seen: last }] as unknown as Finding[])!;
const labels = (first: string, last: string) => toTicks(between(first, last)).map(({ label }) => label);

describe('the axis of time', () => {
  it('is of whole days, within a day of whole hours, and there is none without a time', () => {
    const days = between('2026-09-01T02:10:00Z', '2026-09-03T23:55:04Z');
    expect([days.from, days.to, days.bins].map(String)).toEqual(
      [new Date('2026-09-01T00:00:00Z'), new Date('2026-09-04T00:00:00Z'), 72].map(String),
    );
    const hours = between('2026-09-02T21:04:00Z', '2026-09-03T00:16:00Z');
    expect([hours.from.toISOString(), hours.bins]).toEqual(['2026-09-02T21:00:00.000Z', 4]);
    expect(toTimeAxis([{ first_seen: null, last_seen: null }] as unknown as Finding[])).toBeUndefined();
  });

  it('has few labels, that name the day', () => {
    expect(labels('2026-09-01T02:10:00Z', '2026-09-03T23:55:04Z')).toEqual(['01 Sep', '02 Sep', '03 Sep']);
    expect(labels('2026-09-02T21:04:00Z', '2026-09-03T00:16:00Z')).toEqual([
      '02 Sep 21:00',
      '22:00',
      '23:00',
      '03 Sep',
    ]);
    expect(labels('2026-01-01T00:00:00Z', '2027-12-31T00:00:00Z')[0]).toBe('Jan 2026');
  });

  it('keeps every byte of every hour, in at most 240 bins, even of a century', () => {
    const hour = fc.integer({ min: 0, max: 900_000 }).map((hours) => new Date(hours * 3_600_000).toISOString());
    const one = fc.record({ hour, records: fc.nat(9), bytes_out: fc.bigInt(0n, 99n), bytes_in: fc.bigInt(0n, 99n) });
    fc.assert(
      fc.property(fc.array(one, { minLength: 1 }), (hourly) => {
        const times = hourly.map((each) => each.hour).sort();
        const axis = between(times[0]!, times.at(-1)!);
        const bins = toBins(hourly, axis);
        expect(bins.length).toBeLessThanOrEqual(240);
        const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
        expect(sum(bins.map(({ records }) => records))).toBe(sum(hourly.map(({ records }) => records)));
        expect(sum(bins.map(({ bytesOut }) => bytesOut))).toBe(sum(hourly.map(({ bytes_out }) => Number(bytes_out))));
      }),
    );
  });
});
