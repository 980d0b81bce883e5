/** Log table → what the Glue Data Catalog wants to know of it, with or without partition projection. */
import { isDeepStrictEqual } from 'node:util';
import type { TableInput } from '@aws-sdk/client-glue';
import { type LogTable, PARTITION_COLUMNS, type PartitionLocation } from '../core/log-table.ts';

/**
 * Partitions that are computed from these lists, never registered (the playbook's way). What is not listed is not found, and
 * nothing says so: docs.aws.amazon.com/athena/latest/ug/partition-projection.html
 */
export type Projection = {
  readonly accounts: readonly string[];
  readonly regions: readonly string[];
  /** `2026/01/01` */
  readonly firstDate: string;
};

export function toTableInput(table: LogTable, projection: Projection | undefined): TableInput {
  return {
    Name: table.name,
    TableType: 'EXTERNAL_TABLE',
    Parameters: {
      EXTERNAL: 'TRUE',
      'skip.header.line.count': '1',
      ...(projection === undefined ? {} : toProjectionParameters(table.root, projection)),
    },
    PartitionKeys: PARTITION_COLUMNS.map((column) => ({ Name: column, Type: 'string' })),
    StorageDescriptor: {
      Columns: table.columns.map(({ name, type }) => ({ Name: name, Type: type })),
      Location: table.root,
      InputFormat: 'org.apache.hadoop.mapred.TextInputFormat',
      OutputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
      SerdeInfo: {
        SerializationLibrary: 'org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe',
        Parameters: { 'field.delim': ' ', 'serialization.format': ' ' },
      },
    },
  };
}

/** Plain keys only: a projected value stands in the location as it is, and Hive keys would write the date as year=2026/…, which no
 * query names. */
function toProjectionParameters(root: string, { accounts, regions, firstDate }: Projection): Record<string, string> {
  return {
    'projection.enabled': 'true',
    'projection.date_partition.type': 'date',
    'projection.date_partition.range': `${firstDate},NOW`,
    'projection.date_partition.format': 'yyyy/MM/dd',
    'projection.date_partition.interval': '1',
    'projection.date_partition.interval.unit': 'DAYS',
    'projection.region_partition.type': 'enum',
    'projection.region_partition.values': regions.join(','),
    'projection.account_partition.type': 'enum',
    'projection.account_partition.values': accounts.join(','),
    'storage.location.template': toLocation(root, {
      // biome-ignore-start lint/suspicious/noTemplateCurlyInString: Athena fills them in.
      accountId: '${account_partition}',
      region: '${region_partition}',
      date: '${date_partition}',
      // biome-ignore-end lint/suspicious/noTemplateCurlyInString: see above
    }),
  };
}

function toLocation(
  root: string,
  { accountId, region, date }: { accountId: string; region: string; date: string },
): string {
  return `${root}${accountId}/vpcflowlogs/${region}/${date}`;
}

/** Why a projected table does not see this partition, or undefined if it does. */
export function explainUnseen(root: string, partition: PartitionLocation, projection: Projection): string | undefined {
  const { accountId, region, date } = partition;
  if (!projection.accounts.includes(accountId)) return `nothing: account ${accountId} is not among the projected ones`;
  if (!projection.regions.includes(region)) return `nothing: region ${region} is not among the projected ones`;
  if (date < projection.firstDate) return `nothing: projection begins at ${projection.firstDate}`;
  const location = toLocation(root, { accountId, region, date });
  return isSameLocation(location, partition.location) ? undefined : location;
}

const IS_PROJECTION = /^(projection|storage\.location)\./;

/** The parameters to register anew, those of others kept: lists have grown, or projection was switched. Else undefined. */
export function changeProjection(
  registered: Readonly<Record<string, string>>,
  wanted: Readonly<Record<string, string>>,
): Record<string, string> | undefined {
  const isSame = isDeepStrictEqual(pick(registered, true), pick(wanted, true));
  return isSame ? undefined : { ...pick(registered, false), ...wanted };
}

function pick(parameters: Readonly<Record<string, string>>, isProjection: boolean): Record<string, string> {
  const chosen = Object.entries(parameters).filter(([name]) => IS_PROJECTION.test(name) === isProjection);
  return Object.fromEntries(chosen);
}

/** Glue keeps a location as it was given, with or without its last slash. */
export function isSameLocation(one: string, other: string): boolean {
  return one.replace(/\/+$/, '') === other.replace(/\/+$/, '');
}
