/** The compiled set against the oracle, over nested networks of both families, as compiled and as opened from its bytes. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAddress, parseNetwork } from '../../src/core/address.ts';
import { IndicatorFileUnreadable } from '../../src/core/indicator-file.ts';
import {
  compileIndicators,
  holdsIpv4,
  holdsIpv6,
  type IndicatorSet,
  mayHoldIpv6,
  openIndicatorSet,
} from '../../src/core/indicator-set.ts';
import {
  firstOf,
  holds,
  lastOf,
  type OracleAddress,
  type OracleNetwork,
  readNetwork,
  writeAddress,
} from '../oracle/oracle-address.ts';
import { runs } from './runs.ts';

const TOP = { 4: 2n ** 32n - 1n, 6: 2n ** 128n - 1n } as const;

/** Addresses of few distinct bytes, the ends of the address space among them, so that networks nest and touch. */
const ipv4 = fc
  .array(fc.constantFrom(0, 1, 127, 128, 254, 255), { minLength: 4, maxLength: 4 })
  .map((octets) => octets.join('.'));
const ipv6 = fc
  .array(fc.constantFrom('0', '1', '7fff', '8000', 'fffe', 'ffff'), { minLength: 8, maxLength: 8 })
  .map((groups) => groups.join(':'));
const network = fc
  .oneof(
    fc.tuple(ipv4, fc.oneof(fc.integer({ min: 0, max: 32 }), fc.constantFrom(15, 16, 17, 24, 31, 32))),
    fc.tuple(ipv6, fc.oneof(fc.integer({ min: 0, max: 128 }), fc.constantFrom(31, 32, 33, 63, 64, 65, 127, 128))),
  )
  .map(([address, length]) => `${address}/${length}`)
  // IPv4-mapped text counts from the IPv6 side: rare here, and tested where text is read.
  .filter((text) => readNetwork(text) !== undefined);
const networks = fc.array(network, { maxLength: 14 });

/** First and last addresses and their neighbours, where a look-up goes wrong. */
function edgesOf(list: readonly OracleNetwork[]): OracleAddress[] {
  return list.flatMap((each) => {
    const ends = [firstOf(each), lastOf(each)];
    const values = ends.flatMap((value) => [value - 1n, value, value + 1n]);
    return values
      .filter((value) => value >= 0n && value <= TOP[each.family])
      .map((value) => ({ family: each.family, value }));
  });
}

function compile(texts: readonly string[], allowed: readonly string[]): IndicatorSet {
  const indicators = texts.map((text, i) => {
    const parsed = parseNetwork(text)!.network;
    return { text: parsed.text, network: parsed, comment: `№ ${i}`, source: `list ${i % 3}` };
  });
  return compileIndicators(
    indicators,
    allowed.map((text) => parseNetwork(text)!.network),
  );
}

function expectAnswers(set: IndicatorSet, texts: readonly string[], allowTexts: readonly string[]): void {
  const listed = texts.map((text) => readNetwork(text)!);
  const allowed = allowTexts.map((text) => readNetwork(text)!);
  for (const address of edgesOf([...listed, ...allowed])) {
    const text = writeAddress(address);
    const words = parseAddress(text)!;
    if (words.length === 1 && address.family === 6) continue; // IPv4-mapped
    const holding = texts.filter((_text, i) => holds(listed[i]!, address));
    const longestFirst = holding.sort((a, b) => readNetwork(b)!.prefix - readNetwork(a)!.prefix);
    const names = [...new Set(longestFirst.map((one) => parseNetwork(one)!.network.text))];
    const isIn = names.length > 0 && !allowed.some((one) => holds(one, address));
    const found = set.resolve(words);
    expect(found && [found.address, found.indicator.text, ...found.alsoIn], text).toEqual(
      isIn ? [text, ...names] : undefined,
    );
    expect(words.length === 1 ? holdsIpv4(set.ipv4, words[0]!) : holdsIpv6(set.ipv6, words), text).toBe(isIn);
    if (isIn) expectFiltersPass(set, words);
    if (found === undefined) continue;
    const first = texts.findIndex((one) => parseNetwork(one)!.network.text === found.indicator.text);
    expect(found.indicator).toMatchObject({ comment: `№ ${first}`, source: `list ${first % 3}` });
  }
}

