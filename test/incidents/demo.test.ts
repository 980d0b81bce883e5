/** The bundled incident: the findings that demo/README.md tells of, and no other. */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type SweepResult, sweep } from '../../src/local/sweep.ts';
import { makeWorld, type World } from '../oracle/world.ts';
import { type Expected, toNote, toNotes } from './analyst.ts';

const DEMO = fileURLToPath(new URL('../../demo/', import.meta.url));
const CLOCK = new Date('2026-09-04T00:00:00Z');

const C2 = {
  ...{
    kind: 'host',
    severity: 'CRITICAL',
    severity_line: 'several-hosts',
    technique: 'T1071',
    initiator: 'local',
    hosts: 1,
  },
  ...{ indicator: '203.0.113.66 (C2 panel, 1 of it)', longest: 'no long connection' },
} as const;

const SCANS = {
  ...{ kind: 'scans', severity: 'INFORMATIONAL', severity_line: 'rejected-from-outside', technique: 'T1595' },
  ...{ initiator: 'indicator', host: '111122223333 eu-west-1 10.2.1.11 no instance', hosts: 6 },
  ...{ indicator: '192.0.2.0/24 (scanner, 24 of it)', out: '0 records, 0 packets, 0 bytes', leg: '-' },
  ...{ beacon: 'too few contacts', longest: 'no long connection' },
} as const;

