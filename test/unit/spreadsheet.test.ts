/** `--output csv`: text that a spreadsheet would compute is text, and nothing else is changed. */
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toCsvField } from '../../src/cli/output.ts';
import { writeRows } from '../../src/cli/rows.ts';
import { toSafeCell } from '../../src/cli/spreadsheet.ts';

/** What a spreadsheet takes for the beginning of a formula, at the beginning of anything it may take for a cell. */
const COMPUTED = /(^|[;\t\r\n])[ \u00a0\u200b\ufeff]*[=+\-@＝＋－＠]|^[\t\r\n]/;
const HOSTILE = fc
  .array(
    fc.oneof(
      fc.string({ maxLength: 3 }),
      fc.constantFrom(
        ...'=+-@＝＋－＠\t\r\n;,"\' \u00a0\ufeff',
        "=cmd|' /C calc'!A0",
        '=HYPERLINK("http://192.0.2.1")',
        '-5',
      ),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(''));

/** A number is computed to itself. */
const isPlain = (text: string) => text === '-' || /^[+-]?\d+(\.\d+)?$/.test(text);

describe('text', () => {
  it.each([
    ['=1+1', "'=1+1"],
    ["=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['＝1+1', "'＝1+1"],
    ['\t=1', "'\t'=1"],
    ['+1-800-555', "'+1-800-555"],
    ['  =1', "  '=1"],
    ['panel;=1', "panel;'=1"],
    ['a\n-b', "a\n'-b"],
    ["'=1", "''=1"],
  ])('%j becomes %j', (text, safe) => expect(toSafeCell(text)).toBe(safe));

  it.each([
    ...['-', '-5', '+3.25', '', '2001:db8::7', '::1', '203.0.113.0/24', '2026-09-01T00:05:12Z', 'i-0c6318a59d02e7b40'],
    ...['C2 panel', 'a=b', "it's", 'x - y', '100 %', "'quoted'", 'fh-02d8'],
  ])('%j stays', (text) => expect(toSafeCell(text)).toBe(text));

  it('is never a formula, and can be had back', () => {
    fc.assert(
      fc.property(HOSTILE, (text) => {
        const safe = toSafeCell(text);
        if (!isPlain(text)) expect(safe).not.toMatch(COMPUTED);
        expect(undo(safe)).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });

  it('takes no longer for a long text than reading it', () => {
    for (const piece of ['\t', ' ', ';', "'", ' ;', "'\n"]) {
      const started = performance.now();
      toSafeCell(piece.repeat(500_000));
      expect(performance.now() - started).toBeLessThan(2000);
    }
  });
});

describe('a document', () => {
  it('is text where it is text only', () => {
    expect([-5, -5n, 0, 2n ** 60n].map(toCsvField)).toEqual(['-5', '-5', '0', '1152921504606846976']);
    expect([null, undefined, '', '-', true].map(toCsvField)).toEqual(['', '', '', '-', 'true']);
    expect(toCsvField(['=1', '=2'])).toBe("'=1 =2");
    expect(toCsvField([{ service: '6/443', records: 12 }])).toBe('"{""service"":""6/443"",""records"":12}"');
  });

  it('comes back from a parser of RFC 4180 as one row of as many fields', () => {
    fc.assert(
      fc.property(fc.array(HOSTILE, { minLength: 2, maxLength: 5 }), (texts) => {
        const rows = parse(`${texts.map(toCsvField).join(',')}\n`, {
          relax_column_count: false,
          record_delimiter: '\n',
        });
        expect(rows.map((row: string[]) => row.map(undo))).toEqual([texts]);
      }),
      { numRuns: 500 },
    );
  });
});

it('rows of a query: text is safe, numbers are as the engine wrote them', async () => {
  const columns = [
    { name: 'a', kind: 'text' as const },
    { name: 'n', kind: 'number' as const },
  ];
  async function* rows() {
    yield ['=1', '-5'];
    yield ['-', null];
    yield ['eni-0a', '12.50'];
  }
  let text = '';
  const write = async (more: string) => {
    text += more;
  };
  await writeRows({ columns, rows: rows() }, 'csv', { write, say: () => {} });
  expect(text).toBe("a,n\n'=1,-5\n-,\neni-0a,12.50\n");
});

/** One quote less wherever one was put. */
function undo(safe: string): string {
  if (isPlain(safe)) return safe;
  return safe.replace(/^'(?='*[\t\r\n])|(?<=^|[;\t\r\n])([ \u00a0\u200b\ufeff]*)'(?='*[=+\-@＝＋－＠])/g, '$1');
}
