/** The kernel's checksum, which is computed in a way of its own, is CRC-32 for texts of any length at any place of its buffer. */
import { crc32, deflateRawSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../demo/random.ts';
import { ScanKernel } from '../../src/core/scan-kernel.ts';
import { readKernel } from '../../src/local/scan-kernel.ts';
import { randomBytes } from './deflate-streams.ts';
import { toMember } from './deflate-writer.ts';
import { NETWORKS, runAlone, toSet } from './kernel-scanning.ts';

const kernel = new ScanKernel(readKernel()!, toSet(NETWORKS));
const random = createRandom(1);
const noise = randomBytes(random, 1_000_000);

/** A member of `length` bytes, from anywhere in the noise. */
function memberOf(length: number, level = 0): { text: Buffer; member: Buffer } {
  const from = random.below(noise.length - length + 1);
  const text = noise.subarray(from, from + length);
  return { text, member: toMember(deflateRawSync(text, { level }), text) };
}

/** The member with another checksum or length in its trailer. */
function wrong(member: Buffer, bit: number): Buffer {
  const bytes = Buffer.from(member);
  bytes[bytes.length - 8 + (bit >> 3)]! ^= 1 << (bit & 7);
  return bytes;
}

/** Lengths about the size of a step, of the kernel's history and of its buffers. */
const EDGES = [64, 1927, 2181, 4018, 4032, 8064, 12_288, 16_320, 32_768, 65_536, 229_376, 230_400, 500_000].flatMap(
  (length) =>
    [-65, -64, -63, -17, -16, -1, 0, 1, 15, 16, 17, 63, 64, 65].map((more) => length + more).filter((sum) => sum >= 0),
);

describe('the checksum', () => {
  it('is right for every length from 0 to 5000', () => {
    for (let length = 0; length <= 5000; length++) {
      const { member } = memberOf(length);
      expect(runAlone(kernel, member)).toBe(length);
      expect(runAlone(kernel, wrong(member, length % 64))).toBeUndefined();
    }
  });

  it('is right about the sizes that the kernel works in, behind another member and in pieces', () => {
    for (const length of EDGES) {
      const before = memberOf(random.below(130)).member;
      for (const level of [0, 1]) {
        const { member } = memberOf(length, level);
        const pieceBytes = random.pick([65_536, 4018, 12_288, 1000]);
        expect(runAlone(kernel, Buffer.concat([before, member, before]), pieceBytes)).toBeDefined();
        expect(
          runAlone(kernel, Buffer.concat([before, wrong(member, random.below(64)), before]), pieceBytes),
        ).toBeUndefined();
      }
    }
  });

  it('finds any changed byte', () => {
    for (let i = 0; i < 3000; i++) {
      const { text, member } = memberOf(1 + random.below(20_000));
      const changed = Buffer.from(text);
      changed[random.below(text.length)]! ^= 1 + random.below(255);
      const bytes = Buffer.concat([deflateRawSync(changed, { level: 0 }), member.subarray(-8)]);
      expect(runAlone(kernel, Buffer.concat([member.subarray(0, 10), bytes]))).toBeUndefined();
    }
  });

  it('is right of texts that fill no byte or every byte, and many times the buffer', () => {
    for (const byte of [0, 255, 10, 32]) {
      for (const length of [1, 4018, 1_000_000, 7_654_321]) {
        const text = Buffer.alloc(length, byte);
        const packed = gzipSync(text);
        expect(packed.readUInt32LE(packed.length - 8)).toBe(crc32(text));
        expect(runAlone(kernel, packed)).toBe(length);
      }
    }
  });
});
