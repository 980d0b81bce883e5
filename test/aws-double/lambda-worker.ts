/** The inside of a function's environment: loads the bundled handler once and works off one event at a time. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Answer, Environment, Errand } from './lambda.ts';

type Handler = (event: unknown, context: object) => unknown;

const { url, exportName, name, arn, memory } = workerData as Environment;
const port = parentPort!;

const loading: Promise<Handler> = import(url).then((module: Record<string, unknown>) => {
  const handler = module[exportName];
  if (typeof handler === 'function') return handler as Handler;
  throw Object.assign(new Error(`${exportName} is undefined or not exported`), { name: 'Runtime.HandlerNotFound' });
});
// Told with the first event, as Lambda does.
loading.catch(() => {});

process.on('unhandledRejection', (reason) => {
  const text = reason instanceof Error ? `${reason.name}: ${reason.message}` : String(reason);
  port.postMessage({ errorType: 'Runtime.UnhandledPromiseRejection', errorMessage: text, trace: [] } satisfies Answer);
});

port.on('message', async ({ payload, requestId, deadline }: Errand) => {
  process.env._X_AMZN_TRACE_ID = 'Root=1-00000000-000000000000000000000000;Parent=0000000000000000;Sampled=0';
  const context = {
    ...{ functionName: name, functionVersion: '$LATEST', invokedFunctionArn: arn, memoryLimitInMB: String(memory) },
    ...{ awsRequestId: requestId, logGroupName: `/aws/lambda/${name}`, logStreamName: 'double' },
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
  port.postMessage(await answer(payload, context));
});

async function answer(payload: string, context: object): Promise<Answer> {
  try {
    const handler = await loading;
    const result = await handler(JSON.parse(payload), context);
    return { payload: toPayload(result) };
  } catch (error) {
    if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error), trace: [] };
    return { errorType: error.name, errorMessage: error.message, trace: error.stack?.split('\n') ?? [] };
  }
}

function toPayload(result: unknown): string {
  try {
    return JSON.stringify(result ?? null);
  } catch (error) {
    const message = `Unable to stringify response body: ${(error as Error).message}`;
    throw Object.assign(new Error(message), { name: 'Runtime.MarshalError' });
  }
}
