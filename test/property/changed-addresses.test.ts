/** What a list changes: exactly the addresses that are credited otherwise. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type AddressWords, parseNetwork } from '../../src/core/address.ts';
import { holdsAny } from '../../src/core/address-membership.ts';
import { isEmpty, toAddressSet } from '../../src/core/address-ranges.ts';
import { findChangedAddresses } from '../../src/core/changed-addresses.ts';
import { readAllowlist, readIndicatorLists } from '../../src/core/indicator-list.ts';
import { compileIndicators, type IndicatorSet } from '../../src/core/indicator-set.ts';
import { listFiles } from '../oracle/arbitrary-lists.ts';
import type { ListFile } from '../oracle/oracle-indicators.ts';
import { runs } from './runs.ts';

const allow = fc.constantFrom(
  '',
  '203.0.113.7',
  '203.0.113.0/24 ours\n2001:db8::/64',
  '0.0.0.0/0',
  '2001:db8:77::7/128',
);
const version = fc.tuple(listFiles({}), allow);

function compile([files, allowed]: readonly [readonly ListFile[], string]): IndicatorSet {
  const { indicators } = readIndicatorLists(
    files.map(({ name, text }) => ({ source: name, text })),
    { own: [] },
  );
  return compileIndicators(indicators, readAllowlist([{ source: 'allow', text: allowed }]).networks);
}

/** First and last addresses of all ranges, and their neighbours: between two of these nothing changes. */
function edges({ ipv4, ipv6 }: IndicatorSet): AddressWords[] {
  const fours = [...ipv4.starts, ...ipv4.ends].flatMap((word) => [word - 1, word, word + 1]);
  const sixes = [ipv6.starts, ipv6.ends].flatMap((halves) =>
    Array.from({ length: halves.length / 2 }, (_, i) => (halves[i * 2]! << 64n) | halves[i * 2 + 1]!),
  );
  return [
    ...fours.filter((word) => word >= 0 && word < 2 ** 32).map((word) => [word]),
    ...sixes
      .flatMap((address) => [address - 1n, address, address + 1n])
      .filter((address) => address >= 0n && address < 2n ** 128n)
      .map((address) => [96n, 64n, 32n, 0n].map((bits) => Number((address >> bits) & 0xffff_ffffn))),
  ];
}

/** What a sighting says of an address. */
function credit(set: IndicatorSet, words: AddressWords): string {
  const found = set.resolve(words);
  if (found === undefined) return '';
  const { text, comment, source } = found.indicator;
  return JSON.stringify([text, comment, source, found.alsoIn]);
}

it('is where two versions credit an address otherwise, and nowhere else', () => {
  fc.assert(
    fc.property(version, version, (one, other) => {
      const [before, after] = [compile(one), compile(other)];
      const changed = toAddressSet(findChangedAddresses(before, after));
      for (const words of [...edges(before), ...edges(after)]) {
        const columns = words.map((word) => Uint32Array.of(word));
        const isChanged = credit(before, words) !== credit(after, words);
        expect(holdsAny(changed, columns, 1), words.map((word) => word.toString(16)).join(' ')).toBe(isChanged);
      }
    }),
    runs(700),
  );
});

it('is nothing between a version and itself, everything of it against none, and the same both ways', () => {
  fc.assert(
    fc.property(version, version, (one, other) => {
      const [a, b] = [compile(one), compile(other)];
      expect(isEmpty(toAddressSet(findChangedAddresses(a, a)))).toBe(true);
      expect(findChangedAddresses(a, b)).toEqual(findChangedAddresses(b, a));
      const none = compileIndicators([]);
      const all = toAddressSet(findChangedAddresses(none, a));
      for (const words of edges(a)) {
        expect(
          holdsAny(
            all,
            words.map((word) => Uint32Array.of(word)),
            1,
          ),
        ).toBe(a.resolve(words) !== undefined);
      }
    }),
    runs(200),
  );
});

it('leaves alone an indicator around another one, whose comment nobody sees', () => {
  const indicator = (text: string, comment: string) => {
    const { network } = parseNetwork(text)!;
    return { text: network.text, network, comment, source: 'list' };
  };
  const inner = ['203.0.113.0/25', '203.0.113.128/25'].map((text) => indicator(text, 'inner'));
  const [before, after] = ['old', 'new'].map((comment) =>
    compileIndicators([indicator('203.0.113.0/24', comment), ...inner]),
  );
  expect(isEmpty(toAddressSet(findChangedAddresses(before!, after!)))).toBe(true);
});
