/** Runs statemachines/sweep.asl.json as it stands: every Task state is bound to a function of its name. */
import { readFile } from 'node:fs/promises';
import {
  ExecutionAbortedError,
  type RunOptions,
  StateMachine,
  type StateMachineDefinition,
} from 'aws-local-stepfunctions';
import { ExecutionFailed, Interrupted } from '../core/errors.ts';
import type { ExecutionInput } from '../core/execution.ts';

/** A Task state's function: input document → output document. */
export type TaskState = (input: never) => Promise<unknown>;

type TaskHandlers = NonNullable<NonNullable<RunOptions['overrides']>['taskResourceLocalHandlers']>;

const DEFINITION = new URL('../../statemachines/sweep.asl.json', import.meta.url);
/** Waits between retries are for busy services; a disk is asked again at once. */
const RETRY_MILLISECONDS = 50;
const LONGEST_SECONDS = 2_000_000;

/** Names of all Task states, those inside Map states included. */
export function taskStateNames(definition: StateMachineDefinition): string[] {
  return Object.entries(definition.States).flatMap(([name, state]) => {
    if (state.Type === 'Task') return [name];
    return state.Type === 'Map' && state.ItemProcessor ? taskStateNames(state.ItemProcessor) : [];
  });
}

/** Reads the definition; its placeholders name cloud resources, which one machine has none of. */
export async function readStateMachine(): Promise<StateMachineDefinition> {
  const text = await readFile(DEFINITION, 'utf8');
  const arn = (name: string) => `arn:aws:lambda:us-east-1:111122223333:function:${name}`;
  const filled = text.replace(/\$\{(\w+)\}/g, (_token, name: string) => {
    if (name === 'Partition') return 'aws';
    return name.endsWith('FunctionArn') ? arn(name.replace('FunctionArn', '')) : name;
  });
  return withoutLimits(JSON.parse(filled) as StateMachineDefinition);
}

/**
 * The interpreter ends a Task without TimeoutSeconds after 60 s, where Step Functions waits; and here a chunk's clock runs
 * while it waits for its turn. So every Task may take 23 days, about the longest that timers can count. And all that can wait
 * does: who is served when is settled where the work is done.
 */
function withoutLimits(definition: StateMachineDefinition): StateMachineDefinition {
  if (definition.TimeoutSeconds !== undefined) definition.TimeoutSeconds = LONGEST_SECONDS;
  for (const state of Object.values(definition.States)) {
    if (state.Type === 'Task') state.TimeoutSeconds = LONGEST_SECONDS;
    if (state.Type === 'Map') delete state.MaxConcurrency;
    if (state.Type === 'Map' && state.ItemProcessor) withoutLimits(state.ItemProcessor);
  }
  return definition;
}

/** Runs one execution to its end; an error that no state catches fails it under its own name. */
export async function runExecution(
  input: ExecutionInput,
  tasks: Readonly<Record<string, TaskState>>,
  signal?: AbortSignal,
): Promise<unknown> {
  const definition = await readStateMachine();
  const names = taskStateNames(definition);
  const unbound = names.filter((name) => !(name in tasks));
  if (unbound.length > 0) throw new ExecutionFailed(`states without a local task: ${unbound.join(', ')}`);
  // Tests hold the definition against the language; checking it anew compiles a schema for 0.1 s.
  const machine = new StateMachine(definition, { validationOptions: { noValidate: true } });
  const execution = machine.run(input, {
    overrides: {
      taskResourceLocalHandlers: tasks as TaskHandlers,
      retryIntervalOverrides: Object.fromEntries(names.map((name) => [name, RETRY_MILLISECONDS])),
    },
    context: { Execution: { Name: input.execution } } as never,
  });
  signal?.addEventListener('abort', execution.abort, { once: true });
  try {
    return await execution.result;
  } catch (error) {
    if (signal?.aborted || error instanceof ExecutionAbortedError) throw new Interrupted('stopped by the user');
    throw new ExecutionFailed(`the sweep failed: ${(error as Error).message}`, { cause: error });
  } finally {
    signal?.removeEventListener('abort', execution.abort);
  }
}
