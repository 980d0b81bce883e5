/** Numbers, addresses and statuses of every shape in every place of a record: kernel = TypeScript = oracle. */
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../demo/random.ts';
import { expectJudged, rivals } from './kernel-scanning.ts';

const { expectSame } = rivals();

/** The same fields between few and many others, first and last. */
const LAYOUTS: Readonly<Record<string, string>> = {
  'one number, last': 'srcaddr dstaddr bytes',
  'one number, first': 'bytes srcaddr dstaddr',
  'one number between others': 'srcaddr version bytes action dstaddr',
  'a run of all numbers': 'srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status',
  'a run of all numbers, last': 'dstaddr srcaddr end start bytes packets protocol dstport srcport',
  'times at the end of a run of three': 'srcaddr dstaddr bytes start end',
  'times alone': 'srcaddr start end dstaddr',
  'times in turn': 'end srcaddr start x dstaddr log-status',
  'numbers far right': `${'x '.repeat(300)}srcaddr dstaddr bytes x packets`,
  'default of AWS':
    'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status',
  'version 5, packet addresses before the others':
    'pkt-srcaddr pkt-dstaddr version account-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status',
  'one packet address': 'pkt-dstaddr srcaddr dstaddr bytes log-status',
  'packet addresses apart': 'pkt-srcaddr srcaddr bytes pkt-dstaddr dstaddr',
  'hundred columns': `${'a '.repeat(50)}dstaddr ${'b '.repeat(20)}log-status ${'c '.repeat(20)}srcaddr packets ${'d '.repeat(6)}bytes`,
  'each name twice': 'srcaddr srcaddr dstaddr bytes bytes dstaddr log-status log-status',
};

const NUMBERS = [
  ...Array.from({ length: 25 }, (_, i) => ['9', '1', '0'].map((digit) => digit.repeat(i + 1))).flat(),
  ...[
    '9223372036854775807',
    '9223372036854775808',
    '9223372036854775799',
    '9223372036854775810',
    '18446744073709551616',
  ],
  ...['09223372036854775807', '09223372036854775808', `${'0'.repeat(70)}1`, `${'0'.repeat(70)}9223372036854775808`],
  ...['-', '', '--', '-1', '1-', '+1', '1.0', '1e3', '0x1', ' ', '/', ':', '1\r', '\r', '\0', '1\0', '٣', '1\t2'],
];
const ADDRESSES = [
  ...[
    '0.0.0.0',
    '255.255.255.255',
    '203.0.113.0',
    '203.0.113.255',
    '203.0.112.255',
    '203.0.114.0',
    '198.51.100.7',
    '-',
  ],
  ...['::', '::1', '2001:db8:77::', '2001:db8:76:ffff:ffff:ffff:ffff:ffff', '2001:db8:77:ffff:ffff:ffff:ffff:ffff'],
  ...['::ffff:203.0.113.1', '::ffff:cb00:7101', '0:0:0:0:0:ffff:192.0.2.1', '::fffe:192.0.2.1', '::192.0.2.1'],
  ...['2001:0db8:0077:0000:0000:0000:0000:0001', '2001:0DB8:0077:0000:0000:0000:255.255.255.255', '1:2:3:4:5:6:7::'],
  ...['::2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8', '1:2:3:4:5:6:1.2.3.4', '1:2:3:4:5:6:7:1.2.3.4', '::1.2.3.4:5', '1::2::3'],
  ...['1.2.3.4.', '1.2.3', '1.2.3.4.5', '001.2.3.4', '00.0.0.0', '1.2.3.00', '256.1.1.1', '1.1.1.256', '999.1.1.1', ''],
  ...[
    '1.2.3.4 ',
    'a.b.c.d',
    '1.2.3.4x',
    '1.2.3.a',
    '1,2.3.4',
    '1.2.3.4/32',
    '%',
    ':',
    '::',
    ':::',
    '1:::2',
    '12345::1',
    'g::',
  ],
];
const STATUSES = [
  'OK',
  'NODATA',
  'SKIPDATA',
  '-',
  'OKAY',
  'O',
  'K',
  'ok',
  'NODAT',
  'NODATAS',
  'SKIPDATB',
  'O\0',
  'OK\r',
  '',
];

const GOOD: Readonly<Record<string, string>> = {
  ...{
    srcaddr: '10.0.0.1',
    dstaddr: '203.0.113.9',
    'pkt-srcaddr': '10.0.0.1',
    'pkt-dstaddr': '203.0.113.9',
    'log-status': 'OK',
  },
  ...{ action: 'ACCEPT', start: '1788220800', end: '1788220860', version: '2', 'account-id': '111122223333' },
};

/** A row of good values but for those named. */
function row(columns: readonly string[], values: Readonly<Record<string, string>>): string {
  return columns.map((name) => values[name] ?? GOOD[name] ?? '7').join(' ');
}

const NUMBER_NAMES = ['srcport', 'dstport', 'protocol', 'packets', 'bytes', 'start', 'end'];
const ADDRESS_NAMES = ['srcaddr', 'dstaddr', 'pkt-srcaddr', 'pkt-dstaddr'];

/** Rows with each odd value in each column of its kind, then with several at once. */
function rowsOf(columns: readonly string[]): string[] {
  const kinds = [
    [NUMBER_NAMES, NUMBERS],
    [ADDRESS_NAMES, ADDRESSES],
    [['log-status'], STATUSES],
  ] as const;
  const rows = [row(columns, {}), row(columns, { action: 'REJECT' }), row(columns, { action: '-' })];
  for (const [names, values] of kinds) {
    for (const name of names.filter((one) => columns.includes(one))) {
      for (const value of values) rows.push(row(columns, { [name]: value }));
    }
  }
  const random = createRandom(columns.length);
  for (let left = 400; left > 0; left--) {
    const values: Record<string, string> = {};
    for (const name of NUMBER_NAMES) values[name] = String(random.below(10 ** (1 + random.below(15))));
    for (const [names, all] of kinds)
      for (const name of names) if (random.below(4) === 0) values[name] = random.pick(all);
    rows.push(row(columns, values));
  }
  return rows;
}

describe.each(Object.entries(LAYOUTS))('%s', (_name, header) => {
  it.each(['\n', '\r\n'])('line ends %j', async (ending) => {
    const text = [header, ...rowsOf(header.split(' '))].join(ending) + ending;
    const bytes = Buffer.from(text);
    expect(await expectSame(gzipSync(bytes, { level: 1 }))).toBe(true);
    expect(await expectSame(bytes, 999)).toBe(true);
    await expectJudged(bytes);
  });
});
