/** Scheduled sweep: what the last hours brought is accounted for, or is done now. */
import { resumeRetroHunts } from '../src/tasks/retro-hunt.ts';
import { sweepWindow } from '../src/tasks/sweep-window.ts';
import { registerPorts } from './lambda/catalog.ts';
import { count, logger, toHandler } from './lambda/handler.ts';
import { listLogObjects } from './lambda/log-locations.ts';
import { workflow } from './lambda/workflow.ts';

export const handler = toHandler(async ({ hours }: { readonly hours: number }) => {
  const now = Date.now();
  const toDay = (time: number) => new Date(time).toISOString().slice(0, 10);
  const window = { from: toDay(now - hours * 3_600_000), to: toDay(now), accounts: [], regions: [] };
  const ports = { ...registerPorts, workflow, list: listLogObjects };
  const { listed, late, conflicts, unregistered, started } = await sweepWindow(
    window,
    new Date(now).toISOString(),
    ports,
  );
  const again = await resumeRetroHunts({ store: registerPorts.store, workflow });
  const givenUp = [...started, ...again].filter(({ outcome }) => outcome === 'given up');
  count({ PartitionConflicts: conflicts.length, ExecutionsFailed: givenUp.length });
  for (const conflict of conflicts) logger.error('partition is registered elsewhere', { conflict });
  for (const { execution } of givenUp) logger.error('given up', { execution });
  logger.info('swept', { ...window, listed, late, unregistered, started, again });
  return { listed, late, started: started.length };
});
