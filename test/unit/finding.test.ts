import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromJson, toJson } from '../../src/core/exact-json.ts';
import { bySeverity, foldFindings } from '../../src/core/finding.ts';
import type { Finding } from '../../src/core/finding-document.ts';
import { emptyVotes } from '../../src/core/initiator.ts';
import { toIsoSecond } from '../../src/core/iso-second.ts';
import { Tallies, type Tally } from '../../src/core/sighting.ts';
import { toSightings } from '../../src/core/sighting-document.ts';
import { MIDNIGHT, makeTally, makeTwoWayTally } from './tallies.ts';

function fold(...tallies: Tally[]) {
  return foldFindings(tallies).findings;
}

const NEAR_NAT = { interfaceId: 'eni-0nat', localIp: '10.0.0.5', via: ['10.0.0.220'] };
const FAR_NAT = { interfaceId: 'eni-0nat', localIp: '10.0.0.220' };

describe('foldFindings', () => {
  it('writes a finding in full', () => {
    const tally = makeTwoWayTally({
      ...{ alsoIn: ['203.0.113.0/24'], instanceIds: ['i-0a', 'i-0b'], vpcIds: ['vpc-0a'], rejectedOut: 1 },
      services: { '6/443': 12, '17/53': 12, '6/22': 3, '1': 2, '6/80': 1, '6/8080': 1 },
    });
    const [finding] = fold(tally);
    expect(finding).toEqual({
      ...{ finding_id: expect.stringMatching(/^fh-[0-9a-f]{40}$/), severity: 'HIGH' },
      ...{ kind: 'host', day: null, host_count: 1, hosts: ['10.0.0.5'], severity_line: 'opened-two-way' },
      ...{ technique: { id: 'T1071', name: 'Application Layer Protocol' }, duration_seconds: 3600 },
      ...{ data_ratio_out: '840.00', data_ratio_in: '555.56', aws_services: [], beacon: null, hourly: [] },
      longest_connection: null,
      ...{ severity_reason: 'the host opened it, data went both ways', initiator: 'local' },
      ...{ initiator_reason: 'TCP SYN without ACK (10 of 10 records)', account_id: '111122223333' },
      ...{ region: 'us-east-1', local_ip: '10.0.0.5', instance_id: 'i-0a', vpc_id: 'vpc-0a', subnet_id: null },
      ...{ indicator: '203.0.113.7', indicator_ip: ['203.0.113.7'], passed_ip: [], comment: 'C2', source: 'iocs.csv' },
      ...{ also_in: ['203.0.113.0/24'], month: '2026-09', interface_id: 'eni-0a1b2c3d' },
      ...{ records_out: 10, bytes_out: 8400n, packets_out: 100n, records_in: 9, bytes_in: 5000n, packets_in: 90n },
      ...{ accepted: 19, rejected: 1, first_seen: '2026-09-01T00:00:00Z', last_seen: '2026-09-01T01:00:00Z' },
      services: [
        { service: '17/53', records: 12 },
        { service: '6/443', records: 12 },
        { service: '6/22', records: 3 },
        { service: '1', records: 2 },
        { service: '6/80', records: 1 },
      ],
      legs: [
        {
          ...{ account_id: '111122223333', interface_id: 'eni-0a1b2c3d', local_ip: '10.0.0.5', records: 19 },
          ...{ bytes_out: 8400n, bytes_in: 5000n, is_outer: false },
        },
      ],
    });
  });

  it('one for each host, indicator, account, region and month', () => {
    const findings = fold(
      ...[
        {},
        { localIp: '10.0.0.6' },
        { indicator: '203.0.113.8' },
        { accountId: '444455556666' },
        { region: 'eu-west-1' },
        { month: '2026-10' },
        { month: 'unknown', firstSeen: null, lastSeen: null },
      ].map(makeTwoWayTally),
    );
    expect(findings).toHaveLength(7);
    expect(new Set(findings.map(({ finding_id }) => finding_id)).size).toBe(7);
    expect(findings.find(({ month }) => month === 'unknown')).toMatchObject({ first_seen: null, last_seen: null });
  });

  it('the id is of host, indicator and month only: no clock, no list, no totals', () => {
    const [first] = fold(makeTwoWayTally());
    const [later] = fold(
      makeTwoWayTally({
        ...{
          recordsOut: 500,
          comment: 'renamed',
          source: 'other.csv',
          firstSeen: MIDNIGHT - 9,
          lastSeen: MIDNIGHT + 9e5,
        },
        ...{ interfaceId: 'eni-0other', alsoIn: ['203.0.0.0/16'] },
      }),
    );
    expect(later!.finding_id).toBe(first!.finding_id);
    // Ids are stored in Security Hub: another way to make them would open every finding anew.
    expect(first!.finding_id).toBe('fh-975d7baf7d8c06e692e4674fbe5984daac7fa566');
  });

  it('has the totals of the leg with most records, and times over all legs', () => {
    const [finding, ...others] = fold(
      makeTwoWayTally({
        interfaceId: 'eni-0small',
        recordsOut: 3,
        recordsIn: 2,
        bytesOut: 9_999_999n,
        firstSeen: MIDNIGHT - 600,
      }),
      makeTwoWayTally({ interfaceId: 'eni-0large', recordsOut: 8, recordsIn: 2, lastSeen: MIDNIGHT + 9000 }),
    );
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      ...{ interface_id: 'eni-0large', records_out: 8, records_in: 2, bytes_out: 8400n },
      ...{ first_seen: '2026-08-31T23:50:00Z', last_seen: '2026-09-01T02:30:00Z' },
      legs: [
        { interface_id: 'eni-0large', records: 10 },
        { interface_id: 'eni-0small', records: 5 },
      ],
    });
  });

  it.each([
    ['then of most bytes', { interfaceId: 'eni-0b', bytesOut: 8401n }, 'eni-0b'],
    ['then of the first interface', { interfaceId: 'eni-0b' }, 'eni-0a1b2c3d'],
  ])('%s', (_name, other, chosen) => {
    const legs = [makeTwoWayTally(), makeTwoWayTally(other)];
    expect(fold(...legs)[0]?.interface_id).toBe(chosen);
    expect(fold(...legs.reverse())[0]?.interface_id).toBe(chosen);
  });

  it('severest first, then by id', () => {
    const findings = fold(
      makeTally({ recordsIn: 1, rejectedIn: 1, localIp: '10.0.0.6', votes: { ...emptyVotes(), synIndicator: 1 } }),
      makeTwoWayTally({ bytesOut: 30_000_000n }),
      makeTwoWayTally({ indicator: '203.0.113.8', localIp: '10.0.0.7' }),
      makeTwoWayTally({ indicator: '203.0.113.9', localIp: '10.0.0.8' }),
    );
    expect(findings.map(({ severity }) => severity)).toEqual(['CRITICAL', 'HIGH', 'HIGH', 'INFORMATIONAL']);
    expect(findings[1]!.finding_id < findings[2]!.finding_id).toBe(true);
  });
});

