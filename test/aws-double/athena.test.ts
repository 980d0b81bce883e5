import { gzipSync } from 'node:zlib';
import {
  AthenaClient,
  CreateWorkGroupCommand,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  StartQueryExecutionCommand,
  type StartQueryExecutionCommandInput,
  StopQueryExecutionCommand,
} from '@aws-sdk/client-athena';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evidenceTable, flowTable, logObject, projectedFrom, registerDay } from './athena-tables.ts';
import { type AwsDouble, startAwsDouble } from './start.ts';

const DATABASE = 'flowhound';
const FLOW_1 = [DATABASE, 'flow_1'] as const;
let aws: AwsDouble;
let athena: AthenaClient;
const sizes = new Map<string, number>();

beforeAll(async () => {
  aws = await startAwsDouble({
    buckets: ['example-logs', 'example-state'],
    now: () => new Date('2026-09-03T12:00:00Z'),
  });
  athena = new AthenaClient({ ...aws.client('query'), maxAttempts: 1 });
  aws.glue.createDatabase(DATABASE);
  aws.glue.createTable(DATABASE, flowTable('flow_1'));
  for (const [day, lines] of [
    ['01', ['2 111122223333 eni-1 10.0.0.1 203.0.113.7 49152 443 6 10 840 1788220800 1788220859 ACCEPT OK']],
    [
      '02',
      [
        '2 111122223333 eni-1 - - - - - - - 1788307200 1788307259 - NODATA',
        '2 111122223333 eni-1 10.0.0.2 203.0.113.7 1 443 6 99999999999 1',
      ],
    ],
    ['03', ['2 111122223333 eni-1 10.0.0.3 203.0.113.7 49152 443 6 10 840 1 2 ACCEPT OK']],
  ] as const) {
    const { key, content } = logObject(day, lines);
    sizes.set(day, content.length);
    await aws.s3.put('example-logs', key, content);
    if (day !== '03') registerDay(aws.glue, FLOW_1, day);
  }
  const Configuration = {
    EnforceWorkGroupConfiguration: true,
    BytesScannedCutoffPerQuery: 10_000_000,
    ResultConfiguration: { OutputLocation: 's3://example-state/query-results/' },
  };
  await athena.send(new CreateWorkGroupCommand({ Name: DATABASE, Configuration }));
});

afterAll(() => aws.close());

const begin = (QueryString: string, more: Partial<StartQueryExecutionCommandInput> = {}) =>
  athena.send(
    new StartQueryExecutionCommand({
      QueryString,
      WorkGroup: DATABASE,
      QueryExecutionContext: { Database: DATABASE },
      ...more,
    }),
  );

async function run(sql: string, ...parameters: string[]) {
  const { QueryExecutionId } = await begin(sql, parameters.length === 0 ? {} : { ExecutionParameters: parameters });
  await aws.athena.queries.get(QueryExecutionId!)!.ended;
  const { QueryExecution } = await athena.send(new GetQueryExecutionCommand({ QueryExecutionId }));
  return { id: QueryExecutionId!, ...QueryExecution! };
}

async function rowsOf(sql: string, ...parameters: string[]): Promise<(string | undefined)[][]> {
  const { id, Status } = await run(sql, ...parameters);
  expect([Status?.State, Status?.StateChangeReason]).toEqual(['SUCCEEDED', undefined]);
  const { ResultSet } = await athena.send(new GetQueryResultsCommand({ QueryExecutionId: id }));
  return ResultSet!.Rows!.slice(1).map(({ Data }) => Data!.map(({ VarCharValue }) => VarCharValue));
}

