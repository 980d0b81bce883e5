import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseNetwork } from '../../src/core/address.ts';
import { NO_INDICATORS, readIndicatorDocument, writeIndicatorDocument } from '../../src/core/indicator-document.ts';
import { readIndicatorLists } from '../../src/core/indicator-list.ts';
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
