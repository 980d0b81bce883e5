/** One execution: the state machine's own definition, interpreted; Step Functions' limits on top. */
import {
  ExecutionAbortedError,
  ExecutionTimeoutError,
  type RunOptions,
  StateMachine,
  type StateMachineDefinition,
} from 'aws-local-stepfunctions';
import { History, type InterpreterEvent, MOST_EVENTS } from './sfn-history.ts';
import { checkSize, runTask, type TaskClients, TaskError } from './sfn-task.ts';

export type Status = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

export type Machine = {
  readonly arn: string;
  readonly name: string;
  readonly roleArn: string;
  readonly definition: string;
  readonly created: Date;
};

export type Execution = {
  readonly arn: string;
  readonly name: string;
  readonly machine: Machine;
  /** As it was handed in. */
  readonly input: string;
  readonly started: Date;
  readonly history: History;
  status: Status;
  stopped?: Date;
  output?: string;
  error?: string;
  cause?: string;
  stop(error?: string, cause?: string): void;
  /** Settles when the execution has ended, however. */
  ended: Promise<void>;
};

export type ExecutionOptions = {
  readonly clients: TaskClients;
  /** Waits between retries of a state, in milliseconds; the definition's are for busy services. */
  readonly retryDelay: number;
  readonly onStatus: (execution: Execution) => void;
};

type AnyState = StateMachineDefinition['States'][string];

/** Step Functions waits this long for a Task that has no TimeoutSeconds; the interpreter would wait a minute. Timers count to 24 days. */
const LONGEST_SECONDS = 2_000_000;

export function startExecution(machine: Machine, name: string, input: string, options: ExecutionOptions): Execution {
  const history = new History();
  const execution: Execution = {
    arn: `${machine.arn.replace(':stateMachine:', ':execution:')}:${name}`,
    ...{ name, machine, input, history, started: new Date(), status: 'RUNNING' },
    stop: () => {},
    ended: Promise.resolve(),
  };
  history.add('ExecutionStarted', { input, inputDetails: { truncated: false }, roleArn: machine.roleArn }, 0);
  options.onStatus(execution);
  execution.ended = run(execution, options);
  return execution;
}

async function run(execution: Execution, options: ExecutionOptions): Promise<void> {
  const { machine, history } = execution;
  const definition = JSON.parse(machine.definition) as StateMachineDefinition;
  const tasks = new Map(findTasks(definition));
  let breach: Error | undefined;
  const handlers = [...tasks].map(([state, { Resource }]) => {
    const task = { name: state, resource: Resource };
    return [
      state,
      (input: unknown) =>
        runTask(task, input, options.clients, history, () => isOver(execution) || breach !== undefined),
    ] as const;
  });
  const running = new StateMachine(definition, { validationOptions: { noValidate: true } }).run(
    JSON.parse(execution.input),
    {
      overrides: {
        taskResourceLocalHandlers: Object.fromEntries(handlers),
        retryIntervalOverrides: Object.fromEntries(stateNames(definition).map((state) => [state, options.retryDelay])),
      },
      context: contextOf(execution),
    } as RunOptions,
  );
  execution.stop = (error, cause) => {
    end(
      execution,
      'ABORTED',
      { ...(error === undefined ? {} : { error }), ...(cause === undefined ? {} : { cause }) },
      options,
    );
    running.abort();
  };
  const following = follow(running.eventLogs, execution, (error) => {
    breach ??= error;
    running.abort();
  });
  try {
    const output = await running.result;
    await following;
    if (breach !== undefined) throw breach;
    end(execution, 'SUCCEEDED', { output: JSON.stringify(output) }, options);
  } catch (error) {
    await following;
    endInFailure(execution, breach ?? (error as Error), options);
  }
}