describe('log tables', () => {
  it('are read by position: a dash and a number too large are NULL, and so are columns that a line does not have', async () => {
    const sql = `SELECT sourceaddress, sourceport, numpackets, numbytes, logstatus, vpcid, date_partition, "$path"
      FROM flow_1 WHERE date_partition = '2026/09/02' ORDER BY sourceport`;
    const path = `s3://example-logs/${logObject('02', []).key}`;
    expect(await rowsOf(sql)).toEqual([
      ['10.0.0.2', '1', '99999999999', '1', undefined, undefined, '2026/09/02', path],
      ['-', undefined, undefined, undefined, 'NODATA', undefined, '2026/09/02', path],
    ]);
  });

  it('have only the partitions that are registered', async () => {
    expect(await rowsOf('SELECT DISTINCT date_partition FROM flow_1 ORDER BY 1')).toEqual([
      ['2026/09/01'],
      ['2026/09/02'],
    ]);
  });

  it('cost the bytes of the partitions, and of the objects, that the query names', async () => {
    const scanned = async (where: string, ...parameters: string[]) =>
      (await run(`SELECT count(*) FROM flow_1 WHERE ${where}`, ...parameters)).Statistics?.DataScannedInBytes;
    const [first, second] = [sizes.get('01')!, sizes.get('02')!];
    expect(await scanned('true')).toBe(first + second);
    expect(await scanned("date_partition = '2026/09/01'")).toBe(first);
    expect(await scanned('date_partition BETWEEN ? AND ?', "'2026/09/02'", "'2026/12/31'")).toBe(second);
    expect(await scanned("contains(split('2026/09/02', ','), date_partition)")).toBe(second);
    expect(await scanned("region_partition = 'eu-west-1'")).toBe(0);
    expect(await scanned('"$path" IN (?)', `'s3://example-logs/${logObject('01', []).key}'`)).toBe(first);
    expect(await scanned(`regexp_extract("$path", '2026/09/(..)', 1) IN ('01')`)).toBe(first + second);
    expect(
      await scanned("sourceaddress IN (SELECT sourceaddress FROM flow_1 WHERE date_partition = '2026/09/01')"),
    ).toBe(2 * first + second);
  });

  it('can compute their partitions', async () => {
    aws.glue.createTable(DATABASE, flowTable('flow_projected', projectedFrom('2026/09/02')));
    expect(await rowsOf('SELECT DISTINCT date_partition FROM flow_projected ORDER BY 1')).toEqual([
      ['2026/09/02'],
      ['2026/09/03'],
    ]);
  });

  it('fail with a damaged object', async () => {
    await aws.s3.put('example-logs', 'damaged/2026/09/04/damaged.log.gz', 'no gzip');
    registerDay(aws.glue, FLOW_1, '04', { Location: 's3://example-logs/damaged/2026/09/04/' });
    const { Status } = await run("SELECT count(*) FROM flow_1 WHERE date_partition = '2026/09/04'");
    expect(Status).toMatchObject({ State: 'FAILED', StateChangeReason: expect.stringContaining('HIVE_CURSOR_ERROR') });
    await run("SELECT count(*) FROM flow_1 WHERE date_partition = '2026/09/01'");
  });
});

describe('evidence', () => {
  const sql = 'SELECT object, bytes, batch, chunk FROM evidence';

  it('is found by the batch that the query names, and by nothing else', async () => {
    aws.glue.createTable(DATABASE, evidenceTable('s3://example-state'));
    const put = (batch: string, bytes: string) =>
      aws.s3.put(
        'example-state',
        `evidence/records/batch=${batch}/chunk=0/evidence.json.gz`,
        gzipSync(`{"object":"a","bytes":${bytes}}\n`),
      );
    await put('b1', '9007199254740993');
    await put('b2', '2');
    expect(await rowsOf(`${sql} WHERE batch = ? AND chunk = ?`, "'b1'", '0')).toEqual([
      ['a', '9007199254740993', 'b1', '0'],
    ]);
    expect(await rowsOf(`${sql} WHERE batch = 'b2' AND chunk = 1`)).toEqual([]);
    for (const where of ['', "WHERE batch LIKE 'b%'", 'WHERE chunk = 0', "WHERE batch = 'b1' OR chunk = 0"]) {
      const { Status } = await run(`${sql} ${where}`);
      expect(Status?.StateChangeReason).toContain('CONSTRAINT_VIOLATION');
    }
    const joined = await run("SELECT 1 FROM evidence a JOIN evidence b ON a.object = b.object WHERE a.batch = 'b1'");
    expect(joined.Status?.StateChangeReason).toContain('CONSTRAINT_VIOLATION');
  });
});

