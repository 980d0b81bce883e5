import { AthenaClient } from '@aws-sdk/client-athena';
import {
  type BatchCreatePartitionCommandInput,
  type BatchGetPartitionCommandInput,
  CreateDatabaseCommand,
  GlueClient,
  UpdateTableCommand,
} from '@aws-sdk/client-glue';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openGlueCatalog } from '../../src/aws/glue-catalog.ts';
import type { Projection } from '../../src/aws/glue-table.ts';
import { QueryFailed } from '../../src/core/errors.ts';
import { parseHeader } from '../../src/core/flow-format.ts';
import { type PartitionLocation, toLogTable } from '../../src/core/log-table.ts';
import type { Catalog } from '../../src/ports.ts';
import { type AwsDouble, startAwsDouble } from '../aws-double/start.ts';
import { configOf, countCalls, errorOf } from './clients.ts';

const ROOT = 's3://example-logs/p/AWSLogs/';
const HEADER =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action';
const TABLE = toLogTable(ROOT, parseHeader(HEADER)!);
const SESSION = { database: 'flowhound', workGroup: 'flowhound-dev' };
let aws: AwsDouble;
let glue: GlueClient;
beforeEach(async () => {
  aws = await startAwsDouble();
  glue = new GlueClient(configOf(aws));
  await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: SESSION.database } }));
});
afterEach(() => aws.close());

function open(projection?: Projection, client = glue): Catalog {
  const settings = projection === undefined ? SESSION : { ...SESSION, projection };
  return openGlueCatalog({ glue: client, athena: new AthenaClient(configOf(aws)) }, settings);
}

function toDays(count: number, region = 'us-east-1'): PartitionLocation[] {
  return Array.from({ length: count }, (_, i) => {
    const date = new Date(Date.UTC(2026, 0, 1 + i)).toISOString().slice(0, 10).replaceAll('-', '/');
    const location = `${ROOT}111122223333/vpcflowlogs/${region}/${date}/`;
    return { date, region, accountId: '111122223333', location };
  });
}

const registered = () => aws.glue.partitions(SESSION.database, TABLE.name);

describe('a table', () => {
  it('reads text by position, in the order of its format', async () => {
    await open().ensureTable(TABLE);
    const table = aws.glue.table(SESSION.database, TABLE.name);
    expect(table).toMatchObject({
      TableType: 'EXTERNAL_TABLE',
      Parameters: { EXTERNAL: 'TRUE', 'skip.header.line.count': '1' },
      PartitionKeys: [
        { Name: 'date_partition', Type: 'string' },
        { Name: 'region_partition', Type: 'string' },
        { Name: 'account_partition', Type: 'string' },
      ],
      StorageDescriptor: {
        Location: ROOT,
        SerdeInfo: {
          SerializationLibrary: 'org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe',
          Parameters: { 'field.delim': ' ' },
        },
      },
    });
    const columns = table.StorageDescriptor!.Columns!;
    expect(columns.slice(0, 4)).toEqual([
      { Name: 'version', Type: 'int' },
      { Name: 'account', Type: 'string' },
      { Name: 'interfaceid', Type: 'string' },
      { Name: 'sourceaddress', Type: 'string' },
    ]);
    expect(table.Parameters).not.toHaveProperty('projection.enabled');
  });

  it('that is there already is fine, also where two make it at once', async () => {
    await Promise.all([open().ensureTable(TABLE), open().ensureTable(TABLE), open().ensureTable(TABLE)]);
    await open().ensureTable(TABLE);
    expect(aws.glue.table(SESSION.database, TABLE.name).VersionId).toBe('0');
    expect(countCalls(aws, 'UpdateTable')).toBe(0);
  });

  it('is waited for when Glue has too much to do', async () => {
    aws.faults.throttle('glue:GetTable');
    aws.faults.throttle('glue:CreateTable');
    await open().ensureTable(TABLE);
    expect(aws.glue.findTable(SESSION.database, TABLE.name)).toBeDefined();
  });
});

