/** The record scanner against the oracle: which lines are rows, in whatever pieces the text arrives. */
import { constants, gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseNetwork } from '../../src/core/address.ts';
import { readContent } from '../../src/core/gunzip.ts';
import { compileIndicators } from '../../src/core/indicator-set.ts';
import { LineChecker } from '../../src/core/line-checker.ts';
import { RecordScanner } from '../../src/core/record-scanner.ts';
import { cases } from '../oracle/arbitraries.ts';
import { readRows } from '../oracle/oracle-records.ts';
import { pack, toOracleObject } from '../oracle/world.ts';
import { runs } from './runs.ts';

/** Everything is an indicator here, so each OK row with an address must come out. */
const everything = compileIndicators(
  ['0.0.0.0/0', '::/0'].map((text) => ({ text, network: parseNetwork(text)!.network, comment: '', source: '' })),
);
async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

it('reads the text of an object up to where it breaks', async () => {
  const size = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 100, max: 100_000 }));
  await fc.assert(
    fc.asyncProperty(cases(), size, async ({ objects }, pieceBytes) => {
      for (const object of objects) {
        const expected = toOracleObject(object);
        const bytes = pack(object);
        const chunks: Uint8Array[] = [];
        const open = () => inPieces(bytes, pieceBytes);
        const outcome = await readContent(open, (chunk) => chunks.push(Uint8Array.from(chunk)));
        expect(Buffer.concat(chunks).toString()).toBe(expected.text);
        if (bytes.length > 0) expect(outcome !== 'whole').toBe(expected.isDamaged);
      }
    }),
    runs(150),
  );
});

function isReadable(bytes: Uint8Array): boolean {
  try {
    return gunzipSync(bytes).length >= 0;
  } catch {
    return false;
  }
}

it('keeps everything before a flipped byte and calls the object damaged', async () => {
  const place = fc.tuple(
    fc.integer({ min: 0, max: 9999 }),
    fc.integer({ min: 1, max: 255 }),
    fc.integer({ min: 1, max: 3000 }),
  );
  await fc.assert(
    fc.asyncProperty(cases(), place, async ({ objects: [object] }, [share, flip, pieceBytes]) => {
      const bytes = Buffer.from(pack({ ...object!, packing: { how: 'gzip' } }));
      const at = 10 + Math.floor(((bytes.length - 10) * share) / 10_000);
      // Bytes: the flip may cut a character in two.
      const before = gunzipSync(bytes.subarray(0, at), { finishFlush: constants.Z_SYNC_FLUSH });
      bytes[at]! ^= flip;
      const chunks: Uint8Array[] = [];
      const outcome = await readContent(
        () => inPieces(bytes, pieceBytes),
        (chunk) => chunks.push(Uint8Array.from(chunk)),
      );
      // The last byte of deflate data may have bits that mean nothing.
      if (isReadable(bytes)) expect(outcome).toBe('whole');
      else expect(outcome).toHaveProperty('damaged');
      expect(Buffer.concat(chunks).subarray(0, before.length).equals(before)).toBe(true);
    }),
    runs(300),
  );
});

const ADDRESSES = ['srcaddr', 'dstaddr', 'pkt-srcaddr', 'pkt-dstaddr'];

it('finds the same rows and counts the same lines as malformed', () => {
  const pieces = fc.integer({ min: 1, max: 200 });
  fc.assert(
    fc.property(cases(), pieces, fc.boolean(), ({ objects }, pieceBytes, isDamaged) => {
      for (const { key, text } of objects) {
        const expected = readRows({ key, text, isDamaged });
        const lines: string[] = [];
        const scanner = new RecordScanner(new LineChecker(everything), (line) => lines.push(line));
        const bytes = new TextEncoder().encode(text);
        for (let at = 0; at < bytes.length; at += pieceBytes) scanner.push(bytes.subarray(at, at + pieceBytes));
        scanner.finish(!isDamaged);
        expect(scanner.format !== undefined).toBe(expected.isUsable);
        if (!expected.isUsable) continue;
        expect(scanner.counts.records).toBe(expected.rows.length);

        expect(Object.values(scanner.counts.malformed).reduce((sum, count) => sum + count, 0)).toBe(expected.malformed);
        const candidates = expected.rows.filter(
          (row) => (row.get('log-status') ?? 'OK') === 'OK' && ADDRESSES.some((name) => (row.get(name) ?? '-') !== '-'),
        );
        expect(lines).toEqual(candidates.map((row) => [...row.values()].join(' ')));
      }
    }),
    runs(1500),
  );
});
