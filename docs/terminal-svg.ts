/** What a program wrote to a terminal → a picture of its screen, as SVG text: it scales, can be searched and copied. */

type Style = { readonly color?: 'red' | 'yellow'; readonly isBold?: true };
type Cell = { readonly character: string; readonly style: Style };

const CELL = { width: 8, height: 18 } as const;
const MARGIN = 16;
const TITLE_BAR = 28;
const COLORS = { red: '#ff7b72', yellow: '#e3b341' } as const;
const ESCAPE = '\u001b';
/** What follows the escape: numbers and a letter. */
const SEQUENCE = /^\[([\d;]*)([A-Za-z])/;

/** The lines of the screen after all of `output` was written, as wide as they come. */
export function toScreen(output: string): Cell[][] {
  const screen: Cell[][] = [[]];
  let style: Style = {};
  let column = 0;
  for (let rest = output; rest !== ''; ) {
    const sequence = rest.startsWith(ESCAPE) ? SEQUENCE.exec(rest.slice(1)) : null;
    if (sequence !== null) {
      const [text, numbers = '', letter] = sequence;
      if (letter === 'K') screen.at(-1)!.length = 0;
      if (letter === 'm') style = applyStyle(style, numbers);
      rest = rest.slice(ESCAPE.length + text.length);
      continue;
    }
    const [character] = rest;
    rest = rest.slice(character!.length);
    if (character === '\r') column = 0;
    else if (character === '\n') {
      screen.push([]);
      column = 0;
    } else screen.at(-1)![column++] = { character: character!, style };
  }
  while (screen.at(-1)?.length === 0) screen.pop();
  return screen;
}

/** Lines cut at the edge of the terminal and gone on with below, as terminals do. */
export function wrapScreen(screen: readonly Cell[][], columns: number): Cell[][] {
  return screen.flatMap((line) =>
    Array.from({ length: Math.max(1, Math.ceil(line.length / columns)) }, (_, i) =>
      line.slice(i * columns, (i + 1) * columns),
    ),
  );
}

/** The picture; every run of text is held to the grid, whatever font there is. */
export function toSvg(screen: readonly Cell[][], columns: number, title: string): string {
  const width = columns * CELL.width + 2 * MARGIN;
  const height = screen.length * CELL.height + TITLE_BAR + 2 * MARGIN;
  const lines = screen.flatMap((line, row) => toRuns(line).map((run) => toText(run, row)));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeXml(title)}">
<rect width="${width}" height="${height}" rx="8" fill="#0d1117" stroke="#30363d"/>
${['#ff5f57', '#febc2e', '#28c840'].map((fill, i) => `<circle cx="${20 + i * 18}" cy="18" r="5.5" fill="${fill}"/>`).join('')}
<text x="${width / 2}" y="22" fill="#8b949e" font-family="system-ui,sans-serif" font-size="12" text-anchor="middle">${escapeXml(title)}</text>
<g fill="#e6edf3" font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',monospace" font-size="13" xml:space="preserve">
${lines.join('\n')}
</g>
</svg>
`;
}

type Run = { readonly column: number; text: string; readonly style: Style };

function applyStyle(style: Style, numbers: string): Style {
  const code = Number(numbers);
  const { color, ...uncoloured } = style;
  const { isBold, ...light } = style;
  if (code === 0) return {};
  if (code === 1) return { ...style, isBold: true };
  if (code === 22) return light;
  if (code === 31) return { ...style, color: 'red' };
  if (code === 33) return { ...style, color: 'yellow' };
  return code === 39 ? uncoloured : style;
}

/** Neighbours of one style; two blanks end a run, so that columns stay where they are. */
function toRuns(line: readonly Cell[]): Run[] {
  const runs: Run[] = [];
  for (const [column, cell] of line.entries()) {
    const run = runs.at(-1);
    const isNext = run !== undefined && run.style === cell.style && !run.text.endsWith('  ');
    if (isNext) run.text += cell.character;
    else if (cell.character !== ' ') runs.push({ column, text: cell.character, style: cell.style });
  }
  return runs.map((run) => ({ ...run, text: run.text.trimEnd() }));
}

function toText({ column, text, style }: Run, row: number): string {
  const length = [...text].length * CELL.width;
  const y = TITLE_BAR + MARGIN + row * CELL.height + 9;
  const color = style.color === undefined ? '' : ` fill="${COLORS[style.color]}"`;
  const weight = style.isBold === undefined ? '' : ' font-weight="bold"';
  return `<text x="${MARGIN + column * CELL.width}" y="${y}" textLength="${length}"${color}${weight}>${escapeXml(text)}</text>`;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
