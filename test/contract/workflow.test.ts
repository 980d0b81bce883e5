import { CreateStateMachineCommand, SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { followExecution, type StateChange } from '../../src/aws/execution-follower.ts';
import { openWorkflow, toExecutionArn } from '../../src/aws/workflow.ts';
import { Interrupted, UsageError } from '../../src/core/errors.ts';
import type { Workflow } from '../../src/ports.ts';
import { type AwsDouble, startAwsDouble } from '../aws-double/start.ts';
import { configOf, countCalls, errorOf } from './clients.ts';

let aws: AwsDouble;
let sfn: SFNClient;
let machineArn: string;
let workflow: Workflow;
let release: () => void;

const task = (name: string, more: object = { End: true }) => ({
  Type: 'Task',
  Resource: `arn:aws:lambda:us-east-1:111122223333:function:${name}`,
  ...more,
});

beforeEach(async () => {
  aws = await startAwsDouble();
  sfn = new SFNClient(configOf(aws));
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  aws.functions.set('plan', (input: object) => released.then(() => input));
  aws.functions.set('scan', () => 'x');
  aws.functions.set('collect', () => {
    throw Object.assign(new Error('a conflict\nthat stayed'), { name: 'ExecutionFailed' });
  });
  machineArn = await create('flowhound-dev', { StartAt: 'Plan', States: { Plan: task('plan') } });
  workflow = openWorkflow(sfn, machineArn);
});
afterEach(() => aws.close());

async function create(name: string, definition: object): Promise<string> {
  const roleArn = 'arn:aws:iam::111122223333:role/sweep';
  const command = new CreateStateMachineCommand({ name, roleArn, definition: JSON.stringify(definition) });
  return (await sfn.send(command)).stateMachineArn!;
}

const ended = (name: string, arn = machineArn) => aws.sfn.executions.get(toExecutionArn(arn, name))!.ended;

describe('an execution', () => {
  it('is started once, and its state is told', async () => {
    expect(await workflow.status('new-logs_1')).toBeUndefined();
    expect(await workflow.start('new-logs_1', { clock: '2026-09-01T00:00:00Z' })).toBe(true);
    expect(await workflow.status('new-logs_1')).toBe('RUNNING');
    expect(await workflow.start('new-logs_1', { clock: '2026-09-01T00:05:00Z' })).toBe(false);
    release();
    await ended('new-logs_1');
    expect(await workflow.status('new-logs_1')).toBe('SUCCEEDED');
    expect(await workflow.start('new-logs_1', { clock: '2026-09-01T00:00:00Z' })).toBe(false);
    expect(aws.sfn.executions.size).toBe(1);
  });

  it('that failed or was aborted keeps its name', async () => {
    const failing = await create('failing', { StartAt: 'Collect', States: { Collect: task('collect') } });
    const other = openWorkflow(sfn, failing);
    expect(await other.start('new-logs_1', {})).toBe(true);
    await ended('new-logs_1', failing);
    expect(await other.status('new-logs_1')).toBe('FAILED');
    expect(await other.start('new-logs_1', {})).toBe(false);
    await workflow.start('hunt_1', {});
    await sfn.send(new StopExecutionCommand({ executionArn: toExecutionArn(machineArn, 'hunt_1') }));
    expect(await workflow.status('hunt_1')).toBe('ABORTED');
  });

  it('is started when Step Functions had too much to do, and is the same one when its answer was lost', async () => {
    aws.faults.throttle('states:StartExecution', { times: 2 });
    expect(await workflow.start('sweep_1', { a: 1 })).toBe(true);
    aws.faults.dropAnswer('states:StartExecution');
    expect(await workflow.start('sweep_2', { a: 1 })).toBe(true);
    aws.faults.throttle('states:DescribeExecution');
    expect(await workflow.status('sweep_2')).toBe('RUNNING');
    expect(aws.sfn.executions.size).toBe(2);
  });

  it('of a state machine that is not there is an error', async () => {
    const absent = openWorkflow(sfn, `${machineArn}-absent`);
    expect(await errorOf(absent.start('sweep_1', {}))).toMatchObject({ name: 'StateMachineDoesNotExist' });
  });
});

describe('following', () => {
  it('tells state by state while it runs, then how it ended', async () => {
    const chain = {
      Plan: task('plan', { Next: 'Scan' }),
      Scan: task('scan', { Next: 'Done' }),
      Done: { Type: 'Pass', End: true },
    };
    const arn = await create('chain', { StartAt: 'Plan', States: chain });
    await openWorkflow(sfn, arn).start('hunt_1', {});
    const changes: StateChange[] = [];
    const onState = (change: StateChange) => {
      changes.push(change);
      if (change.state === 'Plan' && change.change === 'entered') release();
    };
    const end = await followExecution(sfn, toExecutionArn(arn, 'hunt_1'), onState);
    expect(end).toEqual({ status: 'SUCCEEDED', output: '"x"' });
    expect(changes.map(({ state, change }) => `${state} ${change}`)).toEqual([
      'Plan entered',
      'Plan exited',
      'Scan entered',
      'Scan exited',
      'Done entered',
      'Done exited',
    ]);
    expect(Math.abs(changes[0]!.at.getTime() - Date.now())).toBeLessThan(60_000);
    expect(countCalls(aws, 'DescribeExecution')).toBeGreaterThan(1);
  });

  it('names the state that failed, the error and its one sentence', async () => {
    const States = { Scan: task('scan', { Next: 'Collect' }), Collect: task('collect') };
    const arn = await create('failing', { StartAt: 'Scan', States });
    await openWorkflow(sfn, arn).start('hunt_1', {});
    const changes: StateChange[] = [];
    const end = await followExecution(sfn, toExecutionArn(arn, 'hunt_1'), (change) => changes.push(change));
    expect(end).toEqual({ status: 'FAILED', error: 'ExecutionFailed', cause: 'a conflict that stayed' });
    expect(changes.at(-1)).toMatchObject({
      state: 'Collect',
      change: 'failed',
      error: 'ExecutionFailed',
      cause: 'a conflict that stayed',
    });
    expect(changes.filter(({ change }) => change === 'failed')).toHaveLength(1);
  });

  it('reads a history of many pages once', async () => {
    const ItemProcessor = { ProcessorConfig: { Mode: 'INLINE' }, StartAt: 'Scan', States: { Scan: task('scan') } };
    const arn = await create('map', {
      StartAt: 'ScanAll',
      States: { ScanAll: { Type: 'Map', ItemProcessor, End: true } },
    });
    await openWorkflow(sfn, arn).start(
      'sweep_1',
      Array.from({ length: 250 }, () => 0),
    );
    await ended('sweep_1', arn);
    const changes: StateChange[] = [];
    await followExecution(sfn, toExecutionArn(arn, 'sweep_1'), (change) => changes.push(change));
    expect(countCalls(aws, 'GetExecutionHistory')).toBe(2);
    const count = (state: string, wanted: string) =>
      changes.filter((one) => one.state === state && one.change === wanted).length;
    expect([count('Scan', 'entered'), count('Scan', 'exited')]).toEqual([250, 250]);
    expect([count('ScanAll', 'entered'), count('ScanAll', 'exited')]).toEqual([1, 1]);
  });

  it('stops with the signal, and the execution goes on', async () => {
    await workflow.start('hunt_1', {});
    const stop = new AbortController();
    const following = followExecution(sfn, toExecutionArn(machineArn, 'hunt_1'), () => stop.abort(), stop.signal);
    expect(await errorOf(following)).toBeInstanceOf(Interrupted);
    expect(await workflow.status('hunt_1')).toBe('RUNNING');
  });

  it('of what was never started is bad usage', async () => {
    const arn = toExecutionArn(machineArn, 'never');
    const error = await errorOf(followExecution(sfn, arn, () => {}));
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toBe(`there is no execution ${arn}. Check its name, --region and --profile.`);
    expect(await errorOf(followExecution(sfn, 'arn:aws:nonsense', () => {}))).toBeInstanceOf(UsageError);
  });
});

describe('the name of an execution', () => {
  it('becomes its ARN, in every partition', () => {
    expect(toExecutionArn('arn:aws-cn:states:cn-north-1:111122223333:stateMachine:flowhound-dev', 'hunt_1')).toBe(
      'arn:aws-cn:states:cn-north-1:111122223333:execution:flowhound-dev:hunt_1',
    );
    const arn = 'arn:aws:states:us-east-1:111122223333:execution:flowhound-dev:hunt_1';
    expect(toExecutionArn(machineArn, arn)).toBe(arn);
  });
});
