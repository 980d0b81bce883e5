/** Lines about as long as a line may be, and far longer, anywhere in an object, in any pieces: kernel = TypeScript = oracle. */
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { expectJudged, rivals } from './kernel-scanning.ts';

const { expectSame } = rivals();
const HEADER = 'version srcaddr dstaddr bytes note\n';
const RECORD = '2 203.0.113.9 10.0.0.1 40 -\n';
const LENGTHS = [65_534, 65_535, 65_536, 65_537, 65_600, 131_072, 200_000, 1_048_576];
const PIECES = [997, 65_536, 1_000_000];

/** A record of so many bytes, its line feed not counted. */
function record(length: number): string {
  return RECORD.replace('-\n', 'x'.repeat(length - RECORD.length + 2));
}

async function expectAll(text: string): Promise<void> {
  const bytes = Buffer.from(text);
  for (const pieceBytes of PIECES) {
    expect(await expectSame(gzipSync(bytes, { level: 1 }), pieceBytes)).toBe(true);
    expect(await expectSame(bytes, pieceBytes)).toBe(true);
    await expectJudged(bytes, pieceBytes);
  }
}

describe.each(LENGTHS)('a line of %i bytes', (length) => {
  it('among records, and twice in a row', async () => {
    const line = record(length);
    await expectAll(`${HEADER}${RECORD}${line}\n${RECORD}${line}\n${line}\n${RECORD}`);
  });

  it('with CR LF, of which the CR counts', async () => {
    await expectAll(`${HEADER}${record(length - 1)}\r\n${RECORD}`);
  });

  it('at the end, without a line feed', async () => {
    await expectAll(`${HEADER}${RECORD}${record(length)}`);
  });

  it('of nothing but blanks', async () => {
    await expectAll(`${HEADER}${RECORD}${' '.repeat(length)}\n${RECORD}`);
  });

  it('as the header', async () => {
    await expectAll(`srcaddr dstaddr ${'x'.repeat(length - 16)}\n1.2.3.4 1.2.3.4 x\n`);
  });

  it('before the header', async () => {
    await expectAll(`${' '.repeat(length)}\n${HEADER}${RECORD}`);
  });

  it('behind a header that is none', async () => {
    await expectAll(`no header\n${record(length)}\n${RECORD}`);
  });
});

it('sixty thousand columns, with those that count at the far end', async () => {
  const columns = ' '.repeat(60_000);
  const rows = [
    '203.0.113.9 10.0.0.1',
    '10.0.0.1 ::ffff:198.51.100.7',
    '10.0.0.1 10.0.0.2',
    '10.0.0.1',
    '1.2.3 10.0.0.1',
  ];
  await expectAll(`${columns}srcaddr dstaddr\n${rows.map((row) => `${columns}${row}\n`).join('')}${RECORD}`);
  await expectAll(`srcaddr${columns}dstaddr\n${rows.map((row) => row.replace(' ', columns)).join('\n')}`);
});

it('more columns than a line may have', async () => {
  await expectAll(`srcaddr dstaddr${' '.repeat(65_521)}\n${RECORD}`);
  await expectAll(`srcaddr dstaddr${' '.repeat(65_522)}\n${RECORD}`);
});