describe('partitions', () => {
  beforeEach(() => open().ensureTable(TABLE));

  it('are registered in hundreds, each read as the table is', async () => {
    const days = toDays(250);
    expect(await open().addPartitions(TABLE.name, days)).toEqual([]);
    expect(countCalls(aws, 'BatchCreatePartition')).toBe(3);
    expect(registered()).toHaveLength(250);
    const { StorageDescriptor, Values } = registered()[31]!;
    expect(Values).toEqual(['2026/02/01', 'us-east-1', '111122223333']);
    expect(StorageDescriptor).toEqual({
      ...aws.glue.table(SESSION.database, TABLE.name).StorageDescriptor,
      Location: `${ROOT}111122223333/vpcflowlogs/us-east-1/2026/02/01/`,
    });
  });

  it('that exist with the same location are fine, with another one they are told and left', async () => {
    const [first, second, third] = toDays(3) as [PartitionLocation, PartitionLocation, PartitionLocation];
    await open().addPartitions(TABLE.name, [first, { ...second, location: 's3://example-logs/moved/02/' }]);
    const withoutSlash = { ...first, location: first.location.slice(0, -1) };
    expect(await open().addPartitions(TABLE.name, [withoutSlash, second, third])).toEqual([
      { ...second, registered: 's3://example-logs/moved/02/' },
    ]);
    expect(registered().map(({ StorageDescriptor }) => StorageDescriptor?.Location)).toEqual([
      first.location,
      's3://example-logs/moved/02/',
      third.location,
    ]);
  });

  it('of one day in two places are one partition and one conflict', async () => {
    const [day] = toDays(1) as [PartitionLocation];
    const hive = { ...day, location: `${ROOT}aws-account-id=111122223333/year=2026/month=01/day=01/` };
    expect(await open().addPartitions(TABLE.name, [day, day, hive])).toEqual([{ ...hive, registered: day.location }]);
    expect(registered()).toHaveLength(1);
  });

  it('may be none, and then Glue is not asked', async () => {
    const before = aws.calls.length;
    expect(await open().addPartitions(TABLE.name, [])).toEqual([]);
    expect(aws.calls).toHaveLength(before);
  });

  it('are tried again when Glue has too much to do, or its answer was lost', async () => {
    aws.faults.throttle('glue:BatchCreatePartition', { times: 2 });
    expect(await open().addPartitions(TABLE.name, toDays(3))).toEqual([]);
    aws.faults.dropAnswer('glue:BatchCreatePartition');
    expect(await open().addPartitions(TABLE.name, toDays(6))).toEqual([]);
    expect(registered()).toHaveLength(6);
  });

  it('that Glue left out are tried again, they alone', async () => {
    const { client, sizes } = partlyDone(['InternalServiceException', 'OperationTimeoutException']);
    expect(await open(undefined, client).addPartitions(TABLE.name, toDays(10))).toEqual([]);
    expect(sizes).toEqual([10, 5, 2]);
    expect(registered()).toHaveLength(10);
  });

  it('that Glue refuses are an error with its reason', async () => {
    const { client } = partlyDone(['GlueEncryptionException']);
    const error = await errorOf(open(undefined, client).addPartitions(TABLE.name, toDays(2)));
    expect(error).toBeInstanceOf(QueryFailed);
    expect(error.message).toBe(
      `Glue did not add partition 2026/01/02 us-east-1 111122223333 to ${TABLE.name}: GlueEncryptionException on demand`,
    );
  });

  it('whose comparison Glue left half done are asked for again', async () => {
    await open().addPartitions(TABLE.name, toDays(4));
    const elsewhere = toDays(4).map((day) => ({ ...day, location: `${day.location}elsewhere/` }));
    const conflicts = await open(undefined, halfRead()).addPartitions(TABLE.name, elsewhere);
    expect(conflicts.map(({ registered: location }) => location)).toEqual(toDays(4).map(({ location }) => location));
    expect(countCalls(aws, 'BatchGetPartition')).toBe(3);
  });

  it('of a table that is not there are an error', async () => {
    const error = await errorOf(open().addPartitions('flow_absent', toDays(1)));
    expect(error).toBeInstanceOf(QueryFailed);
    expect(error.message).toBe('there is no table flowhound.flow_absent to add partitions to');
  });
});

/** A client whose first calls carry out the first half of what they were asked; each leaves the rest with its error. */
function partlyDone(codes: readonly string[]): { client: GlueClient; sizes: number[] } {
  const client = new GlueClient(configOf(aws));
  const sizes: number[] = [];
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        if (commandName !== 'BatchCreatePartitionCommand') return next(args);
        const input = args.input as BatchCreatePartitionCommandInput;
        const all = input.PartitionInputList ?? [];
        const code = codes[sizes.push(all.length) - 1];
        if (code === undefined) return next(args);
        const half = Math.ceil(all.length / 2);
        const result = await next({ ...args, input: { ...input, PartitionInputList: all.slice(0, half) } });
        const Errors = all.slice(half).map(({ Values }) => ({
          PartitionValues: Values,
          ErrorDetail: { ErrorCode: code, ErrorMessage: 'on demand' },
        }));
        Object.assign(result.output, { Errors });
        return result;
      },
    { step: 'initialize' },
  );
  return { client, sizes };
}

