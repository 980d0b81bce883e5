/** The kernel's search in blocks of the address index against TypeScript's, which judges whatever is odd. */
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createRandom } from '../../demo/random.ts';
import { BlockText, writeBlock } from '../../src/core/address-block.ts';
import { searchLines } from '../../src/core/address-match.ts';
import { type AddressRange, toAddressSet } from '../../src/core/address-ranges.ts';
import { toIpv4Rows, toIpv6Rows } from '../../src/core/address-rows.ts';
import { kernelBlockSearch } from '../../src/core/kernel-block-search.ts';
import { openBlockSearch } from '../../src/local/block-search.ts';
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
/** Objects 0 to 11: three groups of four. Of objects without an address no block is written. */
const anyText = fc
  .array(anySeen, { minLength: 1, maxLength: 12 })
  .map((objects) => {
    const numbered = objects.map((seen, number) => ({ number, seen }));
    const text = new BlockText();
    return [toIpv4Rows(numbered), toIpv6Rows(numbered)]
      .map((rows) => {
        writeBlock(rows, text);
        return text.bytes.toString('latin1', 0, text.length);
      })
      .join('');
  })
  .filter((text) => text !== '');
const anyLeft = fc.uniqueArray(fc.tuple(fc.nat(3), fc.integer({ min: 1, max: 15 })), { selector: ([group]) => group });

function byTypeScript(text: Buffer, set: Parameters<typeof openBlockSearch>[0], left: Map<number, number>) {
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
      expect(openBlockSearch(set)!(gzipSync(Buffer.from(text, 'latin1')), left)).toBe(true);
      expect([...left].sort(([a], [b]) => a - b)).toEqual(expected);
    }),
    runs(400),
  );
});

/** Two objects with as many addresses as a block has, within so many bits. Sought are neighbours of theirs, and one that both have or none. */
const anyCrowd = fc
  .record({
    seed: fc.integer(),
    bits: fc.integer({ min: 3, max: 32 }),
    most: fc.integer({ min: 1, max: 3000 }),
    isHeld: fc.boolean(),
  })
  .map(({ seed, bits, most, isHeld }) => {
    const random = createRandom(seed);
    const base = random.below(2 ** (32 - bits)) * 2 ** bits;
    const words = [...new Set(Array.from({ length: most }, () => base + random.below(2 ** bits)))];
    const common = words.slice(words.length >> 1);
    const seen = [words.map((word) => [word, 1] as const), common.map((word) => [word, 3] as const)];
    const known = new Set(words);
    const beside = words.map((word) => (word ^ 1) >>> 0).filter((word) => !known.has(word));
    return { seen: seen.map((each) => toSeen(each, [])), sought: isHeld ? [...beside, random.pick(common)] : beside };
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
      const search = kernelBlockSearch(module, set);
      const left = new Map([[0, 3]]);
      expect(search(gzipSync(whole), left)).toBe(true);
      expect([...left]).toEqual(byTypeScript(whole, set, new Map([[0, 3]])));
      if (left.size === 0) found++;
      else missed++;
      const torn = Buffer.concat([whole.subarray(0, cut % whole.length), Buffer.from('\n')]);
      const leftOfTorn = new Map([[0, 3]]);
      const isDone = search(gzipSync(torn), leftOfTorn);
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
        const isDone = openBlockSearch(set)!(gzipSync(damaged), left);
        if (isDone) taken++;
        else odd++;
        expect([...left].sort(([a], [b]) => a - b)).toEqual(isDone ? expected : [...masks].sort(([a], [b]) => a - b));
      },
    ),
    runs(1500),
  );
  expect(Math.min(taken, odd)).toBeGreaterThan(0);
});

it('takes no block that zlib does not take', () => {
  const anyDamage = fc.record({ at: fc.nat(), bits: fc.integer({ min: 1, max: 255 }) });
  const guarded = compileGuardedKernel();
  fc.assert(
    fc.property(anyText, anySet, anyLeft, anyDamage, fc.boolean(), (text, set, masks, { at, bits }, isCut) => {
      const block = gzipSync(Buffer.from(text, 'latin1'));
      const damaged = isCut ? block.subarray(0, at % block.length) : Buffer.from(block);
      if (!isCut) damaged[at % block.length]! ^= bits;
      const left = new Map(masks);
      const isDone = kernelBlockSearch(guarded, set)(damaged, left);
      const expected = isDone ? byTypeScript(gunzipSync(damaged), set, new Map(masks)) : masks;
      expect([...left].sort()).toEqual([...expected].sort());
    }),
    runs(150),
  );
});

it('leaves to TypeScript what is no block, or too much for its memory', () => {
  const set = toAddressSet({ ipv4: [[0n, 0n]], ipv6: [] });
  const search = openBlockSearch(set)!;
  const line = Buffer.from('ipv4\t0\t\t\t\t\t\t00000000\n');
  const lines = Buffer.concat(Array.from({ length: 20_000 }, () => line));
  const notTaken = [lines, gzipSync(lines), gzipSync(lines, { level: 0 }), line, line.subarray(0, 4), Buffer.alloc(0)];
  const members = [Buffer.concat([gzipSync(line), gzipSync(line)]), Buffer.concat([gzipSync(line), Buffer.alloc(8)])];
  for (const block of [...notTaken, ...members, gzipSync(Buffer.alloc(0))]) {
    const left = new Map([[0, 1]]);
    expect([search(block, left), ...left]).toEqual([false, [0, 1]]);
  }
  const far = new Map([[70_000, 1]]);
  expect([search(gzipSync(line), far), ...far]).toEqual([false, [70_000, 1]]);
  const taken = new Map([[0, 1]]);
  expect([search(gzipSync(line), taken), ...taken]).toEqual([true]);
});
