import { readFileSync } from 'node:fs';
import { AthenaClient, CreateWorkGroupCommand } from '@aws-sdk/client-athena';
import { GlueClient } from '@aws-sdk/client-glue';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AthenaQuery, runAthenaQuery } from '../../src/aws/athena-query.ts';
import { openAthenaResults } from '../../src/aws/athena-results.ts';
import { openGlueCatalog } from '../../src/aws/glue-catalog.ts';
import { Interrupted, QueryFailed, UsageError } from '../../src/core/errors.ts';
import { flowTable, logObject, registerDay } from '../aws-double/athena-tables.ts';
import { type AwsDouble, startAwsDouble } from '../aws-double/start.ts';
import { configOf, countCalls, errorOf, s3Of } from './clients.ts';

const SESSION = { database: 'flowhound', workGroup: 'flowhound-dev' };
const RECORD = '2 111122223333 eni-1 10.0.0.1 203.0.113.7 49152 443 6 10 840 1788220800 1788220859 ACCEPT OK';
let aws: AwsDouble;
beforeEach(async () => {
  aws = await startAwsDouble({ buckets: ['example-logs', 'example-results'], mostQueries: 2 });
  aws.glue.createDatabase(SESSION.database);
  aws.glue.createTable(SESSION.database, flowTable('flow_1'));
  const { key, content } = logObject('01', [RECORD]);
  await aws.s3.put('example-logs', key, content);
  registerDay(aws.glue, [SESSION.database, 'flow_1'], '01');
  const Configuration = {
    BytesScannedCutoffPerQuery: 10_000_000,
    ResultConfiguration: { OutputLocation: 's3://example-results/deep/' },
  };
  await client().send(new CreateWorkGroupCommand({ Name: SESSION.workGroup, Configuration }));
});
afterEach(() => aws.close());

const client = () => new AthenaClient(configOf(aws));
const run = (query: AthenaQuery, signal?: AbortSignal) => runAthenaQuery(client(), SESSION, query, signal);
const ENDLESS = { sql: 'SELECT count(*) FROM range(100000000000)' };

