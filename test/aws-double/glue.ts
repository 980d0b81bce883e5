/** Glue's Data Catalog. Limits: https://docs.aws.amazon.com/glue/latest/webapi/API_BatchCreatePartition.html and its neighbours. */
import type {
  BatchCreatePartitionRequest,
  BatchGetPartitionRequest,
  CreateDatabaseRequest,
  CreateTableRequest,
  DeleteTableRequest,
  GetDatabaseRequest,
  GetPartitionRequest,
  GetPartitionsRequest,
  GetTableRequest,
  GetTablesRequest,
  UpdateTableRequest,
} from '@aws-sdk/client-glue';
import { AwsError } from './aws-error.ts';
import type { GlueCatalog, GluePartition, GlueTable } from './glue-catalog.ts';
import { toFilter } from './glue-expression.ts';
import { createJsonService, type JsonOperation, toSeconds } from './json-service.ts';
import type { Operation, Service } from './service.ts';

const MOST_CREATED = 100;
const MOST_READ = 1000;
const TABLE_PAGE = 100;

export type GlueOptions = { readonly account: string; readonly region: string; readonly partitionPage: number };

export function createGlue(catalog: GlueCatalog, options: GlueOptions): Service {
  const operations: Readonly<Record<string, JsonOperation>> = {
    CreateDatabase: ({ DatabaseInput }: CreateDatabaseRequest) =>
      void catalog.createDatabase(required(DatabaseInput?.Name, 'databaseInput.name')),
    GetDatabase: ({ Name }: GetDatabaseRequest) => {
      if (catalog.hasDatabase(required(Name, 'name'))) return { Database: { Name, CatalogId: options.account } };
      throw new AwsError('EntityNotFoundException', `Database ${Name} not found.`);
    },
    CreateTable: ({ DatabaseName, TableInput }: CreateTableRequest) =>
      void catalog.createTable(required(DatabaseName, 'databaseName'), required(TableInput, 'tableInput')),
    UpdateTable: ({ DatabaseName, TableInput, VersionId }: UpdateTableRequest) =>
      void catalog.updateTable(required(DatabaseName, 'databaseName'), required(TableInput, 'tableInput'), VersionId),
    DeleteTable: ({ DatabaseName, Name }: DeleteTableRequest) =>
      void catalog.deleteTable(required(DatabaseName, 'databaseName'), required(Name, 'name')),
    GetTable: ({ DatabaseName, Name }: GetTableRequest) => {
      const table = catalog.table(required(DatabaseName, 'databaseName'), required(Name, 'name'));
      return { Table: describeTable(table, DatabaseName!, options) };
    },
    GetTables: (request: GetTablesRequest) => getTables(catalog, options, request),
    BatchCreatePartition: (request: BatchCreatePartitionRequest) => batchCreate(catalog, request),
    GetPartition: ({ DatabaseName, TableName, PartitionValues }: GetPartitionRequest) => {
      const values = required(PartitionValues, 'partitionValues');
      const partition = catalog.partition(
        required(DatabaseName, 'databaseName'),
        required(TableName, 'tableName'),
        values,
      );
      if (partition === undefined) throw new AwsError('EntityNotFoundException', 'Cannot find partition.');
      return { Partition: describePartition(partition, DatabaseName!, TableName!, options) };
    },
    BatchGetPartition: (request: BatchGetPartitionRequest) => batchGet(catalog, options, request),
    GetPartitions: (request: GetPartitionsRequest) => getPartitions(catalog, options, request),
  };
  const needs = (
    name: string,
    input: Partial<GetPartitionsRequest & GetTableRequest & CreateTableRequest & CreateDatabaseRequest>,
  ) => needsOf(name, input, options);
  return createJsonService({ target: 'AWSGlue', operations, needs, throttled: 'ThrottlingException' });
}

/** Glue asks for permission on what is meant and on everything above it. */
function needsOf(
  name: string,
  input: Partial<GetPartitionsRequest & GetTableRequest & CreateTableRequest & CreateDatabaseRequest>,
  { account, region }: GlueOptions,
): Operation['needs'] {
  const isDatabase = name.endsWith('Database');
  const database = input.DatabaseName ?? input.DatabaseInput?.Name ?? input.Name;
  const table = isDatabase ? undefined : (input.TableName ?? input.TableInput?.Name ?? input.Name ?? '*');
  const arn = `arn:aws:glue:${region}:${account}:`;
  const resources = [`${arn}database/${database}`, `${arn}catalog`];
  if (table !== undefined) resources.unshift(`${arn}table/${database}/${table}`);
  const [first, ...rest] = resources.map((resource) => ({ action: `glue:${name}`, resource }));
  return [first!, ...rest];
}

