import {
  BatchCreatePartitionCommand,
  BatchGetPartitionCommand,
  CreateDatabaseCommand,
  CreateTableCommand,
  DeleteTableCommand,
  GetPartitionCommand,
  GetPartitionsCommand,
  GetTableCommand,
  GetTablesCommand,
  GlueClient,
  UpdateTableCommand,
} from '@aws-sdk/client-glue';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AwsDouble, startAwsDouble } from './start.ts';

const DatabaseName = 'flowhound';
const TableName = 'flow_1';
const PartitionKeys = ['day', 'region'].map((Name) => ({ Name, Type: 'string' }));
let aws: AwsDouble;
let glue: GlueClient;

beforeAll(async () => {
  aws = await startAwsDouble({ partitionPage: 120 });
  glue = new GlueClient({ ...aws.client('ingest'), maxAttempts: 1 });
  await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: DatabaseName } }));
  await createTable(TableName);
});

afterAll(() => aws.close());

const createTable = (Name: string) => {
  const StorageDescriptor = { Location: 's3://example-logs/', Columns: [{ Name: 'version', Type: 'int' }] };
  return glue.send(new CreateTableCommand({ DatabaseName, TableInput: { Name, PartitionKeys, StorageDescriptor } }));
};

const days = (count: number, region: string) =>
  Array.from({ length: count }, (_, i) => {
    const day = `2026/${String(1 + Math.floor(i / 28)).padStart(2, '0')}/${String(1 + (i % 28)).padStart(2, '0')}`;
    return { Values: [day, region], StorageDescriptor: { Location: `s3://example-logs/${region}/${day}/` } };
  });

const add = (PartitionInputList: ReturnType<typeof days>, table = TableName) =>
  glue.send(new BatchCreatePartitionCommand({ DatabaseName, TableName: table, PartitionInputList }));

const find = (Expression?: string, NextToken?: string) =>
  glue.send(new GetPartitionsCommand({ DatabaseName, TableName, Expression, NextToken }));

describe('tables', () => {
  it('are made once', async () => {
    await expect(createTable(TableName)).rejects.toMatchObject({ name: 'AlreadyExistsException' });
    const { Table } = await glue.send(new GetTableCommand({ DatabaseName, Name: 'FLOW_1' }));
    expect(Table).toMatchObject({ Name: TableName, DatabaseName, PartitionKeys, CreateTime: expect.any(Date) });
  });

  it('that are not there are EntityNotFoundException', async () => {
    const missing = { name: 'EntityNotFoundException' };
    await expect(glue.send(new GetTableCommand({ DatabaseName, Name: 'none' }))).rejects.toMatchObject(missing);
    await expect(glue.send(new GetTableCommand({ DatabaseName: 'none', Name: TableName }))).rejects.toMatchObject(
      missing,
    );
    await expect(add(days(1, 'us-east-1'), 'none')).rejects.toMatchObject(missing);
  });

  it('are listed page by page, changed and deleted', async () => {
    await createTable('flow_2');
    const first = await glue.send(new GetTablesCommand({ DatabaseName, MaxResults: 1 }));
    const second = await glue.send(new GetTablesCommand({ DatabaseName, NextToken: first.NextToken }));
    expect([first, second].map(({ TableList }) => TableList?.map(({ Name }) => Name))).toEqual([
      ['flow_1'],
      ['flow_2'],
    ]);
    await glue.send(new UpdateTableCommand({ DatabaseName, TableInput: { Name: 'flow_2', Description: 'changed' } }));
    const { Table } = await glue.send(new GetTableCommand({ DatabaseName, Name: 'flow_2' }));
    expect(Table).toMatchObject({ Description: 'changed', VersionId: '1' });
    const stale = new UpdateTableCommand({ DatabaseName, TableInput: { Name: 'flow_2' }, VersionId: '0' });
    await expect(glue.send(stale)).rejects.toMatchObject({ name: 'ConcurrentModificationException' });
    await glue.send(new DeleteTableCommand({ DatabaseName, Name: 'flow_2' }));
    await expect(glue.send(new DeleteTableCommand({ DatabaseName, Name: 'flow_2' }))).rejects.toMatchObject({
      name: 'EntityNotFoundException',
    });
  });
});

