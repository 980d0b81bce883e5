import { describe, expect, it } from 'vitest';
import { foldFindings } from '../../src/core/finding.ts';
import { emptyVotes } from '../../src/core/initiator.ts';
import type { Tally } from '../../src/core/sighting.ts';
import { formatBytes, formatCount, formatSpan, tellFinding } from '../../src/core/story.ts';
import { makeTally, makeTwoWayTally } from './tallies.ts';

function tell(...tallies: Tally[]): string {
  return tellFinding(foldFindings(tallies).findings[0]!);
}

it.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [1049, '1.0 kB'],
  [99_949, '99.9 kB'],
  [99_950, '100 kB'],
  [999_499, '999 kB'],
  [999_500, '1.0 MB'],
  [1_900_000, '1.9 MB'],
  [25_000_000_000n, '25.0 GB'],
  [9_223_372_036_854_775_807n, '9.2 EB'],
  [9_223_372_036_854_775_807_000n, '9223 EB'],
])('formatBytes %s: %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

it.each([
  [0, '0'],
  [999, '999'],
  [1317, '1,317'],
  [18_446_744_073_709_551_614n, '18,446,744,073,709,551,614'],
])('formatCount %s: %s', (count, text) => {
  expect(formatCount(count)).toBe(text);
});

it.each([
  ['2026-09-01T02:10:00Z', '2026-09-03T23:55:59Z', '01 Sep 02:10 → 03 Sep 23:55'],
  ['2026-09-01T02:10:00Z', '2026-09-01T23:55:00Z', '01 Sep 02:10 → 23:55'],
  ['2026-09-01T02:10:00Z', '2026-09-01T02:10:59Z', '01 Sep 02:10'],
  ['2026-12-31T23:59:00Z', '2027-01-01T00:00:00Z', '31 Dec 23:59 → 01 Jan 00:00'],
  [null, '2026-09-01T02:10:00Z', '01 Sep 02:10'],
  ['2026-09-01T02:10:00Z', null, '01 Sep 02:10'],
  [null, null, 'no time given'],
])('formatSpan %s to %s: %s', (first, last, text) => {
  expect(formatSpan(first, last)).toBe(text);
});

describe('tellFinding', () => {
  const inbound = { ...emptyVotes(), synIndicator: 3 };
  const blocked = { recordsIn: 1317, rejectedIn: 1317, services: { '6/22': 1317 } };

  it.each<[string, string]>([
    ['opened by the host · 19 records · out 8.4 kB in 5.0 kB · tcp/443', tell(makeTwoWayTally())],
    [
      'opened by whom is unknown · 19 records · out 8.4 kB in 5.0 kB · udp/53',
      tell(makeTwoWayTally({ votes: emptyVotes(), services: { '17/53': 19 } })),
    ],
    [
      'opened from outside · 1 record · out 0 B in 40 B · icmp',
      tell(makeTally({ recordsIn: 1, acceptedIn: 1, bytesIn: 40n, votes: inbound, services: { '1/0': 1 } })),
    ],
    [
      'opened by the host · 19 records · out 8.4 kB in 5.0 kB · 2 rejected · protocol 50',
      tell(makeTwoWayTally({ rejectedOut: 2, services: { '50': 19 } })),
    ],
    ['1,317 rejected records, nothing answered · tcp/22', tell(makeTally({ ...blocked, votes: inbound }))],
    [
      'the host tried: 1 rejected record · nothing got through · tcp/443',
      tell(
        makeTally({ recordsOut: 1, rejectedOut: 1, votes: { ...emptyVotes(), synLocal: 1 }, services: { '6/443': 1 } }),
      ),
    ],
    ['1,317 rejected records · nothing got through · tcp/22', tell(makeTally({ ...blocked }))],
    [
      'opened by the host · 19 records · out 8.4 kB in 5.0 kB · tcp/443 · through the gateway on eni-0nat',
      tell(
        makeTwoWayTally({ interfaceId: 'eni-0nat', via: ['10.0.0.220'] }),
        makeTwoWayTally({ interfaceId: 'eni-0nat', localIp: '10.0.0.220' }),
      ),
    ],
    // A transit gateway has no action: nothing is known to be blocked.
    ['opened by whom is unknown · 2 records · out 0 B in 0 B', tell(makeTally({ recordsOut: 2 }))],
  ])('%s', (expected, told) => {
    expect(told).toBe(expected);
  });
});
