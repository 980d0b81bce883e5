/** Objects → relations of DuckDB with the table's columns, as the table's SerDe would read them. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Split, TableFiles } from './athena-files.ts';
import { QueryError, quoteName, quoteText } from './athena-sql.ts';
import type { GlueTable } from './glue-catalog.ts';

/** Where an object lies, or that this is left open. */
export type Path = { readonly url: string } | 'any';

type Column = { readonly name: string; readonly type: string };

const TYPES: Readonly<Record<string, string>> = {
  ...{ string: 'VARCHAR', varchar: 'VARCHAR', char: 'VARCHAR', boolean: 'BOOLEAN' },
  ...{ tinyint: 'TINYINT', smallint: 'SMALLINT', int: 'INTEGER', integer: 'INTEGER', bigint: 'BIGINT' },
  ...{ float: 'FLOAT', double: 'DOUBLE', timestamp: 'TIMESTAMP', date: 'DATE' },
};
const TEXT_INPUT = 'org.apache.hadoop.mapred.TextInputFormat';
/** A value that no optimizer can see through. */
const ANYTHING = "CASE WHEN random() > 2 THEN '' END";
/** Never in a line of text: the whole line is one column. */
const NO_DELIMITER = 'chr(1)';
const LONGEST_LINE = 2 * 1024 * 1024;
/** DuckDB would take 32 lines of the longest for every file. */
const BUFFER = 4 * LONGEST_LINE;

export function columnsOf({ StorageDescriptor }: GlueTable): Column[] {
  return (StorageDescriptor?.Columns ?? []).map(toColumn);
}

export function partitionColumnsOf({ PartitionKeys }: GlueTable): Column[] {
  return (PartitionKeys ?? []).map(toColumn);
}

/** A relation without rows; what the planner thinks with. */
export function emptyRelation(table: GlueTable): string {
  const columns = columnsOf(table).map(({ name, type }) => `CAST(NULL AS ${type}) AS ${quoteName(name)}`);
  return `SELECT ${columns.join(', ')} WHERE false`;
}

/** The partition's values behind the columns of its rows; `"$path"` only where the query asks for it. */
export function withPartition(
  relation: string,
  table: GlueTable,
  values: readonly (string | undefined)[],
  url: Path | undefined,
): string {
  const columns = columnsOf(table).map(({ name }) => quoteName(name));
  const constants = partitionColumnsOf(table).map(({ name, type }, i) => {
    return `CAST(${values[i] === undefined ? ANYTHING : quoteText(values[i])} AS ${type}) AS ${quoteName(name)}`;
  });
  const path = url === undefined ? [] : [`${url === 'any' ? ANYTHING : quoteText(url.url)} AS "$path"`];
  return `SELECT ${[...columns, ...constants, ...path].join(', ')} FROM ${relation}`;
}

/** The rows of a split's objects. Packed ones are unpacked into `folder` first: Athena tells by the key's ending. */
export async function readSplit({ table }: TableFiles, split: Split, folder: string): Promise<string> {
  checkFormat(table);
  const paths: string[] = [];
  for (const { url, object } of split.objects) {
    if (!/\.gz$/i.test(url)) paths.push(object.path);
    else {
      const path = join(folder, `${object.path.split(/[\\/]/).at(-1)}.unpacked`);
      await writeFile(path, await unpack(url, object.path));
      paths.push(path);
    }
  }
  const list = `[${paths.map(quoteText).join(', ')}]`;
  const library = table.StorageDescriptor!.SerdeInfo!.SerializationLibrary!.split('.').at(-1)!;
  const read = { LazySimpleSerDe: readText, JsonSerDe: readJson, OpenCSVSerde: readCsv }[library];
  if (read === undefined) throw new QueryError(`HIVE_UNSUPPORTED_FORMAT: the double cannot read ${library}`);
  return `(${read(table, list)})`;
}

async function unpack(url: string, path: string): Promise<Buffer> {
  try {
    return gunzipSync(await readFile(path));
  } catch (error) {
    throw new QueryError(`HIVE_CURSOR_ERROR: Failed to read ${url}: ${(error as Error).message}`);
  }
}

