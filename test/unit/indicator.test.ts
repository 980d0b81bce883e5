import { describe, expect, it } from 'vitest';
import { parseNetwork } from '../../src/core/address.ts';
import { refuse } from '../../src/core/indicator.ts';
import { readAllowlist, readIndicatorLists } from '../../src/core/indicator-list.ts';

const OPEN = { own: [] };

function network(text: string) {
  return parseNetwork(text)!.network;
}

function read(text: string, source = 'iocs.csv') {
  const { indicators, problems } = readIndicatorLists([{ source, text }], OPEN);
  return { indicators: [...indicators].map(({ text: entry, comment }) => [entry, comment]), problems };
}

describe('lines of a list', () => {
  it.each([
    ['CSV', '203.0.113.7,C2 server', '203.0.113.7', 'C2 server'],
    ['CSV, quoted', '"203.0.113.7","beacon, every 60 s"', '203.0.113.7', 'beacon, every 60 s'],
    ['CSV, quote within', '203.0.113.7,"the ""main"" one"', '203.0.113.7', 'the "main" one'],
    ['CSV, further fields', '203.0.113.7,C2,2026-09-01,high', '203.0.113.7', 'C2'],
    ['CSV, quoted, further fields', '203.0.113.7,"C2, main",high', '203.0.113.7', 'C2, main'],
    ['CSV, blanks', '  203.0.113.7 , C2 server  ', '203.0.113.7', 'C2 server'],
    ['CSV, quoted with blanks', '" 203.0.113.7 " , " C2 "', '203.0.113.7', 'C2'],
    ['CSV, no comment', '203.0.113.7,', '203.0.113.7', ''],
    ['CSV, a quote never closed', '203.0.113.7,"C2', '203.0.113.7', '"C2'],
    ['bare', '203.0.113.7', '203.0.113.7', ''],
    ['blank', '203.0.113.7 C2 server', '203.0.113.7', 'C2 server'],
    ['tab', '203.0.113.7\tC2, server', '203.0.113.7', 'C2, server'],
    ['#', '203.0.113.7 # C2 # main', '203.0.113.7', 'C2 # main'],
    [';', '203.0.113.0/24 ; SBL000001', '203.0.113.0/24', 'SBL000001'],
    ['# at once', '203.0.113.7#C2', '203.0.113.7', 'C2'],
    ['defanged', '203.0.113[.]7,C2', '203.0.113.7', 'C2'],
    ['defanged all over', '203[.]0[.]113[.]0/24', '203.0.113.0/24', ''],
    ['defanged IPv6', '2001[:]db8::7', '2001:db8::7', ''],
    ['/32 is the bare address', '203.0.113.7/32', '203.0.113.7', ''],
    ['/128 is the bare address', '2001:DB8:0:0::7/128', '2001:db8::7', ''],
    ['IPv6 compressed', '2001:0db8:0000:0000:0001:0000:0000:0001 x', '2001:db8::1:0:0:1', 'x'],
    ['IPv4-mapped', '::ffff:203.0.113.7', '203.0.113.7', ''],
    ['IPv4-mapped network', '::ffff:203.0.113.0/120', '203.0.113.0/24', ''],
    ['widest IPv4', '9.0.0.0/8', '9.0.0.0/8', ''],
    ['widest IPv6', '2001::/16', '2001::/16', ''],
  ])('%s', (_name, line, text, comment) => {
    expect(read(line)).toEqual({ indicators: [[text, comment]], problems: [] });
  });

  it('skips comments, blank lines, BOM and one header', () => {
    const text = '\uFEFF# feed\r\n\r\n; more\r\nThreat_IP,threat_comment\r\n203.0.113.7,C2\r\n   \r\n198.51.100.9\r\n';
    expect(read(text)).toEqual({
      indicators: [
        ['203.0.113.7', 'C2'],
        ['198.51.100.9', ''],
      ],
      problems: [],
    });
    expect(read('203.0.113.7\nthreat_ip,threat_comment').problems).toEqual([
      { source: 'iocs.csv', line: 2, entry: 'threat_ip', kind: 'invalid', reason: 'is no address or CIDR' },
    ]);
  });

  it.each([
    '203.0.113.007',
    '203.0.113',
    '203.0.113.256',
    '203.0.113.7/33',
    '203.0.113.7/024',
    '203.0.113.7/',
    '203.0.113.7-9',
    '2001:db8::g',
    'fe80::1%eth0',
    '2001:db8::/129',
    '::ffff:203.0.113.7/24',
    'evil.example.com',
    '0xcb007107',
    '3405803783',
    '-',
    ',C2',
    '"203.0.113.7',
  ])('%s is invalid', (line) => {
    const { indicators, problems } = read(`198.51.100.9\n${line}\n198.51.100.10`);
    expect(indicators).toEqual([
      ['198.51.100.9', ''],
      ['198.51.100.10', ''],
    ]);
    expect(problems).toMatchObject([{ source: 'iocs.csv', line: 2, kind: 'invalid' }]);
  });

  it('masks host bits, and says so', () => {
    const { indicators, problems } = read('203.0.113.7/24,C2\n2001:db8::7/32');
    expect(indicators).toEqual([
      ['203.0.113.0/24', 'C2'],
      ['2001:db8::/32', ''],
    ]);
    expect(problems.map(({ line, kind, reason }) => [line, kind, reason])).toEqual([
      [1, 'masked', 'has host bits set; read as 203.0.113.0/24'],
      [2, 'masked', 'has host bits set; read as 2001:db8::/32'],
    ]);
  });

  it('shows no control characters and no endless entry of a binary file', () => {
    const { problems } = read(`\u001b[31m\u0000\u009b${'x'.repeat(500)}`);
    expect(problems).toHaveLength(1);
    expect(problems[0]!.entry).toMatch(/^\?\[31m\?\?x+…$/);
    expect(problems[0]!.entry.length).toBeLessThanOrEqual(60);
  });
});

describe('several lists', () => {
  it('doubles merge; the first comment and list stay', () => {
    const { indicators, problems } = readIndicatorLists(
      [
        { source: 'a.csv', text: '203.0.113.7,first\n203.0.113.0/24' },
        { source: 'b.txt', text: '203.0.113.7 # second\n::ffff:203.0.113.7\n203.0.113.9/24 x\n198.51.100.9 new' },
      ],
      OPEN,
    );
    expect([...indicators].map(({ text, comment, source }) => [text, comment, source])).toEqual([
      ['203.0.113.7', 'first', 'a.csv'],
      ['203.0.113.0/24', '', 'a.csv'],
      ['198.51.100.9', 'new', 'b.txt'],
    ]);
    expect(problems).toMatchObject([{ source: 'b.txt', line: 3, kind: 'masked' }]);
  });

  it('no list, no indicators', () => {
    const { indicators, problems } = readIndicatorLists([], OPEN);
    expect([[...indicators], problems]).toEqual([[], []]);
    expect(read('')).toEqual({ indicators: [], problems: [] });
  });
});

describe('the gate', () => {
  const reserved = [
    '0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.168.0.0/16',
    '198.18.0.0/15 224.0.0.0/4 240.0.0.0/4 ::/128 ::1/128 64:ff9b:1::/48 100::/64 fc00::/7 fe80::/10 ff00::/8',
  ].flatMap((line) => line.split(' '));

  it.each(reserved)('%s is refused', (text) => {
    const { prefixLength, family } = network(text);
    const isTooWide = prefixLength < (family === 4 ? 8 : 16);
    expect(refuse(network(text), OPEN)).toMatch(isTooWide ? /^is wider than \/(8|16)$/ : /^overlaps /);
  });

  it.each([
    ['10.1.2.3', 'overlaps private space 10.0.0.0/8'],
    ['172.31.255.255', 'overlaps private space 172.16.0.0/12'],
    ['192.160.0.0/11', 'overlaps private space 192.168.0.0/16'],
    ['100.127.255.255', 'overlaps shared address space 100.64.0.0/10'],
    ['192.0.0.0/16', 'overlaps protocol assignments 192.0.0.0/24'],
    ['198.19.255.255', 'overlaps benchmarking 198.18.0.0/15'],
    ['255.255.255.255', 'overlaps reserved space 240.0.0.0/4'],
    ['239.1.1.1', 'overlaps multicast 224.0.0.0/4'],
    ['fdff::1', 'overlaps unique local fc00::/7'],
    ['febf::1', 'overlaps link-local fe80::/10'],
    ['ff02::1', 'overlaps multicast ff00::/8'],
    ['64:ff9b:1:ffff::1', 'overlaps local-use translation 64:ff9b:1::/48'],
    ['100::/32', 'overlaps discard-only 100::/64'],
    ['0.0.0.0/0', 'is the whole internet'],
    ['::/0', 'is the whole internet'],
    ['::ffff:0.0.0.0/96', 'is the whole internet'],
    ['8.0.0.0/7', 'is wider than /8'],
    ['2000::/15', 'is wider than /16'],
  ])('%s %s', (text, reason) => {
    expect(refuse(network(text), OPEN)).toBe(reason);
    expect(read(text).problems).toMatchObject([{ kind: 'refused', reason }]);
    expect(read(text).indicators).toEqual([]);
  });

  it.each([
    '192.0.2.7',
    '198.51.100.0/24',
    '203.0.113.0/24',
    '2001:db8::/32',
    '11.0.0.0/8',
    '100.128.0.0/9',
    '172.32.0.0/11',
    '192.0.1.0/24',
    '198.20.0.1',
    '223.255.255.255',
    '64:ff9b::cb00:7107',
    '100:0:0:1::',
    '::2',
  ])('%s passes', (text) => {
    expect(refuse(network(text), OPEN)).toBeUndefined();
  });

  it('refuses what overlaps the user’s own ranges, either way round', () => {
    const gate = { own: [network('198.51.100.0/24'), network('2001:db8:7::/48')] };
    expect(refuse(network('198.51.100.9'), gate)).toBe('overlaps your own range 198.51.100.0/24');
    expect(refuse(network('198.51.0.0/16'), gate)).toBe('overlaps your own range 198.51.100.0/24');
    expect(refuse(network('2001:db8::/32'), gate)).toBe('overlaps your own range 2001:db8:7::/48');
    expect(refuse(network('198.51.101.9'), gate)).toBeUndefined();
  });
});

describe('readAllowlist', () => {
  it('takes the same lines without a gate', () => {
    const { networks, problems } = readAllowlist([
      {
        source: 'allow.txt',
        text: '# ours\n10.0.0.0/8 office\n203.0.113[.]7,resolver\n0.0.0.0/0\nnonsense\n203.0.113.9/24',
      },
    ]);
    expect(networks.map(({ text }) => text)).toEqual(['10.0.0.0/8', '203.0.113.7', '0.0.0.0/0', '203.0.113.0/24']);
    expect(problems).toEqual([
      { source: 'allow.txt', line: 5, entry: 'nonsense', kind: 'invalid', reason: 'is no address or CIDR' },
    ]);
  });
});
