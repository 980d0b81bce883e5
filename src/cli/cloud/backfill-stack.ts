/** Days of log objects, oldest first: counted, or registered and swept by the stack, each to its end before the next. */
import { MOST } from '../../core/batch.ts';
import { MEMORY } from '../../core/cost.ts';
import { toAssumptions } from '../../core/cost-assumptions.ts';
import { PRICES, toUsd } from '../../core/prices.ts';
import { formatBytes, formatCount } from '../../core/story.ts';
import { daysBetween } from '../../core/utc-day.ts';
import { withInterrupt } from '../interrupt.ts';
import { formatSeconds } from '../progress.ts';
import type { Selection } from '../selection.ts';
import type { CommandSettings } from '../settings.ts';
import { openTalk, type Talk } from '../talk.ts';
import { toDay } from '../window.ts';
import { followAll } from './follow.ts';
import { openRegisterPorts } from './stack-catalog.ts';
import { connectStack, listStackLogs, openSfn, type StackConnection } from './stack-connection.ts';

export type BackfillSelection = Selection & { readonly from: Date; readonly to: Date };

/** What became of one UTC day. */
export type BackfilledDay = {
  readonly day: string;
  readonly objects: number;
  readonly bytes?: number;
  readonly started?: number;
  readonly failed?: number;
  readonly records?: number;
  readonly matches?: number;
  readonly sightings?: number;
  readonly opened?: number;
};

export type Backfilled = { readonly days: readonly BackfilledDay[]; readonly failures: readonly string[] };

/** Done again, it goes on where it was stopped: what has ended well is accounted for in the stack. */
export async function backfillStack(selection: BackfillSelection, settings: CommandSettings): Promise<Backfilled> {
  const talk = openTalk(settings.isQuiet);
  const connection = await connectStack(settings);
  const { openWorkflow } = await import('../../aws/workflow.ts');
  const workflow = openWorkflow(await openSfn(connection), connection.stack.stateMachineArn);
  const ports = { ...(await openRegisterPorts(connection)), workflow };
  const days: BackfilledDay[] = [];
  const failures: string[] = [];
  await withInterrupt(async (signal) => {
    for (const day of toDays(selection)) {
      signal.throwIfAborted();
      const done = await backfillDay(day, selection, { connection, ports, talk, signal });
      days.push(done.day);
      failures.push(...done.failures);
    }
  });
  return { days, failures };
}

/** How much there is, and what it would cost, without changing anything. */
export async function estimateBackfill(selection: BackfillSelection, settings: CommandSettings): Promise<Backfilled> {
  const talk = openTalk(settings.isQuiet);
  const connection = await connectStack(settings);
  const { selectObjects } = await import('../../tasks/ingest.ts');
  const days: BackfilledDay[] = [];
  let bytes = 0;
  for (const day of toDays(selection)) {
    const window = { ...selection, from: day, to: day };
    let [dayObjects, dayBytes] = [0, 0];
    for await (const { sizeBytes } of selectObjects(listStackLogs(connection, window), window)) {
      dayObjects++;
      dayBytes += sizeBytes;
    }
    days.push({ day, objects: dayObjects, bytes: dayBytes });
    bytes += dayBytes;
  }
  const objects = days.reduce((total, day) => total + day.objects, 0);
  talk.say(
    `flowhound: ${tellEstimate(objects, bytes, days.length)}; nothing was changed, what is done already is counted too`,
  );
  return { days, failures: [] };
}

type DayPorts = {
  readonly connection: StackConnection;
  readonly ports: Omit<Parameters<typeof import('../../tasks/sweep-window.ts')['sweepWindow']>[2], 'list'>;
  readonly talk: Talk;
  readonly signal: AbortSignal;
};

async function backfillDay(
  day: string,
  { accounts, regions }: Selection,
  { connection, ports, talk, signal }: DayPorts,
): Promise<{ day: BackfilledDay; failures: readonly string[] }> {
  const { sweepWindow } = await import('../../tasks/sweep-window.ts');
  const { readExecuted } = await import('../../tasks/read-executed.ts');
  const window = { accounts, regions, from: day, to: day };
  const list = (asked: typeof window) => listStackLogs(connection, asked, signal);
  const swept = await sweepWindow(window, new Date().toISOString(), { ...ports, list });
  for (const { location, registered } of swept.conflicts) {
    talk.say(
      `flowhound: ${day}: a partition is registered elsewhere: ${registered}, not ${location}; it stays as it is`,
    );
  }
  const todo = `${formatCount(swept.late)} of ${formatCount(swept.listed)} objects to do`;
  talk.say(`flowhound: ${day}: ${swept.started.length === 0 ? 'nothing to do' : todo}`);
  const { failures } = await followAll(swept.started, connection, talk, signal);
  const executions = swept.started.map(({ execution }) => execution);
  const { summary, sightings } = await readExecuted(executions, 'sweep', connection.store);
  const unregistered =
    swept.unregistered > 0 ? [`${day}: ${swept.unregistered} objects could not be registered; run it again`] : [];
  return {
    day: {
      ...{ day, objects: swept.listed, started: executions.length, failed: failures.length },
      ...{ records: summary.records, matches: summary.matches, sightings: sightings.length, opened: summary.opened },
    },
    failures: [...failures, ...unregistered],
  };
}

/** The days that the window touches. */
function toDays({ from, to }: BackfillSelection): string[] {
  // `to` is exclusive: midnight does not begin a day more.
  return daysBetween(toDay(from), toDay(new Date(to.getTime() - 1)));
}

function tellEstimate(objects: number, bytes: number, days: number): string {
  const { scanSpeed, objectSeconds } = toAssumptions();
  const seconds = bytes / (scanSpeed * 1e6) + objects * objectSeconds;
  const dollars = toUsd((seconds * MEMORY.scan) / 1024, PRICES.lambdaCompute) + toUsd(objects, PRICES.s3Get);
  const executions = Math.max(days, Math.ceil(objects / MOST.batchObjects));
  const price = dollars < 0.01 ? 'less than 0.01' : `about ${dollars.toFixed(2)}`;
  return `${formatCount(objects)} objects, ${formatBytes(bytes)}: ${formatCount(executions)} executions or a few more, about ${formatSeconds(seconds)} of Lambda, ${price} USD`;
}
