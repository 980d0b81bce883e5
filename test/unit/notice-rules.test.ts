import { describe, expect, it } from 'vitest';
import {
  EACH_AT_ONCE,
  isQuiet,
  type NoticeRules,
  parseMinute,
  parseQuietHours,
  toNoticeWay,
} from '../../src/core/notice-rules.ts';

const NIGHT = { quiet: parseQuietHours('22:00-07:00'), zone: 'UTC' };
const rules = (more: Partial<NoticeRules>): NoticeRules => ({ ...EACH_AT_ONCE, ...more });
const flush = (clock: string, notices: NoticeRules) => ({ clock, isFlush: true, notices });

describe('quiet hours', () => {
  it.each([
    ['2026-09-10T21:59:59Z', false],
    ['2026-09-10T22:00:00Z', true],
    ['2026-09-11T00:00:00Z', true],
    ['2026-09-11T06:59:59Z', true],
    ['2026-09-11T07:00:00Z', false],
  ])('over midnight, at %s: %s', (clock, expected) => {
    expect(isQuiet(clock, NIGHT)).toBe(expected);
  });

  it('follow the clocks of a zone, in summer and in winter', () => {
    const berlin = { ...NIGHT, zone: 'Europe/Berlin' };
    expect(isQuiet('2026-07-01T05:30:00Z', berlin)).toBe(false);
    expect(isQuiet('2026-12-01T05:30:00Z', berlin)).toBe(true);
  });

  it('an end that the clocks skip comes with the next minute there is', () => {
    // On 29 March 2026 it is 03:00 right after 01:59.
    const skipped = { quiet: parseQuietHours('22:00-02:30'), zone: 'Europe/Berlin' };
    expect(isQuiet('2026-03-29T00:59:00Z', skipped)).toBe(true);
    expect(isQuiet('2026-03-29T01:00:00Z', skipped)).toBe(false);
  });

  it.each(['22:00', '22-07', '24:00-07:00', '07:00-07:00', '22:00-07:00-08:00', 'x'])('%s are none', (text) => {
    expect(() => parseQuietHours(text)).toThrow(/22:00-07:00|08:30/);
  });

  it('nothing is none', () => {
    expect(parseQuietHours('')).toBeUndefined();
    expect(isQuiet('2026-09-11T00:00:00Z', rules({}))).toBe(false);
  });
});

describe('toNoticeWay', () => {
  const AT_NIGHT = '2026-09-11T01:00:00Z';
  const BY_DAY = '2026-09-11T07:00:00Z';

  it('at night holds back all but what is critical; the flush after it makes a digest', () => {
    const notices = rules(NIGHT);
    const run = { clock: AT_NIGHT, isFlush: false, notices };
    expect(toNoticeWay('HIGH', undefined, run)).toBe('hold');
    expect(toNoticeWay('CRITICAL', undefined, run)).toBe('single');
    expect(toNoticeWay('HIGH', AT_NIGHT, flush('2026-09-11T06:59:00Z', notices))).toBe('hold');
    expect(toNoticeWay('HIGH', AT_NIGHT, { clock: BY_DAY, isFlush: false, notices })).toBe('hold');
    expect(toNoticeWay('HIGH', AT_NIGHT, flush(BY_DAY, notices))).toBe('digest');
    expect(toNoticeWay('HIGH', undefined, { clock: BY_DAY, isFlush: false, notices })).toBe('single');
  });

  it('holds back what is critical too, where nothing may pass', () => {
    const notices = rules({ ...NIGHT, atOnceFrom: undefined });
    expect(toNoticeWay('CRITICAL', undefined, flush(AT_NIGHT, notices))).toBe('hold');
  });

  it('hourly: the next flush', () => {
    const notices = rules({ digest: 'hourly' });
    expect(toNoticeWay('HIGH', undefined, { clock: BY_DAY, isFlush: false, notices })).toBe('hold');
    expect(toNoticeWay('HIGH', BY_DAY, flush('2026-09-11T07:01:00Z', notices))).toBe('digest');
  });

  it('daily: the first flush from that time of day on, also where one was missed', () => {
    const notices = rules({ digest: 'daily', digestAt: parseMinute('08:00'), zone: 'Europe/Berlin' });
    const since = '2026-09-10T20:00:00Z';
    expect(toNoticeWay('HIGH', since, flush('2026-09-11T05:59:00Z', notices))).toBe('hold');
    expect(toNoticeWay('HIGH', since, flush('2026-09-11T06:00:00Z', notices))).toBe('digest');
    expect(toNoticeWay('HIGH', since, flush('2026-09-14T01:00:00Z', notices))).toBe('digest');
    expect(toNoticeWay('HIGH', '2026-09-11T06:00:00Z', flush('2026-09-12T05:59:00Z', notices))).toBe('hold');
  });

  it('what waited when digests were switched off comes with the next flush', () => {
    expect(toNoticeWay('HIGH', AT_NIGHT, flush(BY_DAY, rules({})))).toBe('digest');
  });
});
