import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  ListExecutionsCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EventBridgeEvent } from './s3-events.ts';
import { type AwsDouble, startAwsDouble } from './start.ts';

const roleArn = 'arn:aws:iam::111122223333:role/sweep';
const arnOf = (name: string) => `arn:aws:lambda:us-east-1:111122223333:function:${name}`;
let aws: AwsDouble;
let sfn: SFNClient;
let events: EventBridgeEvent[] = [];
let machines = 0;

beforeAll(async () => {
  aws = await startAwsDouble();
  sfn = new SFNClient({ ...aws.client('ingest'), maxAttempts: 1 });
  aws.onExecutionEvent = (event) => void events.push(event);
  aws.functions.set('echo', (event) => event);
  aws.functions.set('fail', () => {
    throw Object.assign(new Error('not just now'), { name: 'LogObjectUnavailable' });
  });
  aws.functions.set('grow', ({ bytes }: { bytes: number }) => 'x'.repeat(bytes - 2));
});

afterAll(() => aws.close());

async function create(definition: object): Promise<string> {
  const name = `machine-${machines++}`;
  const created = await sfn.send(
    new CreateStateMachineCommand({ name, roleArn, definition: JSON.stringify(definition) }),
  );
  return created.stateMachineArn!;
}

const task = (name: string, more: object = { End: true }) => ({ Type: 'Task', Resource: arnOf(name), ...more });
const one = (state: object) => ({ StartAt: 'Only', States: { Only: state } });

async function run(definition: object, input: unknown = {}) {
  const stateMachineArn = await create(definition);
  const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input) }));
  await aws.sfn.executions.get(executionArn!)!.ended;
  return sfn.send(new DescribeExecutionCommand({ executionArn }));
}

