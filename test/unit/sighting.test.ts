import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromJson, toJson } from '../../src/core/exact-json.ts';
import { type Match, toMatch } from '../../src/core/match.ts';
import { Tallies, type Tally } from '../../src/core/sighting.ts';
import { MIDNIGHT, makeMatch } from './tallies.ts';

function addUp(matches: readonly Match[]): Tally[] {
  const tallies = new Tallies();
  for (const match of matches) tallies.add(match);
  return tallies.sorted();
}

function mergeAll(tallies: readonly Tally[]): Tally[] {
  const all = new Tallies();
  for (const tally of tallies) all.merge(tally);
  return all.sorted();
}

const DAY = 86_400;
const match = fc
  .record({
    direction: fc.constantFrom('out', 'in'),
    localIp: fc.constantFrom('10.0.0.5', '10.0.0.6'),
    interfaceId: fc.constantFrom('eni-0a1b2c3d', '-'),
    indicatorIps: fc.constantFrom(['203.0.113.7'], ['203.0.113.8'], ['203.0.113.8', '203.0.113.7']),
    alsoIn: fc.constantFrom([], ['203.0.113.0/24']),
    via: fc.constantFrom(null, '10.0.0.220'),
    instanceId: fc.constantFrom(null, 'i-0a1b2c3d4e5f60718'),
    bytes: fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
    packets: fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
    start: fc.option(fc.integer({ min: MIDNIGHT - DAY, max: MIDNIGHT + DAY })),
    end: fc.option(fc.integer({ min: MIDNIGHT - DAY, max: MIDNIGHT + DAY })),
    action: fc.constantFrom('ACCEPT', 'REJECT', null),
    tcpFlags: fc.constantFrom(null, 2, 18),
    remotePort: fc.constantFrom(443, 8443, null),
    protocol: fc.constantFrom(6, 17, null),
  })
  .map((parts) => makeMatch(parts as Partial<Match>));

describe('Tallies', () => {
  it('adds records up by direction and action', () => {
    const [tally, ...others] = addUp([
      makeMatch({ bytes: 9_007_199_254_740_993n }),
      makeMatch({ bytes: 9_007_199_254_740_993n, start: MIDNIGHT - 60, end: MIDNIGHT + 5, action: 'REJECT' }),
      makeMatch({ direction: 'in', action: 'REJECT', end: MIDNIGHT + 300, indicatorIps: ['203.0.113.9'] }),
      makeMatch({ action: null, start: null, end: null, bytes: 0n, packets: 0n, month: '' } as Partial<Match>),
    ]);
    expect(tally).toMatchObject({
      ...{
        recordsOut: 2,
        bytesOut: 18_014_398_509_481_986n,
        packetsOut: 20n,
        recordsIn: 1,
        bytesIn: 840n,
        packetsIn: 10n,
      },
      ...{ acceptedOut: 1, rejectedOut: 1, acceptedIn: 0, rejectedIn: 1 },
      ...{ firstSeen: MIDNIGHT - 60, lastSeen: MIDNIGHT + 300, indicatorIps: ['203.0.113.7', '203.0.113.9'] },
      ...{ month: '2026-09', services: { '6/443': 1 }, rejectedServices: { '6/443': 2 } },
    });
    // No time, no month: kept apart, and neither accepted nor rejected.
    expect(others).toMatchObject([
      { month: 'unknown', recordsOut: 1, acceptedOut: 0, rejectedOut: 0, firstSeen: null, lastSeen: null },
    ]);
  });

  it('keeps months of the records’ end apart', () => {
    const october = Date.parse('2026-10-01T00:00:00Z') / 1000;
    const tallies = addUp([
      makeMatch({ start: october - 60, end: october - 1 }),
      makeMatch({ start: october - 60, end: october }),
      makeMatch({ start: october, end: null }),
    ]);
    expect(tallies.map(({ month, recordsOut }) => [month, recordsOut])).toEqual([
      ['2026-09', 1],
      ['2026-10', 2],
    ]);
  });

  it.each<[string, Partial<Match>, Record<string, number>]>([
    ['the lower port is the service', { localPort: 22, remotePort: 50_000 }, { '6/22': 1 }],
    ['no ports', { protocol: 1, localPort: null, remotePort: null }, { '1': 1 }],
    ['one port only', { localPort: null }, { '6': 1 }],
    ['no protocol', { protocol: null }, {}],
  ])('%s', (_name, parts, services) => {
    expect(addUp([makeMatch(parts)])[0]?.services).toEqual(services);
  });

  it('orders by indicator, account, region, interface, local address, as plain text', () => {
    const keys = ['indicator', 'accountId', 'region', 'interfaceId', 'localIp'] as const;
    const parts = [
      { indicator: '203.0.113.10', localIp: '10.0.0.9' },
      { indicator: '203.0.113.9', localIp: '10.0.0.10' },
      { indicator: '203.0.113.9', localIp: '10.0.0.9' },
      { indicator: '203.0.113.9', accountId: '444455556666', localIp: '10.0.0.1' },
      { indicator: '203.0.113.9', interfaceId: '-' },
      { indicator: '203.0.113', region: 'us-west-2' },
      { indicator: '2001:db8::', region: 'eu-west-1' },
    ].map(makeMatch);
    const sorted = addUp(parts).map((tally) => keys.map((key) => tally[key]));
    const plain = (a: string[], b: string[]) => {
      const at = a.findIndex((text, i) => text !== b[i]);
      return at < 0 ? 0 : a[at]! < b[at]! ? -1 : 1;
    };
    expect(sorted).toEqual(sorted.toSorted(plain));
    expect(sorted).toHaveLength(parts.length);
  });

  it('gives the same sums in any order and any grouping, through JSON too', () => {
    fc.assert(
      fc.property(fc.array(match, { maxLength: 25 }), fc.nat(24), (matches, at) => {
        const parts = [matches.slice(at), matches.slice(0, at).reverse()].map(addUp);
        const stored = parts.map((part) => fromJson<Tally[]>(toJson(part)));
        const whole = mergeAll(addUp(matches));
        expect(mergeAll(parts.flat())).toEqual(whole);
        expect(mergeAll(stored.flat().reverse())).toEqual(whole);
      }),
      { numRuns: 200 },
    );
  });

  it('of two versions of a list, the order of objects does not decide whose comment stays', () => {
    const versions = [
      { source: 'b.csv', comment: 'C2' },
      { source: 'a.csv', comment: 'C2' },
      { source: 'a.csv', comment: '' },
    ];
    const tallies = versions.flatMap((version) => addUp([makeMatch(version)]));
    const merged = mergeAll(tallies);
    expect(merged).toMatchObject([{ recordsOut: 3, source: 'a.csv', comment: '' }]);
    expect(mergeAll(tallies.toReversed())).toEqual(merged);
  });

  it('does not touch what it is handed', () => {
    const [tally] = addUp([makeMatch()]);
    const before = structuredClone(tally);
    mergeAll([tally!, tally!]);
    expect(tally).toEqual(before);
  });
});

