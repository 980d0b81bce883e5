/** Step Functions, standard workflows. Limits: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
import { randomUUID } from 'node:crypto';
import type {
  CreateStateMachineInput,
  DescribeExecutionInput,
  DescribeStateMachineInput,
  GetExecutionHistoryInput,
  ListExecutionsInput,
  StartExecutionInput,
  StopExecutionInput,
} from '@aws-sdk/client-sfn';
import validate from 'asl-validator';
import { findUnhonoured } from '../workflow/honoured.ts';
import { AwsError } from './aws-error.ts';
import { createJsonService, type JsonOperation, toSeconds } from './json-service.ts';
import type { Operation, Service } from './service.ts';
import { type Execution, type ExecutionOptions, findTasks, type Machine, startExecution } from './sfn-execution.ts';
import { withoutData } from './sfn-history.ts';
import { isKnownResource, MOST_DOCUMENT } from './sfn-task.ts';

export type SfnState = {
  readonly machines: Map<string, Machine>;
  /** In the order of their start. */
  readonly executions: Map<string, Execution>;
};

export type SfnOptions = {
  readonly account: string;
  readonly region: string;
  /** How executions of a machine run: as its role. */
  readonly run: (machine: Machine) => ExecutionOptions;
};

const MOST_DEFINITION = 1_048_576;
/** No blanks, brackets, wildcards, nor any of `"#%\^|~`$&,;:/` and control characters. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones that are refused
const NAME = /^[^\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f]{1,80}$/;
const PAGE = 100;
const MOST_PAGE = 1000;

export function createSfn(state: SfnState, options: SfnOptions): Service {
  const operations: Readonly<Record<string, JsonOperation>> = {
    CreateStateMachine: (input: CreateStateMachineInput) => createMachine(state, options, input),
    DescribeStateMachine: ({ stateMachineArn }: DescribeStateMachineInput) => {
      const { arn, name, roleArn, definition, created } = machineOf(state, stateMachineArn);
      return {
        stateMachineArn: arn,
        name,
        roleArn,
        definition,
        type: 'STANDARD',
        status: 'ACTIVE',
        creationDate: toSeconds(created),
      };
    },
    StartExecution: (input: StartExecutionInput) => start(state, options, input),
    DescribeExecution: ({ executionArn }: DescribeExecutionInput) => describe(executionOf(state, executionArn)),
    GetExecutionHistory: (input: GetExecutionHistoryInput) => readHistory(state, input),
    ListExecutions: (input: ListExecutionsInput) => listExecutions(state, input),
    StopExecution: ({ executionArn, error, cause }: StopExecutionInput) => {
      const execution = executionOf(state, executionArn);
      if (execution.status === 'RUNNING') execution.stop(error, cause);
      return { stopDate: toSeconds(execution.stopped!) };
    },
  };
  const needs = (name: string, input: Partial<StartExecutionInput & DescribeExecutionInput>): Operation['needs'] => {
    const all = `arn:aws:states:${options.region}:${options.account}:stateMachine:*`;
    return [{ action: `states:${name}`, resource: input.executionArn ?? input.stateMachineArn ?? all }];
  };
  return createJsonService({ target: 'AWSStepFunctions', operations, needs, throttled: 'ThrottlingException' });
}

function createMachine(
  { machines }: SfnState,
  { account, region }: SfnOptions,
  input: CreateStateMachineInput,
): object {
  const { name = '', definition = '', roleArn = '', type = 'STANDARD' } = input;
  if (!NAME.test(name)) throw new AwsError('InvalidName', `Invalid Name: '${name}'`);
  if (!/^arn:[\w-]+:iam::\d{12}:role\/./.test(roleArn))
    throw new AwsError('InvalidArn', `Invalid Role Arn: '${roleArn}'`);
  if (type !== 'STANDARD') throw new AwsError('ValidationException', 'The double has standard workflows only');
  checkDefinition(definition);
  const arn = `arn:aws:states:${region}:${account}:stateMachine:${name}`;
  const existing = machines.get(arn);
  if (existing !== undefined && (existing.definition !== definition || existing.roleArn !== roleArn)) {
    throw new AwsError('StateMachineAlreadyExists', `State Machine Already Exists: '${arn}'`);
  }
  const machine = existing ?? { arn, name, roleArn, definition, created: new Date() };
  machines.set(arn, machine);
  return { stateMachineArn: arn, creationDate: toSeconds(machine.created) };
}

/** What Step Functions refuses, and what the interpreter would pass over or cannot run. */
function checkDefinition(text: string): void {
  if (Buffer.byteLength(text) > MOST_DEFINITION) throw new AwsError('ValidationException', 'definition is over 1 MiB');
  let definition: never;
  try {
    definition = JSON.parse(text) as never;
  } catch (error) {
    throw new AwsError('InvalidDefinition', `INVALID_JSON_DESCRIPTION: ${(error as Error).message}`);
  }
  // The validator writes into what it is handed.
  const { isValid, errorsText } = validate(structuredClone(definition));
  if (!isValid) throw new AwsError('InvalidDefinition', `SCHEMA_VALIDATION_FAILED: ${errorsText('; ')}`);
  const unfilled = /\$\{\w+\}/.exec(text);
  if (unfilled !== null)
    throw new AwsError('InvalidDefinition', `SCHEMA_VALIDATION_FAILED: ${unfilled[0]} is not filled in`);
  const unknown = findTasks(structuredClone(definition))
    .map(([, { Resource }]) => Resource)
    .filter((arn) => !isKnownResource(arn));
  const beyond = [...findUnhonoured(definition), ...unknown];
  if (beyond.length > 0) throw new AwsError('InvalidDefinition', `The double cannot run this: ${beyond.join('; ')}`);
}

