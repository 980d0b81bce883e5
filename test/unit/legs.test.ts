/** Which host a leg belongs to, across accounts; the gateway's far side is in finding.test.ts. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldFindings } from '../../src/core/finding.ts';
import { groupLegs } from '../../src/core/legs.ts';
import type { Tally } from '../../src/core/sighting.ts';
import { makeTwoWayTally } from './tallies.ts';

const [WORKLOADS, NETWORK, OTHER] = ['111122223333', '444455556666', '222233334444'];
const instance = (more: Partial<Tally> = {}) =>
  makeTwoWayTally({ accountId: WORKLOADS!, instanceIds: ['i-0a'], ...more });
const transit = (more: Partial<Tally> = {}) => makeTwoWayTally({ accountId: NETWORK!, interfaceId: '-', ...more });

const hostsOf = (...tallies: readonly Tally[]) =>
  foldFindings(tallies)
    .findings.map(({ account_id, legs }) => `${account_id}: ${legs.length}`)
    .sort();

describe('a leg of another account', () => {
  it('is the host’s where one instance has its address', () => {
    expect(hostsOf(instance(), transit())).toEqual([`${WORKLOADS}: 2`]);
    expect(hostsOf(transit(), instance())).toEqual([`${WORKLOADS}: 2`]);
  });

  it.each<[string, Partial<Tally>]>([
    ['in another region', { region: 'eu-west-1' }],
    ['with another address', { localIp: '10.0.0.6' }],
    ['with another indicator', { indicator: '203.0.113.8' }],
    ['in another month', { month: '2026-10' }],
  ])('%s is another host', (_name, more) => {
    expect(hostsOf(instance(), transit(more))).toEqual([`${WORKLOADS}: 1`, `${NETWORK}: 1`]);
  });

  it('stays where two accounts have an instance with the address: networks overlap, and nobody can tell', () => {
    expect(hostsOf(instance(), instance({ accountId: OTHER!, instanceIds: ['i-0b'] }), transit())).toEqual(
      [`${WORKLOADS}: 1`, `${OTHER}: 1`, `${NETWORK}: 1`].sort(),
    );
  });

  it('stays where no account has one', () => {
    expect(hostsOf(transit(), transit({ accountId: OTHER! }))).toEqual([`${OTHER}: 1`, `${NETWORK}: 1`]);
  });

  it('the near side of a gateway in the account of the network, and with it the far side', () => {
    const near = transit({ interfaceId: 'eni-0nat', via: ['10.99.0.8'] });
    const far = transit({ interfaceId: 'eni-0nat', localIp: '10.99.0.8' });
    const { findings } = foldFindings([far, near, instance()]);
    expect(findings).toMatchObject([{ account_id: WORKLOADS, local_ip: '10.0.0.5', instance_id: 'i-0a' }]);
    expect(findings[0]!.legs.map(({ is_outer }) => is_outer).sort()).toEqual([false, false, true]);
  });
});

it('of legs that saw the same the host’s own has the totals, then one with an interface', () => {
  const named = transit({ interfaceId: 'eni-0nat' });
  const chosen = (...tallies: readonly Tally[]) => foldFindings(tallies).findings[0]!.interface_id;
  expect(chosen(transit(), named, instance({ interfaceId: 'eni-0z' }))).toBe('eni-0z');
  expect(chosen(instance({ interfaceId: 'eni-0z' }), named, transit())).toBe('eni-0z');
  expect(chosen(transit(), named)).toBe('eni-0nat');
  expect(chosen(transit({ recordsOut: 11 }), named, instance())).toBe('-');
});

it('every leg belongs to a host; an own leg to one, the far side of a gateway to those behind it', () => {
  const leg = fc
    .record({
      accountId: fc.constantFrom(WORKLOADS!, NETWORK!),
      localIp: fc.constantFrom('10.0.0.5', '10.0.0.6', '10.99.0.8'),
      interfaceId: fc.constantFrom('-', 'eni-0nat', 'eni-0b'),
      instanceIds: fc.constantFrom<string[]>([], ['i-0a']),
      via: fc.constantFrom<string[]>([], ['10.99.0.8']),
    })
    .map((parts) => makeTwoWayTally(parts));
  const nameOf = ({ accountId, localIp, interfaceId }: Tally) => [accountId, localIp, interfaceId].join(' ');
  fc.assert(
    fc.property(fc.uniqueArray(leg, { selector: nameOf, maxLength: 12 }), (legs) => {
      const { hosts, hostsOf: keysOf } = groupLegs(legs);
      for (const { own } of hosts.values()) expect(own.length).toBeGreaterThan(0);
      for (const one of legs) {
        const holders = [...hosts].filter(([, { own, outer }]) => [...own, ...outer].includes(one)).map(([key]) => key);
        expect(holders.sort()).toEqual([...keysOf(one)].sort());
        const isOuter = [...hosts.values()].some(({ outer }) => outer.includes(one));
        expect(isOuter || holders.length === 1).toBe(true);
      }
      const reversed = groupLegs(legs.toReversed());
      expect([...reversed.hosts.keys()].sort()).toEqual([...hosts.keys()].sort());
    }),
    { numRuns: 300 },
  );
});
