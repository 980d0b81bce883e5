/** Objects in bad weather on real Trino, beside one that is sound: what it reads as DuckDB does, and what it cannot. */
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { ask, DAY_1, LogFolder, US } from '../golden/log-folder.ts';
import { openWarehouse, type Warehouse } from './warehouse.ts';

const servers = inject('servers');
const DAY = { date_from: '2026-09-01', date_to: '2026-09-01' };
const HEADER = 'srcaddr dstaddr srcport dstport protocol packets bytes start end log-status';
const row = (bytes: number | string, source = '10.0.0.5', status = 'OK'): string =>
  `${source} 203.0.113.7 1 2 6 3 ${bytes} ${DAY_1} ${DAY_1 + 1} ${status}`;
const pack = (lines: readonly string[]): Buffer => gzipSync(lines.map((line) => `${line}\n`).join(''));
/** Text that gzip cannot make much shorter, so that a cut falls into the middle of it. */
const MANY = pack([HEADER, ...Array.from({ length: 5000 }, (_, i) => row((i * 7919) % 65_537, `10.0.${i % 256}.9`))]);

const SOUND: readonly (readonly [string, Buffer])[] = [
  ['several members', Buffer.concat([gzipSync(`${HEADER}\n${row(1)}\n10.0.0.6 `), gzipSync(`${row(2).slice(9)}\n`)])],
  ['bytes behind the gzip', Buffer.concat([pack([HEADER, row(3)]), Buffer.from('and so on')])],
  ['padding behind the gzip', Buffer.concat([pack([HEADER, row(4)]), Buffer.alloc(512)])],
  ['no last line feed', gzipSync(`${HEADER}\n${row(5)}`)],
  [
    'CR LF, a byte order mark and a quote',
    gzipSync(`\uFEFF${HEADER}\r\n${row(6)}\r\n${row(7, '10.0.0.5', '"OK')}\r\n`),
  ],
  ['blank lines and the header again', pack([HEADER, row(8), '', HEADER, row(9), ' ', ''])],
  ['a blank line before the header', pack(['', HEADER, row(10)])],
  ['a header and nothing else', pack([HEADER])],
  ['no content', Buffer.alloc(0)],
];

const BROKEN: readonly (readonly [string, Buffer])[] = [
  ['truncated gzip', MANY.subarray(0, MANY.length / 2)],
  [
    'corrupt gzip',
    Buffer.concat([MANY.subarray(0, MANY.length / 2), Buffer.alloc(64, 0xff), MANY.subarray(MANY.length / 2 + 64)]),
  ],
  ['noise', Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7919) % 256))],
  ['text that is no gzip', Buffer.from(`${HEADER}\n${row(1)}\n`)],
];

describe.skipIf(servers === undefined)('odd objects', () => {
  let warehouse: Warehouse;
  let folder: LogFolder;

  beforeAll(async () => {
    folder = new LogFolder();
    folder.add(US, [HEADER, row(1000)]);
    warehouse = await openWarehouse(servers!, 'odd');
    await warehouse.putFolder(folder.path);
    await warehouse.ingest();
  });
  afterAll(async () => {
    await warehouse?.close();
    folder?.remove();
  });

  it('that are sound at heart give the rows that they give on DuckDB', async () => {
    for (const [, bytes] of SOUND) folder.addBytes(US, bytes);
    await warehouse.putFolder(folder.path);
    const parameters = { ...DAY, ip: '203.0.113.7' };
    const { lines } = await warehouse.ask('timeline', parameters);
    expect(lines).toEqual((await ask('timeline', [folder.path], parameters)).lines);
    expect(lines).toHaveLength(1 + 11);
    expect((await warehouse.ask('row_count', DAY)).lines).toEqual(['row_count', '11']);
  });
});

describe.skipIf(servers === undefined)('a broken object', () => {
  it.each(BROKEN)('%s fails the query, and is named in one line', async (name, bytes) => {
    const folder = new LogFolder();
    folder.add(US, [HEADER, row(1)]);
    const warehouse = await openWarehouse(servers!, `broken_${BROKEN.findIndex(([of]) => of === name)}`);
    await warehouse.putFolder(folder.path);
    await warehouse.ingest();
    folder.addBytes(US, bytes);
    await warehouse.putFolder(folder.path);
    folder.remove();
    const failure = await warehouse.ask('row_count', DAY).catch((error: Error) => error.message);
    expect(failure).toMatch(
      /^The query failed in Trino: HIVE_\w+: .* s3:\/\/broken-\d\/AWSLogs\/.*_00000002\.log\.gz.*$/,
    );
    await warehouse.close();
  });
});
