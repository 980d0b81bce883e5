/**
 * Log objects on disk → the relation `vpcflow` in DuckDB: columns found by each object's own header, several formats in one
 * partition, partition columns from what the key says. An object DuckDB cannot read as it stands is read from a copy of its
 * good rows.
 */
import { join } from 'node:path';
import { LogObjectUnreadable } from '../core/errors.ts';
import type { FlowFormat } from '../core/flow-format.ts';
import { FLOW_COLUMNS, type FlowColumn } from '../core/flow-table.ts';
import type { LogObject } from '../core/log-object.ts';
import type { DuckdbEngine } from './duckdb.ts';
import { checkObject, type ObjectVerdict, writeGoodRows } from './good-rows.ts';

/** What became of the objects, counted by kind. */
export type LogTableSummary = {
  readonly objects: number;
  readonly rows: number;
  readonly damaged: number;
  readonly empty: number;
  readonly withoutUsableHeader: number;
  readonly unreadable: number;
  readonly malformedLines: number;
  /** Distinct formats and how many objects have each. */
  readonly formats: readonly { readonly format: FlowFormat; readonly objects: number }[];
};

type Summary = { -readonly [Key in keyof Omit<LogTableSummary, 'formats'>]: number };

/** Objects that one read_csv can take, with the format of each as its number. */
type ReadGroup = {
  readonly packing: ObjectVerdict['packing'];
  readonly paths: string[];
  readonly objects: LogObject[];
  readonly formatNumbers: string[];
};

type CountedFormat = { readonly format: FlowFormat; readonly number: string; objects: number };

const DUCKDB_TYPES: Readonly<Record<FlowColumn['type'], string>> = {
  string: 'VARCHAR',
  smallint: 'SMALLINT',
  int: 'INTEGER',
  bigint: 'BIGINT',
};

export type LogTableOptions = {
  readonly onObject?: (object: LogObject) => void;
  /** What `"$path"` says of an object, where its file is only a copy. */
  readonly keyOf?: (object: LogObject) => string;
};

/** Creates `vpcflow` over the objects; each `key` is a file path. Objects it could not read at all are counted, not thrown. */
export async function createLogTable(
  engine: DuckdbEngine,
  objects: Iterable<LogObject>,
  options: LogTableOptions = {},
): Promise<LogTableSummary> {
  const { onObject = () => {}, keyOf = ({ key }) => key } = options;
  const summary: Summary = {
    objects: 0,
    rows: 0,
    damaged: 0,
    empty: 0,
    withoutUsableHeader: 0,
    unreadable: 0,
    malformedLines: 0,
  };
  const groups = new Map<string, ReadGroup>();
  const formats = new Map<string, CountedFormat>();
  for (const object of toDistinctObjects(objects)) {
    await addObject(engine, object, summary, groups, formats);
    onObject(object);
  }
  await createView(engine, [...groups.values()], [...formats.values()], keyOf);
  return { ...summary, formats: [...formats.values()] };
}

/** The same delivered object under two roots is one object. */
function toDistinctObjects(objects: Iterable<LogObject>): LogObject[] {
  const distinct = new Map<string, LogObject>();
  for (const object of objects) {
    if (!distinct.has(object.identity)) distinct.set(object.identity, object);
  }
  return [...distinct.values()];
}

async function addObject(
  engine: DuckdbEngine,
  object: LogObject,
  summary: Summary,
  groups: Map<string, ReadGroup>,
  formats: Map<string, CountedFormat>,
): Promise<void> {
  summary.objects++;
  const readable = await toReadable(engine, object, summary.objects);
  if (readable === undefined) {
    summary.unreadable++;
    return;
  }
  const { verdict, path, packing } = readable;
  summary.rows += verdict.rows;
  summary.malformedLines += verdict.malformedLines;
  if (verdict.damaged !== undefined) summary.damaged++;
  else if (verdict.empty) summary.empty++;
  else if (!verdict.usableHeader) summary.withoutUsableHeader++;
  if (verdict.format === undefined) return;
  const fieldList = verdict.format.fields.join(' ');
  const counted = formats.get(fieldList) ?? { format: verdict.format, number: String(formats.size), objects: 0 };
  counted.objects++;
  formats.set(fieldList, counted);
  if (verdict.rows === 0) return;
  const group = groups.get(packing) ?? { packing, paths: [], objects: [], formatNumbers: [] };
  group.paths.push(path);
  group.objects.push(object);
  group.formatNumbers.push(counted.number);
  groups.set(packing, group);
}

