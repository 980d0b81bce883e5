/** Lists were uploaded or removed → the indicators in force, and the past evaluated with them. */
import { retroHunt } from '../src/tasks/retro-hunt.ts';
import { networks, required } from './lambda/environment.ts';
import { logger, toHandler } from './lambda/handler.ts';
import { listLogObjects } from './lambda/log-locations.ts';
import { store } from './lambda/state.ts';
import { workflow } from './lambda/workflow.ts';

const settings = { own: networks('OWN_RANGES'), days: Number(required('RETRO_HUNT_DAYS')) };

/** Which list changed does not matter: all of them together are the version. */
export const handler = toHandler(async (_event: unknown) => {
  const ports = { store, workflow, list: listLogObjects };
  const { indicators, isDue, loaded, started } = await retroHunt(settings, () => new Date().toISOString(), ports);
  for (const problem of loaded.problems.slice(0, 100)) logger.warn('line of a list', { problem });
  logger.info('indicators', { indicators, isDue, count: loaded.indicators.length, started });
  return { indicators, isDue, started: started.length };
});
