import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findLongest, judgeBeacon } from '../../src/core/beacon.ts';
import type { Span } from '../../src/core/sighting-course.ts';
import { MIDNIGHT } from './tallies.ts';

/** Contacts as far apart as said, from midnight on. */
function makeContacts(...intervals: number[]): number[] {
  let at = MIDNIGHT;
  return [0, ...intervals].map((interval) => {
    at += interval;
    return at;
  });
}

const times = (count: number, interval: number) => new Array<number>(count).fill(interval);

describe('judgeBeacon', () => {
  it.each<[string, number[], [number, number, boolean]]>([
    ['every five minutes, give or take', [300, 303, 297, 304, 296, 300, 301], [300, 3, true]],
    ['a fifth of jitter is still a beacon', [300, 240, 360, 240, 360, 300, 360], [300, 60, true]],
    ['more is a person', [300, 100, 700, 90, 800, 310, 40], [300, 210, false]],
    ['a night without contact does not hide the rhythm', [300, 300, 300, 28_800, 300, 300, 300], [300, 0, true]],
    ['every few seconds is one conversation', times(7, 5), [5, 0, false]],
    ['every minute, connection by connection', times(7, 60), [60, 0, true]],
  ])('%s', (_name, intervals, [interval, jitter, isRegular]) => {
    expect(judgeBeacon(makeContacts(...intervals), true)).toEqual({
      ...{ contacts: 8, interval_seconds: interval, jitter_seconds: jitter, is_regular: isRegular },
    });
  });

  it.each([
    ['a record a minute', 60, false],
    ['a record each ten minutes', 600, false],
    ['nearly so', 603, false],
    ['every five minutes', 300, true],
  ])(
    'where flags do not tell records from connections, the rhythm of flow logs is nobody’s: %s',
    (_name, seconds, is) => {
      expect(judgeBeacon(makeContacts(...times(9, seconds)), false)?.is_regular).toBe(is);
      expect(judgeBeacon(makeContacts(...times(9, seconds)), true)?.is_regular).toBe(true);
    },
  );

  it('seven contacts may be chance', () => {
    expect(judgeBeacon(makeContacts(...times(6, 300)), true)).toBeUndefined();
    expect(judgeBeacon([], true)).toBeUndefined();
  });

  it('any clock with a sleep of ten seconds and more and a jitter of a tenth is found', () => {
    const jitters = fc.array(fc.integer({ min: -10, max: 10 }), { minLength: 30, maxLength: 60 });
    fc.assert(
      fc.property(fc.integer({ min: 11, max: 86_400 }), jitters, (sleep, percents) => {
        const intervals = percents.map((percent) => Math.max(1, Math.round(sleep * (1 + percent / 100))));
        const beacon = judgeBeacon(makeContacts(...intervals), true)!;
        expect(beacon.is_regular || beacon.interval_seconds < 10).toBe(true);
        expect(Math.abs(beacon.interval_seconds - sleep)).toBeLessThanOrEqual(Math.ceil(sleep / 10));
      }),
    );
  });
});

describe('findLongest', () => {
  const span = (from: number, to: number): Span => [MIDNIGHT + from, MIDNIGHT + to];

  it('an hour and more, in the words of its service', () => {
    const connections = {
      '6/49152/443/203.0.113.7': [span(0, 60), span(7200, 12_600)],
      '6/49153/443/203.0.113.8': [span(0, 3600)],
    };
    expect(findLongest(connections)).toEqual({
      ...{ seconds: 5400, service: '6/443', remote_ip: '203.0.113.7' },
      ...{ first_seen: '2026-09-01T02:00:00Z', last_seen: '2026-09-01T03:30:00Z' },
    });
  });

  it('the service is ours where the host serves, and addresses may have colons', () => {
    expect(findLongest({ '6/22/50000/2001:db8:77::1': [span(0, 4000)] })).toMatchObject({
      ...{ service: '6/22', remote_ip: '2001:db8:77::1' },
    });
  });

  it('nothing shorter', () => {
    expect(findLongest({ '6/1/2/203.0.113.7': [span(0, 3599)] })).toBeUndefined();
    expect(findLongest({})).toBeUndefined();
  });

  it('of equals the first, then by name, however they are listed', () => {
    const equals = [
      ['6/3/443/203.0.113.7', [span(100, 3700)]],
      ['6/2/443/203.0.113.8', [span(0, 3600)]],
      ['6/1/443/203.0.113.9', [span(0, 3600)]],
    ] as const;
    for (const order of [
      [0, 1, 2],
      [2, 1, 0],
      [1, 2, 0],
    ]) {
      const listed = Object.fromEntries(order.map((i) => equals[i]!)) as unknown as Record<string, Span[]>;
      expect(findLongest(listed)?.remote_ip).toBe('203.0.113.9');
    }
  });
});
