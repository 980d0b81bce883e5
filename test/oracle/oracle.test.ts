/** The oracle is held against examples worked out by hand, so that it may judge the product. */
import { isIP } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holds, readAddress, readNetwork, writeAddress, writeNetwork } from './oracle-address.ts';
import { readAllowlist, readLists } from './oracle-indicators.ts';
import { dataRatios, directionalRows, twoDecimals } from './oracle-queries.ts';
import { readKey, readRows } from './oracle-records.ts';
import { findSightings } from './oracle-sightings.ts';
import { pack, toOracleObject } from './world.ts';

const canonical = (text: string) => {
  const address = readAddress(text);
  return address === undefined ? undefined : writeAddress(address);
};
const network = (text: string) => {
  const read = readNetwork(text);
  return read === undefined ? undefined : writeNetwork(read);
};

describe('addresses', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['255.255.255.255', '255.255.255.255'],
    ['::', '::'],
    ['1::', '1::'],
    ['2001:DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['::ffff:cb00:7107', '203.0.113.7'],
    ['2001:db8::203.0.113.7', '2001:db8::cb00:7107'],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
  ])('%s is %s', (text, expected) => expect(canonical(text)).toBe(expected));

  it.each(
    '203.0.113.07 203.0.113 256.0.0.1 1.2.3.4.5 :::1 1::2::3 1:2:3:4:5:6:7 1:2:3:4:5:6:7:8:9 12345:: ::g 1:2:3:4:5:6:7:8:: :1:2:3:4:5:6:7 1:2:3:4:5:6:7: ::1.2.3 1.2.3.4:: fe80::1%eth0'.split(
      ' ',
    ),
  )('%s is none', (text) => expect(canonical(text)).toBeUndefined());

  it('agrees with the URL parser on every IPv6 address', () => {
    const groups = fc.array(fc.constantFrom('0', '0', '00', '1', 'ffff', 'DB8', '0a0'), { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(groups, (parts) => {
        const text = parts.join(':');
        const expected = new URL(`http://[${text}]/`).hostname.slice(1, -1);
        if (!expected.startsWith('::ffff:')) expect(canonical(text)).toBe(expected);
        expect(canonical(expected)).toBe(canonical(text));
      }),
    );
  });

  it('agrees with node:net on what is an address', () => {
    const piece = fc.constantFrom('0', '1', '255', '256', '01', 'f', 'ffff', '12345', ':', '::', '.', ':', '.', '10');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 17 }), (pieces) => {
        const text = pieces.join('');
        expect(readAddress(text) !== undefined, text).toBe(isIP(text) !== 0);
      }),
      { numRuns: 2000 },
    );
  });

  it('reads networks', () => {
    expect(network('203.0.113.77/24')).toBe('203.0.113.0/24');
    expect(network('203.0.113.7/32')).toBe('203.0.113.7');
    expect(network('2001:db8::1/128')).toBe('2001:db8::1');
    expect(network('2001:db8:ffff::/33')).toBe('2001:db8:8000::/33');
    expect(network('::ffff:203.0.113.0/120')).toBe('203.0.113.0/24');
    expect(network('0.0.0.0/0')).toBe('0.0.0.0/0');
    for (const text of ['203.0.113.0/33', '203.0.113.0/', '2001:db8::/129', '1.2.3.4/24/24', '/24'])
      expect(network(text), text).toBeUndefined();
    expect(holds(readNetwork('203.0.113.8/29')!, readAddress('203.0.113.15')!)).toBe(true);
    expect(holds(readNetwork('203.0.113.8/29')!, readAddress('203.0.113.16')!)).toBe(false);
    expect(holds(readNetwork('2001:db8::/32')!, readAddress('203.0.113.7')!)).toBe(false);
  });
});

