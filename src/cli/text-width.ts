/** Cells that text takes on a terminal; text is cut and wrapped between characters, never inside one. */
import { toCharacters } from '../core/plain-text.ts';

/** Marks and invisible characters have no cell of their own. */
const NO_CELL = /^[\p{Mn}\p{Me}\p{Cf}\p{Default_Ignorable_Code_Point}\u1160-\u11ff]$/u;
/** East Asian Wide and Fullwidth, as far as letters and signs go: https://www.unicode.org/reports/tr11/ */
const TWO_CELLS =
  /^[\u1100-\u115f\u231a\u231b\u2329\u232a\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{16fe0}-\u{18cff}\u{1aff0}-\u{1b2ff}\u{20000}-\u{3fffd}\p{Emoji_Presentation}]$/u;
/** Asks for the picture instead of the sign, which is wider. */
const PICTURE = '\ufe0f';
/** No letter has more accents; what has is meant to smear over other lines. */
const MOST_UNITS = 32;
const ASCII = /^[ -~]*$/;

/** The most cells the text can take: terminals that draw joined characters as one take fewer. */
export function toWidth(text: string): number {
  if (ASCII.test(text)) return text.length;
  let cells = 0;
  for (const point of text) {
    if (point === PICTURE || TWO_CELLS.test(point)) cells += point === PICTURE ? 1 : 2;
    else if (!NO_CELL.test(point)) cells++;
  }
  return cells;
}

/** At most so many cells; what was cut ends in `…`. */
export function cutText(text: string, cells: number): string {
  if (ASCII.test(text) && text.length <= cells) return text;
  let [kept, width, room] = ['', 0, ''];
  for (const character of charactersOf(text)) {
    width += toWidth(character);
    if (width > cells) return `${room}…`;
    kept += character;
    if (width < cells) room = kept;
  }
  return kept;
}

/** Padded with blanks to so many cells. */
export function padText(text: string, cells: number): string {
  return text + ' '.repeat(Math.max(0, cells - toWidth(text)));
}

/**
 * Lines of at most so many cells, two of them at least. Parts, which `separator` parts, stay whole where they can, then
 * words; nothing is left out.
 */
export function wrapText(text: string, cells: number, separator = ' '): string[] {
  const lines: string[] = [];
  let line = '';
  for (const [i, part] of text.split(separator).entries()) {
    const piece = i === 0 || line === '' ? part : separator + part;
    if (toWidth(line + piece) <= cells) {
      line += piece;
      continue;
    }
    if (line !== '') lines.push(line);
    const broken = separator === ' ' ? breakWord(part, cells) : wrapText(part, cells);
    lines.push(...broken.slice(0, -1));
    line = broken.at(-1) ?? '';
  }
  return [...lines, line];
}

function breakWord(word: string, cells: number): string[] {
  if (toWidth(word) <= cells) return [word];
  const lines: string[] = [];
  let [line, width] = ['', 0];
  for (const character of charactersOf(word)) {
    const more = toWidth(character);
    if (width + more > cells && line !== '') {
      lines.push(line);
      [line, width] = ['', 0];
    }
    line += character;
    width += more;
  }
  return [...lines, line];
}

function* charactersOf(text: string): Generator<string> {
  for (const { segment } of toCharacters(text)) yield segment.length > MOST_UNITS ? '?' : segment;
}
