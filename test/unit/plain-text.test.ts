import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toAsciiLine, toLine } from '../../src/core/plain-text.ts';

const charactersOf = (text: string) =>
  [...new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text)].map(({ segment }) => segment);

describe('toLine', () => {
  it.each([
    [' C2\r\n\tof\u0000 someone\u001b[31m ', 'C2 of someone [31m'],
    ['invoice\u202egpj.exe', 'invoice�gpj.exe'],
    ['a\u2066b\u200bc\u00add\u{e0041}e', 'a�b�c�d�e'],
    ['half \ud83d', 'half �'],
    ['👨‍👩‍👧 ❤\ufe0f क्‍ष', '👨‍👩‍👧 ❤\ufe0f क्‍ष'],
    ['\u2028\u2029\ufeff', ''],
  ])('%j is %j', (text, line) => expect(toLine(text, 100)).toBe(line));

  it.each([
    ['e\u0301e\u0301e\u0301', 5, 'e\u0301e\u0301…'],
    ['e\u0301e\u0301e\u0301', 4, 'e\u0301…'],
    ['x👨‍👩‍👧', 6, 'x…'],
    ['🇫🇷🇩🇪', 7, '🇫🇷…'],
    [`a${'\u0301'.repeat(50)}`, 20, '…'],
    ['abcdef', 6, 'abcdef'],
    ['abcdefg', 6, 'abcde…'],
  ])('%j in %i is %j', (text, length, line) => expect(toLine(text, length)).toBe(line));

  it('is one line of whole characters, and no longer than it may be', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.string({ unit: 'grapheme', maxLength: 60 }),
      fc
        .array(fc.constantFrom('e\u0301', '👨‍👩‍👧', '🇫🇷', '한', 'क्ष', '\r', '\n', '\u202e', '\ud83d', 'x'))
        .map((all) => all.join('')),
    );
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 40 }), (some, length) => {
        const [line, whole] = [toLine(some, length), toLine(some, Number.MAX_SAFE_INTEGER)];
        expect(line.length).toBeLessThanOrEqual(length);
        expect(line.isWellFormed()).toBe(true);
        expect(line).not.toMatch(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u);
        if (whole.length <= length) expect(line).toBe(whole);
        else
          expect(
            charactersOf(whole)
              .slice(0, charactersOf(line.slice(0, -1)).length)
              .join(''),
          ).toBe(line.slice(0, -1));
      }),
      { numRuns: 2000 },
    );
  });

  it('takes a megabyte in its stride', () => {
    const started = performance.now();
    for (const unit of ['e\u0301', '👨‍👩‍👧', '\u202e', ' \n']) toLine(unit.repeat(300_000), 1024);
    expect(performance.now() - started).toBeLessThan(3000);
  });
});

it('toAsciiLine', () => {
  expect(toAsciiLine('Größe é 漢字', 99)).toBe('Gro?e e ?');
  expect(toAsciiLine('x'.repeat(100), 10)).toBe('xxxxxxx...');
  expect(toAsciiLine('a\u202eb', 10)).toBe('a?b');
});
