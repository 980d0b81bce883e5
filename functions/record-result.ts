/** RecordResult, the last word of an execution; and RecordDataRatio, what its look at other traffic showed. */
import { type RecordDataRatioInput, recordDataRatio } from '../src/tasks/record-data-ratio.ts';
import { type RecordResultInput, recordResult } from '../src/tasks/record-result.ts';
import { count, logger, toHandler } from './lambda/handler.ts';
import { results, store } from './lambda/state.ts';

export const handler = toHandler(async (input: RecordResultInput | RecordDataRatioInput) => {
  if (!('plan' in input)) return recordDataRatio(input, store, results);
  const { malformed, damaged, objects, bytes, records, matches } = await recordResult(input, store);
  const malformedCount = Object.values(malformed).reduce((total, lines) => total + lines, 0);
  count({ RecordsMalformed: malformedCount, LogObjectsDamaged: damaged });
  logger.info('recorded', { execution: input.execution, objects, bytes, records, matches });
  return { execution: input.execution };
});
