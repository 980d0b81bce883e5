/** The kernel's search in lines of the address index against TypeScript's, which judges whatever is odd. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createRandom } from '../../demo/random.ts';
import { BlockText, writeBlock } from '../../src/core/address-block.ts';
import { searchLines } from '../../src/core/address-match.ts';
import { type AddressRange, toAddressSet } from '../../src/core/address-ranges.ts';
import { toIpv4Rows, toIpv6Rows } from '../../src/core/address-rows.ts';
import { ScanKernel } from '../../src/core/scan-kernel.ts';
import { openLineSearch } from '../../src/local/line-search.ts';
import { compileGuardedKernel } from './guarded-kernel.ts';
import { runs } from './runs.ts';
import { anySeen, toSeen } from './seen.ts';

const anyRanges = (bits: bigint) =>
  fc.array(
    fc
      .tuple(fc.bigInt(0n, 2n ** bits - 1n), fc.bigInt(0n, bits))
      .map(([first, size]): AddressRange => [first, first | (2n ** (size - (size >> 2n)) - 1n)]),
    { maxLength: 4 },
  );
/** Random addresses, and neighbours of those that objects hold. */
const anySet = fc
  .record({ ipv4: anyRanges(32n), ipv6: anyRanges(128n), near: fc.array(fc.nat(40), { maxLength: 3 }) })
  .map(({ ipv4, ipv6, near }) =>
    toAddressSet({
      ipv4: [...ipv4, ...near.map((i): AddressRange => [0x0a010203n + BigInt(i), 0x0a010203n + BigInt(i)])],
      ipv6: [
        ...ipv6,
        ...near.map((i): AddressRange => [(0x20010db8n << 96n) + BigInt(i), (0x20010db8n << 96n) + BigInt(i)]),
      ],
    }),
  );
/** Objects 0 to 11: three groups of four. */
const anyText = fc.array(anySeen, { minLength: 1, maxLength: 12 }).map((objects) => {
  const numbered = objects.map((seen, number) => ({ number, seen }));
  const text = new BlockText();
  return [toIpv4Rows(numbered), toIpv6Rows(numbered)]
    .map((rows) => {
      writeBlock(rows, text);
      return text.bytes.toString('latin1', 0, text.length);
    })
    .join('');
});
const anyLeft = fc.uniqueArray(fc.tuple(fc.nat(3), fc.integer({ min: 1, max: 15 })), { selector: ([group]) => group });

function byTypeScript(text: Buffer, set: Parameters<typeof openLineSearch>[0], left: Map<number, number>) {
  const after = new Map(left);
  try {
    searchLines(text, set, after);
  } catch {
    return 'odd';
  }
  return [...after].sort(([a], [b]) => a - b);
}

it('finds what TypeScript finds in whatever is written', () => {
  fc.assert(
    fc.property(anyText, anySet, anyLeft, (text, set, masks) => {
      const left = new Map(masks);
      const expected = byTypeScript(Buffer.from(text, 'latin1'), set, left);
      expect(openLineSearch(set)!(Buffer.from(text, 'latin1'), left)).toBe(true);
      expect([...left].sort(([a], [b]) => a - b)).toEqual(expected);
    }),
    runs(400),
  );
});

/** Addresses of two objects, as many as a block has and within so many bits; those that are sought lie beside them, or are some of them. */
const anyCrowd = fc
  .record({ seed: fc.integer(), bits: fc.integer({ min: 3, max: 32 }), most: fc.integer({ min: 1, max: 3000 }) })
  .map(({ seed, bits, most }) => {
    const random = createRandom(seed);
    const base = random.below(2 ** (32 - bits)) * 2 ** bits;
    const words = new Set(Array.from({ length: most }, () => base + random.below(2 ** bits)));
    const seen = [
      toSeen(
        [...words].map((word) => [word, 1]),
        [],
      ),
      toSeen(
        [...words].slice(most >> 1).map((word) => [word, 3]),
        [],
      ),
    ];
    const sought = [...words]
      .map((word) => (word ^ 1) >>> 0)
      .filter((word) => !words.has(word) || random.unit() < 0.001);
    return { seen, sought };
  });

it('finds what TypeScript finds in long lines, wherever they are cut, and reads and writes only what is its own', () => {
  const module = compileGuardedKernel();
  let [found, missed] = [0, 0];
  fc.assert(
    fc.property(anyCrowd, fc.nat(), ({ seen, sought }, cut) => {
      const text = new BlockText();
      writeBlock(toIpv4Rows(seen.map((each, number) => ({ number, seen: each }))), text);
      const whole = Buffer.from(text.bytes.subarray(0, text.length));
      const set = toAddressSet({ ipv4: sought.map((word): AddressRange => [BigInt(word), BigInt(word)]), ipv6: [] });
      const kernel = new ScanKernel(module, set);
      const left = new Map([[0, 3]]);
      expect(kernel.searchIndexLines(whole, left)).toBe(true);
      expect([...left]).toEqual(byTypeScript(whole, set, new Map([[0, 3]])));
      if (left.size === 0) found++;
      else missed++;
      const torn = Buffer.concat([whole.subarray(0, cut % whole.length), Buffer.from('\n')]);
      const leftOfTorn = new Map([[0, 3]]);
      const isDone = kernel.searchIndexLines(torn, leftOfTorn);
      expect([...leftOfTorn]).toEqual(isDone ? byTypeScript(torn, set, new Map([[0, 3]])) : [[0, 3]]);
    }),
    runs(60),
  );
  expect(Math.min(found, missed)).toBeGreaterThan(0);
});

it('does nothing where a line is odd, and takes no line that TypeScript does not take', () => {
  const anyDamage = fc.record({
    at: fc.nat(),
    byte: fc.oneof(fc.nat(255), fc.constantFrom(9, 10, 32, 44, 48, 58, 97)),
  });
  let [taken, odd] = [0, 0];
  fc.assert(
    fc.property(
      anyText,
      anySet,
      anyLeft,
      fc.array(anyDamage, { minLength: 1, maxLength: 2 }),
      (text, set, masks, damages) => {
        const damaged = Buffer.from(text, 'latin1');
        for (const { at, byte } of damages) damaged[at % damaged.length] = byte;
        const left = new Map(masks);
        const expected = byTypeScript(damaged, set, left);
        const isDone = openLineSearch(set)!(damaged, left);
        if (isDone) taken++;
        else odd++;
        expect([...left].sort(([a], [b]) => a - b)).toEqual(isDone ? expected : [...masks].sort(([a], [b]) => a - b));
      },
    ),
    runs(1500),
  );
  expect(Math.min(taken, odd)).toBeGreaterThan(0);
});

it('leaves to TypeScript what is too much for its memory', () => {
  const set = toAddressSet({ ipv4: [[0n, 0n]], ipv6: [] });
  const search = openLineSearch(set)!;
  const line = Buffer.from('ipv4\t0\t\t\t\t\t\t00000000\n');
  const many = new Map([[0, 1]]);
  expect([search(Buffer.concat(Array.from({ length: 20_000 }, () => line)), many), ...many]).toEqual([false, [0, 1]]);
  const far = new Map([[70_000, 1]]);
  expect([search(line, far), ...far]).toEqual([false, [70_000, 1]]);
  expect([search(line, many), ...many]).toEqual([true]);
});
