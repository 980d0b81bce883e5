/** How many ranges lie in a block, against going through all of them. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { countRanges } from '../../src/core/address-membership.ts';
import { type AddressRange, toAddressSet } from '../../src/core/address-ranges.ts';
import { runs } from './runs.ts';

const anyOrder = (address: fc.Arbitrary<bigint>) =>
  fc.tuple(address, address).map(([a, b]): AddressRange => (a < b ? [a, b] : [b, a]));
/** Often within a few /16, so that ranges begin and end in the bucket of the block, and beside it. */
const ipv4 = fc.oneof(fc.bigInt(0n, 0x3ffffn), fc.bigInt(0xfffcffffn, 0xffffffffn), fc.bigInt(0n, 0xffffffffn));
const ipv6 = fc.oneof(
  fc.bigInt(0n, 99n),
  fc.bigInt((1n << 64n) - 9n, (1n << 64n) + 9n),
  fc.bigInt(0n, (1n << 128n) - 1n),
);

it.each([
  ['ipv4', ipv4, 8],
  ['ipv6', ipv6, 32],
] as const)('counts ranges of %s', (family, address, digits) => {
  const anyRanges = fc.oneof(
    fc.array(anyOrder(address), { maxLength: 6 }),
    fc.array(
      address.map((one): AddressRange => [one, one]),
      { maxLength: 60 },
    ),
  );
  fc.assert(
    fc.property(anyRanges, anyOrder(address), (ranges, [least, greatest]) => {
      const set = toAddressSet({ ipv4: [], ipv6: [], [family]: ranges });
      const [starts, ends] = [set[family].starts, set[family].ends].map((column) => toNumbers(column));
      const held = starts!.filter((start, i) => start <= greatest && ends![i]! >= least);
      const [from, to] = [least, greatest].map((one) => one.toString(16).padStart(digits, '0'));
      expect(countRanges(set, [from!, to!, 0, 0])).toBe(held.length);
    }),
    runs(500),
  );
});

function toNumbers(column: Uint32Array | BigUint64Array): bigint[] {
  if (column instanceof Uint32Array) return Array.from(column, BigInt);
  return Array.from({ length: column.length / 2 }, (_, i) => (column[i * 2]! << 64n) | column[i * 2 + 1]!);
}
