import {
  AthenaClient,
  CreateNamedQueryCommand,
  CreateWorkGroupCommand,
  GetNamedQueryCommand,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  GetWorkGroupCommand,
  ListNamedQueriesCommand,
  StartQueryExecutionCommand,
  type StartQueryExecutionCommandInput,
} from '@aws-sdk/client-athena';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AwsDouble, startAwsDouble } from './start.ts';

const WorkGroup = 'flowhound';
let aws: AwsDouble;
let athena: AthenaClient;

beforeAll(async () => {
  aws = await startAwsDouble({ buckets: ['example-state'], mostQueries: 2 });
  athena = new AthenaClient({ ...aws.client('query'), maxAttempts: 1 });
  const ResultConfiguration = { OutputLocation: 's3://example-state/query-results/' };
  await athena.send(new CreateWorkGroupCommand({ Name: WorkGroup, Configuration: { ResultConfiguration } }));
});

afterAll(() => aws.close());

const begin = (QueryString: string, more: Partial<StartQueryExecutionCommandInput> = {}) =>
  athena.send(new StartQueryExecutionCommand({ QueryString, WorkGroup, ...more }));

async function run(QueryString: string, ...ExecutionParameters: string[]) {
  const { QueryExecutionId } = await begin(QueryString, { ExecutionParameters });
  await aws.athena.queries.get(QueryExecutionId!)!.ended;
  const { QueryExecution } = await athena.send(new GetQueryExecutionCommand({ QueryExecutionId }));
  return { id: QueryExecutionId!, ...QueryExecution!.Status };
}

describe('starting a query', () => {
  const refused = { name: 'InvalidRequestException' };

  it('is the same start under the same token', async () => {
    const ClientRequestToken = 'token-of-at-least-thirty-two-characters';
    const [one, two] = [
      await begin('SELECT 1', { ClientRequestToken }),
      await begin('SELECT 1', { ClientRequestToken }),
    ];
    expect(one.QueryExecutionId).toBe(two.QueryExecutionId);
    await expect(begin('SELECT 2', { ClientRequestToken })).rejects.toMatchObject(refused);
    await expect(begin('SELECT 1', { ClientRequestToken: 'short' })).rejects.toMatchObject(refused);
  });

  it('is refused beyond the limits, in a work group that is not there, without a place for the result', async () => {
    await expect(begin(`SELECT '${'x'.repeat(262_144)}'`)).rejects.toMatchObject(refused);
    await expect(begin('SELECT 1', { ExecutionParameters: [] })).rejects.toMatchObject(refused);
    await expect(begin('SELECT ?', { ExecutionParameters: ['x'.repeat(1025)] })).rejects.toMatchObject(refused);
    await expect(begin('SELECT 1', { WorkGroup: 'none' })).rejects.toMatchObject(refused);
    await expect(begin('SELECT 1', { WorkGroup: 'primary' })).rejects.toMatchObject(refused);
  });

  it('is throttled on demand', async () => {
    aws.faults.throttle('athena:StartQueryExecution');
    await expect(begin('SELECT 1')).rejects.toMatchObject({ name: 'TooManyRequestsException' });
  });

  it('is refused while as many queries are under way as may be', async () => {
    const slow = 'SELECT count(*) FROM range(100000000000)';
    const ended = () => Promise.all([...aws.athena.queries.values()].map((query) => query.ended));
    await ended();
    const started = [await begin(slow), await begin(slow)];
    await expect(begin('SELECT 1')).rejects.toMatchObject({ name: 'TooManyRequestsException' });
    for (const { QueryExecutionId } of started) aws.athena.queries.get(QueryExecutionId!)!.stop();
    await ended();
  });

  it('takes literals for parameters, as many as there are question marks', async () => {
    const { id } = await run("SELECT ? AS a, '?' AS b, ? AS c -- ?", "'it''s'", '7');
    const { ResultSet } = await athena.send(new GetQueryResultsCommand({ QueryExecutionId: id }));
    expect(ResultSet?.Rows?.[1]?.Data?.map(({ VarCharValue }) => VarCharValue)).toEqual(["it's", '?', '7']);
    expect((await run('SELECT ?', "'a'", "'b'")).StateChangeReason).toContain('Incorrect number of parameters');
    expect(await run('SELECT ?', 'text')).toMatchObject({ State: 'FAILED' });
  });
});

describe('work groups and named queries', () => {
  it('can be looked up', async () => {
    const { NamedQueryId } = await athena.send(
      new CreateNamedQueryCommand({
        Name: 'row_count',
        Database: 'flowhound',
        QueryString: 'SELECT 1',
        WorkGroup,
      }),
    );
    expect((await athena.send(new ListNamedQueriesCommand({ WorkGroup }))).NamedQueryIds).toEqual([NamedQueryId]);
    expect((await athena.send(new GetNamedQueryCommand({ NamedQueryId }))).NamedQuery).toMatchObject({
      Name: 'row_count',
      QueryString: 'SELECT 1',
    });
    const group = (await athena.send(new GetWorkGroupCommand({ WorkGroup }))).WorkGroup;
    expect(group?.Configuration?.ResultConfiguration?.OutputLocation).toBe('s3://example-state/query-results/');
  });
});
