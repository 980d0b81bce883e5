/** Lists were uploaded or removed → the indicators in force, and the past evaluated with them. */
import { retroHunt } from '../src/tasks/retro-hunt.ts';
import { networks } from './lambda/environment.ts';
import { logger, toHandler } from './lambda/handler.ts';
import { now, retroHuntPorts, retroHuntSettings, tellRetroHunt } from './lambda/retro-hunt.ts';

const own = networks('OWN_RANGES');

/** Which list changed does not matter: all of them together are the version. */
export const handler = toHandler(async (_event: unknown, context) => {
  const { indicators, loaded, ...hunted } = await retroHunt(
    { ...retroHuntSettings(context), own },
    now,
    retroHuntPorts,
  );
  for (const problem of loaded.problems.slice(0, 100)) logger.warn('line of a list', { problem });
  logger.info('indicators', { indicators, count: loaded.indicators.length });
  tellRetroHunt(hunted);
  return { indicators, isDue: hunted.isDue, started: hunted.started.length };
});
