/** The screenshot's terminal: what a screen shows after control sequences, and how it is drawn. */
import { describe, expect, it } from 'vitest';
import { toScreen, toSvg, wrapScreen } from '../../docs/terminal-svg.ts';

const textOf = (screen: ReturnType<typeof toScreen>) =>
  screen.map((line) => line.map(({ character }) => character).join(''));

describe('a terminal', () => {
  it('shows the last state of a line that was drawn again and again', () => {
    const bar = 'scan  1/3\r\u001b[2Kscan  2/3\r\u001b[2Kscan  3/3\r\ndone\r\n';
    expect(textOf(toScreen(bar))).toEqual(['scan  3/3', 'done']);
  });

  it('overwrites from the left where nothing was erased', () => {
    expect(textOf(toScreen('12345\rab'))).toEqual(['ab345']);
  });

  it('goes on below where a line is wider than it', () => {
    expect(textOf(wrapScreen(toScreen('abcdefg\r\n\r\nh'), 3))).toEqual(['abc', 'def', 'g', '', 'h']);
  });

  it('is drawn with its colours, on the grid, and nothing of it is markup', () => {
    const svg = toSvg(toScreen('\u001b[31m\u001b[1mCRITICAL\u001b[22m\u001b[39m   <a&b>'), 40, 'a title');
    expect(svg).toContain('textLength="64" fill="#ff7b72" font-weight="bold">CRITICAL</text>');
    expect(svg).toMatch(/<text x="104" y="\d+" textLength="40">&lt;a&amp;b&gt;<\/text>/);
  });
});
