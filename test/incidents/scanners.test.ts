/** Ten thousand rejected scanners and one accepted SSH: seven findings, of which one is read. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { renderFindings } from '../../src/cli/findings-table.ts';
import { type SweepResult, sweep } from '../../src/local/sweep.ts';
import { makeWorld, type World, writeLists } from '../oracle/world.ts';
import { type Expected, toNote, toNotes } from './analyst.ts';
import { LIST, makeScanners } from './scanners.ts';

const CLOCK = new Date('2026-09-20T00:00:00Z');

const BREAK_IN: Expected = {
  because: `One address of the botnet was let in on port 22 of 10.0.1.13 and answered for an hour and a quarter: HIGH, and T1133, since SSH is
    a remote service meant for administrators. Not CRITICAL: one host, and 375 kB out is a shell, no theft. What else the same
    network tried at this host (8 times on Monday, 7 on Tuesday, all rejected) is part of its story and in its counts, not
    in the noise: 75 accepted records each way and 15 rejected. From outside, so no beacon; one long connection tells how long.`,
  ...{ kind: 'host', severity: 'HIGH', severity_line: 'let-in-answered', technique: 'T1133' },
  ...{ initiator: 'indicator', host: '111122223333 us-east-1 10.0.1.13 i-03', hosts: 1 },
  indicator: '198.51.100.0/24 (botnet, 16 of it, let through: 198.51.100.23)',
  when: '2026-09: 2026-09-07T05:13:47Z to 2026-09-08T22:59:53Z',
  out: '75 records, 1650 packets, 375000 bytes',
  in: '90 records, 1515 packets, 90600 bytes',
  ...{ passed: '150 accepted, 15 rejected', leg: 'eni-03' },
  legs: ['111122223333 eni-03 10.0.1.13: 165 records, 375000 out, 90600 in'],
  ...{ beacon: 'too few contacts', longest: '4500 s, 6/22, 198.51.100.23' },
};

const NOISE = {
  ...{ kind: 'scans', severity: 'INFORMATIONAL', severity_line: 'rejected-from-outside', technique: 'T1595' },
  ...{ initiator: 'indicator', out: '0 records, 0 packets, 0 bytes', leg: '-' },
  ...{ beacon: 'too few contacts', longest: 'no long connection' },
} as const;

const [OVER_IPV4, OVER_IPV6] = [
  '111122223333 us-east-1 10.0.1.10 no instance',
  '111122223333 us-east-1 2001:db8:d0::10 no instance',
];

/** Legs are looked at by themselves. */
const ROLL_UPS: readonly Omit<Expected, 'legs'>[] = [
  {
    because: `A survey knocks at every host, one packet at a time, and nothing answers. 123 attempts on Monday at all twelve hosts of both
      accounts: one finding, not 250 for its addresses nor 12 for the hosts.`,
    ...NOISE,
    ...{ host: OVER_IPV4!, hosts: 12, indicator: '192.0.2.0/24 (survey of the internet, 250 of it)' },
    when: '2026-09-07: 2026-09-07T00:37:00Z to 2026-09-07T23:44:38Z',
    ...{ in: '123 records, 123 packets, 4920 bytes', passed: '0 accepted, 123 rejected' },
  },
  {
    because: 'The same on Tuesday: another day, another line, so that a quiet Wednesday shows.',
    ...NOISE,
    ...{ host: OVER_IPV4!, hosts: 12, indicator: '192.0.2.0/24 (survey of the internet, 250 of it)' },
    when: '2026-09-08: 2026-09-08T00:09:10Z to 2026-09-08T23:40:07Z',
    ...{ in: '127 records, 127 packets, 5080 bytes', passed: '0 accepted, 127 rejected' },
  },
  {
    because: `The botnet at the eleven hosts that it did not get into: 122 attempts on Monday less the 8 at 10.0.1.13, by 235 of its 250
      addresses. That one of its addresses got in elsewhere does not make these more than attempts.`,
    ...NOISE,
    ...{ host: OVER_IPV4!, hosts: 11, indicator: '198.51.100.0/24 (botnet, 235 of it)' },
    when: '2026-09-07: 2026-09-07T00:00:48Z to 2026-09-07T23:32:00Z',
    ...{ in: '114 records, 114 packets, 4560 bytes', passed: '0 accepted, 114 rejected' },
  },
  {
    because: 'The botnet on Tuesday: 128 less 7.',
    ...NOISE,
    ...{ host: OVER_IPV4!, hosts: 11, indicator: '198.51.100.0/24 (botnet, 235 of it)' },
    when: '2026-09-08: 2026-09-08T00:22:20Z to 2026-09-08T23:56:39Z',
    ...{ in: '121 records, 121 packets, 4840 bytes', passed: '0 accepted, 121 rejected' },
  },
  {
    because: `9,500 addresses out of one /48, half of them on Monday: whoever has 2^80 addresses never uses one twice, so they count as
      what the list names, the network. The hosts have IPv6 addresses too, and these are what was knocked at.`,
    ...NOISE,
    ...{ host: OVER_IPV6!, hosts: 12, indicator: '2001:db8:5ca::/48 (IPv6 survey, 9500 of it)' },
    when: '2026-09-07: 2026-09-07T00:00:09Z to 2026-09-07T23:58:32Z',
    ...{ in: '4746 records, 4746 packets, 189840 bytes', passed: '0 accepted, 4746 rejected' },
  },
  {
    because: 'And the other half on Tuesday.',
    ...NOISE,
    ...{ host: OVER_IPV6!, hosts: 12, indicator: '2001:db8:5ca::/48 (IPv6 survey, 9500 of it)' },
    when: '2026-09-08: 2026-09-08T00:00:14Z to 2026-09-08T23:58:38Z',
    ...{ in: '4754 records, 4754 packets, 190160 bytes', passed: '0 accepted, 4754 rejected' },
  },
];

