/** What every Lambda has around its task: structured logs, metrics in EMF, traces. */
import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import { Tracer } from '@aws-lambda-powertools/tracer';
import { captureLambdaHandler } from '@aws-lambda-powertools/tracer/middleware';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';

export const logger = new Logger();
const metrics = new Metrics();
const tracer = new Tracer({ captureHTTPsRequests: false });

/** A task as a Lambda handler. Its errors keep their names: the state machine retries and catches by them. */
export function toHandler<In, Out>(task: (input: In, context: Context) => Promise<Out>) {
  return middy<In, Out>()
    .use(captureLambdaHandler(tracer, { captureResponse: false }))
    .use(injectLambdaContext(logger, { clearState: true }))
    .use(logMetrics(metrics))
    .handler(task);
}

/** Adds to the metrics of this call; dashboards and alarms are in serverless.yml. */
export function count(counts: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(counts)) metrics.addMetric(name, MetricUnit.Count, value);
}
