/** Partition projection: partitions that a table's properties compute. https://docs.aws.amazon.com/athena/latest/ug/partition-projection-supported-types.html */
import { QueryError } from './athena-sql.ts';
import type { GlueTable } from './glue-catalog.ts';

export type ProjectedPartition = { readonly values: readonly string[]; readonly location: string };

const MOST_PARTITIONS = 1_000_000;
const DAY = 86_400_000;

export function isProjected({ Parameters }: GlueTable): boolean {
  return Parameters?.['projection.enabled']?.toLowerCase() === 'true';
}

/** Partition columns whose values only the query can name. */
export function injectedColumns(table: GlueTable): string[] {
  return (table.PartitionKeys ?? []).flatMap(({ Name = '' }) =>
    property(table, Name, 'type') === 'injected' ? [Name] : [],
  );
}

/** Every partition that the table has, given the values that the query names for its injected columns. */
export function projectPartitions(
  table: GlueTable,
  injected: ReadonlyMap<string, readonly string[]>,
  now: Date,
): ProjectedPartition[] {
  const keys = (table.PartitionKeys ?? []).map(({ Name = '' }) => Name);
  let rows: string[][] = [[]];
  for (const key of keys) {
    const values = injected.get(key) ?? valuesOf(table, key, now);
    if (rows.length * values.length > MOST_PARTITIONS)
      throw new QueryError('INVALID_TABLE_PROPERTY: too many projected partitions');
    rows = rows.flatMap((row) => values.map((value) => [...row, value]));
  }
  return rows.map((values) => ({ values, location: locationOf(table, keys, values) }));
}

function valuesOf(table: GlueTable, key: string, now: Date): string[] {
  const type = property(table, key, 'type');
  switch (type) {
    case 'enum':
      return required(table, key, 'values')
        .split(',')
        .map((value) => value.trim());
    case 'integer':
      return integers(table, key);
    case 'date':
      return days(table, key, now);
    default:
      throw new QueryError(`INVALID_TABLE_PROPERTY: projection.${key}.type is ${type ?? 'missing'}`);
  }
}

function integers(table: GlueTable, key: string): string[] {
  const [first, last] = required(table, key, 'range').split(',').map(Number);
  const step = Number(property(table, key, 'interval') ?? 1);
  const digits = Number(property(table, key, 'digits') ?? 0);
  const values: string[] = [];
  for (let value = first!; value <= last!; value += step) values.push(String(value).padStart(digits, '0'));
  return values;
}

/** Days, in a pattern of yyyy, MM, dd and quoted text; the range ends with a day or with NOW, perhaps plus or minus days. */
function days(table: GlueTable, key: string, now: Date): string[] {
  const format = required(table, key, 'format');
  const unit = property(table, key, 'interval.unit') ?? 'DAYS';
  if (!/^DAYS?$/i.test(unit)) throw new QueryError(`INVALID_TABLE_PROPERTY: the double projects days, not ${unit}`);
  const step = Number(property(table, key, 'interval') ?? 1);
  const [from, to] = required(table, key, 'range')
    .split(',')
    .map((end) => dayOf(end.trim(), format, now));
  const values: string[] = [];
  for (let day = from!; day <= to!; day += step * DAY) values.push(writeDay(new Date(day), format));
  return values;
}

function dayOf(text: string, format: string, now: Date): number {
  const relative = /^NOW(?:([+-])(\d+)DAYS?)?$/.exec(text);
  if (relative !== null) {
    const days = Number(relative[2] ?? 0) * (relative[1] === '-' ? -1 : 1);
    return Math.floor(now.getTime() / DAY) * DAY + days * DAY;
  }
  const at = new Date(
    `${partOf(text, format, 'yyyy')}-${partOf(text, format, 'MM')}-${partOf(text, format, 'dd')}T00:00:00Z`,
  );
  if (Number.isNaN(at.getTime()))
    throw new QueryError(`INVALID_TABLE_PROPERTY: ${text} is not of the format ${format}`);
  return at.getTime();
}

function partOf(text: string, format: string, part: string): string {
  const at = pieces(format).indexOf(part);
  const before = pieces(format)
    .slice(0, at)
    .reduce((length, piece) => length + writePiece(piece, new Date(0)).length, 0);
  return text.slice(before, before + part.length);
}

function writeDay(day: Date, format: string): string {
  return pieces(format)
    .map((piece) => writePiece(piece, day))
    .join('');
}

function pieces(format: string): string[] {
  return format.match(/'[^']*'|yyyy|MM|dd|[^'ymMd]+|[\s\S]/g) ?? [];
}

function writePiece(piece: string, day: Date): string {
  const [yyyy, MM, dd] = day.toISOString().slice(0, 10).split('-') as [string, string, string];
  if (piece.startsWith("'")) return piece.slice(1, -1);
  return { yyyy, MM, dd }[piece] ?? piece;
}

/** Without a template, Hive-style folders below the table's location. */
function locationOf(table: GlueTable, keys: readonly string[], values: readonly string[]): string {
  const template = table.Parameters?.['storage.location.template'];
  const root = table.StorageDescriptor?.Location ?? '';
  const hive = () => `${root.replace(/\/?$/, '/')}${keys.map((key, i) => `${key}=${values[i]}`).join('/')}`;
  const location =
    template === undefined
      ? hive()
      : keys.reduce((text, key, i) => text.replaceAll(`\${${key}}`, values[i]!), template);
  if (/\$\{\w+\}/.test(location)) throw new QueryError(`INVALID_TABLE_PROPERTY: storage.location.template ${template}`);
  return location;
}

function property({ Parameters }: GlueTable, key: string, name: string): string | undefined {
  return Parameters?.[`projection.${key}.${name}`];
}

function required(table: GlueTable, key: string, name: string): string {
  const value = property(table, key, name);
  if (value === undefined) throw new QueryError(`INVALID_TABLE_PROPERTY: projection.${key}.${name} is missing`);
  return value;
}
