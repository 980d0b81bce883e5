/** SQS messages about new log objects → executions. Each message that fails is delivered again, alone. */
import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { type IngestedEvents, ingestEvents } from '../src/tasks/ingest-events.ts';
import { registerPorts } from './lambda/catalog.ts';
import { count, logger, toHandler } from './lambda/handler.ts';
import { workflow } from './lambda/workflow.ts';

export const handler = toHandler(async (event: SQSEvent, context): Promise<SQSBatchResponse> => {
  const messages = event.Records.map(({ messageId, body }) => ({ id: messageId, body }));
  const ingested = await ingestEvents(messages, new Date().toISOString(), { ...registerPorts, workflow });
  report(ingested);
  const processor = new BatchProcessor(EventType.SQS);
  const options = { context, processingOptions: { throwOnFullBatchFailure: false }, throwOnFullBatchFailure: false };
  return processPartialResponse(
    event,
    async ({ messageId }: SQSRecord) => {
      const reason = ingested.failed.get(messageId);
      if (reason !== undefined) throw new Error(reason);
    },
    processor,
    options,
  );
});

function report({
  failed,
  conflicts,
  foreign,
  ignored,
  objects,
  started,
  viewsFailure,
  withoutTable,
}: IngestedEvents): void {
  const foreignCount = Object.values(foreign).reduce((total, objectCount) => total + (objectCount ?? 0), 0);
  const givenUp = started.filter(({ outcome }) => outcome === 'given up');
  count({ LogObjects: objects, LogObjectsForeign: foreignCount, PartitionConflicts: conflicts.length });
  count({ ExecutionsFailed: givenUp.length });
  for (const { execution } of givenUp) logger.error('given up', { execution });
  for (const [messageId, reason] of failed) logger.warn('message failed', { messageId, reason });
  for (const conflict of conflicts) logger.error('partition is registered elsewhere', { conflict });
  if (viewsFailure !== undefined) logger.error('the views could not be made; the next sweep tries again', viewsFailure);
  logger.info('ingested', { objects, foreign, ignored, withoutTable, started });
}
