import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseNetwork } from '../../src/core/address.ts';
import { NO_INDICATORS, readIndicatorDocument, writeIndicatorDocument } from '../../src/core/indicator-document.ts';
import { READING_VERSION, readAllowlist, readIndicatorLists } from '../../src/core/indicator-list.ts';
import { listFiles } from '../oracle/arbitrary-lists.ts';
import { runs } from '../property/runs.ts';

const toText = (bytes: Uint8Array) => Buffer.from(bytes).toString();

describe('the document of a version', () => {
  it('is JSON with an indicator a line, in the order of the lists', () => {
    const text = '203.0.113.7,"say ""hi"""\n2001:DB8::/32 # drop\n203.0.113.0/24\n203.0.113.7,again\n';
    const { indicators } = readIndicatorLists([{ source: 'c2.csv', text }], { own: [] });
    const document = toText(
      writeIndicatorDocument({ indicators, allowed: [parseNetwork('198.51.100.0/24')!.network] }),
    );
    // Its hash is the version's key: another text is another version, with a retro-hunt for each deployment.
    expect(document).toBe(
      [
        '{"allowed":["198.51.100.0/24"],"indicators":[',
        String.raw`{"text":"203.0.113.7","comment":"say \"hi\"","source":"c2.csv"},`,
        '{"text":"2001:db8::/32","comment":"drop","source":"c2.csv"},',
        '{"text":"203.0.113.0/24","comment":"","source":"c2.csv"}',
        ']}',
        '',
      ].join('\n'),
    );
    expect(toText(writeIndicatorDocument(NO_INDICATORS))).toBe('{"allowed":[],"indicators":[\n\n]}\n');
  });

  it('is read as it was written', () => {
    const allowed = fc.constantFrom([], ['203.0.113.0/25'], ['2001:db8::/32', '198.51.100.9']);
    fc.assert(
      fc.property(listFiles({}), allowed, (files, allow) => {
        const lists = files.map(({ name, text }) => ({ source: name, text }));
        const version = {
          indicators: readIndicatorLists(lists, { own: [] }).indicators,
          allowed: allow.map((text) => parseNetwork(text)!.network),
        };
        const document = toText(writeIndicatorDocument(version));
        const read = readIndicatorDocument(document);
        expect([...read.indicators]).toEqual([...version.indicators]);
        expect(read.allowed).toEqual(version.allowed);
        const { indicators } = JSON.parse(document) as { indicators: { text: string }[] };
        expect(indicators.map(({ text }) => text)).toEqual(Array.from(version.indicators, ({ text }) => text));
      }),
      runs(300),
    );
  });

  it('of many is written in pieces that fit together', () => {
    const entries = Array.from(
      { length: 12_000 },
      (_, i) => `198.${51 + (i >> 14)}.${(i >> 8) & 63}.${i & 255},c ${i % 7}`,
    );
    const { indicators } = readIndicatorLists([{ source: 'l', text: entries.join('\n') }], { own: [] });
    const document = toText(writeIndicatorDocument({ indicators, allowed: [] }));
    expect((JSON.parse(document) as { indicators: unknown[] }).indicators).toHaveLength(12_000);
    expect(readIndicatorDocument(document).indicators).toHaveLength(12_000);
  });
});

it('the number of the reading changes with what is read', () => {
  const lines = [
    '\uFEFFthreat_ip,threat_comment\r\n203.0.113.7,"C2, ""main""",high\r\n  198.51.100.9 , x  \n# note\n; note\n\n',
    '192.0.2[.]1\tdefanged\n192.0.2.2#at once\n192.0.2.3 # C2 # main\n192.0.2.0/24 ; SBL\n203.0.113.7 again\n',
    '2001:DB8::7/32\n::ffff:192.0.2.4\n::ffff:192.0.2.0/120\n2001[:]db8::1/128\n192.0.2.5,"open\n192.0.2.6,\n',
    '10.0.0.1\n0.0.0.0/0\n8.0.0.0/7\n198.51.100.77\n2000::/15\nfe80::1\n192.0.2.007\n192.0.2.7/33\nevil.example.com\n,C2\n',
  ];
  const texts = lines.map((text, i) => ({ source: `${i}.csv`, text }));
  const { indicators, problems } = readIndicatorLists(texts, { own: [parseNetwork('198.51.100.77')!.network] });
  const { networks, problems: odd } = readAllowlist(texts);
  const all = JSON.stringify([[...indicators], problems, networks, odd]);
  const digest = createHash('sha256').update(all).digest('hex').slice(0, 16);
  // Another digest is another reading of the same text: raise READING_VERSION, or homes go by what they noted before.
  expect([READING_VERSION, digest]).toEqual([1, '1363912c8181d3e7']);
});
