/** `sweep --aws`: the stack evaluates a window of its logs anew with the lists in force. */
import { UsageError } from '../../core/errors.ts';
import type { Selection } from '../selection.ts';
import type { CommandSettings } from '../settings.ts';
import { openTalk } from '../talk.ts';
import { connectStack } from './stack-connection.ts';
import { runInStack, type StackRunResult, sinceDaysAgo } from './stack-run.ts';

/** What the daily sweep of the stack looks at. */
const DAYS = 2;

export async function sweepInStack(
  logs: readonly string[],
  selection: Selection,
  settings: CommandSettings,
  clock: Date,
): Promise<StackRunResult> {
  if (logs.length > 0) {
    throw new UsageError(`--aws sweeps the logs that the stack watches; leave ${logs[0]} out, or leave out --aws.`);
  }
  if (settings.origins.iocs === 'option') {
    throw new UsageError(
      '--aws sweeps with the lists in force. Use: npx flowhound indicators import --aws <list>, or hunt --aws --iocs <list>',
    );
  }
  const connection = await connectStack(settings);
  const { isEmptyVersion } = await import('../../tasks/indicator-versions.ts');
  const { currentIndicators } = await import('../../tasks/indicators-in-force.ts');
  const { indicators, since: inForceSince } = await currentIndicators(connection.store);
  if (await isEmptyVersion(indicators, connection.store)) {
    openTalk(settings.isQuiet).say(
      'flowhound: no indicator is in force: nothing can match. Use: npx flowhound indicators import --aws <list>',
    );
  }
  const since = sinceDaysAgo(DAYS, selection, clock, settings);
  return runInStack({ mode: 'sweep', indicators, inForceSince, selection: since, clock }, connection, settings);
}