it('the order is the same for findings read back, whose smaller totals are numbers', () => {
  const bytes = [0n, 5n, 2n ** 53n + 1n, 2n ** 60n];
  const findings = fold(
    ...bytes.map((bytesIn, i) => makeTwoWayTally({ bytesIn, bytesOut: 1n, indicator: `203.0.113.${i}` })),
  );
  const read = fromJson<Finding[]>(toJson(findings));
  expect(read.map(({ bytes_in }) => typeof bytes_in)).toEqual(['bigint', 'bigint', 'number', 'number']);
  expect(read.toReversed().sort(bySeverity)).toEqual(read);
});

describe('legs of a NAT gateway', () => {
  const inner = makeTwoWayTally(NEAR_NAT);
  const outer = makeTwoWayTally({ ...FAR_NAT, recordsOut: 50, recordsIn: 50 });

  it('the outer leg is blamed on the inner host, and never decides its totals', () => {
    const [finding, ...others] = fold(outer, inner);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      ...{ local_ip: '10.0.0.5', interface_id: 'eni-0nat', records_out: 10 },
      legs: [
        { local_ip: '10.0.0.220', is_outer: true, records: 100 },
        { local_ip: '10.0.0.5', is_outer: false, records: 19 },
      ],
    });
  });

  it('the instance’s own leg, the inner and the outer one make one finding', () => {
    const [finding, ...others] = fold(makeTwoWayTally({ recordsOut: 11 }), inner, outer);
    expect(others).toEqual([]);
    expect(finding!.legs.map(({ is_outer }) => is_outer)).toEqual([false, true, false]);
    expect(finding!.records_out).toBe(11);
  });

  it('two hosts behind one gateway: its outer leg is with both, its sighting with the busier', () => {
    const other = makeTwoWayTally({ ...NEAR_NAT, localIp: '10.0.0.6', recordsOut: 30 });
    const folded = foldFindings([inner, other, outer]);
    expect(folded.findings.map(({ local_ip }) => local_ip).sort()).toEqual(['10.0.0.5', '10.0.0.6']);
    for (const finding of folded.findings) expect(finding.legs.filter(({ is_outer }) => is_outer)).toHaveLength(1);
    expect(folded.findingOf(outer)?.local_ip).toBe('10.0.0.6');
    expect(folded.findingOf(inner)?.local_ip).toBe('10.0.0.5');
  });

  it.each<[string, Partial<Tally>]>([
    ['on another interface', { interfaceId: 'eni-0other' }],
    ['of another indicator', { indicator: '203.0.113.8' }],
    ['of another account', { accountId: '444455556666' }],
    ['of another month', { month: '2026-10' }],
    ['with an address that is no gateway', { localIp: '10.0.0.221' }],
  ])('a leg %s is a host of its own', (_name, more) => {
    expect(fold(inner, makeTwoWayTally({ ...FAR_NAT, ...more }))).toHaveLength(2);
  });

  it('without interface names nothing is a gateway', () => {
    const findings = fold(
      makeTwoWayTally({ ...NEAR_NAT, interfaceId: '-' }),
      makeTwoWayTally({ ...FAR_NAT, interfaceId: '-' }),
    );
    expect(findings).toHaveLength(2);
  });

  it('two hosts, each reached through the other, are two hosts', () => {
    const a = makeTwoWayTally({ interfaceId: 'eni-0nat', localIp: '10.0.0.5', via: ['10.0.0.6'] });
    const b = makeTwoWayTally({ interfaceId: 'eni-0nat', localIp: '10.0.0.6', via: ['10.0.0.5'] });
    expect(
      fold(a, b)
        .map(({ local_ip }) => local_ip)
        .sort(),
    ).toEqual(['10.0.0.5', '10.0.0.6']);
  });

  it('an outer leg alone is all there is to blame', () => {
    expect(fold(outer)).toMatchObject([{ local_ip: '10.0.0.220', legs: [{ is_outer: false }] }]);
  });
});

