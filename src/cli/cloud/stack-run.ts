/** A sweep or a hunt by the stack: its log objects of a window listed here, evaluated there, and what was seen brought back. */
import type { StoredLogObject } from '../../core/batch.ts';
import { ExecutionFailed, UsageError } from '../../core/errors.ts';
import { formatBytes, formatCount } from '../../core/story.ts';
import type { Executed } from '../../tasks/read-executed.ts';
import { withInterrupt } from '../interrupt.ts';
import { bar } from '../progress.ts';
import type { Selection } from '../selection.ts';
import type { CommandSettings } from '../settings.ts';
import { sayCoverage, sayExecuted, sayIndex } from '../summary.ts';
import { openTalk, type Talk } from '../talk.ts';
import { toDays } from '../window.ts';
import { followAll } from './follow.ts';
import { listStackLogs, openSfn, type StackConnection } from './stack-connection.ts';

export type StackRun = {
  readonly mode: 'sweep' | 'hunt';
  /** Key of the indicator version. */
  readonly indicators: string;
  /** When that version came into force; it may have been before, and another in between. */
  readonly inForceSince?: string;
  readonly selection: Selection & { readonly from: Date };
  readonly clock: Date;
};

/** What was found, and what did not end well: the caller prints the one before it fails for the other. */
export type StackRunResult = { readonly executed: Executed; readonly failures: readonly string[] };

/** Lists, starts, follows, and reads what the executions left. A hunt asks the address index what is worth reading first. */
export async function runInStack(
  run: StackRun,
  connection: StackConnection,
  settings: CommandSettings,
): Promise<StackRunResult> {
  const talk = openTalk(settings.isQuiet);
  return withInterrupt(async (signal) => {
    const listed = await listObjects(run, connection, talk, signal);
    const objects = run.mode === 'hunt' ? await keepWorthReading(listed, run, connection, talk) : listed;
    const started = await startAll(run, objects, connection);
    const { failures } = await followAll(started, connection, talk, signal);
    const { readExecuted } = await import('../../tasks/read-executed.ts');
    const executions = started.map(({ execution }) => execution);
    const executed = await readExecuted(executions, run.mode, connection.store);
    sayExecuted(talk, executed, `s3://${connection.stack.stateBucket}`);
    sayCoverage(talk, executed.summary);
    return { executed, failures };
  });
}

/** The window that was asked for; one that has no beginning begins so many days ago, and says so. */
export function sinceDaysAgo(
  days: number,
  selection: Selection,
  clock: Date,
  { isQuiet }: CommandSettings,
): Selection & { readonly from: Date } {
  if (selection.from !== undefined) return { ...selection, from: selection.from };
  openTalk(isQuiet).say(`flowhound: no --from: looking at records of the last ${days} days`);
  return { ...selection, from: new Date(clock.getTime() - days * 86_400_000) };
}

/** Fails for what did not end well. */
export function throwFailures(failures: readonly string[]): void {
  if (failures.length === 0) return;
  const more = failures.length === 1 ? '' : ` (and ${failures.length - 1} more)`;
  throw new ExecutionFailed(`${failures[0]}${more}. Its link above shows where; docs/operations.md says what to do.`);
}

async function listObjects(
  run: StackRun,
  connection: StackConnection,
  talk: Talk,
  signal: AbortSignal,
): Promise<StoredLogObject[]> {
  const { selectObjects } = await import('../../tasks/ingest.ts');
  const { stack } = connection;
  if (stack.logLocations.length === 0) {
    throw new UsageError(`stack ${stack.name} names no log locations. Deploy it again: npx flowhound deploy.`);
  }
  const days = toDays(run.selection, run.clock);
  const objects = await Array.fromAsync(selectObjects(listStackLogs(connection, days, signal), days));
  const bytes = objects.reduce((total, { sizeBytes }) => total + sizeBytes, 0);
  if (process.stderr.isTTY) {
    talk.say(`notice   ${bar(1)}  ${formatCount(objects.length)} objects   ${formatBytes(bytes)}`);
  }
  if (objects.length === 0) {
    const where = stack.logLocations.join(', ');
    talk.say(
      `flowhound: no log objects of ${days.from} to ${days.to} under ${where}. Another --from, or no delivery yet?`,
    );
  }
  return objects;
}

/** Log objects that hold an address of the list, and those that the index does not know. */
async function keepWorthReading(
  objects: readonly StoredLogObject[],
  { indicators }: StackRun,
  { stack, store }: StackConnection,
  talk: Talk,
): Promise<readonly StoredLogObject[]> {
  const { indicatorSets } = await import('../../tasks/indicator-versions.ts');
  const { askIndex, toAnswer } = await import('../../tasks/objects-by-index.ts');
  const asked = await askIndex(objects, await indicatorSets(store)(indicators), store);
  sayIndex(talk, toAnswer(asked), `s3://${stack.stateBucket}`);
  return [...asked.holding, ...asked.unindexed];
}

async function startAll(run: StackRun, objects: readonly StoredLogObject[], connection: StackConnection) {
  const { startSweeps } = await import('../../tasks/past-sweeps.ts');
  const { openWorkflow } = await import('../../aws/workflow.ts');
  const { mode, indicators, inForceSince, selection } = run;
  const workflow = openWorkflow(await openSfn(connection), connection.stack.stateMachineArn);
  const toSeconds = (moment: Date) => Math.floor(moment.getTime() / 1000);
  const to = selection.to === undefined ? {} : { to: toSeconds(selection.to) };
  const window = { from: toSeconds(selection.from), ...to };
  const since = inForceSince === undefined ? {} : { since: inForceSince };
  const work = { mode, clock: run.clock.toISOString(), indicators, window, ...since };
  return startSweeps(objects, work, { store: connection.store, workflow });
}