function getTables(catalog: GlueCatalog, options: GlueOptions, request: GetTablesRequest): object {
  const pattern =
    request.Expression === undefined
      ? undefined
      : new RegExp(`^(?:${request.Expression.replaceAll(/(?<!\.)\*/g, '.*')})$`);
  const tables = catalog
    .tables(required(request.DatabaseName, 'databaseName'))
    .filter(({ Name }) => pattern?.test(Name) ?? true);
  const size = checkSize(request.MaxResults, TABLE_PAGE);
  const from = Number(request.NextToken ?? 0);
  return {
    TableList: tables.slice(from, from + size).map((table) => describeTable(table, request.DatabaseName!, options)),
    ...(from + size < tables.length ? { NextToken: String(from + size) } : {}),
  };
}

function batchCreate(catalog: GlueCatalog, request: BatchCreatePartitionRequest): object {
  const inputs = required(request.PartitionInputList, 'partitionInputList');
  checkCount(inputs.length, MOST_CREATED, 'partitionInputList');
  const [database, table] = [required(request.DatabaseName, 'databaseName'), required(request.TableName, 'tableName')];
  catalog.table(database, table);
  const errors = inputs.flatMap((input) => {
    const error = catalog.createPartition(database, table, input);
    if (error === undefined) return [];
    return [{ PartitionValues: input.Values, ErrorDetail: { ErrorCode: error.code, ErrorMessage: error.message } }];
  });
  return { Errors: errors };
}

function batchGet(catalog: GlueCatalog, options: GlueOptions, request: BatchGetPartitionRequest): object {
  const wanted = required(request.PartitionsToGet, 'partitionsToGet');
  checkCount(wanted.length, MOST_READ, 'partitionsToGet');
  const [database, table] = [required(request.DatabaseName, 'databaseName'), required(request.TableName, 'tableName')];
  catalog.table(database, table);
  const found = wanted.flatMap(({ Values }) => catalog.partition(database, table, required(Values, 'values')) ?? []);
  return {
    Partitions: found.map((partition) => describePartition(partition, database, table, options)),
    UnprocessedKeys: [],
  };
}

function getPartitions(catalog: GlueCatalog, options: GlueOptions, request: GetPartitionsRequest): object {
  const [database, table] = [required(request.DatabaseName, 'databaseName'), required(request.TableName, 'tableName')];
  const keys = catalog.table(database, table).PartitionKeys ?? [];
  const passes = request.Expression ? toFilter(request.Expression, keys) : () => true;
  const partitions = catalog.partitions(database, table).filter(({ Values }) => passes(Values));
  const size = Math.min(checkSize(request.MaxResults, MOST_READ), options.partitionPage);
  const from = Number(request.NextToken ?? 0);
  return {
    Partitions: partitions
      .slice(from, from + size)
      .map((partition) => describePartition(partition, database, table, options)),
    ...(from + size < partitions.length ? { NextToken: String(from + size) } : {}),
  };
}

function describeTable(table: GlueTable, database: string, { account }: GlueOptions): object {
  return {
    ...table,
    CreateTime: toSeconds(table.CreateTime),
    DatabaseName: database.toLowerCase(),
    CatalogId: account,
  };
}

function describePartition(
  partition: GluePartition,
  database: string,
  table: string,
  { account }: GlueOptions,
): object {
  return {
    ...partition,
    CreationTime: toSeconds(partition.CreationTime),
    ...{ DatabaseName: database, TableName: table, CatalogId: account },
  };
}

function required<T>(value: T | undefined | null, name: string): T {
  if (value !== undefined && value !== null) return value;
  throw validation(`Value null at '${name}' failed to satisfy constraint: Member must not be null`);
}

function checkCount(count: number, most: number, name: string): void {
  if (count <= most) return;
  throw validation(
    `Value at '${name}' failed to satisfy constraint: Member must have length less than or equal to ${most}`,
  );
}

function checkSize(asked: number | undefined, most: number): number {
  if (asked === undefined) return most;
  if (asked >= 1 && asked <= most) return asked;
  throw validation(
    `Value '${asked}' at 'maxResults' failed to satisfy constraint: Member must have value between 1 and ${most}`,
  );
}

function validation(detail: string): AwsError {
  return new AwsError('ValidationException', `1 validation error detected: ${detail}`);
}
