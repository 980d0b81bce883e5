import { AthenaClient, CreateWorkGroupCommand } from '@aws-sdk/client-athena';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AwsDouble, startAwsDouble } from './start.ts';

const DEFINITION = JSON.stringify({
  StartAt: 'Query',
  States: {
    Query: {
      Type: 'Task',
      Resource: 'arn:aws:states:::athena:startQueryExecution.sync',
      Parameters: {
        'QueryString.$': '$.sql',
        'ExecutionParameters.$': '$.parameters',
        QueryExecutionContext: { Database: 'flowhound' },
        WorkGroup: 'flowhound',
      },
      ResultSelector: { 'location.$': '$.QueryExecution.ResultConfiguration.OutputLocation' },
      Retry: [{ ErrorEquals: ['Athena.TooManyRequestsException'], MaxAttempts: 2 }],
      End: true,
    },
  },
});
let aws: AwsDouble;
let sfn: SFNClient;
let stateMachineArn: string;

beforeAll(async () => {
  aws = await startAwsDouble({ buckets: ['example-state'] });
  aws.glue.createDatabase('flowhound');
  sfn = new SFNClient(aws.client('ingest'));
  const ResultConfiguration = { OutputLocation: 's3://example-state/query-results/' };
  const group = new CreateWorkGroupCommand({ Name: 'flowhound', Configuration: { ResultConfiguration } });
  await new AthenaClient(aws.client('administrator')).send(group);
  const roleArn = 'arn:aws:iam::111122223333:role/sweep';
  const created = await sfn.send(new CreateStateMachineCommand({ name: 'sweep', roleArn, definition: DEFINITION }));
  stateMachineArn = created.stateMachineArn!;
});

afterAll(() => aws.close());

async function run(sql: string, parameters: string[]) {
  const input = JSON.stringify({ sql, parameters });
  const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn, input }));
  await aws.sfn.executions.get(executionArn!)!.ended;
  return sfn.send(new DescribeExecutionCommand({ executionArn }));
}

describe('a query state', () => {
  it('waits for the query and hands on where its result is', async () => {
    const { status, output } = await run('SELECT ? AS a', ["'x'"]);
    expect(status).toBe('SUCCEEDED');
    const key = (JSON.parse(output!) as { location: string }).location.replace('s3://example-state/', '');
    expect(await aws.s3.text('example-state', key)).toBe('"a"\n"x"\n');
    const callers = new Set(
      aws.calls.filter(({ service }) => service === 'athena').map(({ accessKeyId }) => accessKeyId),
    );
    expect(callers).toContain(aws.credentials('sweep').accessKeyId);
  });

  it('fails as States.TaskFailed with the query, whatever the query failed of', async () => {
    const { status, error, cause } = await run('SELECT ? FROM nowhere', ['1']);
    expect([status, error]).toEqual(['FAILED', 'States.TaskFailed']);
    expect(JSON.parse(cause!)).toMatchObject({
      Status: { State: 'FAILED', StateChangeReason: expect.stringContaining('nowhere') },
    });
  });

  it('fails under the name of the exception where the query cannot be started', async () => {
    expect(await run('SELECT 1', [])).toMatchObject({ status: 'FAILED', error: 'Athena.InvalidRequestException' });
    aws.faults.throttle('athena:StartQueryExecution', { times: 3 });
    expect(await run('SELECT ? AS a', ['1'])).toMatchObject({
      status: 'FAILED',
      error: 'Athena.TooManyRequestsException',
    });
    aws.faults.throttle('athena:StartQueryExecution', { times: 2 });
    expect(await run('SELECT ? AS a', ['1'])).toMatchObject({ status: 'SUCCEEDED' });
  });
});
