/** One query on Athena: started once, waited for, stopped with the caller. Its rows: athena-results.ts, from its location. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type AthenaClient,
  GetQueryExecutionCommand,
  type QueryExecution,
  StartQueryExecutionCommand,
  StopQueryExecutionCommand,
} from '@aws-sdk/client-athena';
import { Interrupted, QueryFailed } from '../core/errors.ts';
import { errorName, isPassing, toAccessError, toOneLine } from './aws-error.ts';
import { backOff } from './backoff.ts';

/** Where queries run; the work group knows where results go and how much a query may scan. */
export type AthenaSession = { readonly workGroup: string; readonly database: string };

/** `parameters` are SQL literals in the order of the text's `?`. */
export type AthenaQuery = { readonly sql: string; readonly parameters?: readonly string[] };

export type FinishedQuery = {
  readonly queryId: string;
  /** Of the result object; for QueryResults.rows. */
  readonly location: string;
  readonly scannedBytes: number;
};

/** Tries while Athena has too many queries under way; the waits add up to half a minute on average. */
const MOST_STARTS = 9;
const FIRST_POLL_MS = 200;
const MOST_POLL_MS = 5_000;

/** Runs the query to its end. Throws QueryFailed with Athena's reason in one line; Interrupted after the signal. */
export async function runAthenaQuery(
  client: AthenaClient,
  session: AthenaSession,
  query: AthenaQuery,
  signal?: AbortSignal,
): Promise<FinishedQuery> {
  const queryId = await start(client, session, query, signal);
  try {
    return await finish(client, queryId, signal);
  } catch (error) {
    if (signal?.aborted !== true) throw error;
    await client.send(new StopQueryExecutionCommand({ QueryExecutionId: queryId })).catch(() => {});
    throw new Interrupted(`query ${queryId} was stopped`, { cause: error });
  }
}

/** The token makes a start whose answer was lost the same start when it is tried again. */
async function start(
  client: AthenaClient,
  { workGroup, database }: AthenaSession,
  { sql, parameters = [] }: AthenaQuery,
  signal: AbortSignal | undefined,
): Promise<string> {
  const command = new StartQueryExecutionCommand({
    ClientRequestToken: randomUUID(),
    QueryString: sql,
    WorkGroup: workGroup,
    QueryExecutionContext: { Database: database },
    ...(parameters.length === 0 ? {} : { ExecutionParameters: [...parameters] }),
  });
  for (let tries = 1; ; tries++) {
    if (signal?.aborted) throw new Interrupted('stopped before the query was started');
    try {
      return (await client.send(command)).QueryExecutionId!;
    } catch (error) {
      if (!isPassing(error) || tries === MOST_STARTS) throw toStartError(error);
      await backOff(tries, signal).catch(() => {}); // stopped: the next turn says so
    }
  }
}

function toStartError(error: unknown): unknown {
  const known = toAccessError(error);
  if (known !== error) return known;
  const reason = `${errorName(error)}: ${toOneLine((error as Error).message)}`;
  return new QueryFailed(`Athena did not start the query: ${reason}`, { cause: error });
}

async function finish(client: AthenaClient, queryId: string, signal: AbortSignal | undefined): Promise<FinishedQuery> {
  for (let wait = FIRST_POLL_MS; ; wait = Math.min(MOST_POLL_MS, wait * 1.5)) {
    const { QueryExecution } = await client.send(new GetQueryExecutionCommand({ QueryExecutionId: queryId }));
    const state = QueryExecution?.Status?.State;
    if (state === 'SUCCEEDED') return toFinished(queryId, QueryExecution!);
    if (state === 'FAILED' || state === 'CANCELLED') throw toFailure(queryId, QueryExecution!);
    await sleep(wait, undefined, signal === undefined ? {} : { signal });
  }
}

function toFinished(queryId: string, { ResultConfiguration, Statistics }: QueryExecution): FinishedQuery {
  return {
    queryId,
    location: ResultConfiguration?.OutputLocation ?? '',
    scannedBytes: Statistics?.DataScannedInBytes ?? 0,
  };
}

const ADVICE: readonly { readonly pattern: RegExp; readonly tell: (workGroup: string) => string }[] = [
  {
    pattern: /bytes scanned limit/i,
    tell: (workGroup) => ` Ask for fewer days, accounts or regions, or raise the limit of work group ${workGroup}.`,
  },
  {
    // A corrupt gzip, which every other reader here reads up to its break.
    pattern: /^HIVE_(CURSOR_ERROR|BAD_DATA)/,
    tell: () => ' Athena gives up on a damaged object: leave its day or region out, or query s3:// on this machine.',
  },
];

function toFailure(queryId: string, { Status, WorkGroup }: QueryExecution): QueryFailed {
  const ended = Status?.State === 'CANCELLED' ? 'was cancelled' : 'failed';
  const reason = toOneLine(Status?.StateChangeReason ?? Status?.AthenaError?.ErrorMessage ?? 'Athena gives no reason');
  const advice = ADVICE.find(({ pattern }) => pattern.test(reason))?.tell(WorkGroup ?? '') ?? '';
  return new QueryFailed(`Athena query ${queryId} ${ended}: ${reason}${advice}`, { cause: Status?.AthenaError });
}