const made = makeScanners();
let world: World;
let result: SweepResult;

beforeAll(async () => {
  world = makeWorld();
  made.delivery.write(world);
  const iocs = writeLists(world.root, [{ name: 'iocs.csv', text: LIST }]);
  result = await sweep({ logs: [world.logs], iocs, home: world.home, clock: CLOCK });
});
afterAll(() => world.remove());

const nameOf = ({ indicator, when }: { indicator: string; when: string }) => `${indicator} ${when}`;

it('plants what it says: ten thousand addresses', () => {
  expect(made.sources.size).toBe(10_000);
  expect(Object.values(made.planted).reduce((sum, { knocks }) => sum + knocks, 0)).toBe(10_000);
});

it('puts the one that got in first', () => {
  expect(result.findings.slice(0, 1).map(toNote)).toEqual(toNotes([BREAK_IN]));
});

it('makes six lines of noise of 9,985 attempts, and none of it counts twice', () => {
  const notes = result.findings.slice(1).map(toNote);
  const seen = notes.map(({ legs: _, ...note }) => note).sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  expect(seen).toEqual(ROLL_UPS.map(({ because: _, ...note }) => note));
  const rejected = result.findings.reduce((sum, finding) => sum + finding.rejected, 0);
  expect(rejected).toBe(10_000);
});

it('counts, host by host, what was planted', () => {
  for (const { indicator, day, legs, hosts, rejected } of result.findings.slice(1)) {
    const { knocks, atEntered, hosts: knockedAt } = made.planted[`${indicator} ${day === '2026-09-07' ? 0 : 1}`]!;
    const isBotnet = indicator === '198.51.100.0/24';
    expect(rejected).toBe(isBotnet ? knocks - atEntered : knocks);
    expect(legs.reduce((sum, { records }) => sum + records, 0)).toBe(rejected);
    expect(hosts).toEqual([...knockedAt].filter((host) => !isBotnet || host !== '10.0.1.13').sort());
  }
});

it('is read in a moment', () => {
  expect(renderFindings(result.findings, 80).split('\n')).toEqual([
    'SEVERITY  HOST · INDICATOR · WHAT HAPPENED · WHEN (UTC)',
    'HIGH      10.0.1.13  i-03  111122223333 us-east-1',
    '          198.51.100.0/24  "botnet"',
    '          opened from outside by 198.51.100.23 · 165 records',
    '          out 375 kB in 90.6 kB · one connection of 1 h 15 min · 15 rejected',
    '          tcp/22',
    expect.stringContaining('07 Sep 05:13 → 08 Sep 22:59'),
    'INFO      12 hosts',
    '          2001:db8:5ca::/48  "IPv6 survey"',
    '          9,500 rejected records, nothing answered',
    expect.stringContaining('07 Sep 00:00 → 08 Sep 23:58'),
    'INFO      12 hosts',
    '          192.0.2.0/24  "survey of the internet"',
    '          250 rejected records, nothing answered',
    expect.stringContaining('07 Sep 00:37 → 08 Sep 23:40'),
    'INFO      11 hosts',
    '          198.51.100.0/24  "botnet"',
    '          235 rejected records, nothing answered',
    expect.stringContaining('07 Sep 00:00 → 08 Sep 23:56'),
    '',
  ]);
});
