/** The table for people: fits the terminal whatever stands in it, and says noise once. */
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { renderFindings } from '../../src/cli/findings-table.ts';
import { toWidth } from '../../src/cli/text-width.ts';
import { foldFindings } from '../../src/core/finding.ts';
import type { Finding } from '../../src/core/finding-document.ts';
import { Tallies, type Tally } from '../../src/core/sighting.ts';
import { MIDNIGHT, makeMatch, makeTwoWayTally } from './tallies.ts';

afterEach(() => void vi.unstubAllEnvs());

const DAY = 86_400;
const HOUR = 3600;

/** A host that called every hour, more often each time. */
function makeBeacon(hours: number): Tally[] {
  const tallies = new Tallies();
  for (let hour = 0; hour < hours; hour++) {
    for (let i = 0; i <= hour; i++) {
      const start = MIDNIGHT + hour * HOUR + i * 60;
      tallies.add(makeMatch({ start, end: start + 30, tcpFlags: 2, instanceId: 'i-0c6318a59d02e7b40' }));
    }
  }
  return tallies.sorted();
}

/** Attempts at `hosts` hosts on each of `days`. */
function makeScans(indicator: string, hosts: number, days: readonly number[]): Tally[] {
  const tallies = new Tallies();
  for (let host = 0; host < hosts; host++) {
    for (const day of days) {
      const start = MIDNIGHT + day * DAY + host;
      const place = { localIp: `10.0.0.${host + 1}`, interfaceId: `eni-0${host}`, comment: 'scanner' };
      const ports = { localPort: 22, remotePort: 50_000, tcpFlags: 2 };
      tallies.add(makeMatch({ indicator, direction: 'in', action: 'REJECT', start, end: start, ...place, ...ports }));
    }
  }
  return tallies.sorted();
}

const fold = (...tallies: readonly Tally[]): readonly Finding[] => foldFindings(tallies).findings;
const linesOf = (table: string) => table.split('\n').slice(0, -1);

it('says nothing of nothing', () => expect(renderFindings([], 80)).toBe(''));

it('at 80 columns: host first, then the indicator, one sentence, when', () => {
  expect(linesOf(renderFindings(fold(...makeBeacon(4)), 80))).toEqual([
    'SEVERITY  HOST · INDICATOR · WHAT HAPPENED · WHEN (UTC)',
    'MEDIUM    10.0.0.5  i-0c6318a59d02e7b40  111122223333 us-east-1',
    '          203.0.113.7  "C2"',
    '          opened by the host · 10 contacts, every 1 min ± 0 s',
    '          out 8.4 kB in 0 B · tcp/443',
    '          01 Sep 00:00 → 03:03  ▂▄▆█',
  ]);
});

it('at 140 columns: side by side', () => {
  const [head, first, second, third] = linesOf(renderFindings(fold(...makeBeacon(4)), 140));
  expect(head).toMatch(/^SEVERITY {2}HOST +INDICATOR +WHAT HAPPENED +WHEN \(UTC\)$/);
  expect(first).toMatch(/^MEDIUM {4}10\.0\.0\.5 +203\.0\.113\.7 +opened by the host · .* {2,}01 Sep 00:00 → 03:03$/);
  expect(second).toMatch(/^ {10}i-0c6318a59d02e7b40 +"C2" .* ▂▄▆█$/);
  expect(third?.trim()).toBe('111122223333 us-east-1');
});

describe('noise', () => {
  it('of several days is one line with a count, and stands last', () => {
    const table = renderFindings(fold(...makeScans('192.0.2.0/24', 6, [0, 1, 2]), makeTwoWayTally()), 80);
    expect(linesOf(table).slice(-4)).toEqual([
      'INFO      6 hosts',
      '          192.0.2.0/24  "scanner"',
      '          18 rejected records, nothing answered',
      '          01 Sep 00:00 → 03 Sep 00:00  ███',
    ]);
    expect(table.match(/^INFO/gm)).toHaveLength(1);
  });

  it('of one host names it', () => {
    expect(renderFindings(fold(...makeScans('192.0.2.7', 1, [0])), 80)).toContain('INFO      10.0.0.1\n');
  });

  it('of very many indicators: the first ten, and the rest in one line', () => {
    const scans = Array.from({ length: 200 }, (_, i) => makeScans(`192.0.2.${i}`, 2, [0, 1]));
    const table = renderFindings(fold(...scans.flat()), 80);
    expect(table.match(/^INFO/gm)).toHaveLength(11);
    expect(table).toContain('190 more indicators\n          760 rejected records, nothing answered\n');
  });
});

describe('the terminal', () => {
  it('without blocks there is no sparkline, and nothing else is missing', () => {
    vi.stubEnv('LC_ALL', 'C');
    const bare = renderFindings(fold(...makeBeacon(4)), 80);
    vi.stubEnv('LC_ALL', 'C.UTF-8');
    expect(renderFindings(fold(...makeBeacon(4)), 80).replace('  ▂▄▆█', '')).toBe(bare);
  });

  const hostile = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.string({ unit: 'grapheme', maxLength: 300 }),
    fc.constantFrom(
      '漢字'.repeat(90),
      `e${'\u0301'.repeat(400)}`,
      '\u001b]8;;http://192.0.2.1\u0007x',
      'a\u202eb',
      ' ',
    ),
  );

  it('never gets a line that is too wide, nor anything it would obey', () => {
    const names = fc.record({ comment: hostile, interfaceId: hostile, region: hostile, instance: hostile });
    fc.assert(
      fc.property(
        fc.array(names, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 20, max: 250 }),
        (all, columns) => {
          const tallies = all.flatMap(({ instance, ...more }, i) =>
            makeTwoWayTally({ ...more, localIp: `10.0.0.${i}`, instanceIds: [instance], via: ['10.0.0.0'] }),
          );
          const table = renderFindings(fold(...tallies), columns);
          for (const line of linesOf(table))
            expect(toWidth(line)).toBeLessThanOrEqual(Math.max(40, Math.min(160, columns)));
          expect(table).not.toMatch(
            /(?!\n)[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]|(?![\ufe0e\ufe0f])\p{Default_Ignorable_Code_Point}/u,
          );
        },
      ),
      { numRuns: 200 },
    );
  });
});
