/** RecordFailure: why an execution failed; also told by Step Functions itself, where no state of it could (timed out, stopped). */
import type { EventBridgeEvent } from 'aws-lambda';
import { type ExecutionEnd, type RecordFailureInput, recordEnd, recordFailure } from '../src/tasks/record-failure.ts';
import { count, logger, toHandler } from './lambda/handler.ts';
import { store } from './lambda/state.ts';

type StatusChange = EventBridgeEvent<'Step Functions Execution Status Change', ExecutionEnd>;

export const handler = toHandler(async (event: RecordFailureInput | StatusChange) => {
  if (!('detail' in event)) return recordFailure(event, store);
  const { name, status, error, cause } = event.detail;
  count({ ExecutionsFailed: 1 });
  logger.error('an execution ended without success', { execution: name, status, reason: error, cause });
  return recordEnd(event.detail, store);
});