describe('several hosts', () => {
  const host = (localIp: string, more: Partial<Tally> = {}) => makeTwoWayTally({ localIp, ...more });

  it('raise HIGH to CRITICAL', () => {
    const findings = fold(host('10.0.0.5'), host('10.0.0.6'), host('10.0.0.7', { accountId: '444455556666' }));
    expect(findings.map(({ severity }) => severity)).toEqual(['CRITICAL', 'CRITICAL', 'CRITICAL']);
    expect(findings[0]!.severity_reason).toMatch(/; 3 hosts talk to this indicator$/);
  });

  it.each<[string, Partial<Tally>]>([
    ['another indicator', { indicator: '203.0.113.8' }],
    ['another month', { month: '2026-10' }],
    ['a blocked attempt', { acceptedOut: 0, acceptedIn: 0, rejectedOut: 10, rejectedIn: 9 }],
    ['a scan that was answered', { votes: { ...emptyVotes(), synIndicator: 9 } }],
  ])('not with %s', (_name, more) => {
    const findings = fold(host('10.0.0.5'), host('10.0.0.6', more));
    expect(findings.find(({ local_ip }) => local_ip === '10.0.0.5')?.severity).toBe('HIGH');
    expect(findings.find(({ local_ip }) => local_ip === '10.0.0.6')?.severity).not.toBe('CRITICAL');
  });

  it('a gateway is no second host', () => {
    const findings = fold(makeTwoWayTally(NEAR_NAT), makeTwoWayTally(FAR_NAT));
    expect(findings.map(({ severity }) => severity)).toEqual(['HIGH']);
  });
});

const tally = fc
  .record({
    localIp: fc.constantFrom('10.0.0.5', '10.0.0.6', '10.0.0.220'),
    interfaceId: fc.constantFrom('eni-0nat', 'eni-0a1b2c3d', '-'),
    indicator: fc.constantFrom('203.0.113.7', '203.0.113.0/24'),
    month: fc.constantFrom('2026-08', '2026-09', 'unknown'),
    recordsOut: fc.nat(3),
    recordsIn: fc.nat(3),
    bytesOut: fc.bigInt({ min: 0n, max: 30_000_000n }),
    bytesIn: fc.bigInt({ min: 0n, max: 3n }),
    rejectedOut: fc.nat(1),
    via: fc.constantFrom<string[]>([], ['10.0.0.220'], ['10.0.0.6']),
    synLocal: fc.nat(2),
    synIndicator: fc.nat(2),
    instanceIds: fc.constantFrom<string[]>([], ['i-0a'], ['i-0b']),
    comment: fc.constantFrom('C2', 'scanner'),
  })
  .map(({ synLocal, synIndicator, ...parts }) =>
    makeTally({ ...parts, lastSeen: MIDNIGHT + parts.recordsOut, votes: { ...emptyVotes(), synLocal, synIndicator } }),
  );

