/** Tables and log objects for the tests of Athena. For tests only. */
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { StorageDescriptor, TableInput } from '@aws-sdk/client-glue';
import type { GlueCatalog } from './glue-catalog.ts';

const FIELDS =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status';
const COLUMNS = `version int, account string, interfaceid string, sourceaddress string, destinationaddress string, sourceport int,
  destinationport int, protocol int, numpackets bigint, numbytes bigint, starttime bigint, endtime bigint, action string,
  logstatus string, vpcid string`;
const KEYS = 'date_partition string, region_partition string, account_partition string';
const ROOT = 's3://example-logs/AWSLogs/';
const TEXT = {
  InputFormat: 'org.apache.hadoop.mapred.TextInputFormat',
  OutputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
};
const STORAGE: StorageDescriptor = {
  ...{ Columns: columns(COLUMNS), Location: ROOT, ...TEXT },
  SerdeInfo: {
    SerializationLibrary: 'org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe',
    Parameters: { 'field.delim': ' ' },
  },
};

/** A table of log objects in the default format, and one column more than its lines have. */
export function flowTable(name: string, more: Readonly<Record<string, string>> = {}): TableInput {
  return {
    ...{ Name: name, TableType: 'EXTERNAL_TABLE', PartitionKeys: columns(KEYS), StorageDescriptor: STORAGE },
    Parameters: { 'skip.header.line.count': '1', ...more },
  };
}

/** Properties that compute the partitions of us-east-1 from this day on. */
export function projectedFrom(firstDate: string): Record<string, string> {
  return {
    'projection.enabled': 'true',
    'projection.date_partition.type': 'date',
    'projection.date_partition.range': `${firstDate},NOW`,
    'projection.date_partition.format': 'yyyy/MM/dd',
    'projection.region_partition.type': 'enum',
    'projection.region_partition.values': 'us-east-1,eu-west-1',
    'projection.account_partition.type': 'enum',
    'projection.account_partition.values': '111122223333',
    'storage.location.template': `${ROOT}\${account_partition}/vpcflowlogs/\${region_partition}/\${date_partition}`,
  };
}

/** A log object of 2026-09 with these records. */
export function logObject(day: string, lines: readonly string[]): { key: string; content: Buffer } {
  const folder = `AWSLogs/111122223333/vpcflowlogs/us-east-1/2026/09/${day}`;
  const key = `${folder}/111122223333_vpcflowlogs_us-east-1_fl-0a1b2c3d4e5f60718_202609${day}T0005Z_5f3a9c01.log.gz`;
  return { key, content: gzipSync(`${[FIELDS, ...lines].join('\n')}\n`) };
}

export function registerDay(
  glue: GlueCatalog,
  [database, table]: readonly [database: string, table: string],
  day: string,
  more: Partial<StorageDescriptor> = {},
): void {
  const Location = `${ROOT}111122223333/vpcflowlogs/us-east-1/2026/09/${day}/`;
  glue.createPartition(database, table, {
    Values: [`2026/09/${day}`, 'us-east-1', '111122223333'],
    StorageDescriptor: { ...STORAGE, Location, ...more },
  });
}

/** The table of sql/tables/evidence.sql as CloudFormation makes it. */
export function evidenceTable(stateLocation: string): TableInput {
  const text = readFileSync(new URL('../../sql/tables/evidence.sql', import.meta.url), 'utf8');
  const ddl = text.replaceAll(`\${state_location}`, stateLocation);
  const [body, partitions] = /\(\n([\s\S]*?)\n\)\nPARTITIONED BY \((.*)\)/.exec(ddl)!.slice(1) as [string, string];
  return {
    Name: 'evidence',
    TableType: 'EXTERNAL_TABLE',
    PartitionKeys: columns(partitions),
    Parameters: Object.fromEntries(
      [...ddl.matchAll(/'([\w.]+)' = '([^']*)'/g)].map(([, name, value]) => [name!, value!]),
    ),
    StorageDescriptor: {
      ...{ Columns: columns(body), Location: /LOCATION '([^']*)'/.exec(ddl)![1]!, ...TEXT },
      SerdeInfo: { SerializationLibrary: 'org.openx.data.jsonserde.JsonSerDe' },
    },
  };
}

function columns(text: string): { Name: string; Type: string }[] {
  return [...text.matchAll(/(\w+) (string|bigint|int)\b/g)].map(([, Name, Type]) => ({ Name: Name!, Type: Type! }));
}