function start({ executions, ...state }: SfnState, options: SfnOptions, request: StartExecutionInput): object {
  const machine = machineOf({ executions, ...state }, request.stateMachineArn);
  const { name = randomUUID(), input = '{}' } = request;
  if (!NAME.test(name)) throw new AwsError('InvalidName', `Invalid Name: '${name}'`);
  checkInput(input);
  const arn = `${machine.arn.replace(':stateMachine:', ':execution:')}:${name}`;
  const existing = executions.get(arn);
  const isSame = existing?.status === 'RUNNING' && existing.input === input;
  if (existing !== undefined && !isSame)
    throw new AwsError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
  const execution = existing ?? startExecution(machine, name, input, options.run(machine));
  executions.set(arn, execution);
  return { executionArn: arn, startDate: toSeconds(execution.started) };
}

function checkInput(input: string): void {
  if (Buffer.byteLength(input) > MOST_DOCUMENT) {
    const constraint = `Member must have length less than or equal to ${MOST_DOCUMENT}`;
    throw new AwsError(
      'ValidationException',
      `1 validation error detected: Value at 'input' failed to satisfy constraint: ${constraint}`,
    );
  }
  try {
    JSON.parse(input);
  } catch {
    throw new AwsError('InvalidExecutionInput', `Invalid State Machine Execution Input: '${input.slice(0, 100)}'`);
  }
}

function describe(execution: Execution): object {
  const { arn, name, machine, status, started, stopped, input, output, error, cause } = execution;
  return {
    ...{ executionArn: arn, stateMachineArn: machine.arn, name, status, startDate: toSeconds(started) },
    ...(stopped === undefined ? {} : { stopDate: toSeconds(stopped) }),
    ...{ input, inputDetails: { included: true }, redriveCount: 0, redriveStatus: 'NOT_REDRIVABLE' },
    ...(output === undefined ? {} : { output, outputDetails: { included: true } }),
    ...{ error, cause },
  };
}

function readHistory(state: SfnState, input: GetExecutionHistoryInput): object {
  const { executionArn, reverseOrder = false, includeExecutionData = true } = input;
  const { events } = executionOf(state, executionArn).history;
  const { items, nextToken } = pageOf(reverseOrder ? events.toReversed() : events, input);
  return { events: includeExecutionData ? items : items.map(withoutData), nextToken };
}

function listExecutions(state: SfnState, input: ListExecutionsInput): object {
  const machine = machineOf(state, input.stateMachineArn);
  const executions = [...state.executions.values()].toReversed().filter((execution) => {
    return (
      execution.machine === machine && (input.statusFilter === undefined || execution.status === input.statusFilter)
    );
  });
  const { items, nextToken } = pageOf(executions, input);
  const listed = items.map(({ arn, name, status, started, stopped }) => ({
    ...{ executionArn: arn, stateMachineArn: machine.arn, name, status, startDate: toSeconds(started) },
    ...(stopped === undefined ? {} : { stopDate: toSeconds(stopped) }),
  }));
  return { executions: listed, nextToken };
}

function pageOf<T>(
  all: readonly T[],
  { maxResults = 0, nextToken }: { maxResults?: number | undefined; nextToken?: string | undefined },
): { items: T[]; nextToken: string | undefined } {
  if (maxResults < 0 || maxResults > MOST_PAGE)
    throw new AwsError('ValidationException', `maxResults is not 0 to ${MOST_PAGE}`);
  if (nextToken !== undefined && !/^page-\d+$/.test(nextToken))
    throw new AwsError('InvalidToken', `Invalid Token: '${nextToken}'`);
  const from = Number(nextToken?.slice(5) ?? 0);
  const to = from + (maxResults || PAGE);
  return { items: all.slice(from, to), nextToken: to < all.length ? `page-${to}` : undefined };
}

function machineOf({ machines }: SfnState, arn = ''): Machine {
  if (!/^arn:[\w-]+:states:[^:]+:\d{12}:stateMachine:.+$/.test(arn))
    throw new AwsError('InvalidArn', `Invalid Arn: '${arn}'`);
  const machine = machines.get(arn);
  if (machine === undefined) throw new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
  return machine;
}

function executionOf({ executions }: SfnState, arn = ''): Execution {
  if (!/^arn:[\w-]+:states:[^:]+:\d{12}:execution:[^:]+:[^:]+$/.test(arn))
    throw new AwsError('InvalidArn', `Invalid Arn: '${arn}'`);
  const execution = executions.get(arn);
  if (execution === undefined) throw new AwsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
  return execution;
}
