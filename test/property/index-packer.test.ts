/** The kernel's packer of address indexes: its files hold the very text that TypeScript writes, whatever goes in. */
import { execFileSync } from 'node:child_process';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../demo/random.ts';
import { readAddresses } from '../../src/core/address-index-reader.ts';
import { encodeAddressIndex } from '../../src/core/address-index-writer.ts';
import { indexPacker, type PackAddresses } from '../../src/core/index-packer.ts';
import { openPacker, readKernel } from '../../src/local/scan-kernel.ts';
import { compileGuardedKernel } from './guarded-kernel.ts';
import { runs } from './runs.ts';
import { anyDay, openBytes, type Seen, toObject, toSeen } from './seen.ts';

const packers: readonly (readonly [string, PackAddresses])[] = [
  ['the kernel', openPacker()!],
  ['the guarded kernel', indexPacker(compileGuardedKernel())],
];

async function encode(day: readonly Seen[], packAddresses?: PackAddresses): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(encodeAddressIndex(day, packAddresses)));
}

/** All lines but the directory's, which says where the members lie. */
function textOf(file: Buffer): string {
  const text = gunzipSync(file).toString();
  return text.slice(0, text.indexOf('directory\t'));
}

async function expectSame(day: readonly Seen[], packAddresses: PackAddresses): Promise<Buffer> {
  const file = await encode(day, packAddresses);
  expect(textOf(file)).toBe(textOf(await encode(day)));
  return file;
}

/** Two groups that differ, at one of four places, and zeros before and behind them. */
function toIpv6(seed: number, word: number): string {
  const places = [16, 20, 24, 8][Math.abs(seed) % 4]!;
  const hex = word.toString(16).padStart(8, '0');
  return `20010db8${'0'.repeat(24)}`.slice(0, places) + hex + '0'.repeat(24 - places);
}

/** Objects whose addresses lie close together or far apart, many of them in common. */
function randomDay(seed: number, objects: number, addresses: number): Seen[] {
  const random = createRandom(seed);
  const spread = 2 ** (8 + random.below(25));
  const base = random.below(2 ** 32 - spread);
  return Array.from({ length: objects }, (_, i): Seen => {
    const words = new Set(Array.from({ length: addresses }, () => base + random.below(spread)));
    return {
      ...toObject(i * 3),
      seen: toSeen(
        [...words].map((word) => [word, 1 + random.below(3)]),
        [...words].map((word) => [toIpv6(seed, word), 1 + random.below(3)]),
      ),
    };
  });
}

describe.each(packers)('%s', (_name, packAddresses) => {
  it('writes what TypeScript writes', async () => {
    await fc.assert(
      fc.asyncProperty(anyDay, async (day) => void (await expectSame(day, packAddresses))),
      runs(100),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.noShrink(fc.integer()),
        fc.integer({ min: 1, max: 30 }),
        fc.constantFrom(1, 7, 600, 4096),
        async (seed, objects, addresses) => void (await expectSame(randomDay(seed, objects, addresses), packAddresses)),
      ),
      runs(30),
    );
  });

  it('writes the ends of the address space, and blocks that end within an address', async () => {
    const ends = [0, 1, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 2, 2 ** 32 - 1];
    await expectSame(
      [
        {
          ...toObject(0),
          seen: toSeen(
            ends.map((word) => [word, 3]),
            [],
          ),
        },
      ],
      packAddresses,
    );
    // Of each address three rows, so that 4,096 rows end within one; and exactly 4,096 of them.
    for (const addresses of [1366, 2000, 4096]) {
      const words = Array.from({ length: addresses }, (_, i): [number, number] => [i * 1000, 1 + (i % 3)]);
      const sixes = words.map(([word, sides]): [string, number] => [toIpv6(0, word), sides]);
      const day = [0, 12, 24].map((serial): Seen => ({ ...toObject(serial), seen: toSeen(words, sixes) }));
      await expectSame(addresses === 4096 ? day.slice(0, 1) : day, packAddresses);
    }
  });

  it('writes members that are read alone, and that gzip takes', async () => {
    const file = await expectSame(randomDay(7, 9, 5000), packAddresses);
    expect(execFileSync('gzip', ['-dc'], { input: file, maxBuffer: 2 ** 26 })).toEqual(gunzipSync(file));
    const index = (await openBytes(file))!;
    for (const block of index.directory.partitions.flatMap(({ ipv4, ipv6 }) => [...ipv4, ...ipv6])) {
      const lines = [...(await readAddresses(index, [block], () => true))];
      expect(lines.length).toBeGreaterThan(0);
    }
  });
});

it('leaves to TypeScript what it has no room for', async () => {
  const packAddresses = indexPacker(readKernel()!);
  const seen = toSeen([[1, 1]], []);
  expect(packAddresses([{ number: 16_380, seen }])).toBeUndefined();
  expect(packAddresses([{ number: 16_379, seen }])?.ipv4).toHaveLength(1);
  const many = { ...seen, ipv4: new Uint32Array(262_144), ipv4Sides: new Uint8Array(262_144) };
  expect(packAddresses(Array.from({ length: 6 }, (_, number) => ({ number, seen: many })))).toBeUndefined();
  const sixes = { ...seen, ipv6: new Uint8Array(32_768 * 16), ipv6Sides: new Uint8Array(32_768) };
  expect(packAddresses(Array.from({ length: 11 }, (_, number) => ({ number, seen: sixes })))).toBeUndefined();
});