describe('toMatch', () => {
  const row = {
    ...{ object: 'o.log.gz', line_number: 7, direction: 'in', indicator: '203.0.113.0/24', comment: 'C2' },
    ...{ source: 'iocs.csv', also_in: '203.0.0.0/16 203.0.0.0/16', indicator_ip: '203.0.113.9 203.0.113.7' },
    ...{ account_id: '111122223333', region: 'us-east-1', interface_id: 'eni-0a1b2c3d', local_ip: '10.0.0.5' },
    ...{ via: null, instance_id: 'i-0a', vpc_id: null, subnet_id: null, srcport: 443, dstport: 50_000, protocol: 6 },
    ...{ packets: 10, bytes: '9223372036854775807', start_time: 1_788_220_800, end_time: '1788220860' },
    ...{ action: 'ACCEPT', tcp_flags: 18, flow_direction: 'ingress' },
  };

  it('reads a row as any engine hands it over', () => {
    expect(toMatch(row)).toMatchObject({
      ...{ lineNumber: 7, direction: 'in', alsoIn: ['203.0.0.0/16'], indicatorIps: ['203.0.113.7', '203.0.113.9'] },
      ...{ localPort: 50_000, remotePort: 443, packets: 10n, bytes: 9_223_372_036_854_775_807n },
      ...{ start: 1_788_220_800, end: 1_788_220_860, via: null, instanceId: 'i-0a' },
    });
    expect(toMatch({ ...row, direction: 'out' })).toMatchObject({ localPort: 443, remotePort: 50_000 });
  });

  it('takes absent counters for 0 and absent times for none', () => {
    const absent = {
      ...row,
      packets: null,
      bytes: null,
      start_time: null,
      end_time: null,
      srcport: null,
      also_in: null,
    };
    expect(toMatch(absent)).toMatchObject({
      packets: 0n,
      bytes: 0n,
      start: null,
      end: null,
      remotePort: null,
      alsoIn: [],
    });
  });

  it('takes a time beyond the calendar for none', () => {
    const late = toMatch({ ...row, start_time: 253_402_300_799, end_time: '9223372036854775807' });
    expect(late).toMatchObject({ start: 253_402_300_799, end: null });
  });
});

it('fifty thousand addresses of a network at one host are added up as fast as one', () => {
  const tallies = new Tallies();
  const started = performance.now();
  for (let i = 0; i < 50_000; i++) tallies.add(makeMatch({ indicatorIps: [`2001:db8::${i.toString(16)}`] }));
  const [tally] = tallies.sorted();
  const merged = new Tallies();
  for (let i = 0; i < 3; i++) merged.merge(tally!);
  expect(merged.sorted()[0]!.indicatorIps).toEqual(tally!.indicatorIps);
  expect(tally!.passedIps).toHaveLength(50_000);
  // Half a second; minutes if each is looked for among all.
  expect(performance.now() - started).toBeLessThan(10_000);
});