describe('a query', () => {
  it('ends with its result, where the work group put it, and what it read', async () => {
    const sql = 'SELECT sourceaddress, vpcid, ? AS asked FROM flow_1 WHERE date_partition = ?';
    const { queryId, location, scannedBytes } = await run({ sql, parameters: ["'it''s'", "'2026/09/01'"] });
    expect(location).toBe(`s3://example-results/deep/${queryId}.csv`);
    expect(scannedBytes).toBe(logObject('01', [RECORD]).content.length);
    expect(await Array.fromAsync(openAthenaResults(s3Of(aws)).rows(location))).toEqual([
      { sourceaddress: '10.0.0.1', vpcid: null, asked: "it's" },
    ]);
  });

  it('is started once, though Athena was busy and its answer was lost', async () => {
    // The client gives up after three; what comes then is a start of ours.
    aws.faults.throttle('athena:StartQueryExecution', { times: 2 });
    aws.faults.dropAnswer('athena:StartQueryExecution');
    aws.faults.throttle('athena:StartQueryExecution');
    await run({ sql: 'SELECT 1' });
    expect(countCalls(aws, 'StartQueryExecution')).toBe(5);
    expect(aws.athena.queries.size).toBe(1);
  });

  it('waits for its turn where too many are under way', async () => {
    const busy = new AbortController();
    const others = [run(ENDLESS, busy.signal), run(ENDLESS, busy.signal)].map(errorOf);
    while (aws.athena.queries.size < 2) await new Promise((resolve) => setTimeout(resolve, 10));
    const waiting = run({ sql: 'SELECT 1' });
    while (!aws.calls.some(({ errorCode }) => errorCode === 'TooManyRequestsException')) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    busy.abort();
    await Promise.all(others);
    expect(await waiting).toMatchObject({ scannedBytes: 0 });
  });

  it('that runs again is a query of its own', async () => {
    const [one, two] = [await run({ sql: 'SELECT 1' }), await run({ sql: 'SELECT 1' })];
    expect(one.queryId).not.toBe(two.queryId);
  });

  it('is stopped with its caller', async () => {
    const stop = new AbortController();
    const running = run(ENDLESS, stop.signal);
    while (aws.athena.queries.size === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    stop.abort();
    const error = await errorOf(running);
    expect(error).toBeInstanceOf(Interrupted);
    const [query] = aws.athena.queries.values();
    expect(query).toMatchObject({ state: 'CANCELLED' });
    expect(error.message).toBe(`query ${query!.id} was stopped`);
    const before = aws.athena.queries.size;
    expect(await errorOf(run(ENDLESS, stop.signal))).toBeInstanceOf(Interrupted);
    expect(aws.athena.queries.size).toBe(before);
  });
});

describe('a query that fails', () => {
  it("says why in one line, with Athena's reason", async () => {
    const error = await errorOf(run({ sql: 'SELECT *\nFROM nowhere' }));
    expect(error).toBeInstanceOf(QueryFailed);
    expect(error.message).toMatch(/^Athena query [0-9a-f-]{36} failed: .*nowhere/);
    expect(error.message.split('\n')).toHaveLength(1);
    expect(error.cause).toMatchObject({ ErrorMessage: expect.stringContaining('nowhere') });
  });

  it('over the limit of the work group says what to do', async () => {
    await aws.s3.put('example-logs', 'large/2026/09/05/large.log', `header\n${'x'.repeat(10_000_000)}\n`);
    registerDay(aws.glue, [SESSION.database, 'flow_1'], '05', { Location: 's3://example-logs/large/2026/09/05/' });
    const error = await errorOf(run({ sql: "SELECT count(*) FROM flow_1 WHERE date_partition = '2026/09/05'" }));
    expect(error).toBeInstanceOf(QueryFailed);
    expect(error.message).toMatch(
      /was cancelled: .*Bytes scanned limit.* Ask for fewer days, accounts or regions, or raise the limit of work group flowhound-dev\.$/,
    );
  });

  it('at its start is told as that', async () => {
    const elsewhere = { ...SESSION, workGroup: 'absent' };
    const error = await errorOf(runAthenaQuery(client(), elsewhere, { sql: 'SELECT 1' }));
    expect(error).toBeInstanceOf(QueryFailed);
    expect(error.message).toBe(
      'Athena did not start the query: InvalidRequestException: WorkGroup absent is not found.',
    );
    aws.revoke('contract');
    expect(await errorOf(run({ sql: 'SELECT 1' }))).toBeInstanceOf(UsageError);
  });
});

describe('views', () => {
  const catalog = () => openGlueCatalog({ glue: new GlueClient(configOf(aws)), athena: client() }, SESSION);

  it('are there when replacing them has ended, and the last text counts', async () => {
    await catalog().replaceView('hosts', 'CREATE OR REPLACE VIEW hosts AS SELECT sourceaddress FROM flow_1');
    await catalog().replaceView('hosts', 'CREATE OR REPLACE VIEW hosts AS SELECT destinationaddress FROM flow_1');
    const { TableType, StorageDescriptor } = aws.glue.table(SESSION.database, 'hosts');
    expect(TableType).toBe('VIRTUAL_VIEW');
    expect(StorageDescriptor?.Columns).toMatchObject([{ Name: 'destinationaddress' }]);
  });

  it('of the catalogue of SQL are taken as they are', async () => {
    const folder = new URL('../../sql/views/', import.meta.url);
    const text = readFileSync(new URL('vpc_flow_log_records.sql', folder), 'utf8');
    const all = /-- columns: (.*)/
      .exec(text)![1]!
      .split(',')
      .map((Name) => ({ Name, Type: 'string' }));
    aws.glue.createTable(SESSION.database, {
      ...flowTable('vpc_flow_logs'),
      PartitionKeys: [],
      StorageDescriptor: { ...flowTable('x').StorageDescriptor, Columns: all, Location: 's3://example-logs/json/' },
    });
    await catalog().replaceView('vpc_flow_log_records', text);
    expect(aws.glue.table(SESSION.database, 'vpc_flow_log_records').StorageDescriptor?.Columns).toHaveLength(22);
  });

  it('that Athena refuses are an error', async () => {
    const replacing = catalog().replaceView('v', 'CREATE OR REPLACE VIEW v AS SELECT nothing FROM nowhere');
    expect(await errorOf(replacing)).toBeInstanceOf(QueryFailed);
  });
});
