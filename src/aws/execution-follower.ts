/** Follows an execution from a terminal: state by state while it runs, then how it ended. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import { Interrupted, UsageError } from '../core/errors.ts';
import { errorName, toAccessError, toOneLine } from './aws-error.ts';

/** What happened to a state; of a Map, the states inside of it are told once per iteration. */
export type StateChange = {
  readonly state: string;
  readonly change: 'entered' | 'exited' | 'failed';
  readonly at: Date;
  /** Of a failed one. It may be tried again: then it is not entered anew. */
  readonly error?: string;
  readonly cause?: string;
};

export type EndedExecution = {
  readonly status: 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';
  readonly error?: string;
  readonly cause?: string;
  /** Its output document, as text. */
  readonly output?: string;
};

const FIRST_POLL_MS = 500;
const MOST_POLL_MS = 5_000;
/** A Map fails with the states inside of it, which are told. */
const FAILURE = /^(Task|Lambda|Activity|Evaluation)\w*(Failed|TimedOut)$/;
/** A page of the history; 25,000 events are the most an execution has. */
const PAGE_EVENTS = 1_000;

/** Ends with the execution. After the signal it throws Interrupted; the execution itself goes on. */
export async function followExecution(
  client: SFNClient,
  executionArn: string,
  onState: (change: StateChange) => void,
  signal?: AbortSignal,
): Promise<EndedExecution> {
  const history: History = { client, executionArn, page: undefined, seen: 0, stateOf: new Map() };
  for (let wait = FIRST_POLL_MS; ; wait = Math.min(MOST_POLL_MS, wait * 1.3)) {
    const described = await describe(client, executionArn);
    for await (const change of readChanges(history)) onState(change);
    const { status, output } = described;
    if (status !== 'RUNNING' && status !== 'PENDING_REDRIVE' && status !== undefined) {
      return { status, ...toFailure(described), ...(output === undefined ? {} : { output }) };
    }
    await sleep(wait, undefined, signal === undefined ? {} : { signal }).catch((aborted) => {
      throw new Interrupted(`${executionArn} goes on without being followed`, { cause: aborted });
    });
  }
}

async function describe(client: SFNClient, executionArn: string): Promise<DescribeExecutionCommandOutput> {
  try {
    return await client.send(new DescribeExecutionCommand({ executionArn }));
  } catch (error) {
    const isUnknown = errorName(error) === 'ExecutionDoesNotExist' || errorName(error) === 'InvalidArn';
    if (!isUnknown) throw toAccessError(error);
    throw new UsageError(`there is no execution ${executionArn}. Check its name, --region and --profile.`, {
      cause: error,
    });
  }
}

type History = {
  readonly client: SFNClient;
  readonly executionArn: string;
  /** Token of the last page read: it is read again for what has been added since. */
  page: string | undefined;
  seen: number;
  /** State that an event belongs to, by the event's id. */
  readonly stateOf: Map<number, string>;
};

async function* readChanges(history: History): AsyncGenerator<StateChange> {
  for (;;) {
    const { client, executionArn, page } = history;
    const call = { executionArn, maxResults: PAGE_EVENTS, includeExecutionData: false, nextToken: page };
    const { events = [], nextToken } = await client.send(new GetExecutionHistoryCommand(call));
    for (const event of events) {
      if (event.id === undefined || event.id <= history.seen) continue;
      history.seen = event.id;
      const change = toChange(event, history.stateOf);
      if (change !== undefined) yield change;
    }
    if (nextToken === undefined) return;
    history.page = nextToken;
  }
}

/** Only entering and leaving a state name it; whatever happens in between is found by the event before. */
function toChange(event: HistoryEvent, stateOf: Map<number, string>): StateChange | undefined {
  const entered = event.stateEnteredEventDetails?.name;
  const exited = event.stateExitedEventDetails?.name;
  const state = entered ?? exited ?? stateOf.get(event.previousEventId ?? 0);
  if (state === undefined) return undefined;
  stateOf.set(event.id!, state);
  const at = event.timestamp ?? new Date(0);
  if (entered !== undefined) return { state, change: 'entered', at };
  if (exited !== undefined) return { state, change: 'exited', at };
  if (!FAILURE.test(event.type ?? '')) return undefined;
  // Each type of event has details under a name of its own.
  const details = Object.entries(event).find(([name]) => /(Failed|TimedOut)EventDetails$/.test(name))?.[1];
  return { state, change: 'failed', at, error: event.type!, ...toFailure((details ?? {}) as Failure) };
}

type Failure = { readonly error?: string | undefined; readonly cause?: string | undefined };

function toFailure({ error, cause }: Failure): { error?: string; cause?: string } {
  return { ...(error === undefined ? {} : { error }), ...(cause === undefined ? {} : { cause: toReason(cause) }) };
}

/** The cause of a Lambda or a query is a whole document; a terminal wants its one sentence. */
function toReason(cause: string): string {
  try {
    const { errorMessage, QueryExecution } = JSON.parse(cause);
    return toOneLine(String(errorMessage ?? QueryExecution?.Status?.StateChangeReason ?? cause));
  } catch {
    return toOneLine(cause);
  }
}
