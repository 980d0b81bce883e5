import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutText, padText, toWidth, wrapText } from '../../src/cli/text-width.ts';

/** Text with everything that makes cells hard to count. */
const TEXT = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 8 }),
      fc.constantFrom(
        '漢字',
        'é',
        'e\u0301',
        '👨‍👩‍👧',
        '🇫🇷',
        '❤\ufe0f',
        '한',
        'ｆｕｌｌ',
        'क्ष',
        ' ',
        ' · ',
        'a\u200bb',
        '…',
      ),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));
const CELLS = fc.integer({ min: 2, max: 30 });

describe('width', () => {
  it.each([
    ['plain', 5],
    ['', 0],
    ['é', 1],
    ['e\u0301', 1],
    ['漢字', 4],
    ['한', 2],
    ['ｆ', 2],
    ['👍', 2],
    ['→ ± · … █ “ü”', 13],
    ['a\u200bb\u202ec', 3],
  ])('%j takes %i cells', (text, cells) => expect(toWidth(text)).toBe(cells));

  it('padding fills up, and never cuts', () => {
    expect(padText('漢', 4)).toBe('漢  ');
    expect(padText('abc', 2)).toBe('abc');
  });
});

describe('cutting', () => {
  it('says that it cut', () => {
    expect(cutText('abcdef', 6)).toBe('abcdef');
    expect(cutText('abcdefg', 6)).toBe('abcde…');
    expect(cutText('漢字漢字', 6)).toBe('漢字…');
  });

  it('takes no character apart, and no more cells than there are', () => {
    fc.assert(
      fc.property(TEXT, CELLS, (text, cells) => {
        const cut = cutText(text, cells);
        expect(toWidth(cut)).toBeLessThanOrEqual(cells);
        if (toWidth(text) <= cells) expect(cut).toBe(text);
        else expect(isStartOfCharacters(cut.slice(0, -1), text)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('what is piled up on one letter is no character', () => {
    expect(cutText(`a${'\u0301'.repeat(5000)}b`, 10)).toBe('?b');
  });
});

describe('wrapping', () => {
  it('keeps parts whole, then words', () => {
    expect(wrapText('one · two three · four', 12, ' · ')).toEqual(['one', 'two three', 'four']);
    expect(wrapText('one · two three · four', 16, ' · ')).toEqual(['one · two three', 'four']);
    expect(wrapText('one two three', 7)).toEqual(['one two', 'three']);
    expect(wrapText('eni-0a5d83f17c2094be8', 8)).toEqual(['eni-0a5d', '83f17c20', '94be8']);
    expect(wrapText('', 8)).toEqual(['']);
  });

  it('no line is too wide, nothing is left out, no character is taken apart', () => {
    fc.assert(
      fc.property(TEXT, CELLS, fc.constantFrom(' ', ' · '), (text, cells, separator) => {
        const lines = wrapText(text, cells, separator);
        for (const line of lines) expect(toWidth(line)).toBeLessThanOrEqual(Math.max(cells, widest(text)));
        const letters = (some: string) => some.replaceAll(/[ ·]/g, '');
        expect(letters(lines.join(''))).toBe(letters(text));
        expect(charactersOf(letters(lines.join('')))).toEqual(charactersOf(letters(text)));
      }),
      { numRuns: 500 },
    );
  });
});

function charactersOf(text: string): string[] {
  return [...new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text)].map(({ segment }) => segment);
}

/** A single character may be wider than the line: a family of five where it is drawn one by one. */
function widest(text: string): number {
  return Math.max(0, ...charactersOf(text).map(toWidth));
}

function isStartOfCharacters(start: string, text: string): boolean {
  const all = charactersOf(text);
  return all.some((_, i) => all.slice(0, i).join('') === start) || start === '';
}