describe('views', () => {
  it('are kept in the catalogue and stand on each other', async () => {
    expect((await run('CREATE OR REPLACE VIEW records AS SELECT "$path" AS object, * FROM flow_1')).StatementType).toBe(
      'DDL',
    );
    await run(
      "-- a remark\nCREATE OR REPLACE VIEW hosts AS SELECT DISTINCT sourceaddress FROM records WHERE date_partition = '2026/09/01';",
    );
    expect(await rowsOf('SELECT * FROM hosts')).toEqual([['10.0.0.1']]);
    const { Statistics } = await run('SELECT * FROM hosts');
    expect(Statistics?.DataScannedInBytes).toBe(sizes.get('01'));
    expect(aws.glue.table(DATABASE, 'hosts')).toMatchObject({
      TableType: 'VIRTUAL_VIEW',
      StorageDescriptor: { Columns: [{ Name: 'sourceaddress' }] },
    });
  });

  it('are refused over what is not there, and in the place of a table', async () => {
    expect((await run('CREATE OR REPLACE VIEW v AS SELECT * FROM nowhere')).Status?.State).toBe('FAILED');
    expect((await run('CREATE OR REPLACE VIEW flow_1 AS SELECT 1 AS a')).Status?.StateChangeReason).toContain(
      'TABLE_ALREADY_EXISTS',
    );
    await run('CREATE VIEW once AS SELECT 1 AS a');
    expect((await run('CREATE VIEW once AS SELECT 1 AS a')).Status?.StateChangeReason).toContain('ALREADY_EXISTS');
  });
});

describe('results', () => {
  it('lie in S3 where the work group wants them, quoted, NULL as nothing', async () => {
    const { id, ResultConfiguration } = await run(`SELECT 'a"b' AS a, CAST(NULL AS VARCHAR) AS b, '' AS c, 1.50 AS d`);
    const key = `query-results/${id}.csv`;
    expect(ResultConfiguration?.OutputLocation).toBe(`s3://example-state/${key}`);
    expect(await aws.s3.text('example-state', key)).toBe('"a","b","c","d"\n"a""b",,"","1.50"\n');
    expect(aws.s3.keys('example-state', key)).toEqual([key, `${key}.metadata`]);
  });

  it('come page by page, the names of the columns first', async () => {
    const { id } = await run('SELECT * FROM (VALUES (1), (2), (3)) AS t (n) ORDER BY n');
    const read = (NextToken?: string) =>
      athena.send(new GetQueryResultsCommand({ QueryExecutionId: id, MaxResults: 2, NextToken }));
    const first = await read();
    const second = await read(first.NextToken);
    const values = [first, second].map(({ ResultSet }) => ResultSet?.Rows?.map(({ Data }) => Data?.[0]?.VarCharValue));
    expect(values).toEqual([
      ['n', '1'],
      ['2', '3'],
    ]);
    expect(second.NextToken).toBeUndefined();
    expect(first.ResultSet?.ResultSetMetadata?.ColumnInfo).toMatchObject([{ Name: 'n', Type: 'integer' }]);
    await expect(
      athena.send(new GetQueryResultsCommand({ QueryExecutionId: id, MaxResults: 1001 })),
    ).rejects.toMatchObject({
      name: 'InvalidRequestException',
    });
  });

  it('are not there before the query has succeeded', async () => {
    const { id } = await run('SELECT nothing FROM nowhere');
    await expect(athena.send(new GetQueryResultsCommand({ QueryExecutionId: id }))).rejects.toMatchObject({
      name: 'InvalidRequestException',
    });
  });
});

describe('a query', () => {
  it('is queued, runs and ends; it can be stopped', async () => {
    const { QueryExecutionId } = await begin('SELECT count(*) FROM range(100000000000)');
    const state = async () =>
      (await athena.send(new GetQueryExecutionCommand({ QueryExecutionId }))).QueryExecution?.Status?.State;
    expect(['QUEUED', 'RUNNING']).toContain(await state());
    await athena.send(new StopQueryExecutionCommand({ QueryExecutionId }));
    expect(await state()).toBe('CANCELLED');
    await aws.athena.queries.get(QueryExecutionId!)!.ended;
  });

  it('is cancelled if it would read more than the work group allows', async () => {
    await aws.s3.put('example-logs', 'large/2026/09/05/large.log', `header\n${'x'.repeat(10_000_000)}\n`);
    registerDay(aws.glue, FLOW_1, '05', { Location: 's3://example-logs/large/2026/09/05/' });
    const { Status } = await run("SELECT count(*) FROM flow_1 WHERE date_partition = '2026/09/05'");
    expect(Status).toMatchObject({
      State: 'CANCELLED',
      StateChangeReason: expect.stringContaining('Bytes scanned limit'),
    });
  });

  it('is needed permission for on its work group', async () => {
    await run('SELECT 1');
    const resource = 'arn:aws:athena:us-east-1:111122223333:workgroup/flowhound';
    expect(aws.calls.slice(-2)).toMatchObject([
      { action: 'athena:StartQueryExecution', resource },
      { action: 'athena:GetQueryExecution', resource },
    ]);
  });
});
