import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAddress, parseAddress, parseNetwork } from '../../src/core/address.ts';
import type { Indicator } from '../../src/core/indicator.ts';
import { compileIndicators, type IndicatorSet } from '../../src/core/indicator-set.ts';

function indicator(text: string): Indicator {
  const { network } = parseNetwork(text)!;
  return { text: network.text, network, comment: `about ${text}`, source: 'iocs.csv' };
}

function resolve(set: IndicatorSet, address: string): [string, readonly string[]] | undefined {
  const found = set.resolve(parseAddress(address)!);
  return found === undefined ? undefined : [found.indicator.text, found.alsoIn];
}

describe('compileIndicators', () => {
  const set = compileIndicators(
    ['9.0.0.0/8', '9.9.0.0/16', '9.9.9.9', '203.0.113.0/25', '2001:db8::/32', '2001:db8:1::/48', '2001:db8:1::7'].map(
      indicator,
    ),
  );

  it.each([
    ['9.0.0.0', ['9.0.0.0/8', []]],
    ['9.255.255.255', ['9.0.0.0/8', []]],
    ['9.128.0.0', ['9.0.0.0/8', []]],
    ['8.255.255.255', undefined],
    ['10.0.0.0', undefined],
    ['9.9.0.1', ['9.9.0.0/16', ['9.0.0.0/8']]],
    ['9.9.9.9', ['9.9.9.9', ['9.9.0.0/16', '9.0.0.0/8']]],
    ['203.0.113.127', ['203.0.113.0/25', []]],
    ['203.0.113.128', undefined],
    ['::ffff:9.9.9.9', ['9.9.9.9', ['9.9.0.0/16', '9.0.0.0/8']]],
    ['2001:db8:ffff::', ['2001:db8::/32', []]],
    ['2001:db9::', undefined],
    ['2001:db8:1:2::', ['2001:db8:1::/48', ['2001:db8::/32']]],
    ['2001:db8:1::7', ['2001:db8:1::7', ['2001:db8:1::/48', '2001:db8::/32']]],
    ['::9.9.9.9', undefined],
  ] as const)('%s', (address, expected) => {
    expect(resolve(set, address)).toEqual(expected);
  });

  it('carries the address, the comment and the list', () => {
    expect(set.resolve(parseAddress('::ffff:9.9.9.9')!)).toMatchObject({
      address: '9.9.9.9',
      indicator: { comment: 'about 9.9.9.9', source: 'iocs.csv' },
    });
  });

  it('the allowlist always wins', () => {
    const allowed = ['9.9.9.0/24', '2001:db8:1::7', '0.0.0.0/32'].map((text) => parseNetwork(text)!.network);
    const guarded = compileIndicators(['9.0.0.0/8', '9.9.9.9', '2001:db8:1::/48', '0.0.0.0/8'].map(indicator), allowed);
    expect(resolve(guarded, '9.9.9.9')).toBeUndefined();
    expect(resolve(guarded, '9.9.8.9')).toEqual(['9.0.0.0/8', []]);
    expect(resolve(guarded, '2001:db8:1::7')).toBeUndefined();
    expect(resolve(guarded, '2001:db8:1::8')).toEqual(['2001:db8:1::/48', []]);
    expect(resolve(guarded, '0.0.0.0')).toBeUndefined();
  });

  it('an allowlist as wide as the internet leaves nothing', () => {
    const everything = ['0.0.0.0/0', '::/0'].map((text) => parseNetwork(text)!.network);
    const guarded = compileIndicators(['9.0.0.0/8', '2001:db8::/32'].map(indicator), everything);
    expect(resolve(guarded, '9.9.9.9')).toBeUndefined();
    expect(resolve(guarded, '2001:db8::1')).toBeUndefined();
  });

  it('an empty set holds nothing', () => {
    const empty = compileIndicators([]);
    expect(resolve(empty, '0.0.0.0')).toBeUndefined();
    expect(resolve(empty, '::')).toBeUndefined();
  });
});

/** An address as text of its bits: containment is then a comparison of beginnings, without masks and look-ups. */
function bitsOf(address: string): string {
  const words = parseAddress(address)!;
  return `${words.length}:${words.map((word) => word.toString(2).padStart(32, '0')).join('')}`;
}

describe('against brute force', () => {
  // Few distinct bytes, so that networks nest and addresses hit; /8 and /16 are the widest the gate lets through.
  const byte = fc.constantFrom(0, 1, 127, 128, 255);
  const ipv4 = fc.tuple(fc.constantFrom(9, 11), byte, byte, byte).map((bytes) => bytes.join('.'));
  const group = fc.constantFrom('0', '1', '7fff', '8000', 'ffff');
  const ipv6 = fc
    .tuple(fc.constantFrom('2001', '2002'), group, group, group, group, group, group, group)
    .map((groups) => formatAddress(parseAddress(groups.join(':'))!));
  const network = fc.oneof(
    fc.tuple(ipv4, fc.integer({ min: 8, max: 32 })),
    fc.tuple(ipv6, fc.oneof(fc.integer({ min: 16, max: 128 }), fc.constantFrom(31, 32, 33, 64, 128))),
  );
  const networks = fc.array(network, { maxLength: 12 });
  const toText = ([address, length]: readonly [string, number]) => parseNetwork(`${address}/${length}`)!.network.text;

  it('credits the longest prefix, lists the others, and obeys the allowlist', () => {
    fc.assert(
      fc.property(networks, networks, fc.array(fc.oneof(ipv4, ipv6), { maxLength: 40 }), (named, allow, extra) => {
        const texts = [...new Set(named.map(toText))];
        const set = compileIndicators(
          texts.map(indicator),
          allow.map((entry) => parseNetwork(toText(entry))!.network),
        );
        const holds = ([address, length]: readonly [string, number], ip: string) =>
          bitsOf(ip).startsWith(bitsOf(address).slice(0, 2 + length));
        for (const ip of [...extra, ...named.map(([address]) => address)]) {
          const holding = named.filter((entry) => holds(entry, ip)).sort((a, b) => b[1] - a[1]);
          const [credited, ...others] = [...new Set(holding.map(toText))];
          const isAllowed = allow.some((entry) => holds(entry, ip));
          const expected = credited === undefined || isAllowed ? undefined : [credited, others];
          expect(resolve(set, ip)).toEqual(expected);
        }
      }),
      { numRuns: 300 },
    );
  });
});