/** Reads the interpreter's events; the first one that breaks a limit ends the execution. */
async function follow(
  events: AsyncIterable<unknown>,
  execution: Execution,
  onBreach: (error: Error) => void,
): Promise<void> {
  const mapBytes = new Map<string, number>();
  for await (const told of events) {
    const event = told as InterpreterEvent;
    if (isOver(execution)) continue;
    execution.history.follow(event);
    try {
      if (execution.history.events.length > MOST_EVENTS) {
        throw new TaskError(
          'States.Runtime',
          `The execution reached the maximum number of history events (${MOST_EVENTS}).`,
        );
      }
      checkEvent(event, mapBytes);
    } catch (error) {
      onBreach(error as Error);
    }
  }
}

function checkEvent({ type, state, parentState, output }: InterpreterEvent, mapBytes: Map<string, number>): void {
  if (type === 'StateEntered') {
    checkSize(`The state/task '${state!.name}' was given an input`, state!.input);
    mapBytes.delete(state!.name);
  }
  if (type === 'StateExited') checkSize(`The state/task '${state!.name}' returned a result`, state!.output);
  if (type !== 'MapIterationSucceeded') return;
  // A Map gathers the whole answers of its iterations before it selects from them.
  const bytes = (mapBytes.get(parentState!.name) ?? 0) + Buffer.byteLength(JSON.stringify(output ?? null)) + 1;
  mapBytes.set(parentState!.name, bytes);
  checkSize(`The Map state '${parentState!.name}' returned a result`, 'x'.repeat(Math.max(0, bytes - 2)));
}

function contextOf({ arn, name, machine }: Execution): RunOptions['context'] {
  return {
    Execution: { Id: arn, Name: name, RoleArn: machine.roleArn },
    StateMachine: { Id: machine.arn, Name: machine.name },
  };
}

function endInFailure(execution: Execution, error: Error, options: ExecutionOptions): void {
  const failure = error.cause instanceof Error && !(error instanceof TaskError) ? error.cause : error;
  const told = { error: failure.name, cause: failure.message };
  if (failure instanceof ExecutionTimeoutError) end(execution, 'TIMED_OUT', { error: 'States.Timeout' }, options);
  else if (failure instanceof ExecutionAbortedError) end(execution, 'ABORTED', {}, options);
  else end(execution, 'FAILED', told, options);
}

const END_EVENTS = {
  SUCCEEDED: 'ExecutionSucceeded',
  FAILED: 'ExecutionFailed',
  TIMED_OUT: 'ExecutionTimedOut',
  ABORTED: 'ExecutionAborted',
} as const;

function end(
  execution: Execution,
  status: Exclude<Status, 'RUNNING'>,
  result: { readonly output?: string; readonly error?: string; readonly cause?: string },
  { onStatus }: ExecutionOptions,
): void {
  if (isOver(execution)) return;
  Object.assign(execution, result, { status, stopped: new Date() });
  execution.history.add(END_EVENTS[status], result);
  onStatus(execution);
}

function isOver({ status }: Execution): boolean {
  return status !== 'RUNNING';
}

type TaskDefinition = Extract<AnyState, { Type: 'Task' }>;

/** All Task states, those inside of Map states included; none may wait forever, nor end after the interpreter's minute. */
export function findTasks(definition: Pick<StateMachineDefinition, 'States'>): [string, TaskDefinition][] {
  return Object.entries(definition.States).flatMap(([name, state]): [string, TaskDefinition][] => {
    if (state.Type === 'Map') return findTasks(state.ItemProcessor ?? { States: {} });
    if (state.Type !== 'Task') return [];
    state.TimeoutSeconds ??= LONGEST_SECONDS;
    return [[name, state]];
  });
}

function stateNames(definition: Pick<StateMachineDefinition, 'States'>): string[] {
  return Object.entries(definition.States).flatMap(([name, state]) => [
    name,
    ...(state.Type === 'Map' && state.ItemProcessor !== undefined ? stateNames(state.ItemProcessor) : []),
  ]);
}
