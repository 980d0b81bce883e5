/** A bundled handler as Lambda runs it: in environments of its own, each with its own process.env, one event at a time. */
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { InvocationContext, LambdaFunction } from './lambda-service.ts';
import type { AwsDouble, Credentials } from './start.ts';

export type LambdaConfig = {
  /** Of the bundle, `…/index.mjs`. */
  readonly path: string;
  readonly fn: {
    readonly name: string;
    readonly arn: string;
    /** `dist/functions/scan/index.handler` */
    readonly handler: string;
    readonly environment: Readonly<Record<string, string>>;
    /** MB. */
    readonly memory: number;
    /** Seconds. */
    readonly timeout: number;
  };
  readonly double: Pick<AwsDouble, 'url' | 'region'>;
  /** Of the function's role. */
  readonly credentials: Credentials;
};

export type RunningLambda = {
  readonly invoke: LambdaFunction;
  /** What the function wrote to its log, line by line. */
  readonly logs: readonly string[];
  close(): Promise<void>;
};

/** Handed to a worker when it begins. */
export type Environment = {
  readonly url: string;
  readonly exportName: string;
  readonly name: string;
  readonly arn: string;
  readonly memory: number;
};

export type Errand = { readonly payload: string; readonly requestId: string; readonly deadline: number };

export type Answer = { readonly payload: string } | LambdaErrorDocument;

type LambdaErrorDocument = {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace: readonly string[];
};

/** More events at once wait: every environment is a thread of this process. */
const MOST_ENVIRONMENTS = 4;
/** Of requests and answers that are waited for, in bytes. */
const MOST_PAYLOAD = 6_291_456;
const WORKER = new URL('./lambda-worker.ts', import.meta.url);

/** An error of the function under its own name; the service hands it on. */
export class LambdaError extends Error {
  constructor({ errorType, errorMessage, trace }: LambdaErrorDocument) {
    super(errorMessage);
    this.name = errorType;
    this.stack = trace.join('\n');
  }
}

export function openLambda(config: LambdaConfig): RunningLambda {
  const logs: string[] = [];
  const all = new Set<Worker>();
  const idle: Worker[] = [];
  const waiting: ((worker: Worker) => void)[] = [];
  const open = (): Worker => {
    const worker = startWorker(config, logs);
    all.add(worker);
    return worker;
  };
  const take = async (): Promise<Worker> => {
    const worker = idle.pop() ?? (all.size < MOST_ENVIRONMENTS ? open() : undefined);
    return worker ?? new Promise((resolve) => waiting.push(resolve));
  };
  const giveBack = (worker: Worker): void => {
    const next = waiting.shift();
    if (next === undefined) idle.push(worker);
    else next(worker);
  };
  const discard = async (worker: Worker): Promise<void> => {
    all.delete(worker);
    await worker.terminate();
    const next = waiting.shift();
    next?.(open());
  };
  return {
    logs,
    invoke: async (event: unknown, context: InvocationContext) => {
      const worker = await take();
      const outcome = await run(worker, config, event, context);
      if (outcome.isBroken) await discard(worker);
      else giveBack(worker);
      if ('payload' in outcome.answer) return JSON.parse(outcome.answer.payload) as unknown;
      throw new LambdaError(outcome.answer);
    },
    close: async () => {
      await Promise.all([...all].map((worker) => worker.terminate()));
    },
  };
}

function startWorker({ path, fn, double, credentials }: LambdaConfig, logs: string[]): Worker {
  const exportName = fn.handler.split('.').at(-1)!;
  const environment: Environment = {
    url: pathToFileURL(path).href,
    exportName,
    name: fn.name,
    arn: fn.arn,
    memory: fn.memory,
  };
  const worker = new Worker(WORKER, {
    workerData: environment,
    env: { ...toEnv(fn, double, credentials), ...fn.environment },
    resourceLimits: { maxOldGenerationSizeMb: fn.memory },
    ...{ stdout: true, stderr: true },
  });
  for (const stream of [worker.stdout, worker.stderr]) {
    stream.on('data', (piece: Buffer) => logs.push(...piece.toString().split('\n').filter(Boolean)));
  }
  return worker;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html */
function toEnv(
  fn: LambdaConfig['fn'],
  { url, region }: LambdaConfig['double'],
  credentials: Credentials,
): NodeJS.ProcessEnv {
  return {
    ...{ AWS_REGION: region, AWS_DEFAULT_REGION: region, AWS_ENDPOINT_URL: url },
    ...{ AWS_ACCESS_KEY_ID: credentials.accessKeyId, AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey },
    ...{
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      AWS_LAMBDA_FUNCTION_NAME: fn.name,
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    },
    ...{ AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(fn.memory), AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand' },
    ...{ AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${fn.name}`, AWS_LAMBDA_LOG_STREAM_NAME: 'double' },
    ...{ _HANDLER: fn.handler, LANG: 'en_US.UTF-8', TZ: ':UTC' },
  };
}

type Outcome = { readonly answer: Answer; readonly isBroken: boolean };

async function run(worker: Worker, { fn }: LambdaConfig, event: unknown, context: InvocationContext): Promise<Outcome> {
  const payload = JSON.stringify(event ?? {});
  const requestId = context.awsRequestId ?? crypto.randomUUID();
  if (Buffer.byteLength(payload) > MOST_PAYLOAD) return { answer: tooLarge('Request', payload), isBroken: false };
  const milliseconds = fn.timeout * 1000;
  const errand: Errand = { payload, requestId, deadline: Date.now() + milliseconds };
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  const broken = (errorType: string, errorMessage: string): void =>
    resolve({
      answer: { errorType, errorMessage: `RequestId: ${requestId} Error: ${errorMessage}`, trace: [] },
      isBroken: true,
    });
  const onMessage = (answer: Answer): void => resolve({ answer, isBroken: false });
  const onError = (error: NodeJS.ErrnoException): void => {
    if (error.code === 'ERR_WORKER_OUT_OF_MEMORY')
      broken('Runtime.OutOfMemory', 'Runtime exited with error: signal: killed');
    else broken(error.name, error.message);
  };
  const onExit = (): void => broken('Runtime.ExitError', 'Runtime exited without providing a reason');
  const timer = setTimeout(
    () => broken('Sandbox.Timedout', `Task timed out after ${fn.timeout.toFixed(2)} seconds`),
    milliseconds,
  );
  worker.once('message', onMessage).once('error', onError).once('exit', onExit);
  worker.postMessage(errand);
  const outcome = await promise;
  clearTimeout(timer);
  worker.off('message', onMessage).off('error', onError).off('exit', onExit);
  if ('payload' in outcome.answer && Buffer.byteLength(outcome.answer.payload) > MOST_PAYLOAD) {
    return { ...outcome, answer: tooLarge('Response', outcome.answer.payload) };
  }
  return outcome;
}

function tooLarge(what: 'Request' | 'Response', payload: string): LambdaErrorDocument {
  const errorMessage = `${what} payload size (${Buffer.byteLength(payload)} bytes) exceeded maximum allowed payload size (${MOST_PAYLOAD} bytes).`;
  return {
    errorType: what === 'Request' ? 'RequestEntityTooLarge' : 'Function.ResponseSizeTooLarge',
    errorMessage,
    trace: [],
  };
}