/** As the store hands them out: each key once. */
function merged(tallies: readonly Tally[]): Tally[] {
  const all = new Tallies();
  for (const one of tallies) all.merge(one);
  return all.sorted();
}

describe('the fold', () => {
  it('does not depend on the order of its tallies', () => {
    fc.assert(
      fc.property(fc.array(tally, { maxLength: 15 }), fc.nat(14), (tallies, at) => {
        const parts = merged(tallies);
        const turned = [...parts.slice(at), ...parts.slice(0, at)].reverse();
        const expected = foldFindings(parts);
        const folded = foldFindings(turned);
        expect(toJson(folded.findings)).toBe(toJson(expected.findings));
        expect(toJson(toSightings(turned, folded))).toBe(toJson(toSightings(parts, expected)));
      }),
      { numRuns: 300 },
    );
  });

  it('leaves no tally without a finding, and no leg out', () => {
    fc.assert(
      fc.property(fc.array(tally, { maxLength: 15 }), (tallies) => {
        const parts = merged(tallies);
        const { findings, findingOf } = foldFindings(parts);
        for (const part of parts) {
          const finding = findingOf(part);
          expect(finding?.legs).toContainEqual(
            expect.objectContaining({ interface_id: part.interfaceId, local_ip: part.localIp }),
          );
        }
        expect(new Set(findings.map(({ finding_id }) => finding_id)).size).toBe(findings.length);
      }),
      { numRuns: 300 },
    );
  });
});

describe('toSightings', () => {
  it('adds months up; severity and id are those of the gravest month, of equals the latest', () => {
    const august = makeTwoWayTally({ month: '2026-08', firstSeen: MIDNIGHT - 9000, lastSeen: MIDNIGHT - 8000 });
    const september = makeTally({ recordsOut: 1, rejectedOut: 1, lastSeen: MIDNIGHT + 5 });
    const folded = foldFindings([september, august]);
    const gravest = folded.findings.find(({ month }) => month === '2026-08');
    expect(toSightings([september, august], folded)).toEqual([
      {
        ...{ indicator: '203.0.113.7', indicator_ip: ['203.0.113.7'], comment: 'C2', source: 'iocs.csv', also_in: [] },
        ...{ account_id: '111122223333', region: 'us-east-1', interface_id: 'eni-0a1b2c3d', local_ip: '10.0.0.5' },
        ...{ records_out: 11, bytes_out: 8400n, packets_out: 100n, records_in: 9, bytes_in: 5000n, packets_in: 90n },
        ...{ accepted: 19, rejected: 1, first_seen: '2026-08-31T21:30:00Z', last_seen: '2026-09-01T00:00:05Z' },
        ...{ initiator: 'local', initiator_reason: 'TCP SYN without ACK (10 of 10 records)', severity: 'HIGH' },
        finding_id: gravest!.finding_id,
      },
    ]);
  });

  it('of equally grave months the latest counts', () => {
    const months = ['2026-08', '2026-09'].map((month) => makeTwoWayTally({ month }));
    const folded = foldFindings(months);
    const latest = folded.findings.find(({ month }) => month === '2026-09');
    expect(toSightings(months, folded)).toMatchObject([{ severity: 'HIGH', finding_id: latest!.finding_id }]);
    expect(toSightings(months.toReversed(), folded)).toMatchObject([{ finding_id: latest!.finding_id }]);
  });

  it('an outer leg is a sighting of its own, under the inner host’s finding', () => {
    const parts = [makeTwoWayTally(NEAR_NAT), makeTwoWayTally(FAR_NAT)];
    const folded = foldFindings(parts);
    const sightings = toSightings(parts, folded);
    expect(sightings.map(({ local_ip }) => local_ip)).toEqual(['10.0.0.220', '10.0.0.5']);
    expect(new Set(sightings.map(({ finding_id }) => finding_id))).toEqual(new Set([folded.findings[0]!.finding_id]));
  });
});

it('toIsoSecond', () => {
  expect(toIsoSecond(1_788_221_112)).toBe('2026-09-01T00:05:12Z');
  expect(toIsoSecond(0)).toBe('1970-01-01T00:00:00Z');
  expect(toIsoSecond(null)).toBeNull();
});