describe('lists', () => {
  const read = (text: string, own?: string[]) => readLists([{ name: 'l.csv', text }], own);
  const named = (text: string) => read(text).indicators.map(({ text: name, comment }) => `${name} = ${comment}`);

  it('reads CSV with BOM, CRLF, header and quotes', () => {
    expect(
      named('\uFEFFthreat_ip,threat_comment\r\n203.0.113.7,"C2, ""big"""\r\n"2001:DB8::7",x\r\n192.0.2.1\r\n'),
    ).toEqual(['203.0.113.7 = C2, "big"', '2001:db8::7 = x', '192.0.2.1 = ']);
  });

  it('reads plain lines', () => {
    const text = '# head\n;no\n 203.0.113.7\tC2 panel \n192.0.2[.]4 ; SBL1\n198.51.100.9/24#net\n192.0.2.1;a, b\n\n';
    expect(named(text)).toEqual([
      '203.0.113.7 = C2 panel',
      '192.0.2.4 = SBL1',
      '198.51.100.0/24 = net',
      '192.0.2.1 = a, b',
    ]);
    expect(read(text).masked).toEqual([{ source: 'l.csv', line: 5 }]);
  });

  it('merges doubles, the first comment and list stay', () => {
    const lists = [
      { name: 'a', text: '203.0.113.7/32,first\n203.0.113.7,second' },
      { name: 'b', text: '::ffff:203.0.113.7,third\n192.0.2.1,b' },
    ];
    expect(readLists(lists).indicators.map(({ text, comment, source }) => [text, comment, source])).toEqual([
      ['203.0.113.7', 'first', 'a'],
      ['192.0.2.1', 'b', 'b'],
    ]);
  });

  it('refuses and rejects by line', () => {
    const { indicators, refused, invalid } = read(
      '203.0.113.07\n10.1.1.1\n0.0.0.0/0\n8.0.0.0/7\n2001::/15\n203.0.113.7\n"x',
      ['203.0.113.0/24'],
    );
    expect(indicators).toEqual([]);
    expect(invalid.map(({ line }) => line)).toEqual([1, 7]);
    expect(refused.map(({ line }) => line)).toEqual([2, 3, 4, 5, 6]);
    expect(read('8.0.0.0/8\n2001::/16\n203.0.113.0/24\n2001:db8::/32').indicators).toHaveLength(4);
  });

  it('does not gate the allowlist', () => {
    expect(readAllowlist('10.0.0.0/8 ours\n# x\nnonsense').map(writeNetwork)).toEqual(['10.0.0.0/8']);
  });
});

describe('keys', () => {
  const file = '111122223333_vpcflowlogs_us-east-1_fl-01_20260901T0005Z_aa.log.gz';
  it.each([
    'AWSLogs/111122223333/vpcflowlogs/us-east-1/2026/09/01/',
    'AWSLogs/111122223333/vpcflowlogs/us-east-1/2026/09/01/07/',
    'a/b c/AWSLogs/o-abc/111122223333/vpcflowlogs/us-east-1/2026/09/01/',
    'AWSLogs/aws-account-id=111122223333/aws-service=vpcflowlogs/aws-region=us-east-1/year=2026/month=09/day=01/hour=07/',
  ])('%s', (folder) =>
    expect(readKey(folder + file)).toEqual({ name: file, account: '111122223333', region: 'us-east-1' }),
  );
  it.each(['readme.txt', 'AWSLogs/notes.gz', 'AWSLogs/111122223333/CloudTrail/us-east-1/2026/09/01/x.log.gz'])(
    '%s is foreign',
    (key) => expect(readKey(key)).toBeUndefined(),
  );
});

const KEY =
  'AWSLogs/111122223333/vpcflowlogs/us-east-1/2026/09/01/111122223333_vpcflowlogs_us-east-1_fl-01_20260901T0005Z_aa.log.gz';
const HEADER =
  'account-id interface-id srcaddr dstaddr srcport dstport packets bytes start end action log-status pkt-srcaddr pkt-dstaddr';
const object = (...lines: string[]) => ({ key: KEY, text: [HEADER, ...lines, ''].join('\n'), isDamaged: false });
const at = (second: number) => 1788220800 + second; // 2026-09-01T00:00:00Z

