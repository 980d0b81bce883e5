import { describe, expect, it } from 'vitest';
import { emptyVotes, type Initiator } from '../../src/core/initiator.ts';
import { isAtLeast, SEVERITIES, type Severity } from '../../src/core/severity.ts';
import { judgeSeverity, raiseForHosts } from '../../src/core/severity-judgement.ts';
import type { Tally } from '../../src/core/sighting.ts';
import { MIDNIGHT, makeTally } from './tallies.ts';

const OUT = { recordsOut: 4, bytesOut: 400n, packetsOut: 4n };
const IN = { recordsIn: 3, bytesIn: 300n, packetsIn: 3n };
const SYNS = { votes: { ...emptyVotes(), synLocal: 4 } };
const LASTED = { lastSeen: MIDNIGHT + 600 };

describe('the severity table', () => {
  it.each<[string, Initiator, Partial<Tally>, Severity]>([
    ['outbound ACCEPT, both ways', 'local', { ...OUT, ...IN, acceptedOut: 4, acceptedIn: 3 }, 'HIGH'],
    ['outbound ACCEPT, both ways, opener unknown', 'unknown', { ...OUT, ...IN, acceptedOut: 4, acceptedIn: 3 }, 'HIGH'],
    ['outbound ACCEPT, one way, lasting', 'local', { ...OUT, acceptedOut: 4, ...LASTED }, 'HIGH'],
    ['outbound ACCEPT, one way, no duration', 'local', { ...OUT, acceptedOut: 4 }, 'MEDIUM'],
    ['outbound ACCEPT, nothing but SYNs', 'local', { ...OUT, acceptedOut: 4, ...SYNS, ...LASTED }, 'MEDIUM'],
    ['outbound ACCEPT, a single SYN', 'local', { recordsOut: 1, bytesOut: 44n, acceptedOut: 1, ...SYNS }, 'MEDIUM'],
    ['outbound ACCEPT, 25 MB out', 'local', { ...OUT, ...IN, bytesOut: 25_000_000n, acceptedOut: 4 }, 'CRITICAL'],
    ['outbound ACCEPT, a byte less', 'local', { ...OUT, ...IN, bytesOut: 24_999_999n, acceptedOut: 4 }, 'HIGH'],
    ['outbound, 25 MB one way', 'local', { ...OUT, bytesOut: 25_000_000n, acceptedOut: 4, ...LASTED }, 'CRITICAL'],
    ['outbound REJECT', 'local', { ...OUT, rejectedOut: 4 }, 'MEDIUM'],
    [
      'outbound REJECT, large and lasting',
      'local',
      { ...OUT, bytesOut: 50_000_000n, rejectedOut: 4, ...LASTED },
      'MEDIUM',
    ],
    ['outbound REJECT, opener unknown', 'unknown', { ...OUT, rejectedOut: 4 }, 'MEDIUM'],
    ['outbound, some rejected, some through', 'local', { ...OUT, ...IN, rejectedOut: 3, acceptedOut: 1 }, 'HIGH'],
    ['outbound without action (transit gateway)', 'local', { ...OUT, ...IN }, 'HIGH'],
    ['inbound ACCEPT, answered', 'indicator', { ...OUT, ...IN, acceptedIn: 3, acceptedOut: 4 }, 'HIGH'],
    ['inbound ACCEPT, no answer', 'indicator', { ...IN, acceptedIn: 3 }, 'MEDIUM'],
    ['inbound ACCEPT, the answer rejected', 'indicator', { ...OUT, ...IN, acceptedIn: 3, rejectedOut: 4 }, 'MEDIUM'],
    ['inbound ACCEPT, answered with 25 MB', 'indicator', { ...OUT, ...IN, bytesOut: 25_000_000n }, 'HIGH'],
    ['inbound REJECT', 'indicator', { ...IN, rejectedIn: 3 }, 'INFORMATIONAL'],
    ['inbound REJECT, opener unknown', 'unknown', { ...IN, rejectedIn: 3 }, 'INFORMATIONAL'],
    ['inbound without action (transit gateway)', 'indicator', { ...IN }, 'MEDIUM'],
    [
      'mostly inbound REJECT, yet the host tried too',
      'indicator',
      { ...IN, rejectedIn: 3, recordsOut: 1, rejectedOut: 1, votes: { ...emptyVotes(), synIndicator: 3, synLocal: 1 } },
      'MEDIUM',
    ],
  ])('%s', (_name, initiator, tally, severity) => {
    const judged = judgeSeverity(makeTally(tally), initiator);
    expect(judged.severity).toBe(severity);
    expect(judged.reason).toMatch(/^\S.*\S$/);
  });

  it('times that are absent do not count as duration', () => {
    const tally = makeTally({ ...OUT, acceptedOut: 4, firstSeen: null, lastSeen: MIDNIGHT });
    expect(judgeSeverity(tally, 'local').severity).toBe('MEDIUM');
  });
});

describe('raiseForHosts', () => {
  it.each<[Severity, number, Severity]>([
    ['HIGH', 1, 'HIGH'],
    ['HIGH', 2, 'CRITICAL'],
    ['HIGH', 40, 'CRITICAL'],
    ['CRITICAL', 2, 'CRITICAL'],
    ['MEDIUM', 2, 'MEDIUM'],
    ['INFORMATIONAL', 2, 'INFORMATIONAL'],
  ])('%s and %i hosts: %s', (severity, hosts, raised) => {
    expect(raiseForHosts({ severity, reason: 'because' }, hosts)?.severity ?? severity).toBe(raised);
  });

  it('says how many hosts', () => {
    expect(raiseForHosts({ severity: 'HIGH', reason: 'because' }, 3)?.reason).toBe(
      'because; 3 hosts talk to this indicator',
    );
  });
});

it('isAtLeast follows the order of severities', () => {
  for (const [a, severity] of SEVERITIES.entries()) {
    for (const [b, least] of SEVERITIES.entries()) expect(isAtLeast(severity, least)).toBe(a >= b);
  }
  expect(SEVERITIES).toEqual(['INFORMATIONAL', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL']);
});
