/** Scheduled sweep: what the last hours brought is accounted for, or is done now; once a day the address index is compacted. */
import type { Context } from 'aws-lambda';
import { daysBetween, shiftDay } from '../src/core/utc-day.ts';
import { compactDays } from '../src/tasks/compact-addresses.ts';
import { resumeSweeps } from '../src/tasks/past-sweeps.ts';
import { continueRetroHunt } from '../src/tasks/retro-hunt.ts';
import { sweepWindow } from '../src/tasks/sweep-window.ts';
import { registerPorts } from './lambda/catalog.ts';
import { count, logger, toHandler } from './lambda/handler.ts';
import { now, retroHuntPorts, retroHuntSettings, tellRetroHunt } from './lambda/retro-hunt.ts';

/** Windows of a day and more are the daily sweep's. */
const COMPACTING_HOURS = 24;
/** The index keeps a day in parts until what is late has come, and looks so far back for parts that came later still. */
const OPEN_DAYS = 2;
const COMPACTED_DAYS = 400;
/** What one round of a compaction takes at most, and what follows it. */
const SPARE_MILLISECONDS = 240_000;

export const handler = toHandler(async ({ hours }: { readonly hours: number }, context) => {
  const clock = now();
  const today = clock.slice(0, 10);
  const from = new Date(Date.parse(clock) - hours * 3_600_000).toISOString().slice(0, 10);
  const window = { from, to: today, accounts: [], regions: [] };
  const ports = { ...registerPorts, ...retroHuntPorts };
  const { listed, late, conflicts, unregistered, started } = await sweepWindow(window, clock, ports);
  const again = await resumeSweeps(now, ports);
  const hunted = await continueRetroHunt(retroHuntSettings(context), now, ports);
  const givenUp = [...started, ...again].filter(({ outcome }) => outcome === 'given up');
  count({ PartitionConflicts: conflicts.length, ExecutionsFailed: givenUp.length });
  for (const conflict of conflicts) logger.error('partition is registered elsewhere', { conflict });
  for (const { execution } of givenUp) logger.error('given up', { execution });
  logger.info('swept', { ...window, listed, late, unregistered, started, again });
  tellRetroHunt(hunted);
  if (hours >= COMPACTING_HOURS) await compactIndex(today, context);
  return { listed, late, started: started.length };
});

async function compactIndex(today: string, context: Context): Promise<void> {
  const days = daysBetween(shiftDay(today, -COMPACTED_DAYS), shiftDay(today, -OPEN_DAYS));
  const isTimeUp = () => context.getRemainingTimeInMillis() < SPARE_MILLISECONDS;
  const { damaged, ...compacted } = await compactDays(days, 1, registerPorts.store, isTimeUp);
  for (const { key, reason } of damaged) logger.error('a file of the address index is damaged', { key, reason });
  logger.info('compacted', { ...compacted, damaged: damaged.length });
}
