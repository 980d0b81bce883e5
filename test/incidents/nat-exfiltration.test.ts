/** NAT exfiltration seen on three interfaces and at a transit gateway: four findings, not one for each place it was seen at. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { tellFinding } from '../../src/core/story.ts';
import { type SweepResult, sweep } from '../../src/local/sweep.ts';
import { makeWorld, type World, writeLists } from '../oracle/world.ts';
import { type Expected, toNote, toNotes } from './analyst.ts';
import { LIST, makeExfiltration } from './nat-exfiltration.ts';

const CLOCK = new Date('2026-09-20T00:00:00Z');

/** Severest first, as a morning's list is read. */
const EXPECTED: readonly Expected[] = [
  {
    because: `The database itself sent 42 GB, twice 21 GB, to an address that is listed as a drop: objectives met, so CRITICAL, and as
      data went both ways on one channel T1041. It is one story: the instance, the transit gateway and the near side of the
      NAT gateway show the same packets with its address, the far side shows the gateway's. The totals are the instance's:
      the transit gateway has as many records, but neither interface nor action. Adding legs up would say 168 GB. No beacon:
      two connections are no rhythm, though each has a record every minute. The account is the instance's, not the one
      of the network, whose logs hold three of the legs.`,
    ...{ kind: 'host', severity: 'CRITICAL', severity_line: 'opened-large-two-way', technique: 'T1041' },
    ...{ initiator: 'local', host: '111122223333 us-east-1 10.20.4.15 i-0db', hosts: 1 },
    indicator: '198.51.100.0/25 (file drop, 1 of it)',
    when: '2026-09: 2026-09-14T22:00:07Z to 2026-09-15T01:01:46Z',
    out: '180 records, 28200000 packets, 42000000000 bytes',
    in: '180 records, 2700000 packets, 140400000 bytes',
    ...{ passed: '360 accepted, 0 rejected', leg: 'eni-0db' },
    legs: [
      '444455556666 - 10.20.4.15: 360 records, 42000000000 out, 140400000 in',
      '111122223333 eni-0db 10.20.4.15: 360 records, 42000000000 out, 140400000 in',
      '444455556666 eni-0nat 10.20.4.15: 36 records, 42000000000 out, 140400000 in',
      '444455556666 eni-0nat 10.99.0.8 (far side): 36 records, 42000000000 out, 140400000 in',
    ],
    ...{ beacon: 'too few contacts', longest: '5400 s, 6/443, 198.51.100.77' },
  },
  {
    because: `Another host calls a C2 panel every ten minutes, give or take some seconds: a beacon, two-way, little data: HIGH and T1071.
      Its own interface is not logged, so nobody can say which instance it is; the near side of the gateway gives its
      address, and that is who is blamed, not 10.99.0.8. The account is that of the logs it was seen in. Not CRITICAL: the database
      talks to another indicator, so one host only talks to this one.`,
    ...{ kind: 'host', severity: 'HIGH', severity_line: 'opened-two-way', technique: 'T1071' },
    ...{ initiator: 'local', host: '444455556666 us-east-1 10.30.7.30 no instance', hosts: 1 },
    indicator: '203.0.113.66 (C2 panel, 1 of it)',
    when: '2026-09: 2026-09-14T22:00:06Z to 2026-09-15T05:50:11Z',
    out: '48 records, 384 packets, 52800 bytes',
    in: '48 records, 336 packets, 43200 bytes',
    ...{ passed: '96 accepted, 0 rejected', leg: 'eni-0nat' },
    legs: [
      '444455556666 - 10.30.7.30: 96 records, 52800 out, 43200 in',
      '444455556666 eni-0nat 10.30.7.30: 96 records, 52800 out, 43200 in',
      '444455556666 eni-0nat 10.99.0.8 (far side): 96 records, 52800 out, 43200 in',
    ],
    ...{ beacon: '48 contacts, 600 s ± 7 s, regular', longest: 'no long connection' },
  },
  {
    because: `Before it found an open way the database tried a second drop three times and was stopped. Blocked, but a host that tries is
      likely infected: MEDIUM, a finding of its own since it is another indicator.`,
    ...{ kind: 'host', severity: 'MEDIUM', severity_line: 'opened-blocked', technique: 'T1071' },
    ...{ initiator: 'local', host: '111122223333 us-east-1 10.20.4.15 i-0db', hosts: 1 },
    indicator: '198.51.100.200 (second file drop, 1 of it)',
    when: '2026-09: 2026-09-14T21:00:02Z to 2026-09-14T21:00:17Z',
    out: '3 records, 9 packets, 540 bytes',
    in: '0 records, 0 packets, 0 bytes',
    ...{ passed: '0 accepted, 3 rejected', leg: 'eni-0db' },
    legs: ['111122223333 eni-0db 10.20.4.15: 3 records, 540 out, 0 in'],
    ...{ beacon: 'too few contacts', longest: 'no long connection' },
  },
  ...(['2026-09-14', '2026-09-15'] as const).map(
    (day, i): Expected => ({
      because: `A listed scanner knocks at the gateway's public address ten times a day and is rejected: noise, one line a day, counted.
        Here the gateway is the host: nobody behind it is concerned.`,
      ...{ kind: 'scans', severity: 'INFORMATIONAL', severity_line: 'rejected-from-outside', technique: 'T1595' },
      ...{ initiator: 'indicator', host: '444455556666 us-east-1 10.99.0.8 no instance', hosts: 1 },
      indicator: '192.0.2.44 (scanner, 1 of it)',
      when: `${day}: ${['2026-09-14T03:00:35Z to 2026-09-14T05:30:38Z', '2026-09-15T03:00:27Z to 2026-09-15T05:30:39Z'][i]}`,
      out: '0 records, 0 packets, 0 bytes',
      in: '10 records, 10 packets, 400 bytes',
      ...{ passed: '0 accepted, 10 rejected', leg: 'eni-0nat' },
      legs: ['444455556666 eni-0nat 10.99.0.8: 10 records, 0 out, 400 in'],
      ...{ beacon: 'too few contacts', longest: 'no long connection' },
    }),
  ),
];