async function historyOf(executionArn: string): Promise<HistoryEvent[]> {
  const history: HistoryEvent[] = [];
  let nextToken: string | undefined;
  do {
    const page = await sfn.send(new GetExecutionHistoryCommand({ executionArn, nextToken, maxResults: 5 }));
    history.push(...page.events!);
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return history;
}

describe('a state machine', () => {
  it('is made only of a definition that Step Functions takes', async () => {
    const refused = { name: 'InvalidDefinition' };
    await expect(create(one(task('echo', { Next: 'Nowhere' })))).rejects.toMatchObject(refused);
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a placeholder that nobody filled in
    await expect(create(one({ ...task('echo'), Resource: '${EchoFunctionArn}' }))).rejects.toMatchObject(refused);
    await expect(create(one({ ...task('echo'), Resource: 'arn:aws:states:::sqs:sendMessage' }))).rejects.toMatchObject(
      refused,
    );
    await expect(create(one({ ...task('echo'), Assign: { a: 1 } }))).rejects.toMatchObject(refused);
  });

  it('keeps its name for one definition', async () => {
    const make = (end: string) => {
      const definition = JSON.stringify({ ...one(task('echo')), Comment: end });
      return sfn.send(new CreateStateMachineCommand({ name: 'same', roleArn, definition }));
    };
    expect((await make('a')).stateMachineArn).toBe((await make('a')).stateMachineArn);
    await expect(make('b')).rejects.toMatchObject({ name: 'StateMachineAlreadyExists' });
  });
});

describe('an execution', () => {
  it('calls functions as the role of the state machine and ends with their answer', async () => {
    const { status, output } = await run(
      one(task('echo', { Parameters: { 'a.$': '$.b', 'name.$': '$$.Execution.Name' }, End: true })),
      { b: 1 },
    );
    expect(status).toBe('SUCCEEDED');
    expect(JSON.parse(output!)).toEqual({ a: 1, name: expect.any(String) });
    const { accessKeyId } = aws.credentials('sweep');
    expect(aws.calls).toContainEqual(
      expect.objectContaining({ accessKeyId, action: 'lambda:InvokeFunction', resource: arnOf('echo') }),
    );
  });

  it('fails under the name of the error that no state catches', async () => {
    const { status, error, cause } = await run(one(task('fail')));
    expect([status, error]).toEqual(['FAILED', 'LogObjectUnavailable']);
    expect(JSON.parse(cause!)).toMatchObject({ errorType: 'LogObjectUnavailable', errorMessage: 'not just now' });
    expect(await run(one(task('none')))).toMatchObject({ status: 'FAILED', error: 'Lambda.ResourceNotFoundException' });
  });

  it('retries and catches by that name', async () => {
    let calls = 0;
    aws.functions.set('flaky', () => {
      if (calls++ < 2) throw Object.assign(new Error('busy'), { name: 'Busy' });
      return calls;
    });
    const Retry = [{ ErrorEquals: ['Busy'], IntervalSeconds: 30, MaxAttempts: 2 }];
    expect(await run(one(task('flaky', { Retry, End: true })))).toMatchObject({ status: 'SUCCEEDED', output: '3' });
    const Catch = [{ ErrorEquals: ['States.TaskFailed'], ResultPath: '$.failure', Next: 'Record' }];
    const caught = await run({
      StartAt: 'Fail',
      States: { Fail: task('fail', { Catch, End: true }), Record: task('echo') },
    });
    expect(JSON.parse(caught.output!)).toMatchObject({ failure: { Error: 'LogObjectUnavailable' } });
  });

  it('meets a throttled Lambda under the name that Step Functions gives to it', async () => {
    aws.faults.throttle('lambda:InvokeFunction');
    expect(await run(one(task('echo')))).toMatchObject({ status: 'FAILED', error: 'Lambda.TooManyRequestsException' });
  });

  it('ends with States.DataLimitExceeded over 262,144 bytes, which States.ALL does not catch', async () => {
    const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'Record' }];
    const definition = { StartAt: 'Grow', States: { Grow: task('grow', { Catch, End: true }), Record: task('echo') } };
    expect(await run(definition, { bytes: 262_144 })).toMatchObject({ status: 'SUCCEEDED' });
    expect(await run(definition, { bytes: 262_145 })).toMatchObject({
      status: 'FAILED',
      error: 'States.DataLimitExceeded',
    });
  });

  it('counts what a Map gathers, even if a ResultSelector takes a small part', async () => {
    const definition = one({
      Type: 'Map',
      ItemProcessor: { ProcessorConfig: { Mode: 'INLINE' }, StartAt: 'Grow', States: { Grow: task('grow') } },
      ResultSelector: { 'first.$': '$[0]' },
      ResultPath: null,
      End: true,
    });
    const items = (count: number) => Array.from({ length: count }, () => ({ bytes: 60_000 }));
    expect(await run(definition, items(4))).toMatchObject({ status: 'SUCCEEDED' });
    expect(await run(definition, items(5))).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
  });

  it('times out where the definition says so', async () => {
    aws.functions.set('hang', () => new Promise(() => {}));
    expect(await run(one(task('hang', { TimeoutSeconds: 1, End: true })))).toMatchObject({
      status: 'FAILED',
      error: 'States.Timeout',
    });
    expect(await run({ TimeoutSeconds: 1, ...one(task('hang')) })).toMatchObject({ status: 'TIMED_OUT' });
  });

  it('is told to EventBridge when it begins and when it ends', async () => {
    events = [];
    const { executionArn } = await run(one(task('fail')));
    await new Promise(setImmediate);
    expect(events.map(({ detail }) => [detail.status, detail.executionArn, detail.error])).toEqual([
      ['RUNNING', executionArn, null],
      ['FAILED', executionArn, 'LogObjectUnavailable'],
    ]);
  });
});