const EXPECTED: readonly Expected[] = [
  {
    because: `42 GB went from 10.0.9.8 to a drop site: the gravest, and worth reading first, though 10.0.4.17 was the way in. Three places
      show the same stream; the totals are those of the instance's own interface, and 10.0.0.220 is the NAT gateway, nobody to
      blame. Twelve connections of sixteen minutes each, none of an hour.`,
    ...{ kind: 'host', severity: 'CRITICAL', severity_line: 'opened-large-two-way', technique: 'T1041' },
    ...{ initiator: 'local', host: '111122223333 us-east-1 10.0.9.8 i-09fd52b70e6c13a86', hosts: 1 },
    indicator: '198.51.100.0/24 (drop site, 1 of it)',
    when: '2026-09: 2026-09-02T21:04:07Z to 2026-09-03T00:16:08Z',
    out: '193 records, 27988961 packets, 41982556388 bytes',
    in: '193 records, 2707849 packets, 140808148 bytes',
    ...{ passed: '386 accepted, 0 rejected', leg: 'eni-08a31c6e07b25df91' },
    legs: [
      '111122223333 eni-08a31c6e07b25df91 10.0.9.8: 386 records, 41982556388 out, 140808148 in',
      '111122223333 eni-0a5d83f17c2094be8 10.0.0.220 (far side): 386 records, 41982556388 out, 140808148 in',
      '111122223333 eni-0a5d83f17c2094be8 10.0.9.8: 386 records, 41982556388 out, 140808148 in',
    ],
    ...{ beacon: '12 contacts, 960 s ± 0 s, regular', longest: 'no long connection' },
  },
  {
    because: `10.0.4.17 calls the C2 panel every five minutes for three days. By itself HIGH: two-way, 1.9 MB is no theft; CRITICAL since
      10.0.9.8 calls the same panel, so it has spread.`,
    ...C2,
    host: '111122223333 us-east-1 10.0.4.17 i-0c6318a59d02e7b40',
    when: '2026-09: 2026-09-01T02:10:00Z to 2026-09-03T23:55:04Z',
    out: '838 records, 9170 packets, 1927540 bytes',
    in: '838 records, 6656 packets, 401224 bytes',
    ...{ passed: '1676 accepted, 0 rejected', leg: 'eni-04b7e20d95a8136ce' },
    legs: ['111122223333 eni-04b7e20d95a8136ce 10.0.4.17: 1676 records, 1927540 out, 401224 in'],
    beacon: '838 contacts, 300 s ± 3 s, regular',
  },
  {
    because: `10.0.9.8 calls it too, for four hours around the upload: another indicator than the drop site, so a finding of its own. The
      gateway that its packets pass is no third host.`,
    ...C2,
    host: '111122223333 us-east-1 10.0.9.8 i-09fd52b70e6c13a86',
    when: '2026-09: 2026-09-02T20:31:00Z to 2026-09-03T00:31:05Z',
    out: '49 records, 553 packets, 116139 bytes',
    in: '49 records, 406 packets, 24212 bytes',
    ...{ passed: '98 accepted, 0 rejected', leg: 'eni-08a31c6e07b25df91' },
    legs: [
      '111122223333 eni-08a31c6e07b25df91 10.0.9.8: 98 records, 116139 out, 24212 in',
      '111122223333 eni-0a5d83f17c2094be8 10.0.0.220 (far side): 98 records, 116139 out, 24212 in',
      '111122223333 eni-0a5d83f17c2094be8 10.0.9.8: 98 records, 116139 out, 24212 in',
    ],
    beacon: '49 contacts, 300 s ± 2 s, regular',
  },
  {
    because: `A listed IPv6 scanner logged in by SSH and was answered: HIGH, not CRITICAL, as it is one host and 47 kB. The log is of the
      default format, so ports tell who began, and no instance is named.`,
    ...{ kind: 'host', severity: 'HIGH', severity_line: 'let-in-answered', technique: 'T1133' },
    ...{ initiator: 'indicator', host: '444455556666 us-east-1 2001:db8:d0:240::40 no instance', hosts: 1 },
    indicator: '2001:db8:77::1 (scanner, 1 of it)',
    when: '2026-09: 2026-09-02T11:31:12Z to 2026-09-02T11:36:57Z',
    out: '6 records, 182 packets, 47457 bytes',
    in: '6 records, 158 packets, 13286 bytes',
    ...{ passed: '12 accepted, 0 rejected', leg: 'eni-0d19f6a3c57e0b84f' },
    legs: ['444455556666 eni-0d19f6a3c57e0b84f 2001:db8:d0:240::40: 12 records, 47457 out, 13286 in'],
    ...{ beacon: 'too few contacts', longest: 'no long connection' },
  },
  {
    because: `10.2.1.33 tried a phishing kit's address nine times, once a minute, and its security group stopped it: MEDIUM, since
      something on it tries, by a clock.`,
    ...{ kind: 'host', severity: 'MEDIUM', severity_line: 'opened-blocked', technique: 'T1071' },
    ...{ initiator: 'local', host: '111122223333 eu-west-1 10.2.1.33 i-026a4f09b8e1dc73e', hosts: 1 },
    indicator: '203.0.113.129 (phishing kit, 1 of it)',
    when: '2026-09: 2026-09-03T14:12:00Z to 2026-09-03T14:20:15Z',
    out: '9 records, 27 packets, 1188 bytes',
    in: '0 records, 0 packets, 0 bytes',
    ...{ passed: '0 accepted, 9 rejected', leg: 'eni-037cd1e8b90f4a62d' },
    legs: ['111122223333 eni-037cd1e8b90f4a62d 10.2.1.33: 9 records, 1188 out, 0 in'],
    ...{ beacon: '9 contacts, 61 s ± 0 s, regular', longest: 'no long connection' },
  },
  {
    because: `1,012 knocks in three days at six hosts in three networks, all rejected: one finding a day and not eighteen. 342 on the third;
      most bytes first among equals.`,
    ...SCANS,
    when: '2026-09-03: 2026-09-03T00:01:06Z to 2026-09-03T23:58:54Z',
    ...{ in: '342 records, 521 packets, 22924 bytes', passed: '0 accepted, 342 rejected' },
    legs: [
      '111122223333 eni-04b7e20d95a8136ce 10.0.4.17: 54 records, 0 out, 3784 in',
      '111122223333 eni-059b3ea7046d1f283 10.2.1.11: 52 records, 0 out, 3388 in',
      '111122223333 eni-06e905bd2a71c8f40 10.0.4.23: 58 records, 0 out, 4004 in',
      '444455556666 eni-0c80f4d6b1e2a795f 10.3.1.7: 66 records, 0 out, 4312 in',
      '444455556666 eni-0d19f6a3c57e0b84f 10.1.2.40: 56 records, 0 out, 3784 in',
      '111122223333 eni-0f2c4810e6d7b93a4 10.0.4.18: 56 records, 0 out, 3652 in',
    ],
  },
  {
    because: '343 on the second.',
    ...SCANS,
    when: '2026-09-02: 2026-09-02T00:02:16Z to 2026-09-02T23:58:41Z',
    ...{ in: '343 records, 506 packets, 22264 bytes', passed: '0 accepted, 343 rejected' },
    legs: [
      '111122223333 eni-04b7e20d95a8136ce 10.0.4.17: 60 records, 0 out, 3916 in',
      '111122223333 eni-059b3ea7046d1f283 10.2.1.11: 58 records, 0 out, 3652 in',
      '111122223333 eni-06e905bd2a71c8f40 10.0.4.23: 51 records, 0 out, 3520 in',
      '444455556666 eni-0c80f4d6b1e2a795f 10.3.1.7: 61 records, 0 out, 3872 in',
      '444455556666 eni-0d19f6a3c57e0b84f 10.1.2.40: 52 records, 0 out, 3344 in',
      '111122223333 eni-0f2c4810e6d7b93a4 10.0.4.18: 61 records, 0 out, 3960 in',
    ],
  },
  {
    because: '327 on the first. 10.0.4.17, which is infected, was not so by way of these: nothing was let in.',
    ...SCANS,
    when: '2026-09-01: 2026-09-01T00:08:06Z to 2026-09-01T23:57:01Z',
    ...{ in: '327 records, 492 packets, 21648 bytes', passed: '0 accepted, 327 rejected' },
    legs: [
      '111122223333 eni-04b7e20d95a8136ce 10.0.4.17: 55 records, 0 out, 3784 in',
      '111122223333 eni-059b3ea7046d1f283 10.2.1.11: 59 records, 0 out, 3696 in',
      '111122223333 eni-06e905bd2a71c8f40 10.0.4.23: 60 records, 0 out, 3960 in',
      '444455556666 eni-0c80f4d6b1e2a795f 10.3.1.7: 41 records, 0 out, 2684 in',
      '444455556666 eni-0d19f6a3c57e0b84f 10.1.2.40: 60 records, 0 out, 4224 in',
      '111122223333 eni-0f2c4810e6d7b93a4 10.0.4.18: 52 records, 0 out, 3300 in',
    ],
  },
];

let world: World;
let result: SweepResult;

beforeAll(async () => {
  world = makeWorld();
  result = await sweep({ logs: [`${DEMO}logs`], iocs: [`${DEMO}iocs.csv`], home: world.home, clock: CLOCK });
});
afterAll(() => world.remove());

it('gives the findings that an analyst would write, severest first', () => {
  const notes = result.findings.map(toNote);
  expect(notes).toEqual(toNotes(EXPECTED));
});