function checkFormat({ Name, StorageDescriptor }: GlueTable): void {
  const { InputFormat, OutputFormat, SerdeInfo } = StorageDescriptor ?? {};
  if (InputFormat === TEXT_INPUT && OutputFormat !== undefined && SerdeInfo?.SerializationLibrary !== undefined) return;
  throw new QueryError(`HIVE_UNSUPPORTED_FORMAT: Unable to create input format ${InputFormat} of ${Name}`);
}

/** By position: a line may have fewer fields than the table, and then the last ones are NULL, or more, which nobody sees. */
function readText(table: GlueTable, paths: string): string {
  const parameters = table.StorageDescriptor?.SerdeInfo?.Parameters ?? {};
  const delimiter = parameters['field.delim'] ?? parameters['serialization.format'] ?? '\u0001';
  const columns = columnsOf(table).map(
    ({ name, type }, i) => `${toType(`fields[${i + 1}]`, type)} AS ${quoteName(name)}`,
  );
  return `SELECT ${columns.join(', ')} FROM (SELECT string_split(line, ${quoteText(delimiter)}) AS fields FROM ${readLines(table, paths)})`;
}

/** What is no value of the type is NULL: a dash, a number with a fraction where none can be, one that is too large. */
function toType(text: string, type: string): string {
  if (type === 'VARCHAR') return `NULLIF(${text}, '\\N')`;
  const isWhole = /INT$|^INTEGER$/.test(type);
  return isWhole
    ? `TRY_CAST(CASE WHEN regexp_full_match(${text}, '[+-]?[0-9]+') THEN ${text} END AS ${type})`
    : `TRY_CAST(${text} AS ${type})`;
}

function readLines(table: GlueTable, paths: string): string {
  return `read_csv(${paths}, columns = {line: 'VARCHAR'}, auto_detect = false, header = false, skip = ${headerLines(table)},
    delim = ${NO_DELIMITER}, quote = '', escape = '', nullstr = chr(2), max_line_size = ${LONGEST_LINE}, buffer_size = ${BUFFER})`;
}

function headerLines({ Parameters }: GlueTable): number {
  return Number(Parameters?.['skip.header.line.count'] ?? 0);
}

function readJson(table: GlueTable, paths: string): string {
  const columns = columnsOf(table).map(({ name, type }) => `${quoteText(name)}: ${quoteText(type)}`);
  const parameters = { ...table.Parameters, ...table.StorageDescriptor?.SerdeInfo?.Parameters };
  const ignores = parameters['ignore.malformed.json']?.toLowerCase() === 'true';
  return `SELECT * FROM read_json(${paths}, columns = {${columns.join(', ')}}, format = 'newline_delimited',
    ignore_errors = ${ignores}, maximum_object_size = ${LONGEST_LINE})`;
}

function readCsv(table: GlueTable, paths: string): string {
  const {
    separatorChar = ',',
    quoteChar = '"',
    escapeChar = '\\',
  } = table.StorageDescriptor?.SerdeInfo?.Parameters ?? {};
  const columns = columnsOf(table).map(({ name, type }) => `${quoteText(name)}: ${quoteText(type)}`);
  return `SELECT * FROM read_csv(${paths}, columns = {${columns.join(', ')}}, auto_detect = false, header = false,
    skip = ${headerLines(table)}, delim = ${quoteText(separatorChar)}, quote = ${quoteText(quoteChar)},
    escape = ${quoteText(escapeChar)}, nullstr = chr(2), null_padding = true, max_line_size = ${LONGEST_LINE}, buffer_size = ${BUFFER})`;
}

function toColumn({ Name = '', Type = '' }: { Name?: string | undefined; Type?: string | undefined }): Column {
  const [base, precision] = /^(\w+)(\(.*\))?$/.exec(Type.toLowerCase())?.slice(1) ?? [];
  const type = base === 'decimal' ? `DECIMAL${precision ?? '(10,0)'}` : TYPES[base ?? ''];
  if (type === undefined)
    throw new QueryError(`HIVE_METASTORE_ERROR: Error: type expected at the position 0 of '${Type}'`);
  return { name: Name.toLowerCase(), type };
}