/** A client that is answered for half of the partitions it asks for. */
function halfRead(): GlueClient {
  const client = new GlueClient(configOf(aws));
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        if (commandName !== 'BatchGetPartitionCommand') return next(args);
        const input = args.input as BatchGetPartitionCommandInput;
        const all = input.PartitionsToGet ?? [];
        const half = Math.ceil(all.length / 2);
        const result = await next({ ...args, input: { ...input, PartitionsToGet: all.slice(0, half) } });
        Object.assign(result.output, { UnprocessedKeys: all.slice(half) });
        return result;
      },
    { step: 'initialize' },
  );
  return client;
}

describe('projection', () => {
  const PLAIN: Projection = {
    accounts: ['111122223333', '444455556666'],
    regions: ['us-east-1', 'eu-west-1'],
    firstDate: '2026/01/01',
  };

  it('is the one of the playbook for plain keys', async () => {
    await open(PLAIN).ensureTable(TABLE);
    expect(aws.glue.table(SESSION.database, TABLE.name).Parameters).toEqual({
      EXTERNAL: 'TRUE',
      'skip.header.line.count': '1',
      'projection.enabled': 'true',
      'projection.date_partition.type': 'date',
      'projection.date_partition.range': '2026/01/01,NOW',
      'projection.date_partition.format': 'yyyy/MM/dd',
      'projection.date_partition.interval': '1',
      'projection.date_partition.interval.unit': 'DAYS',
      'projection.region_partition.type': 'enum',
      'projection.region_partition.values': 'us-east-1,eu-west-1',
      'projection.account_partition.type': 'enum',
      'projection.account_partition.values': '111122223333,444455556666',
      'storage.location.template':
        // biome-ignore lint/suspicious/noTemplateCurlyInString: Athena fills it in.
        's3://example-logs/p/AWSLogs/${account_partition}/vpcflowlogs/${region_partition}/${date_partition}',
    });
  });

  it('follows its lists when they grow, and goes when it is switched off; what others set stays', async () => {
    await open().ensureTable(TABLE);
    const { CreateTime: _, VersionId: __, ...table } = aws.glue.table(SESSION.database, TABLE.name);
    const TableInput = { ...table, Parameters: { ...table.Parameters, 'lakeformation.tag': 'theirs' } };
    await glue.send(new UpdateTableCommand({ DatabaseName: SESSION.database, TableInput }));
    await open(PLAIN).ensureTable(TABLE);
    const more = { ...PLAIN, accounts: [...PLAIN.accounts, '777788889999'] };
    await open(more).ensureTable(TABLE);
    await open(more).ensureTable(TABLE);
    expect(aws.glue.table(SESSION.database, TABLE.name).Parameters).toMatchObject({
      'projection.account_partition.values': '111122223333,444455556666,777788889999',
    });
    expect(countCalls(aws, 'UpdateTable')).toBe(3);
    await open().ensureTable(TABLE);
    expect(aws.glue.table(SESSION.database, TABLE.name).Parameters).toEqual(TableInput.Parameters);
  });

  it('tells of every partition that it does not reach, and registers none', async () => {
    await open(PLAIN).ensureTable(TABLE);
    const [seen] = toDays(1) as [PartitionLocation];
    const unseen = [
      { ...seen, accountId: '777788889999', location: seen.location.replace('111122223333', '777788889999') },
      ...toDays(1, 'ap-south-1'),
      { ...seen, date: '2025/12/31', location: seen.location.replace('2026/01/01', '2025/12/31') },
      { ...seen, location: `${ROOT}aws-account-id=111122223333/year=2026/month=01/day=01/` },
    ];
    const conflicts = await open(PLAIN).addPartitions(TABLE.name, [seen, ...unseen]);
    expect(conflicts.map(({ registered: where }) => where)).toEqual([
      'nothing: account 777788889999 is not among the projected ones',
      'nothing: region ap-south-1 is not among the projected ones',
      'nothing: projection begins at 2026/01/01',
      seen.location.slice(0, -1),
    ]);
    expect(registered()).toEqual([]);
  });
});