describe('rows', () => {
  it('tells malformed from good', () => {
    const good = '444455556666 eni-1 10.0.0.5 203.0.113.7 1 2 3 4 5 6 ACCEPT OK - -';
    const bad = [
      good.replace(' 3 ', ' -3 '),
      good.replace(' 3 ', ' 9223372036854775808 '),
      good.replace('10.0.0.5', '10.0.0.05'),
      `${good} x`,
      good.slice(13),
      HEADER,
    ];
    const fine = [good, good.replace(' 3 ', ' 9223372036854775807 '), good.replace(' 3 ', ' - ')];
    expect(readRows(object(...bad, '', ...fine)).malformed).toBe(6);
    expect(readRows(object(...bad, '', ...fine)).rows).toHaveLength(3);
    expect(readRows({ key: KEY, text: `a b\n${good}`, isDamaged: false }).isUsable).toBe(false);
  });

  it('takes an open last line of a sound object only', () => {
    const text = `${HEADER}\r\n444455556666 eni-1 10.0.0.5 203.0.113.7 1 2 3 4 5 6 ACCEPT OK - -`;
    expect(readRows({ key: KEY, text, isDamaged: false }).rows).toHaveLength(1);
    expect(readRows({ key: KEY, text, isDamaged: true }).rows).toHaveLength(0);
  });
});

describe('sightings', () => {
  const list = readLists([{ name: 'l', text: '203.0.113.0/24 net\n203.0.113.7 C2\n192.0.2.1' }]).indicators;

  it('counts a row once per indicator and side, for the most specific', () => {
    const found = findSightings({
      objects: [
        object(
          // The same row on both columns, then one column each way, then the wider indicator.
          `444455556666 eni-1 10.0.0.5 203.0.113.7 1 2 3 4 ${at(9)} ${at(60)} ACCEPT OK 10.0.0.5 203.0.113.7`,
          `unknown eni-1 203.0.113.7 10.0.0.5 1 2 - 9007199254740993 - ${at(30)} REJECT OK - -`,
          `444455556666 eni-1 10.0.0.99 203.0.113.8 1 2 1 1 ${at(1)} ${at(2)} - OK 10.0.0.5 203.0.113.9`,
          `444455556666 eni-1 10.0.0.5 203.0.113.7 1 2 3 4 ${at(9)} ${at(60)} ACCEPT NODATA - -`,
        ),
      ],
      indicators: list,
    });
    const common = { region: 'us-east-1', interface_id: 'eni-1', local_ip: '10.0.0.5', source: 'l' };
    const none = { records_in: 0, bytes_in: 0n, packets_in: 0n, records_out: 0, bytes_out: 0n, packets_out: 0n };
    expect(found).toEqual([
      {
        ...{
          ...common,
          ...none,
          indicator: '203.0.113.0/24',
          indicator_ip: ['203.0.113.8', '203.0.113.9'],
          comment: 'net',
        },
        ...{ account_id: '444455556666', records_out: 1, bytes_out: 1n, packets_out: 1n, accepted: 0, rejected: 0 },
        ...{ first_seen: '2026-09-01T00:00:01Z', last_seen: '2026-09-01T00:00:02Z', also_in: [] },
      },
      {
        ...{ ...common, ...none, indicator: '203.0.113.7', indicator_ip: ['203.0.113.7'], comment: 'C2' },
        ...{ account_id: '111122223333', records_in: 1, bytes_in: 9007199254740993n, packets_in: 0n, accepted: 0 },
        ...{ rejected: 1, first_seen: null, last_seen: '2026-09-01T00:00:30Z', also_in: ['203.0.113.0/24'] },
      },
      {
        ...{ ...common, ...none, indicator: '203.0.113.7', indicator_ip: ['203.0.113.7'], comment: 'C2' },
        ...{ account_id: '444455556666', records_out: 1, bytes_out: 4n, packets_out: 3n, accepted: 1, rejected: 0 },
        ...{ first_seen: '2026-09-01T00:00:09Z', last_seen: '2026-09-01T00:01:00Z', also_in: ['203.0.113.0/24'] },
      },
    ]);
  });

  it('gives each end its own sighting and lets the allowlist win', () => {
    const objects = [object(`- - 192.0.2.1 203.0.113.7 1 2 3 4 ${at(0)} ${at(1)} ACCEPT OK - -`)];
    const brief = (allow?: string) =>
      findSightings({ objects, indicators: list, ...(allow ? { allow: readAllowlist(allow) } : {}) }).map(
        ({ indicator, local_ip, records_in, records_out }) => [indicator, local_ip, records_in, records_out],
      );
    expect(brief()).toEqual([
      ['192.0.2.1', '203.0.113.7', 1, 0],
      ['203.0.113.7', '192.0.2.1', 0, 1],
    ]);
    expect(brief('203.0.113.0/28')).toEqual([['192.0.2.1', '203.0.113.7', 1, 0]]);
  });

  it('selects by the end of the row and by the key', () => {
    const objects = [object(`- - 10.0.0.5 192.0.2.1 1 2 3 4 ${at(0)} ${at(60)} ACCEPT OK - -`)];
    const count = (question: object) => findSightings({ objects, indicators: list, ...question }).length;
    expect(count({ from: new Date(at(60) * 1000) })).toBe(1);
    expect(count({ from: new Date(at(61) * 1000) })).toBe(0);
    expect(count({ to: new Date(at(60) * 1000) })).toBe(0);
    expect(count({ accounts: ['444455556666'] })).toBe(0);
    expect(count({ accounts: ['111122223333'], regions: ['us-east-1'] })).toBe(1);
    expect(count({ regions: ['eu-west-1'] })).toBe(0);
  });
});

