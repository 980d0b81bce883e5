/** stdout is data: documents as a table for people, as ndjson, json, csv, asff or ocsf for programs. */
import { UsageError } from '../core/errors.ts';
import { toJson } from '../core/exact-json.ts';
import { toPrintable, toPrintableJson } from './printable.ts';
import { toSafeCell } from './spreadsheet.ts';

export const FORMATS = ['table', 'ndjson', 'json', 'csv', 'asff', 'ocsf'] as const;
export type Format = (typeof FORMATS)[number];

/** A table on a terminal, ndjson for a program. */
export function defaultFormat(): Format {
  return process.stdout.isTTY ? 'table' : 'ndjson';
}

/** How documents of a kind are shown; a kind that has no ASFF or OCSF form refuses it. */
export type Rendering<Document> = {
  readonly columns: readonly (keyof Document & string)[];
  readonly toTable: (documents: readonly Document[]) => string;
  readonly toAsff?: (document: Document) => unknown;
  readonly toOcsf?: (document: Document) => unknown;
};

/** Writes all documents to stdout. */
export async function writeDocuments<Document extends object>(
  documents: readonly Document[],
  format: Format,
  { columns, toTable, toAsff, toOcsf }: Rendering<Document>,
): Promise<void> {
  if (format === 'table') return write(toTable(documents));
  if (format === 'json') return write(toPrintableJson(`${toJson(documents, 2)}\n`));
  if (format === 'csv') {
    await write(`${columns.join(',')}\n`);
    return write(
      documents.map((document) => `${columns.map((column) => toCsvField(document[column])).join(',')}\n`).join(''),
    );
  }
  const toForm = { ndjson: (document: Document): unknown => document, asff: toAsff, ocsf: toOcsf }[format];
  if (toForm === undefined) return refuseFindingForm(format, 'ndjson, json or csv');
  return write(documents.map((document) => toPrintableJson(`${toJson(toForm(document))}\n`)).join(''));
}

/** ASFF and OCSF are forms of findings. */
export function refuseFindingForm(format: Format, others = 'table, ndjson, json or csv'): never {
  throw new UsageError(`--output ${format} is for findings. Use ${others}.`);
}

export function isFindingForm(format: Format): format is 'asff' | 'ocsf' {
  return format === 'asff' || format === 'ocsf';
}

/**
 * RFC 4180: quotes only where they are needed; null is an empty field, a list its items with blanks between. Text, and text
 * only, is made safe for spreadsheets.
 */
export function toCsvField(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  const text = toText(value);
  return quoteCsv(toSafeCell(process.stdout.isTTY ? toPrintable(text) : text));
}

function toText(value: unknown): string {
  if (Array.isArray(value)) return value.map((item) => (typeof item === 'object' ? toJson(item) : item)).join(' ');
  return typeof value === 'object' ? toJson(value) : String(value);
}

/** One field of a CSV line, in quotes only where it needs them. */
export function quoteCsv(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Waits until the reader has taken it: a slow pipe must not fill our memory. */
export function write(text: string): Promise<void> {
  if (text === '') return Promise.resolve();
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => (error ? reject(error) : resolve()));
  });
}
