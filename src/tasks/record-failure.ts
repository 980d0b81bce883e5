/** RecordFailure: why an execution failed, or did without its data ratio, kept with the execution. */
import type { ObjectStore } from '../ports.ts';

export type RecordFailureInput = {
  readonly execution: string;
  readonly failure?: unknown;
  readonly dataRatioFailure?: unknown;
};

export type FailureRecorded = { readonly key: string };

/** A failure of the look at other traffic never costs the findings, and has a document of its own. */
export async function recordFailure(input: RecordFailureInput, store: ObjectStore): Promise<FailureRecorded> {
  const { execution, failure, dataRatioFailure } = input;
  const key = failure === undefined ? dataRatioFailureKey(execution) : failureKey(execution);
  await store.put(key, `${JSON.stringify(failure ?? dataRatioFailure, null, 2)}\n`);
  return { key };
}

export function failureKey(execution: string): string {
  return `runs/${execution}/failure.json`;
}

export function dataRatioFailureKey(execution: string): string {
  return `runs/${execution}/data-ratio-failure.json`;
}

/** What Step Functions says of an execution that ended without success. */
export type ExecutionEnd = {
  readonly name: string;
  readonly status: string;
  readonly error?: string | null;
  readonly cause?: string | null;
};

/** Keeps the end of an execution, unless a state of it has said why already. */
export async function recordEnd(
  { name, status, error, cause }: ExecutionEnd,
  store: ObjectStore,
): Promise<FailureRecorded> {
  const failure = { Error: error ?? status, Cause: cause ?? `the execution ended ${status}` };
  await store.replace(failureKey(name), `${JSON.stringify(failure, null, 2)}\n`, undefined);
  return { key: failureKey(name) };
}