describe('queries', () => {
  const objects = [
    object(
      `444455556666 eni-1 10.0.0.5 203.0.113.7 51234 443 3 5 ${at(0)} ${at(60)} ACCEPT OK - -`,
      `444455556666 eni-1 10.0.0.5 203.0.113.7 51234 443 3 8 ${at(5)} ${at(61)} ACCEPT OK - -`,
      `444455556666 - 203.0.113.7 10.0.0.5 443 - - - ${at(0)} - REJECT SKIPDATA - -`,
    ),
  ];

  it('shows rows as seen from the IOC', () => {
    expect(directionalRows(objects, ['203.0.113.7'])).toEqual([
      '444455556666,eni-1,10.0.0.5:51234,203.0.113.7:443,INBOUND,10.0.0.5,51234,,3,5,ACCEPT,OK,2026-09-01 00:00:00.000,2026-09-01 00:01:00.000,60',
      '444455556666,-,203.0.113.7:443,,OUTBOUND,10.0.0.5,,,,,REJECT,SKIPDATA,2026-09-01 00:00:00.000,,',
      '444455556666,eni-1,10.0.0.5:51234,203.0.113.7:443,INBOUND,10.0.0.5,51234,,3,8,ACCEPT,OK,2026-09-01 00:00:05.000,2026-09-01 00:01:01.000,56',
    ]);
  });

  it('divides bytes by records', () => {
    expect(dataRatios(objects, '10.0.0.5')).toEqual([
      '10.0.0.5,203.0.113.7,2,13,6.50,2026/09/01 00:00:00,2026/09/01 00:01:01',
      '203.0.113.7,10.0.0.5,1,0,0.00,2026/09/01 00:00:00,',
    ]);
    expect(twoDecimals(10n, 3n)).toBe('3.33');
    expect(twoDecimals(5n, 8n)).toBe('0.63');
    expect(twoDecimals(9223372036854775807n * 3n, 3n)).toBe('9223372036854775807.00');
  });
});

describe('damage', () => {
  const text = Array.from({ length: 400 }, (_, i) => `row ${i} ${Math.sin(i)}`).join('\n');

  it('keeps what precedes a break', () => {
    expect(toOracleObject({ key: KEY, text, packing: { how: 'corrupt', at: 0.5 } }).text).toBe(
      text.slice(0, Math.floor(text.length / 2)),
    );
    const cut = toOracleObject({ key: KEY, text, packing: { how: 'truncated', at: 0.5 } });
    expect(text.startsWith(cut.text)).toBe(true);
    expect(cut.text.length).toBeGreaterThan(1000);
    expect(cut.text.length).toBeLessThan(text.length);
    expect(pack({ key: KEY, text, packing: { how: 'zero' } })).toHaveLength(0);
  });
});
