/** Random texts of log objects: columns in any order and anywhere, rows good and odd, as bytes. For tests only. */
import { createRandom, type Random } from '../../demo/random.ts';

const DEFAULT_FORMAT =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status';
const ALL_OF_VERSION_5 = `${DEFAULT_FORMAT} vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr region az-id`;
const CHECKED = 'pkt-srcaddr pkt-dstaddr srcport dstport protocol packets bytes start end log-status action'.split(' ');

const GOOD_ADDRESSES = [
  ...[
    '10.0.0.1',
    '203.0.113.9',
    '203.0.114.0',
    '198.51.100.7',
    '255.255.255.255',
    '0.0.0.0',
    '8.127.255.255',
    '8.128.0.0',
  ],
  ...['2001:db8:77::1', '2001:DB8:0077:0:0::1', '::ffff:192.0.2.1', '::FFFF:c000:201', '2001:db8:78::', '::', '-'],
];
const BAD_ADDRESSES = [
  ...[
    '01.2.3.4',
    '1.2.3',
    '1.2.3.4.5',
    '256.1.1.1',
    '1.2.3.4x',
    '1.2.3.1234',
    '1..2.3',
    '.1.2.3',
    '1.2.3.',
    '1.2.3.4\r',
  ],
  ...[
    '1::2::3',
    ':1',
    '1:',
    ':::',
    '::1.2.3',
    '1:2:3:4:5:6:7:8:9',
    '12345::',
    '::g',
    'x',
    '',
    '--',
    '192.0.2.1/32',
    '٣',
  ],
  ...['1111:2222:3333:4444:5555:6666:255.255.255.256', '0000:0000:0000:0000:0000:0000:0000:00001'],
];
const BAD_NUMBERS = [
  '',
  '-7',
  '1e3',
  '0x1F',
  '12.5',
  '+5',
  '9223372036854775808',
  '99999999999999999999',
  '7 ',
  ' 7',
  '--',
  '/',
  ':',
];
const STATUSES = ['OK', 'OK', 'OK', 'OK', 'NODATA', 'SKIPDATA', '-', 'OKAY', 'O', 'ok', 'NODATAX', 'SKIPDAT', ''];
const FILLERS = [
  '-',
  'x',
  '',
  'ACCEPT',
  'REJECT',
  'eni-0a1b2c3d4e5f60718',
  '111122223333',
  'é',
  '\0',
  '\xff\xfe',
  '\t',
  'srcaddr',
];

/** A header and rows, of bytes 0 to 255 as characters 0 to 255. */
export function logText(seed: number, mostRows = 60): string {
  const random = createRandom(seed);
  const columns = formatOf(random);
  const isTidy = random.below(3) === 0;
  const ending = random.pick(['\n', '\n', '\r\n']);
  let text = random.pick(['', '', '', '\n', ' \r\n\t\n']) + columns.join(' ') + ending;
  for (let left = random.below(mostRows); left > 0; left--) {
    text +=
      random.below(isTidy ? 1000 : 12) === 0 ? oddLine(random, columns) : rowOf(random, columns, isTidy).join(' ');
    text += random.below(20) === 0 ? random.pick(['\n\n', '\r\r\n', ' \n', '\r\n']) : ending;
  }
  return random.below(4) === 0 ? text.replace(/\r?\n$/, '') : text;
}

function formatOf(random: Random): string[] {
  const kind = random.below(6);
  if (kind === 0) return DEFAULT_FORMAT.split(' ');
  if (kind === 1) return ALL_OF_VERSION_5.split(' ');
  const chosen = CHECKED.filter(() => random.below(2) === 0);
  const fillers = Array.from({ length: random.pick([0, 0, 1, 3, 20, 100]) }, (_, i) => `field-${i}`);
  const twice = random.below(8) === 0 ? [random.pick(['srcaddr', 'bytes', 'pkt-dstaddr', 'log-status'])] : [];
  const columns = ['srcaddr', 'dstaddr', ...chosen, ...twice];
  if (kind === 2) return [...fillers, ...shuffled(random, columns)];
  return shuffled(random, [...columns, ...fillers]);
}

function shuffled<T>(random: Random, values: readonly T[]): T[] {
  const order = values.map((value) => ({ value, place: random.unit() })).sort((a, b) => a.place - b.place);
  return order.map(({ value }) => value);
}

function rowOf(random: Random, columns: readonly string[], isTidy: boolean): string[] {
  const odd = isTidy || random.below(4) > 0 ? -1 : random.below(columns.length);
  const pair = [random.pick(GOOD_ADDRESSES), random.pick(GOOD_ADDRESSES)];
  return columns.map((name, i) => {
    if (i === odd) return random.pick([...BAD_ADDRESSES, ...BAD_NUMBERS, ...FILLERS]);
    if (name.endsWith('addr')) {
      // Mostly the packet's addresses are the interface's.
      const usual = pair[name.endsWith('srcaddr') ? 0 : 1]!;
      return random.below(8) > 0 ? usual : random.pick(GOOD_ADDRESSES);
    }
    if (name === 'log-status') return isTidy ? 'OK' : random.pick(STATUSES);
    if (name === 'start' || name === 'end')
      return random.below(6) > 0 ? `17882${10_000 + random.below(80_000)}` : numberOf(random);
    if (CHECKED.includes(name) && name !== 'action') return isTidy ? String(random.below(70_000)) : numberOf(random);
    return isTidy ? random.pick(FILLERS.slice(3, 7)) : random.pick([...FILLERS, 'x'.repeat(random.below(90))]);
  });
}

/** Mostly short ones; of every length up to 25 digits; around 2^63. */
export function numberOf(random: Random): string {
  const kind = random.below(12);
  if (kind === 0) return random.pick(['-', '007', '9223372036854775807', '9223372036854775808', `${'0'.repeat(30)}5`]);
  if (kind > 2) return String(random.below(10 ** random.pick([1, 3, 5, 9])));
  return Array.from({ length: 1 + random.below(25) }, () => random.below(10)).join('');
}

function oddLine(random: Random, columns: readonly string[]): string {
  const row = rowOf(random, columns, true);
  return random.pick([
    columns.join(' '),
    `${columns.join(' ')} more`,
    row.slice(1).join(' '),
    [...row, 'more'].join(' '),
    row.join('  '),
    row.join('\t'),
    ` ${row.join(' ')}`,
    ' '.repeat(columns.length - 1),
    ' '.repeat(random.below(columns.length + 3)),
    '\t',
    'x'.repeat(random.below(300)),
    'x'.repeat(65_500 + random.below(70)),
  ]);
}