describe('partitions', () => {
  it('are made a hundred at a time, not more', async () => {
    await expect(add(days(101, 'us-east-1'))).rejects.toMatchObject({ name: 'ValidationException' });
    expect((await find()).Partitions).toEqual([]);
    expect((await add(days(100, 'us-east-1'))).Errors).toEqual([]);
  });

  it('that exist are named in the answer, and the others are made', async () => {
    const { Errors } = await add(days(2, 'us-east-1').concat(days(2, 'eu-west-1')));
    expect(Errors).toMatchObject([
      { PartitionValues: ['2026/01/01', 'us-east-1'], ErrorDetail: { ErrorCode: 'AlreadyExistsException' } },
      { PartitionValues: ['2026/01/02', 'us-east-1'], ErrorDetail: { ErrorCode: 'AlreadyExistsException' } },
    ]);
    const wanted = { DatabaseName, TableName, PartitionValues: ['2026/01/02', 'eu-west-1'] };
    expect((await glue.send(new GetPartitionCommand(wanted))).Partition?.StorageDescriptor?.Location).toBe(
      's3://example-logs/eu-west-1/2026/01/02/',
    );
  });

  it('need a value for every key', async () => {
    const { Errors } = await add([{ ...days(1, 'us-east-1')[0]!, Values: ['2026/01/01'] }]);
    expect(Errors).toMatchObject([{ ErrorDetail: { ErrorCode: 'InvalidInputException' } }]);
  });

  it('are found by their values, those that are there', async () => {
    const PartitionsToGet = [{ Values: ['2026/01/01', 'us-east-1'] }, { Values: ['1999/01/01', 'us-east-1'] }];
    const { Partitions } = await glue.send(new BatchGetPartitionCommand({ DatabaseName, TableName, PartitionsToGet }));
    expect(Partitions?.map(({ Values }) => Values)).toEqual([['2026/01/01', 'us-east-1']]);
    const many = { DatabaseName, TableName, PartitionsToGet: Array.from({ length: 1001 }, () => PartitionsToGet[0]!) };
    await expect(glue.send(new BatchGetPartitionCommand(many))).rejects.toMatchObject({ name: 'ValidationException' });
    const one = { DatabaseName, TableName, PartitionValues: ['1999/01/01', 'us-east-1'] };
    await expect(glue.send(new GetPartitionCommand(one))).rejects.toMatchObject({ name: 'EntityNotFoundException' });
  });

  it('are listed page by page, and filtered', async () => {
    await add(days(40, 'sa-east-1'));
    const first = await find();
    const second = await find(undefined, first.NextToken);
    expect([first.Partitions?.length, second.Partitions?.length, second.NextToken]).toEqual([120, 22, undefined]);
    const count = async (expression: string) => (await find(expression)).Partitions?.length;
    expect(await count("day = '2026/01/01'")).toBe(3);
    expect(await count("day BETWEEN '2026/01/02' AND '2026/01/03' AND region <> 'us-east-1'")).toBe(3);
    expect(await count("region IN ('sa-east-1', 'eu-west-1') AND day >= '2026/02/01'")).toBe(12);
    await expect(count("hour = '1'")).rejects.toMatchObject({ name: 'InvalidInputException' });
    await expect(count("day LIKE '2026%' OR region = 'x'")).rejects.toMatchObject({ name: 'InvalidInputException' });
  });

  it('are throttled on demand', async () => {
    aws.faults.throttle('glue:BatchCreatePartition');
    await expect(add(days(1, 'ap-south-1'))).rejects.toMatchObject({ name: 'ThrottlingException' });
  });

  it('take permissions on table, database and catalog', () => {
    const arn = 'arn:aws:glue:us-east-1:111122223333:';
    expect(aws.calls.at(-1)).toMatchObject({
      action: 'glue:BatchCreatePartition',
      resource: `${arn}table/flowhound/flow_1`,
      needs: [{}, { resource: `${arn}database/flowhound` }, { resource: `${arn}catalog` }],
    });
  });
});
