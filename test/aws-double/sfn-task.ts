/** What a Task state does: calls Lambda or Athena over HTTP, as the state machine's role, and names errors as Step Functions does. */
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import {
  type AthenaClient,
  GetQueryExecutionCommand,
  StartQueryExecutionCommand,
  type StartQueryExecutionCommandInput,
} from '@aws-sdk/client-athena';
import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { History } from './sfn-history.ts';

export type TaskState = { readonly name: string; readonly resource: string };

export type TaskClients = { readonly lambda: LambdaClient; readonly athena: AthenaClient };

/** An error under the name by which states retry and catch. */
export class TaskError extends Error {
  /** Read by the interpreter: `States.ALL` does not stand for this one. */
  readonly isCatchable: boolean;
  readonly isRetryable: boolean;

  constructor(name: string, cause: string, isFinal = false) {
    super(cause);
    this.name = name;
    this.isCatchable = !isFinal;
    this.isRetryable = !isFinal;
  }
}

/** Bytes that a document may have on its way into a state or out of it. */
export const MOST_DOCUMENT = 262_144;
const POLL_MS = 10;
const QUERY = /^arn:[\w-]+:states:::athena:startQueryExecution\.sync$/;
const FUNCTION = /^arn:[\w-]+:lambda:[a-z0-9-]+:\d{12}:function:[\w-]+(:[\w$-]+)?$/;
const INVOKE = /^arn:[\w-]+:states:::lambda:invoke$/;

export function isKnownResource(resource: string): boolean {
  return [QUERY, FUNCTION, INVOKE].some((pattern) => pattern.test(resource));
}

/** Runs the task; `isStopped` says whether the execution was ended meanwhile. */
export async function runTask(
  { name, resource }: TaskState,
  input: unknown,
  clients: TaskClients,
  history: History,
  isStopped: () => boolean,
): Promise<unknown> {
  // What the interpreter has told before is in the history by the next turn, a breach of limits among it.
  await nextTurn();
  if (isStopped()) throw new TaskError('States.Runtime', 'the execution has ended', true);
  checkSize(`The state/task '${name}'`, input);
  const isQuery = QUERY.test(resource);
  const [begin, end] = isQuery ? ['Task', 'Task'] : ['LambdaFunction', 'LambdaFunction'];
  const service = isQuery ? { resourceType: 'athena', resource: 'startQueryExecution.sync' } : {};
  const text = JSON.stringify(input);
  const scheduled = isQuery ? { ...service, parameters: text } : { resource, input: text };
  let id = history.addWork(name, `${begin}Scheduled`, scheduled);
  id = history.addWork(name, `${begin}Started`, service, id);
  try {
    const output = await (isQuery
      ? runQuery(input as never, clients.athena)
      : callFunction(resource, input, clients.lambda));
    checkSize(`The state/task '${resource}' returned a result`, output);
    history.keepOpen(
      name,
      history.addWork(name, `${end}Succeeded`, { ...service, output: JSON.stringify(output) }, id),
    );
    return output;
  } catch (error) {
    const failed = toTaskError(error);
    const details = { ...service, error: failed.name, cause: failed.message };
    history.keepOpen(name, history.addWork(name, `${end}Failed`, details, id));
    throw failed;
  }
}

/** Throws if the document is more than a state may carry. */
export function checkSize(what: string, document: unknown): void {
  const bytes = Buffer.byteLength(JSON.stringify(document) ?? '');
  if (bytes <= MOST_DOCUMENT) return;
  const message = `${what} with a size exceeding the maximum number of bytes service limit: ${bytes} > ${MOST_DOCUMENT}`;
  throw new TaskError('States.DataLimitExceeded', message, true);
}

function toTaskError(error: unknown): TaskError {
  return error instanceof TaskError ? error : new TaskError('States.Runtime', String((error as Error).stack), true);
}

async function callFunction(resource: string, input: unknown, client: LambdaClient): Promise<unknown> {
  const isInvoke = INVOKE.test(resource);
  const { FunctionName, Payload } = isInvoke
    ? (input as { FunctionName: string; Payload: unknown })
    : { FunctionName: resource, Payload: input };
  const command = new InvokeCommand({ FunctionName, Payload: JSON.stringify(Payload ?? {}) });
  const {
    FunctionError,
    Payload: answer,
    StatusCode,
  } = await client.send(command).catch((error: Error) => {
    throw new TaskError(`Lambda.${clientErrorName(error, 'AWSLambdaException')}`, error.message);
  });
  const text = Buffer.from(answer ?? []).toString();
  if (FunctionError !== undefined) {
    throw new TaskError((JSON.parse(text) as { errorType?: string }).errorType ?? 'Lambda.Unknown', text);
  }
  const document: unknown = JSON.parse(text);
  return isInvoke ? { ExecutedVersion: '$LATEST', Payload: document, StatusCode } : document;
}

/** Starts the query and waits for its end; a query that fails is States.TaskFailed, whatever it failed of. */
async function runQuery(input: StartQueryExecutionCommandInput, client: AthenaClient): Promise<unknown> {
  const asAthena = (error: Error): never => {
    throw new TaskError(`Athena.${clientErrorName(error, 'AmazonAthenaException')}`, error.message);
  };
  const { QueryExecutionId } = await client.send(new StartQueryExecutionCommand(input)).catch(asAthena);
  for (;;) {
    const { QueryExecution } = await client.send(new GetQueryExecutionCommand({ QueryExecutionId })).catch(asAthena);
    const state = QueryExecution?.Status?.State;
    if (state === 'SUCCEEDED') return { QueryExecution };
    if (state === 'FAILED' || state === 'CANCELLED')
      throw new TaskError('States.TaskFailed', JSON.stringify(QueryExecution));
    await sleep(POLL_MS);
  }
}

/** A connection that fails is the SDK's own error; what the API does not name is the service's general one. */
function clientErrorName(error: Error, general: string): string {
  if (!('$metadata' in error) || !('$fault' in error)) return 'SdkClientException';
  return /^(TooManyRequests|Service|InternalServer|InvalidRequest|ResourceNotFound|RequestTooLarge)Exception$/.test(
    error.name,
  )
    ? error.name
    : general;
}