/** The object itself where it is clean, else the copy of its good rows; undefined where the file cannot be opened. */
async function toReadable(
  engine: DuckdbEngine,
  object: LogObject,
  serial: number,
): Promise<{ verdict: ObjectVerdict; path: string; packing: ObjectVerdict['packing'] } | undefined> {
  try {
    const verdict = await checkObject(object.key);
    if (verdict.clean || verdict.rows === 0) return { verdict, path: object.key, packing: verdict.packing };
    const copy = join(engine.tempDirectory, `good-rows-${serial}.log.gz`);
    return { verdict: await writeGoodRows(object.key, copy), path: copy, packing: 'gzip' };
  } catch (error) {
    const isUnreadable = error instanceof LogObjectUnreadable || (error as NodeJS.ErrnoException).code !== undefined;
    if (!isUnreadable) throw error;
    return undefined;
  }
}

async function createView(
  engine: DuckdbEngine,
  groups: readonly ReadGroup[],
  formats: readonly CountedFormat[],
  keyOf: (object: LogObject) => string,
): Promise<void> {
  for (const { packing, paths, objects, formatNumbers } of groups) {
    const variables = {
      paths,
      keys: objects.map(keyOf),
      formats: formatNumbers,
      dates: objects.map(({ date }) => date.replaceAll('-', '/')),
      regions: objects.map(({ region }) => region),
      accounts: objects.map(({ accountId }) => accountId),
    };
    for (const [name, values] of Object.entries(variables)) await engine.setVariable(`${name}_${packing}`, values);
  }
  const selects = groups.map((group) => toSelect(group, formats));
  const body = selects.length === 0 ? toEmptySelect() : selects.join('\nUNION ALL\n');
  await engine.run(`CREATE OR REPLACE TEMP VIEW vpcflow AS\n${body}`);
}

/**
 * One scan, however many formats: with a scan for each, DuckDB ran out of 512 MB sorting a million rows in 14 formats.
 * Only numbers and names of ours are in this text; paths and partition values are in session variables.
 */
function toSelect({ packing, formatNumbers }: ReadGroup, formats: readonly CountedFormat[]): string {
  const present = formats.filter(({ number }) => formatNumbers.includes(number));
  // By place in the list, not by path: looking the path up in a list of 5,000 took 16 s for a million rows, this 0.4 s.
  const ofObject = (name: string): string => `getvariable('${name}_${packing}')[CAST(file_index AS BIGINT) + 1]`;
  const columns = FLOW_COLUMNS.map(({ column, field, type }) => {
    const text = toColumnText(field, present, ofObject('formats'));
    if (text === 'NULL') return `CAST(NULL AS ${DUCKDB_TYPES[type]}) AS ${column}`;
    return type === 'string' ? `${text} AS ${column}` : `TRY_CAST(${text} AS ${DUCKDB_TYPES[type]}) AS ${column}`;
  });
  const width = Math.max(...present.map(({ format }) => format.fields.length));
  const types = Array.from({ length: width }, (_, i) => `c${i}: 'VARCHAR'`).join(', ');
  return `SELECT ${columns.join(', ')},
  ${ofObject('dates')} AS date_partition,
  ${ofObject('regions')} AS region_partition,
  ${ofObject('accounts')} AS account_partition,
  ${ofObject('keys')} AS "$path"
FROM read_flow_objects(getvariable('paths_${packing}'), {${types}}, '${packing}')`;
}

/** Where a field's text stands: in one column for every format, or in a column that the object's format tells. */
function toColumnText(field: string, formats: readonly CountedFormat[], formatNumber: string): string {
  const numbersByColumn = Map.groupBy(formats, ({ format }) => {
    const at = format.fields.indexOf(field);
    return at < 0 ? 'NULL' : `c${at}`;
  });
  if (numbersByColumn.size === 1) return [...numbersByColumn.keys()][0]!;
  const whens = [...numbersByColumn].map(
    ([column, group]) =>
      `WHEN ${formatNumber} IN (${group.map(({ number }) => `'${number}'`).join(', ')}) THEN ${column}`,
  );
  return `CASE ${whens.join(' ')} END`;
}

function toEmptySelect(): string {
  const columns = FLOW_COLUMNS.map(({ column, type }) => `CAST(NULL AS ${DUCKDB_TYPES[type]}) AS ${column}`);
  const partitions = ['date_partition', 'region_partition', 'account_partition', '"$path"'];
  return `SELECT ${[...columns, ...partitions.map((column) => `CAST(NULL AS VARCHAR) AS ${column}`)].join(', ')} WHERE false`;
}
