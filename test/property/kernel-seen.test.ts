/** What the kernel tells the address index of an object: each address of its OK records with its sides, and the times. */
import { constants, gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../demo/random.ts';
import { readAddress, writeAddress } from '../oracle/oracle-address.ts';
import { type OracleRow, readRows, textOf } from '../oracle/oracle-records.ts';
import { rivals, type Seen, scanSeen } from './kernel-scanning.ts';
import { logText } from './log-texts.ts';
import { runs } from './runs.ts';

const { byKernel } = rivals();
const SIDES = { srcaddr: 1, dstaddr: 2, 'pkt-srcaddr': 1, 'pkt-dstaddr': 2 };

/** Addresses of OK rows with their sides, by the oracle. */
function seenIn(rows: readonly OracleRow[]): Map<string, number> {
  const sides = new Map<string, number>();
  for (const row of rows) {
    for (const [name, side] of Object.entries(SIDES)) {
      const address = readAddress(row.get(name) ?? '-');
      if (address === undefined) continue;
      const text = writeAddress(address);
      sides.set(text, (sides.get(text) ?? 0) | side);
    }
  }
  return sides;
}

/** Seconds of up to twelve digits are times; more are none that a date could be made of. */
function secondsIn(rows: readonly OracleRow[], name: string): number[] {
  const texts = rows.map((row) => textOf(row, name) ?? '').filter((text) => text !== '' && text.length <= 12);
  return texts.map(Number);
}

/** `cutOff`: the object as far as it can be had, of which `text` is left. */
async function expectSeen(text: Buffer, pieceBytes = 65_536, cutOff?: Buffer): Promise<Seen> {
  const seen = await scanSeen(cutOff ?? gzipSync(text, { level: 1 }), byKernel, pieceBytes);
  const all = readRows({ key: '', text: text.toString(), isDamaged: cutOff !== undefined }).rows;
  const rows = all.filter((row) => (row.get('log-status') ?? 'OK') === 'OK');
  expect([...seen.sides].sort()).toEqual([...seenIn(rows)].sort());
  const [starts, ends] = [secondsIn(rows, 'start'), secondsIn(rows, 'end')];
  expect(seen.times).toEqual({
    firstSeen: starts.length === 0 ? null : starts.reduce((a, b) => Math.min(a, b)),
    lastSeen: ends.length === 0 ? null : ends.reduce((a, b) => Math.max(a, b)),
  });
  return seen;
}

const V2 =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status';

describe('seen addresses', () => {
  it('are those of the oracle, in objects of any columns, one after the other on one kernel', async () => {
    await fc.assert(
      fc.asyncProperty(fc.noShrink(fc.integer()), fc.constantFrom(65_536, 100), async (seed, pieceBytes) => {
        await expectSeen(Buffer.from(logText(seed), 'latin1'), pieceBytes);
      }),
      runs(500),
    );
  });

  it('come with times of any length', async () => {
    await fc.assert(
      fc.asyncProperty(fc.noShrink(fc.integer()), async (seed) => {
        const random = createRandom(seed);
        const digits = () => String(random.below(10 ** (1 + random.below(13))));
        const time = () =>
          random.pick([digits(), digits(), '-', '0', '000000000005', '1788220800', '9223372036854775807']);
        const rows = Array.from(
          { length: 1 + random.below(5) },
          () =>
            `2 - - 10.0.0.1 10.0.0.2 ${digits()} ${digits()} 6 ${digits()} ${digits()} ${time()} ${time()} ${random.pick(['ACCEPT', '-'])} OK`,
        );
        await expectSeen(Buffer.from(`${V2}\n${rows.join('\n')}\n`));
      }),
      runs(500),
    );
  });

  it('come with times of ten digits, most of which begin alike', async () => {
    await fc.assert(
      fc.asyncProperty(fc.noShrink(fc.integer()), fc.integer({ min: 2, max: 20 }), async (seed, oneIn) => {
        const random = createRandom(seed);
        const usual = random.pick(['17', '00', '99']);
        const time = () =>
          `${random.below(oneIn) === 0 ? random.pick(['16', '18', '00', '99']) : usual}${String(random.below(10 ** 8)).padStart(8, '0')}`;
        const line = () =>
          `2 - - ${random.pick(['10.0.0.1', '2001:db8::1'])} 10.0.0.2 1 2 6 1 40 ${time()} ${time()} ACCEPT OK`;
        await expectSeen(Buffer.from(`${V2}\n${Array.from({ length: 1 + random.below(40) }, line).join('\n')}\n`));
      }),
      runs(300),
    );
  });

  it('are those before the break of an object that is cut off', async () => {
    await fc.assert(
      fc.asyncProperty(fc.noShrink(fc.integer()), fc.integer({ min: 18, max: 999 }), async (seed, cut) => {
        const packed = gzipSync(Buffer.from(logText(seed, 200), 'latin1'), { level: 1 });
        const left = packed.subarray(0, Math.max(18, (packed.length * cut) / 1000));
        await expectSeen(gunzipSync(left, { finishFlush: constants.Z_SYNC_FLUSH }), 65_536, left);
      }),
      runs(200),
    );
  });

  it('of many distinct ones come in several runs, which unite', async () => {
    const rows = Array.from(
      { length: 240_000 },
      (_, i) => `10.${i >> 16}.${(i >> 8) & 255}.${i & 255} 10.0.0.${i & 255}\n`,
    );
    const { sides, calls } = await expectSeen(
      Buffer.from(`srcaddr dstaddr\n${rows.join('')}${rows.slice(0, 500).join('')}`),
    );
    expect(sides.size).toBe(240_000);
    expect(calls).toBeGreaterThan(1);
  });

  it('of many distinct IPv6 ones too', async () => {
    const rows = Array.from(
      { length: 40_000 },
      (_, i) => `2001:db8::${i.toString(16)} 2001:db8:${(i * 7).toString(16).slice(-4)}::1\n`,
    );
    const { calls } = await expectSeen(Buffer.from(`dstaddr srcaddr\n${rows.join('')}`));
    expect(calls).toBeGreaterThan(1);
  });

  it('leave nothing behind for the next object', async () => {
    const small = Buffer.from(`${V2}\n2 - - 0.0.0.0 255.255.255.255 1 2 6 3 4 1788220800 1788220801 ACCEPT OK\n`);
    const large = Array.from(
      { length: 70_000 },
      (_, i) => `10.${i % 251}.${i % 241}.${i % 239} ::${(i % 9999).toString(16)}\n`,
    );
    await expectSeen(small);
    await expectSeen(Buffer.from(`srcaddr dstaddr\n${large.join('')}`));
    expect([...(await expectSeen(small)).sides]).toEqual([
      ['0.0.0.0', 1],
      ['255.255.255.255', 2],
    ]);
    expect((await expectSeen(Buffer.from('srcaddr dstaddr\n'))).sides.size).toBe(0);
    expect((await expectSeen(Buffer.alloc(0))).times).toEqual({ firstSeen: null, lastSeen: null });
  });
});
