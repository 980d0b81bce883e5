/**
 * Log objects → the tables that a catalogue needs to query them where they lie. Text tables are positional, so there is one
 * table per (root of the key layout, format), each over the same day folders and told apart by the flow-log id in `"$path"`.
 */
import { createHash } from 'node:crypto';
import { FLOW_FIELDS } from './flow-field.ts';
import type { FlowFormat } from './flow-format.ts';
import { FLOW_COLUMNS } from './flow-table.ts';

export type TableColumn = { readonly name: string; readonly type: 'string' | 'smallint' | 'int' | 'bigint' };

export type LogTable = {
  /** `flow_…`: a function of root and format. */
  readonly name: string;
  /** Folder of the root: `s3://bucket/prefix/AWSLogs/`, or below an organisation's id. */
  readonly root: string;
  /** In the order of the text; fields that the format lacks stand behind and are NULL. */
  readonly columns: readonly TableColumn[];
};

/** One UTC day of one account and region. */
export type PartitionLocation = {
  /** `2026/09/01`, as the playbook writes it. */
  readonly date: string;
  readonly region: string;
  readonly accountId: string;
  /** `s3://bucket/…/2026/09/01/` */
  readonly location: string;
};

/** A partition that is registered elsewhere: an error to show, never to overwrite. */
export type PartitionConflict = PartitionLocation & { readonly registered: string };

/** Partition columns of every log table, the playbook's. */
export const PARTITION_COLUMNS = ['date_partition', 'region_partition', 'account_partition'] as const;

const ROOT = /^(.*?\/AWSLogs\/(?:o-[a-z0-9]+\/)?)(?=\d{12}\/|(aws-account-id=))/;
const DAY_FOLDER = /^(.*\/(?:\d{4}\/\d{2}\/\d{2}|year=\d{4}\/month=\d{2}\/day=\d{2})\/)/;

/**
 * `s3://…/AWSLogs/…` → the root of its layout and its day folder; undefined for an object outside of both. Hive-style keys have
 * a root of their own, `…/AWSLogs/aws-account-id=`: a day of theirs and one of plain keys are two places, and a table has one
 * for each partition.
 */
export function toTablePlace(key: string): { root: string; dayFolder: string } | undefined {
  const [, folder, hive = ''] = ROOT.exec(key) ?? [];
  const dayFolder = DAY_FOLDER.exec(key.slice(0, key.lastIndexOf('/') + 1))?.[1];
  return folder === undefined || dayFolder === undefined ? undefined : { root: `${folder}${hive}`, dayFolder };
}

/** The table of all objects below the root that have this format. */
export function toLogTable(root: string, format: FlowFormat): LogTable {
  const name = `flow_${createHash('sha256')
    .update(`${root}\n${format.fields.join(' ')}`)
    .digest('hex')
    .slice(0, 16)}`;
  const own = toColumns(format.fields);
  const names = new Set(own.map((column) => column.name));
  const lacking = FLOW_COLUMNS.filter(({ column }) => !names.has(column)).map(({ column, type }) => ({
    name: column,
    type,
  }));
  return { name, root: root.slice(0, root.lastIndexOf('/') + 1), columns: [...own, ...lacking] };
}

const COLUMN_BY_FIELD: ReadonlyMap<string, TableColumn> = new Map(
  FLOW_COLUMNS.map(({ column, field, type }) => [field, { name: column, type }]),
);
/** What the Glue Data Catalog takes. */
const LONGEST_NAME = 255;

/** The playbook's names where it has one, each given once; what else there is may be called whatever it is, but not as another. */
function toColumns(fields: readonly string[]): TableColumn[] {
  const taken = new Set<string>([...FLOW_COLUMNS.map(({ column }) => column), ...PARTITION_COLUMNS]);
  return fields.map((field, at) => {
    const known = COLUMN_BY_FIELD.get(field);
    const isRepeated = fields.indexOf(field) < at;
    if (known !== undefined && !isRepeated) return known;
    const column = isRepeated ? undefined : toOtherColumn(field);
    const isFree = column !== undefined && !taken.has(column.name);
    let { name, type }: TableColumn = isFree ? column : { name: `field_${at + 1}`, type: 'string' };
    while (taken.has(name)) name = `${name}_`;
    taken.add(name);
    return { name, type };
  });
}

/** The field's name with underscores; what nobody knows is text. No column where nothing of the name is left. */
function toOtherColumn(field: string): TableColumn | undefined {
  const name = field.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_');
  const isName = /^[a-z]/.test(name) && name.length <= LONGEST_NAME;
  return isName ? { name, type: FLOW_FIELDS.get(field)?.type ?? 'string' } : undefined;
}
