/** Objects made to burst or to keep the kernel busy: memory stays what it was, and time is in proportion to what comes out. */
import { constants, crc32, deflateRawSync, gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { ScanKernel } from '../../src/core/scan-kernel.ts';
import { readKernel } from '../../src/local/scan-kernel.ts';
import { BitWriter, GZIP_HEADER, putDynamic, putStored, toMember } from './deflate-writer.ts';
import { NETWORKS, rivals, runAlone, toSet } from './kernel-scanning.ts';

const MIB = 1024 * 1024;
const kernel = new ScanKernel(readKernel()!, toSet(NETWORKS));
const { expectSame } = rivals();

/** A member of `times` times the same text, packed once: a window of nothing but itself before it. */
function burst(text: Buffer, times: number): Buffer {
  const block = deflateRawSync(text, { level: 9, finishFlush: constants.Z_FULL_FLUSH });
  let checksum = 0;
  for (let i = 0; i < times; i++) checksum = crc32(text, checksum);
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(checksum, 0);
  trailer.writeUInt32LE((text.length * times) % 2 ** 32, 4);
  return Buffer.concat([GZIP_HEADER, ...Array<Buffer>(times).fill(block), Buffer.from([3, 0]), trailer]);
}

function runTimed(bytes: Uint8Array) {
  const before = process.memoryUsage().arrayBuffers;
  const start = performance.now();
  const text = runAlone(kernel, bytes);
  return { text, seconds: (performance.now() - start) / 1000, grown: process.memoryUsage().arrayBuffers - before };
}

it('reads a GiB of zeros, which is one line, in the memory it has', () => {
  const { text, seconds, grown } = runTimed(burst(Buffer.alloc(MIB), 1024));
  expect(text).toBe(1024 * MIB);
  expect(kernel.count('records')).toBe(0);
  expect(grown).toBeLessThan(8 * MIB);
  expect(seconds).toBeLessThan(15);
});

it.each([
  ['blank lines', '\n', 64, 0],
  ['lines of one byte', 'x\n', 32, 0],
  ['records that are candidates', '8.1.1.1 8.1.1.1\n', 32, 2 * MIB],
])('reads many %s', (_name, line, mebibytes, records) => {
  const header = gzipSync('srcaddr dstaddr\n');
  const { text, seconds } = runTimed(Buffer.concat([header, burst(Buffer.alloc(MIB, line), mebibytes)]));
  expect(text).toBe(16 + mebibytes * MIB);
  expect(kernel.count('records')).toBe(records);
  expect(seconds).toBeLessThan(15);
});

/** Deflate data of empty blocks. */
function emptyBlocks(count: number, put: (to: BitWriter, isLast: boolean) => void): Buffer {
  const to = new BitWriter();
  for (let i = 1; i <= count; i++) put(to, i === count);
  return toMember(to.finish(), Buffer.alloc(0));
}

it.each([
  ['of the fixed codes', 400_000, (to, isLast) => void to.put(Number(isLast) + 2, 3).put(0, 7)],
  ['of no bytes', 100_000, (to, isLast) => putStored(to, Buffer.alloc(0), isLast)],
  ['of codes of their own', 500, (to, isLast) => putDynamic(to, EMPTY_BLOCK, isLast)],
] satisfies [string, number, (to: BitWriter, isLast: boolean) => void][])(
  'reads empty blocks %s',
  async (_name, count, put) => {
    const bytes = emptyBlocks(count, put);
    const { text, seconds } = runTimed(bytes);
    expect(text).toBe(0);
    expect(seconds).toBeLessThan(3);
    expect(await expectSame(bytes)).toBe(true);
  },
);

const EMPTY_BLOCK = { literals: [...Array<number>(256).fill(0), 1], distances: [], steps: [], isEnded: true };

it('reads a hundred thousand empty members, and a header in pieces of one byte', async () => {
  expect(runTimed(Buffer.concat(Array<Buffer>(100_000).fill(gzipSync('')))).seconds).toBeLessThan(10);
  const name = Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 3]), Buffer.alloc(30_000, 'n')]);
  expect(runAlone(kernel, name, 1)).toBeUndefined();
  await expectSame(name, 1);
});

it('reads what is there of a burst that is cut off, and nothing of what its codes would go on with', async () => {
  // The kernel looks some bytes ahead. Behind the cut it finds zeros, which say "258 bytes more" here, up to where its text is full.
  const bytes = gzipSync(Buffer.alloc(MIB / 2, '1 '), { level: 9 });
  for (let end = 20; end < bytes.length; end++) expect(await expectSame(bytes.subarray(0, end))).toBe(false);
});
