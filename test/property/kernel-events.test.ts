/** Lines that the kernel must name to its host, by far more of them than it can lay up: none is lost, none told twice. */
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../demo/random.ts';
import { expectJudged, rivals, scan, scanSeen } from './kernel-scanning.ts';

const { byKernel, expectSame } = rivals();
const HEADER = 'version srcaddr dstaddr start end log-status';

/** Of lines in a row, by their number. */
const LINES: Readonly<Record<string, (i: number) => string>> = {
  'every line a candidate': (i) => `2 203.0.113.${i % 256} 10.0.0.1 ${i} ${i} OK`,
  'every line an IPv6 candidate': (i) => `2 2001:db8:77::${(i % 65_536).toString(16)} ::1 ${i} ${i} OK`,
  'every line of a status of its own': (i) => `2 203.0.113.9 10.0.0.1 1 2 STATUS-${i % 700}`,
  'every line a header again': () => HEADER,
  'every line nearly a header': (i) => `srcaddr ${i}`,
  'every line NODATA or SKIPDATA': (i) => `2 - - 1 2 ${i % 3 === 0 ? 'NODATA' : 'SKIPDATA'}`,
  'no line of interest': (i) => `2 10.0.0.1 10.0.${(i >> 8) & 255}.${i & 255} 1 2 OK`,
  'every line malformed': (i) => `x ${i}`,
};

const COUNTS = [1023, 1024, 1025, 2048, 6000];

describe.each(Object.entries(LINES))('%s', (_name, lineOf) => {
  it.each(COUNTS)('%i times', async (count) => {
    const text = Buffer.from(`${HEADER}\n${Array.from({ length: count }, (_, i) => `${lineOf(i)}\n`).join('')}`);
    for (const pieceBytes of [65_536, 777]) expect(await expectSame(gzipSync(text), pieceBytes)).toBe(true);
    await expectSame(text, 4096);
    await expectJudged(text);
  });
});

it('all of them in turn, and addresses that must be taken between', async () => {
  const random = createRandom(4);
  const kinds = Object.values(LINES);
  const filler = (i: number) => `2 10.${i >> 16}.${(i >> 8) & 255}.${i & 255} 10.${i >> 16}.${i & 255}.7 ${i} ${i} OK`;
  const lines = Array.from({ length: 230_000 }, (_, i) => (i % 20 === 0 ? random.pick(kinds)(i) : filler(i)));
  const text = Buffer.from(`${HEADER}\n${lines.join('\n')}`);
  const bytes = gzipSync(text, { level: 1 });
  expect(await expectSame(bytes)).toBe(true);
  const { candidates } = (await scan(bytes, byKernel)).scanned;
  const wanted = lines.flatMap((line, i) =>
    / OK$/.test(line) && /203\.0\.113|2001:db8:77/.test(line) ? [`${i + 2} ${line}`] : [],
  );
  expect(candidates).toEqual(wanted);
  const { sides, calls } = await scanSeen(bytes, byKernel);
  expect(calls).toBeGreaterThan(1);
  const seen = lines.filter((line) => / OK$/.test(line)).flatMap((line) => line.split(' ').slice(1, 3));
  expect(sides.size).toBe(new Set(seen).size);
});