let world: World;
let result: SweepResult;

beforeAll(async () => {
  world = makeWorld();
  makeExfiltration().write(world);
  const iocs = writeLists(world.root, [{ name: 'iocs.csv', text: LIST }]);
  result = await sweep({ logs: [world.logs], iocs, home: world.home, clock: CLOCK });
});
afterAll(() => world.remove());

const byWhen = (a: { when: string }, b: { when: string }) => (a.when < b.when ? -1 : 1);

it('gives the findings that an analyst would write, and no other', () => {
  const notes = result.findings.map(toNote);
  expect(notes.slice(0, 3)).toEqual(toNotes(EXPECTED).slice(0, 3));
  // Two days of the same noise: which is first is nothing to argue about.
  expect(notes.slice(3).sort(byWhen)).toEqual(toNotes(EXPECTED).slice(3));
});

it('keeps every place where it was seen as a sighting under its finding', () => {
  const seen = result.sightings.map(({ indicator, account_id, interface_id, local_ip, severity }) =>
    [indicator, account_id, interface_id, local_ip, severity].join(' '),
  );
  expect(seen).toEqual([
    '192.0.2.44 444455556666 eni-0nat 10.99.0.8 INFORMATIONAL',
    '198.51.100.0/25 111122223333 eni-0db 10.20.4.15 CRITICAL',
    '198.51.100.0/25 444455556666 - 10.20.4.15 CRITICAL',
    '198.51.100.0/25 444455556666 eni-0nat 10.20.4.15 CRITICAL',
    '198.51.100.0/25 444455556666 eni-0nat 10.99.0.8 CRITICAL',
    '198.51.100.200 111122223333 eni-0db 10.20.4.15 MEDIUM',
    '203.0.113.66 444455556666 - 10.30.7.30 HIGH',
    '203.0.113.66 444455556666 eni-0nat 10.30.7.30 HIGH',
    '203.0.113.66 444455556666 eni-0nat 10.99.0.8 HIGH',
  ]);
});

it('tells it in one sentence each', () => {
  expect(result.findings.slice(0, 3).map(tellFinding)).toEqual([
    '42.0 GB left in 3 h 1 min · opened by the host · 140 MB came back · one connection of 1 h 30 min · tcp/443 · through the gateway on eni-0nat',
    'opened by the host · 48 contacts, every 10 min ± 7 s · out 52.8 kB in 43.2 kB · tcp/8443 · through the gateway on eni-0nat',
    'the host tried: 3 rejected records · nothing got through · tcp/443',
  ]);
});
