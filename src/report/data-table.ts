/** Rows → a table that reads without a script, and that the page's script can search, sort and lengthen. */
import { formatCount } from '../core/story.ts';
import { dataIsland, type Html, html } from './html.ts';
import { plural } from './wording.ts';

export type Kind = 'text' | 'code' | 'number' | 'severity' | 'line';

export type Column<Row> = {
  readonly title: string;
  readonly kind: Kind;
  readonly text: (row: Row) => string;
  /** What the column is sorted by where it is not the text. */
  readonly key?: (row: Row) => number | string;
};

export type DataTable<Row> = {
  readonly id: string;
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  /** Rows that are there without a script; the rest waits as data. */
  readonly most?: number;
  /** Rows on paper. */
  readonly printed?: 'none' | 'few' | 'some' | 'all';
  /** Where the rest is for those without a script. */
  readonly rest?: string;
  /** From and to in Unix seconds, for the selection of a time. */
  readonly time?: (row: Row) => readonly [number, number] | null;
};

const MOST_STATIC = 100;
/** More than a browser takes at ease: 5 MB of sightings. What is left out is told, and where it is. */
const MOST_ROWS = 20_000;

export function renderTable<Row>(table: DataTable<Row>): Html {
  const { id, caption, columns, most = MOST_STATIC, printed = 'some', rest } = table;
  const rows = table.rows.slice(0, MOST_ROWS);
  const [all, more] = [table.rows.length, rows.length - most];
  const left = all > rows.length ? `; ${formatCount(all - rows.length)} left out here` : '';
  return html`<div class="table print-${printed}" data-table="${id}">
<div class="scroll" role="region" tabindex="0" aria-labelledby="${id}-caption"><table>
<caption id="${id}-caption">${caption} <span class="count">${formatCount(all)} ${plural(all, 'row')}${left}</span></caption>
<thead><tr>${columns.map(({ title, kind }) => html`<th scope="col" class="as-${kind}">${title}</th>`)}</tr></thead>
<tbody>${rows.slice(0, most).map((row) => renderRow(row, columns))}</tbody>
</table></div>
${more > 0 && html`<p class="rest">${formatCount(more)} more ${plural(more, 'row')}${rest === undefined ? '' : `: ${rest}`}</p>`}
${dataIsland(id, toData({ ...table, rows }))}</div>
`;
}

function renderRow<Row>(row: Row, columns: readonly Column<Row>[]): Html {
  const cells = columns.map(({ kind, text }, i) => {
    const content = renderCell(text(row), kind);
    return i === 0
      ? html`<th scope="row" class="as-${kind}">${content}</th>`
      : html`<td class="as-${kind}">${content}</td>`;
  });
  return html`<tr>${cells}</tr>\n`;
}

/** As `toRow` of client/tables.js; a line has its place on a second one. */
function renderCell(text: string, kind: Kind): Html {
  if (kind === 'severity') return html`<span class="severity ${text.toLowerCase()}">${text}</span>`;
  if (kind === 'line') return html`${text.split('\n').map((line) => html`<code>${line}</code>`)}`;
  if (kind === 'code') return html`<code>${text}</code>`;
  return html`<bdi>${text}</bdi>`;
}

function toData<Row>({ columns, rows, most = MOST_STATIC, time }: DataTable<Row>) {
  return {
    kinds: columns.map(({ kind }) => kind),
    most,
    rows: rows.map((row) => columns.map(({ text }) => text(row))),
    keys: columns.map(({ key }) => (key === undefined ? null : rows.map((row) => key(row)))),
    times: time === undefined ? null : rows.map((row) => time(row)),
  };
}
