/** Indicator lists, and which indicator an address is credited to: the product against the oracle. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalAddress, parseAddress, parseNetwork } from '../../src/core/address.ts';
import { type IndicatorList, readAllowlist, readIndicatorLists } from '../../src/core/indicator-list.ts';
import { compileIndicators, holdsIpv4, mayHoldIpv6 } from '../../src/core/indicator-set.ts';
import { listFiles } from '../oracle/arbitrary-lists.ts';
import {
  firstOf,
  holds,
  lastOf,
  type OracleAddress,
  readAddress,
  readNetwork,
  writeAddress,
  writeNetwork,
} from '../oracle/oracle-address.ts';
import * as oracle from '../oracle/oracle-indicators.ts';
import { runs } from './runs.ts';

const own = fc.constantFrom([], ['198.51.100.0/25'], ['2001:db8:77::/48', '203.0.113.128/25'], ['203.0.113.7']);

function readBoth(files: readonly oracle.ListFile[], ranges: readonly string[]) {
  const gate = { own: ranges.map((text) => parseNetwork(text)!.network) };
  const lists = files.map(({ name, text }) => ({ source: name, text }));
  return { product: readIndicatorLists(lists, gate), expected: oracle.readLists(files, ranges) };
}

function linesOf(list: IndicatorList, kind: string): oracle.BadLine[] {
  return list.problems.filter((problem) => problem.kind === kind).map(({ source, line }) => ({ source, line }));
}

describe('addresses', () => {
  const piece = fc.constantFrom(
    ...'0 1 255 256 01 f ffff FFFF 12345 : : :: . . 10 / % - x 00 203.0.113.7 ffff:'.split(' '),
  );

  it('are read and written as the oracle does', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 17, size: 'max' }), (pieces) => {
        const text = pieces.join('');
        const expected = readAddress(text);
        expect(canonicalAddress(text), text).toBe(expected === undefined ? undefined : writeAddress(expected));
      }),
      runs(20_000),
    );
  });

  it('and networks, over any number', () => {
    const anyNetwork = fc.oneof(
      fc.tuple(fc.constant(4 as const), fc.bigInt(0n, 2n ** 32n - 1n), fc.integer({ min: 0, max: 32 })),
      fc.tuple(fc.constant(6 as const), fc.bigInt(0n, 2n ** 128n - 1n), fc.integer({ min: 0, max: 128 })),
    );
    fc.assert(
      fc.property(anyNetwork, ([family, value, prefix]) => {
        const text = `${writeAddress({ family, value })}/${prefix}`;
        const expected = readNetwork(text)!;
        const parsed = parseNetwork(text)!;
        expect(parsed.network.text).toBe(writeNetwork(expected));
        expect(parsed.masked).toBe(firstOf(expected) !== expected.value);
      }),
      runs(5000),
    );
  });
});

describe('lists', () => {
  it('give the same indicators, comments, sources and bad lines', () => {
    fc.assert(
      fc.property(listFiles({}), own, (files, ranges) => {
        const { product, expected } = readBoth(files, ranges);
        expect([...product.indicators].map(({ text, comment, source }) => ({ text, comment, source }))).toEqual(
          expected.indicators.map(({ text, comment, source }) => ({ text, comment, source })),
        );
        expect(linesOf(product, 'invalid')).toEqual(expected.invalid);
        expect(linesOf(product, 'refused')).toEqual(expected.refused);
        const refused = new Set(expected.refused.map(({ source, line }) => `${source} ${line}`));
        expect(linesOf(product, 'masked')).toEqual(
          expected.masked.filter(({ source, line }) => !refused.has(`${source} ${line}`)),
        );
      }),
      runs(3000),
    );
  });

  it('never stop at garbage', () => {
    const garbage = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.string({ unit: 'grapheme', maxLength: 80 }),
    );
    fc.assert(
      fc.property(garbage, garbage, (before, after) => {
        const text = `${before}\n203.0.113.7,kept\n${after}`;
        const { product } = readBoth([{ name: 'l', text }], []);
        expect([...product.indicators].map((indicator) => indicator.text)).toContain('203.0.113.7');
      }),
      runs(2000),
    );
  });
});

describe('the credited indicator', () => {
  /** Addresses at the edges of the networks in play are where a look-up goes wrong. */
  function edges(list: oracle.OracleList): OracleAddress[] {
    return list.indicators.flatMap((network) => {
      const { family } = network;
      const top = family === 4 ? 2n ** 32n - 1n : 2n ** 128n - 1n;
      const values = [
        firstOf(network) - 1n,
        firstOf(network),
        firstOf(network) + 1n,
        lastOf(network),
        lastOf(network) + 1n,
      ];
      return values.filter((value) => value >= 0n && value <= top).map((value) => ({ family, value }));
    });
  }

  it('is the longest prefix, unless the address is allowed', () => {
    const allow = fc.constantFrom(
      '',
      '203.0.113.7',
      '203.0.113.0/25 ours\n2001:db8::/64',
      '10.0.0.0/8',
      'nonsense',
      '2001::/16',
    );
    fc.assert(
      fc.property(listFiles({}), own, allow, (files, ranges, allowText) => {
        const { product, expected } = readBoth(files, ranges);
        const allowed = oracle.readAllowlist(allowText);
        const set = compileIndicators(product.indicators, readAllowlist([{ source: 'a', text: allowText }]).networks);
        for (const address of edges(expected)) {
          const text = writeAddress(address);
          const words = parseAddress(text)!;
          const [best, ...others] = oracle.indicatorsHolding(expected.indicators, address);
          const isCredited = best !== undefined && !allowed.some((network) => holds(network, address));
          const found = set.resolve(words);
          expect(found?.indicator.text, text).toBe(isCredited ? best.text : undefined);
          if (!isCredited) continue;
          expect(found?.address).toBe(text);
          expect([...found!.alsoIn].sort(), text).toEqual(others.map((other) => other.text).sort());
          expect(address.family === 4 ? holdsIpv4(set.ipv4, words[0]!) : mayHoldIpv6(set.ipv6, words[0]!), text).toBe(
            true,
          );
        }
      }),
      runs(1500),
    );
  });
});
