/** Attempts in vain: one finding per indicator and UTC day, whose counts are that day's. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldFindings } from '../../src/core/finding.ts';
import type { Finding } from '../../src/core/finding-document.ts';
import { findingIdsOf } from '../../src/core/finding-id.ts';
import type { Match } from '../../src/core/match.ts';
import { Tallies } from '../../src/core/sighting.ts';
import { tellFinding } from '../../src/core/story.ts';
import { MIDNIGHT, makeMatch } from './tallies.ts';

const DAY = 86_400;

/** A knock at a closed SSH port. */
function knock(more: Partial<Match> = {}): Match {
  const end = more.end ?? MIDNIGHT;
  const ports = { localPort: 22, remotePort: 50_000, tcpFlags: 2, packets: 1n, bytes: 40n };
  return makeMatch({ direction: 'in', action: 'REJECT', start: end, ...ports, ...more });
}

function fold(...matches: readonly Match[]) {
  const tallies = new Tallies();
  for (const match of matches) tallies.add(match);
  return { tallies: tallies.sorted(), ...foldFindings(tallies.sorted()) };
}

const byDay = (findings: readonly Finding[]) => findings.toSorted((a, b) => ((a.day ?? '') < (b.day ?? '') ? -1 : 1));

describe('a roll-up', () => {
  it('is of one indicator and one UTC day, over all hosts', () => {
    const { findings } = fold(
      knock({ localIp: '10.0.0.5', end: MIDNIGHT }),
      knock({ localIp: '10.0.0.6', end: MIDNIGHT + DAY - 1 }),
      knock({ localIp: '10.0.0.6', end: MIDNIGHT + DAY }),
      knock({ localIp: '10.0.0.6', end: MIDNIGHT, indicator: '203.0.113.8' }),
    );
    expect(
      findings.map(({ indicator, day, host_count, rejected }) => [indicator, day, host_count, rejected]).sort(),
    ).toEqual([
      ['203.0.113.7', '2026-09-01', 2, 2],
      ['203.0.113.7', '2026-09-02', 1, 1],
      ['203.0.113.8', '2026-09-01', 1, 1],
    ]);
  });

  it('counts of its legs only what they saw on that day', () => {
    const { findings } = fold(
      ...[0, 1, 2].map((second) => knock({ end: MIDNIGHT + second })),
      knock({ end: MIDNIGHT + DAY }),
      knock({ end: MIDNIGHT + 5, localIp: '10.0.0.6', interfaceId: 'eni-0b' }),
    );
    expect(byDay(findings).map(({ legs }) => legs.map(({ local_ip, records }) => `${local_ip} ${records}`))).toEqual([
      ['10.0.0.5 3', '10.0.0.6 1'],
      ['10.0.0.5 1'],
    ]);
  });

  it('a day that only another interface of the host saw is not lost', () => {
    const { findings } = fold(
      ...[0, 1, 2].map((second) => knock({ end: MIDNIGHT + second, interfaceId: 'eni-0a' })),
      ...[0, 1].map((second) => knock({ end: MIDNIGHT + DAY + second, interfaceId: 'eni-0b' })),
    );
    expect(byDay(findings).map(({ day, rejected }) => [day, rejected])).toEqual([
      ['2026-09-01', 3],
      ['2026-09-02', 2],
    ]);
  });

  it('of two interfaces of a host counts the one that saw more, never both', () => {
    const seen = [knock(), knock({ end: MIDNIGHT + 1 })];
    const { findings } = fold(...seen, ...seen.map((match) => ({ ...match, interfaceId: 'eni-0b' })), seen[0]!);
    expect(findings).toMatchObject([{ rejected: 3, bytes_in: 120n, host_count: 1 }]);
  });

  it('names twenty hosts at most, and counts them all', () => {
    const { findings } = fold(
      ...Array.from({ length: 300 }, (_, i) => knock({ localIp: `10.0.${i >> 8}.${i & 255}` })),
    );
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ kind: 'scans', host_count: 300, rejected: 300, interface_id: '-' });
    expect(findings[0]!.hosts).toHaveLength(20);
    expect(findings[0]!.legs).toHaveLength(200);
  });
});

it('one accepted record takes its host out of the noise, and no other', () => {
  const { findings } = fold(
    knock({ localIp: '10.0.0.5' }),
    knock({ localIp: '10.0.0.6' }),
    knock({ localIp: '10.0.0.6', action: 'ACCEPT', end: MIDNIGHT + 1 }),
  );
  expect(findings.map(({ kind, local_ip, severity, rejected }) => [kind, local_ip, severity, rejected])).toEqual([
    ['host', '10.0.0.6', 'MEDIUM', 1],
    ['scans', '10.0.0.5', 'INFORMATIONAL', 1],
  ]);
});

it('the service of a host that was let in is what it was let in by, however often others were tried', () => {
  const tried = Array.from({ length: 50 }, (_, i) => knock({ localPort: 3389, end: MIDNIGHT + i }));
  const entered = { action: 'ACCEPT', end: MIDNIGHT + 60 } as const;
  const { findings } = fold(
    ...tried,
    knock({ ...entered, localPort: 443 }),
    knock({ ...entered, localPort: 443, direction: 'out', tcpFlags: 18 }),
  );
  expect(findings).toMatchObject([{ severity_line: 'let-in-answered', technique: { id: 'T1190' }, rejected: 50 }]);
  expect(findings[0]!.services).toEqual([{ service: '6/443', records: 2 }]);
  expect(fold(...tried).findings[0]!.services).toEqual([{ service: '6/3389', records: 50 }]);
});

it('of all that tried the one that got in is named, and comes first for who takes only one', () => {
  const network = { indicator: '203.0.113.0/24' };
  const tried = [1, 2, 3].map((i) => knock({ ...network, indicatorIps: [`203.0.113.${i}`] }));
  const entered = knock({ ...network, indicatorIps: ['203.0.113.9'], action: 'ACCEPT' });
  const [finding] = fold(...tried, entered).findings;
  expect(finding).toMatchObject({
    passed_ip: ['203.0.113.9'],
    indicator_ip: ['203.0.113.9', '203.0.113.1', '203.0.113.2', '203.0.113.3'],
  });
  expect(tellFinding(finding!)).toMatch(/^opened from outside by 203\.0\.113\.9 · 4 records · /);
  expect(fold(...tried).findings[0]!.passed_ip).toEqual([]);
});

it('every record is in exactly one roll-up, which the ids of its tally name', () => {
  const knocks = fc.record({
    localIp: fc.constantFrom('10.0.0.5', '10.0.0.6', '10.0.0.7'),
    indicator: fc.constantFrom('203.0.113.7', '203.0.113.8'),
    end: fc.integer({ min: MIDNIGHT, max: MIDNIGHT + 4 * DAY }),
  });
  fc.assert(
    fc.property(fc.array(knocks, { minLength: 1, maxLength: 30 }), (all) => {
      const { findings, findingOf, tallies } = fold(...all.map(knock));
      expect(findings.reduce((sum, { rejected }) => sum + rejected, 0)).toBe(all.length);
      expect(findings.reduce((sum, { legs }) => sum + legs.reduce((more, { records }) => more + records, 0), 0)).toBe(
        all.length,
      );
      const named = new Set(tallies.flatMap(findingIdsOf));
      for (const { finding_id } of findings) expect(named).toContain(finding_id);
      for (const tally of tallies) expect(findingIdsOf(tally)).toContain(findingOf(tally)?.finding_id);
    }),
    { numRuns: 100 },
  );
});
