/** Rows of a query → stdout, as they arrive: csv, ndjson and json without end, a table as far as a person reads. */
import type { QueryColumn, QueryRow, QueryRows } from '../core/query-rows.ts';
import { type Format, quoteCsv, refuseFindingForm, write } from './output.ts';
import { toPrintable, toPrintableJson } from './printable.ts';
import { toSafeCell } from './spreadsheet.ts';

const BATCH_CHARACTERS = 64 * 1024;
/** Column widths need all rows at once, so a table is cut where nobody reads on. */
const MOST_TABLE_ROWS = 1000;

export type RowSink = { readonly write: (text: string) => Promise<void>; readonly say: (line: string) => void };

/** Writes the rows; numbers keep all their digits. `say` is told where a table leaves rows out. */
export async function writeRows(
  { columns, rows }: QueryRows,
  format: Format,
  sink: RowSink = { write, say: () => {} },
): Promise<void> {
  switch (format) {
    case 'csv':
      return writeLines(rows, sink, {
        before: `${columns.map(({ name }) => name).join(',')}\n`,
        toLine: (row) => toCsvLine(columns, row),
      });
    case 'ndjson':
      return writeLines(rows, sink, { toLine: (row) => toPrintableJson(`${toJsonObject(columns, row)}\n`) });
    case 'json':
      return writeLines(rows, sink, {
        before: '[',
        toLine: (row, i) => toPrintableJson(`${i === 0 ? '' : ','}\n  ${toJsonObject(columns, row)}`),
        after: '\n]\n',
      });
    case 'table':
      return writeTable(columns, rows, sink);
    default:
      return refuseFindingForm(format);
  }
}

type LineForm = {
  readonly before?: string;
  readonly toLine: (row: QueryRow, i: number) => string;
  readonly after?: string;
};

async function writeLines(
  rows: AsyncIterable<QueryRow>,
  sink: RowSink,
  { before = '', toLine, after = '' }: LineForm,
): Promise<void> {
  let batch = before;
  let count = 0;
  for await (const row of rows) {
    batch += toLine(row, count++);
    if (batch.length < BATCH_CHARACTERS) continue;
    await sink.write(batch);
    batch = '';
  }
  await sink.write(batch + after);
}

async function writeTable(
  columns: readonly QueryColumn[],
  rows: AsyncIterable<QueryRow>,
  sink: RowSink,
): Promise<void> {
  const { default: Table } = await import('cli-table3');
  const none = { top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '' };
  const table = new Table({
    head: columns.map(({ name }) => name),
    colAligns: columns.map(({ kind }) => (kind === 'number' ? 'right' : 'left')),
    chars: {
      ...none,
      ...{ 'bottom-left': '', 'bottom-right': '', left: '', 'left-mid': '', mid: '', 'mid-mid': '' },
      ...{ right: '', 'right-mid': '', middle: ' ' },
    },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 1 },
  });
  let left = 0;
  for await (const row of rows) {
    if (table.length < MOST_TABLE_ROWS) table.push(row.map((cell) => toPrintable(cell ?? '')));
    else left++;
  }
  if (table.length > 0) await sink.write(`${table.toString().replace(/ +$/gm, '')}\n`);
  if (left > 0) sink.say(`${left.toLocaleString('en-US')} more rows; --output csv or ndjson has them all`);
}

/** RFC 4180: quotes only where they are needed; NULL is an empty field. Text is made safe for spreadsheets, numbers are as they are. */
function toCsvLine(columns: readonly QueryColumn[], row: QueryRow): string {
  const show = process.stdout.isTTY ? toPrintable : (text: string) => text;
  const toField = (cell: string, i: number) => (columns[i]?.kind === 'text' ? toSafeCell(show(cell)) : cell);
  return `${row.map((cell, i) => quoteCsv(toField(cell ?? '', i))).join(',')}\n`;
}

/** A number's text is the engine's own, so none is rounded on its way. */
function toJsonObject(columns: readonly QueryColumn[], row: QueryRow): string {
  const members = columns.map(({ name, kind }, i) => {
    const cell = row[i] ?? null;
    return `${JSON.stringify(name)}:${cell === null || kind !== 'text' ? cell : JSON.stringify(cell)}`;
  });
  return `{${members.join(',')}}`;
}