function expectFiltersPass(set: IndicatorSet, words: readonly number[]): void {
  if (words.length === 4) {
    expect(mayHoldIpv6(set.ipv6, words[0]!)).toBe(true);
    return;
  }
  const { filter } = set.ipv4;
  const bit = Math.imul(words[0]! >>> 8, 0x9e3779b1) >>> (32 - Math.log2(filter.length * 32));
  expect((filter[bit >>> 5]! >>> (bit & 31)) & 1).toBe(1);
}

describe('an indicator set', () => {
  it('answers as the oracle does, as compiled and as opened again', () => {
    fc.assert(
      fc.property(networks, networks, (texts, allowed) => {
        const set = compile(texts, allowed);
        expectAnswers(set, texts, allowed);
        // Behind one byte of something else: what a store hands out need not begin where numbers may.
        const stored = new Uint8Array(set.bytes.length + 1);
        stored.set(set.bytes, 1);
        expectAnswers(openIndicatorSet(stored.subarray(1)), texts, allowed);
      }),
      runs(400),
    );
  });

  it('has disjoint ascending ranges, whose owners and buckets fit', () => {
    fc.assert(
      fc.property(networks, networks, (texts, allowed) => {
        const { ipv4: four, ipv6: six } = compile(texts, allowed);
        for (let i = 0; i < four.starts.length; i++) {
          expect(four.starts[i]! <= four.ends[i]!).toBe(true);
          if (i > 0) expect(four.starts[i]! > four.ends[i - 1]!).toBe(true);
        }
        for (const bucket of [0, 1, 127, 128, 32_767, 32_768, 65_535, 65_536]) {
          const first = four.ends.findIndex((end) => end >= bucket * 65_536);
          expect(four.buckets[bucket]).toBe(first < 0 ? four.ends.length : first);
        }
        const wide = (halves: BigUint64Array) =>
          Array.from({ length: halves.length / 2 }, (_, i) => (halves[2 * i]! << 64n) | halves[2 * i + 1]!);
        const [starts, ends] = [wide(six.starts), wide(six.ends)];
        expect(starts.every((start, i) => start <= ends[i]! && (i === 0 || start > ends[i - 1]!))).toBe(true);
        expect([starts.length, ends.length]).toEqual([six.owners.length, six.owners.length]);
      }),
      runs(200),
    );
  });

  it('is refused where its bytes were cut, lengthened or changed', () => {
    const { bytes } = compile(['203.0.113.0/24', '203.0.113.7', '2001:db8::/32'], ['203.0.113.8']);
    const position = fc.integer({ min: 0, max: bytes.length - 1 });
    // Most of the bytes are filters and buckets; the header is where damage would lead astray.
    const damage = fc.oneof(
      fc.tuple(
        fc.constant('change'),
        fc.oneof(position, fc.integer({ min: 0, max: 200 })),
        fc.integer({ min: 1, max: 255 }),
      ),
      fc.tuple(fc.constantFrom('cut', 'lengthen'), position, fc.constant(0)),
    );
    fc.assert(
      fc.property(damage, ([kind, at, by]) => {
        const damaged = kind === 'lengthen' ? new Uint8Array(bytes.length + 8 + at) : bytes.slice();
        if (kind === 'lengthen') damaged.set(bytes);
        if (kind === 'change') damaged[at]! ^= by;
        expect(() => openIndicatorSet(kind === 'cut' ? damaged.subarray(0, at) : damaged)).toThrow(
          IndicatorFileUnreadable,
        );
      }),
      runs(300),
    );
  });
});
