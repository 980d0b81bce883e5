/**
 * Random indicator lists over the same few addresses as the rows, with everything the contract says of a line.
 */
import fc from 'fast-check';
import type { ListFile } from './oracle-indicators.ts';

export const REMOTES = [
  '203.0.113.7',
  '203.0.113.9',
  '203.0.113.130',
  '198.51.100.20',
  '192.0.2.1',
  '2001:db8::7',
  '2001:db8:77::1',
];

const NETWORKS = [
  '203.0.113.0/24',
  '203.0.113.0/25',
  '203.0.113.8/29',
  '203.0.113.6/31',
  '203.0.113.7/32',
  '203.0.0.0/8',
  '203.0.113.77/24',
  '198.51.100.0/24',
  '192.0.2.0/30',
  '192.0.2.128/25',
  '2001:db8::/32',
  '2001:db8::/64',
  '2001:db8:77::/48',
  '2001:db8:77::1/128',
  '2001:db8::ffff/112',
  '2001::/16',
];

const SPELLED = [
  '203.0.113[.]7',
  '203[.]0[.]113[.]130',
  '198[.]51.100[.]0/24',
  '::ffff:203.0.113.7',
  '::ffff:cb00:7109',
  '::ffff:203.0.113.0/120',
  '2001:DB8::7',
  '2001:0db8:0000::0007',
  '2001:db8:77:0:0:0:0:1',
  '2001:db8::0.0.0.7',
  '2001:DB8:77::/48',
];

const REFUSED = (
  '0.0.0.0/0 ::/0 0.0.0.0/1 128.0.0.0/7 200.0.0.0/7 2000::/3 2001::/15 0.1.2.3 10.0.0.5 10.0.0.0/8 100.64.0.1 127.0.0.1 ' +
  '169.254.169.254 172.31.0.9 172.16.0.0/12 192.0.0.8 192.168.1.0/24 192.0.0.0/8 198.19.255.255 224.0.0.1 255.255.255.255 ' +
  '240.0.0.0/8 :: ::1 64:ff9b:1::5 100::5 fc00::1 fd00:ec2::a fe80::1 ff02::1 ::ffff:10.0.0.5'
).split(' ');

const INVALID = (
  '203.0.113.07 203.0.113.256 203.0.113 203.0.113.7.1 203.0.113.7/33 203.0.113.7/ 203.0.113.7/-1 203.0.113.7/x ' +
  '203.0.113.0/255.255.255.0 203.0.113.1-203.0.113.9 2001:db8::/129 2001:db8:::7 2001:db8::7::1 12345::1 ' +
  '1:2:3:4:5:6:7:8:9 1:2:3:4:5:6:7 ::g 2001:db8::0x7 example.net 0x7f.1.2.3 3405803783 [2001:db8::7] 203.0.113.7/24/24 :'
).split(' ');

const WORDS = ['C2 panel', 'drop site', 'scanner', 'a=b', 'père', '日本', "it's", '100 %', '-'];

export type ListArbitraryOptions = {
  /** Single addresses in canonical text only: what the exact-address queries are asked with. */
  readonly exactOnly?: boolean;
};

const entry: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...REMOTES) },
  { weight: 6, arbitrary: fc.constantFrom(...NETWORKS) },
  { weight: 2, arbitrary: fc.constantFrom(...SPELLED) },
  { weight: 1, arbitrary: fc.constantFrom(...REFUSED) },
  { weight: 1, arbitrary: fc.constantFrom(...INVALID) },
);

function plainLine(address: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const separator = fc.constantFrom(' ', '\t', '#', ';', ' # ', ' ; ', '\t;');
  return fc
    .tuple(
      address,
      fc.option(fc.tuple(separator, fc.constantFrom(...WORDS.slice(0, -1)))),
      fc.constantFrom('', '', ' ', '\t'),
    )
    .map(([text, rest, blank]) => `${blank}${text}${rest === null ? '' : rest.join('')}${blank}`);
}

function csvLine(address: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const comment = fc.oneof(
    fc.constantFrom(...WORDS, ''),
    fc.constantFrom('"C2, panel"', '"say ""hi"""', '"C2 panel"', '""', '"#1; of 2"'),
  );
  return fc
    .tuple(address, comment, fc.boolean(), fc.constantFrom('', '', ' '))
    .map(([text, words, isQuoted, blank]) => `${blank}${isQuoted ? `"${text}"` : text},${blank}${words}`);
}

const noise = fc.constantFrom(
  ...[
    '',
    '   ',
    '# a comment, with 203.0.113.9',
    ';203.0.113.9',
    '# ',
    '"203.0.113.9',
    ',x',
    '\u0000',
    ',',
    'threat_ip',
  ],
  ...['<html>', '"', '"203.0.113.9"x,y'],
);

function listText(address: fc.Arbitrary<string>, withNoise: boolean): fc.Arbitrary<string> {
  const lines = (line: fc.Arbitrary<string>) =>
    fc.array(withNoise ? fc.oneof({ weight: 8, arbitrary: line }, { weight: 1, arbitrary: noise }) : line, {
      maxLength: 8,
    });
  const csv = fc
    .tuple(
      lines(csvLine(address)),
      fc.constantFrom<string[]>(['threat_ip,threat_comment'], ['"threat_ip","threat_comment"'], []),
    )
    .map(([body, header]) => [...header, ...body]);
  return fc
    .tuple(fc.oneof(csv, lines(plainLine(address))), fc.constantFrom('\n', '\n', '\r\n'), fc.boolean(), fc.boolean())
    .map(([body, ending, hasBom, isTerminated]) => {
      return `${hasBom ? '\uFEFF' : ''}${body.join(ending)}${isTerminated ? ending : ''}`;
    });
}

const NAMES = ['iocs.csv', 'feed.txt', 'more.list'];

export function listFiles({ exactOnly = false }: ListArbitraryOptions): fc.Arbitrary<ListFile[]> {
  const address = exactOnly ? fc.constantFrom(...REMOTES) : entry;
  return fc
    .array(listText(address, !exactOnly), { minLength: 1, maxLength: 3 })
    .map((texts) => texts.map((text, i) => ({ name: NAMES[i]!, text })));
}