describe('starting', () => {
  it('repeats the answer while the same execution runs, and refuses its name afterwards', async () => {
    let release = (): void => {};
    aws.functions.set('wait', () => new Promise<void>((resolve) => (release = resolve)));
    const stateMachineArn = await create(one(task('wait')));
    const start = (input: string) =>
      sfn.send(new StartExecutionCommand({ stateMachineArn, name: 'new-logs_1', input }));
    const { executionArn } = await start('{"a":1}');
    expect((await start('{"a":1}')).executionArn).toBe(executionArn);
    await expect(start('{"a":2}')).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
    release();
    await aws.sfn.executions.get(executionArn!)!.ended;
    await expect(start('{"a":1}')).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
  });

  it('refuses names, inputs and machines that are none', async () => {
    const stateMachineArn = await create(one(task('echo')));
    const start = (more: object) => sfn.send(new StartExecutionCommand({ stateMachineArn, ...more }));
    for (const name of ['x'.repeat(81), 'a b', 'a/b', 'a:b', '']) {
      await expect(start({ name })).rejects.toMatchObject({ name: 'InvalidName' });
    }
    await start({ name: 'x'.repeat(80) });
    await expect(start({ input: '{' })).rejects.toMatchObject({ name: 'InvalidExecutionInput' });
    await expect(start({ input: `"${'x'.repeat(262_143)}"` })).rejects.toMatchObject({ name: 'ValidationException' });
    const none = 'arn:aws:states:us-east-1:111122223333:stateMachine:none';
    await expect(start({ stateMachineArn: none })).rejects.toMatchObject({ name: 'StateMachineDoesNotExist' });
    const execution = none.replace('stateMachine', 'execution');
    await expect(sfn.send(new DescribeExecutionCommand({ executionArn: `${execution}:x` }))).rejects.toMatchObject({
      name: 'ExecutionDoesNotExist',
    });
  });

  it('can be taken back', async () => {
    const stateMachineArn = await create(one(task('hang')));
    const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn }));
    await sfn.send(new StopExecutionCommand({ executionArn, error: 'Stopped', cause: 'by a test' }));
    expect(await sfn.send(new DescribeExecutionCommand({ executionArn }))).toMatchObject({
      status: 'ABORTED',
      error: 'Stopped',
    });
    const listed = await sfn.send(new ListExecutionsCommand({ stateMachineArn, statusFilter: 'ABORTED' }));
    expect(listed.executions?.map((execution) => execution.executionArn)).toEqual([executionArn]);
  });
});

describe('the history', () => {
  it('tells each step, page by page, each event behind the one that led to it', async () => {
    const definition = {
      StartAt: 'Each',
      States: {
        Each: {
          Type: 'Map',
          ItemProcessor: { ProcessorConfig: { Mode: 'INLINE' }, StartAt: 'Echo', States: { Echo: task('echo') } },
          Next: 'Fail',
        },
        Fail: task('fail'),
      },
    };
    const { executionArn } = await run(definition, [1, 2]);
    const history = await historyOf(executionArn!);
    const stateOf = (event: HistoryEvent): string | undefined =>
      event.stateEnteredEventDetails?.name ??
      (event.previousEventId ? stateOf(history[event.previousEventId - 1]!) : undefined);
    const failed = history.find(({ type }) => type === 'LambdaFunctionFailed')!;
    expect(failed.lambdaFunctionFailedEventDetails).toMatchObject({ error: 'LogObjectUnavailable' });
    expect(stateOf(failed)).toBe('Fail');
    const count = (wanted: string) => history.filter(({ type }) => type === wanted).length;
    expect(['MapStateEntered', 'MapIterationStarted', 'LambdaFunctionSucceeded', 'TaskStateExited'].map(count)).toEqual(
      [1, 2, 2, 2],
    );
    expect(history[0]?.executionStartedEventDetails).toMatchObject({ input: '[1,2]', roleArn });
    expect(history.at(-1)?.executionFailedEventDetails).toMatchObject({ error: 'LogObjectUnavailable' });
    expect(history.map(({ id }) => id)).toEqual(history.map((_event, i) => i + 1));
  });

  it('can leave the documents out', async () => {
    const { executionArn } = await run(one(task('echo')), { secret: true });
    const bare = await sfn.send(new GetExecutionHistoryCommand({ executionArn, includeExecutionData: false }));
    expect(JSON.stringify(bare.events)).not.toContain('secret');
    expect(
      (await sfn.send(new GetExecutionHistoryCommand({ executionArn, reverseOrder: true }))).events?.[0]?.type,
    ).toBe('ExecutionSucceeded');
  });
});
