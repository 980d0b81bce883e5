/** Retro-hunts, as they are begun where lists change and gone on with every hour. */
import type { Context } from 'aws-lambda';
import type { RetroHunt, RetroHuntSettings } from '../../src/tasks/retro-hunt.ts';
import { required } from './environment.ts';
import { logger } from './handler.ts';
import { listLogObjects } from './log-locations.ts';
import { store } from './state.ts';
import { workflow } from './workflow.ts';

/** What a step takes at most: seconds, or minutes where a week has very many logs. */
const SPARE_MILLISECONDS = 300_000;

export const retroHuntPorts = { store, workflow, list: listLogObjects };

export function now(): string {
  return new Date().toISOString();
}

export function retroHuntSettings(context: Context): RetroHuntSettings {
  return {
    days: Number(required('RETRO_HUNT_DAYS')),
    unindexedDays: Number(required('UNINDEXED_DAYS')),
    isTimeUp: () => context.getRemainingTimeInMillis() < SPARE_MILLISECONDS,
  };
}

/** Says what was found and done, if anything was due. */
export function tellRetroHunt({ isDue, isDone, holding, unindexed, damaged, started }: RetroHunt): void {
  for (const { key, reason } of damaged.slice(0, 100)) logger.error('file of the address index', { key, reason });
  if (isDue) logger.info('retro-hunt', { isDone, holding, unindexed, damaged: damaged.length, started });
}
