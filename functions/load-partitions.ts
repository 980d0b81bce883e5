/** Registers the partitions of a range of days, for those who load them by schedule and not as objects come. */
import { loadPartitions } from '../src/tasks/load-partitions.ts';
import { registerPorts } from './lambda/catalog.ts';
import { count, logger, toHandler } from './lambda/handler.ts';
import { listLogObjects } from './lambda/log-locations.ts';

/** Between two runs of a monthly schedule; what is registered already costs a listing only. */
const LONGEST_SCHEDULE_DAYS = 32;

export const handler = toHandler(async ({ days }: { readonly days?: number }) => {
  const range = {
    from: process.env.PARTITION_FROM ?? '',
    to: process.env.PARTITION_TO ?? '',
    days: days ?? LONGEST_SCHEDULE_DAYS,
  };
  const loaded = await loadPartitions(range, new Date().toISOString(), { ...registerPorts, list: listLogObjects });
  count({ PartitionConflicts: loaded.conflicts.length });
  for (const conflict of loaded.conflicts) logger.error('partition is registered elsewhere', { conflict });
  logger.info('loaded', { from: loaded.from, to: loaded.to, objects: loaded.objects });
  return { objects: loaded.objects, conflicts: loaded.conflicts.length };
});
