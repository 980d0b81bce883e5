/** A kernel all of whose reads and writes are checked, over whole objects, text, damage and bare noise: none leaves its array. */
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../demo/random.ts';
import { ScanKernel } from '../../src/core/scan-kernel.ts';
import { randomBytes } from './deflate-streams.ts';
import { BitWriter, GZIP_HEADER, putDynamic, putStored } from './deflate-writer.ts';
import { compileGuardedKernel } from './guarded-kernel.ts';
import { NETWORKS, rivals, runAlone, scanSeen, toSet } from './kernel-scanning.ts';
import { logText } from './log-texts.ts';
import { runs } from './runs.ts';

const module = compileGuardedKernel();
const guarded = rivals(toSet(NETWORKS), module);
/** As many bytes as the kernel takes at once. */
const INPUT_BYTES = 262_144;
const seeds = fc.noShrink(fc.integer());
const pieces = fc.constantFrom(65_536, 1000, 41);

describe('the guarded kernel', () => {
  it('traps where an array were half as long', () => {
    const rows = '2 10.0.0.1 203.0.113.9 40 1788220800 OK\n'.repeat(10_000);
    const kernel = new ScanKernel(compileGuardedKernel('text-buffer.ts/BUFFER'), toSet(NETWORKS));
    expect(() => runAlone(kernel, gzipSync(rows))).toThrow('unreachable');
  });

  it('reads objects of any columns, packed and as text, and notes their addresses', async () => {
    await fc.assert(
      fc.asyncProperty(seeds, pieces, async (seed, pieceBytes) => {
        const text = Buffer.from(logText(seed), 'latin1');
        await guarded.expectSame(text, pieceBytes);
        await guarded.expectSame(gzipSync(text), pieceBytes);
        await scanSeen(gzipSync(text), guarded.byKernel, pieceBytes);
      }),
      runs(150),
    );
  });

  it('reads sets of no indicator and of many, at both ends of the address space', async () => {
    const ends = ['0.0.0.0', '255.255.255.255', '::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'];
    const rows = ends.flatMap((a) => ends.map((b) => `${a} ${b}\n`)).join('');
    const object = gzipSync(`srcaddr dstaddr\n${rows}`);
    const many = Array.from({ length: 3000 }, (_, i) =>
      `${i & 255}.${i >> 4}.0.0/${9 + (i % 24)}`.replace(/^(.*?)\.(\d+)/, (_all, a, b) => `${a}.${Number(b) % 256}`),
    );
    const sixes = Array.from({ length: 300 }, (_, i) => `2001:db8:${i.toString(16)}::/${33 + (i % 90)}`);
    for (const list of [[], ends, ['0.0.0.0/0', '::/0'], ['0.0.0.0/1'], ['8000::/1'], [...many, ...sixes]]) {
      expect(await rivals(toSet(list), module).expectSame(object)).toBe(true);
    }
  });

  it('reads lines without end, and texts of one byte over and over', async () => {
    for (const byte of ['x', ' ', '\n', '\r', '\0', '1', '.', ':']) {
      const text = Buffer.from(`srcaddr dstaddr\n${byte.repeat(300_000)}`);
      for (const level of [0, 9]) expect(await guarded.expectSame(gzipSync(text, { level }))).toBe(true);
    }
  });

  it('reads not far beyond the end of its input, wherever a block is cut off', () => {
    const kernel = new ScanKernel(module, toSet(NETWORKS));
    const block = { literals: Array<number>(257).fill(8), distances: [], steps: [], isEnded: true };
    for (let before = 1; before < 40; before++) {
      const to = new BitWriter();
      for (let i = 0; i < 4; i++)
        putStored(to, Buffer.alloc(i < 3 ? 65_535 : INPUT_BYTES - 3 * 65_540 - 15 - before, '\n'), false);
      putDynamic(to, block, true);
      const bytes = Buffer.concat([GZIP_HEADER, to.finish()]);
      expect(runAlone(kernel, bytes.subarray(0, INPUT_BYTES), INPUT_BYTES)).toBeUndefined();
    }
  });

  it('leaves noise to zlib', async () => {
    await fc.assert(
      fc.asyncProperty(seeds, pieces, async (seed, pieceBytes) => {
        const random = createRandom(seed);
        const text = gzipSync(logText(seed));
        const noise = randomBytes(random, random.below(2000));
        const cut = random.below(text.length);
        await guarded.expectSame(Buffer.concat([text.subarray(0, cut), noise, text.subarray(cut)]), pieceBytes);
      }),
      runs(80),
    );
  });
});
