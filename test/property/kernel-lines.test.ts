/** Which lines are records, which of them are candidates, and what is wrong with the others: kernel = TypeScript = oracle. */
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { textReader } from '../../src/core/text-reader.ts';
import { holds, readAddress, readNetwork } from '../oracle/oracle-address.ts';
import { readRows } from '../oracle/oracle-records.ts';
import { NETWORKS, rivals, scan, toSet } from './kernel-scanning.ts';
import { logText } from './log-texts.ts';
import { runs } from './runs.ts';

const set = toSet(NETWORKS);
const { expectSame } = rivals(set);
const byText = textReader(set);
const networks = NETWORKS.map((text) => readNetwork(text)!);
const seeds = fc.noShrink(fc.integer());
const ADDRESSES = ['srcaddr', 'dstaddr', 'pkt-srcaddr', 'pkt-dstaddr'];

/** What the oracle says of an object: records, lines that are none, records by status, and the candidates. */
function judge(bytes: Uint8Array) {
  const { rows, lines, malformed, isUsable } = readRows({
    key: '',
    text: Buffer.from(bytes).toString(),
    isDamaged: false,
  });
  const statuses: Record<string, number> = {};
  const candidates: string[] = [];
  for (const [i, row] of rows.entries()) {
    const status = row.get('log-status') ?? 'OK';
    if (status !== 'OK') statuses[status] = (statuses[status] ?? 0) + 1;
    const found = ADDRESSES.map((name) => readAddress(row.get(name) ?? '-')).filter((address) => address !== undefined);
    const isHit = found.some((address) => networks.some((network) => holds(network, address)));
    if (status === 'OK' && isHit) candidates.push(`${lines[i]!.number} ${lines[i]!.text}`);
  }
  return { isUsable, records: rows.length, malformed, statuses, candidates };
}

async function expectJudged(text: string): Promise<void> {
  const bytes = Buffer.from(text, 'latin1');
  const { scanned } = await scan(bytes, byText);
  const { counts, format, candidates } = scanned;
  const malformed = Object.values(counts.malformed).reduce((sum, count) => sum + count, 0);
  const said = {
    isUsable: format !== undefined,
    records: counts.records,
    malformed,
    statuses: counts.statuses,
    candidates,
  };
  expect(said).toEqual(judge(bytes));
}

describe('lines', () => {
  it('of any columns are the same records to the kernel, to TypeScript and to the oracle', async () => {
    await fc.assert(
      fc.asyncProperty(seeds, fc.constantFrom(65_536, 1000, 37), async (seed, pieceBytes) => {
        const text = logText(seed);
        expect(await expectSame(gzipSync(Buffer.from(text, 'latin1')), pieceBytes)).toBe(true);
        await expectJudged(text);
      }),
      runs(1000),
    );
  });
});
