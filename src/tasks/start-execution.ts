/** Starts an execution once: a name that exists means done only if that execution runs or has succeeded. */
import { type ExecutionInput, toExecutionName } from '../core/execution.ts';
import type { Workflow } from '../ports.ts';

export type Started = {
  /** Name of the execution that does, or did, the work. */
  readonly execution: string;
  readonly outcome: 'started' | 'running' | 'succeeded' | 'given up';
};

/** A batch that failed so often is for a person: it stays unaccounted for, and the alarm on failures has rung each time. */
const MOST_ATTEMPTS = 10;

/** Starts the execution, or a further attempt of its own name where the one before failed. */
export async function startExecution(input: ExecutionInput, workflow: Workflow): Promise<Started> {
  let execution = input.execution;
  for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
    execution = toAttempt(input.execution, attempt);
    if (await workflow.start(execution, { ...input, execution })) return { execution, outcome: 'started' };
    const status = await workflow.status(execution);
    // Described too soon, an execution that somebody else has just started is not known yet.
    if (status === 'RUNNING' || status === undefined) return { execution, outcome: 'running' };
    if (status === 'SUCCEEDED') return { execution, outcome: 'succeeded' };
  }
  return { execution, outcome: 'given up' };
}

/** How the last attempt at an execution stands; undefined if there is none, or it was forgotten: after 90 days. */
export async function lastStatus(execution: string, workflow: Workflow): ReturnType<Workflow['status']> {
  let last: Awaited<ReturnType<Workflow['status']>>;
  for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
    const status = await workflow.status(toAttempt(execution, attempt));
    if (status === undefined) break;
    last = status;
  }
  return last;
}

function toAttempt(execution: string, attempt: number): string {
  return attempt === 1 ? execution : `${execution}_${attempt}`;
}

/** Starts the execution of new logs' manifest, named after its batch: the same batch again starts nothing new. */
export async function startBatch(manifest: string, clock: string, workflow: Workflow): Promise<Started> {
  const batch = manifest.slice(manifest.lastIndexOf('/') + 1, -'.json'.length);
  const execution = toExecutionName('new-logs', batch, { window: {} });
  return startExecution({ execution, mode: 'new-logs', clock, manifest, window: {} }, workflow);
}
