/** Lambda's Invoke: calls handlers that tests registered, within the limits of Lambda's payloads. */
import { AwsError } from './aws-error.ts';
import { type AwsRequest, type AwsResponse, header } from './aws-request.ts';
import type { Service } from './service.ts';
import { toRestJsonError } from './service.ts';

/** What a handler gets beside its event, as far as handlers in this process need it. */
export type InvocationContext = {
  readonly functionName: string;
  readonly invokedFunctionArn: string;
  readonly awsRequestId: string;
};

/** A function: returns its answer or throws; the error's name is its errorType. */
export type LambdaFunction = (event: never, context: InvocationContext) => unknown;

export type LambdaOptions = {
  readonly account: string;
  readonly region: string;
  readonly functions: ReadonlyMap<string, LambdaFunction>;
};

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html, as the error messages count them */
const MOST_PAYLOAD = 6_291_456;
const MOST_EVENT = 1_048_576;

export function createLambda(options: LambdaOptions): Service {
  return {
    plan: (request) => {
      const name = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/.exec(request.path)?.[1];
      if (name === undefined || request.method !== 'POST') {
        throw new AwsError('UnknownOperationException', `The double has no ${request.method} ${request.path}`, {
          status: 404,
        });
      }
      const functionName = nameOf(decodeURIComponent(name));
      const resource = arnOf(functionName, options);
      const needs = [{ action: 'lambda:InvokeFunction', resource }] as const;
      return { name: 'Invoke', needs: [...needs], run: () => invoke(functionName, request, options) };
    },
    toErrorResponse: toRestJsonError,
    accessDenied: { code: 'AccessDeniedException', status: 403 },
    throttled: { code: 'TooManyRequestsException', status: 429 },
  };
}

async function invoke(functionName: string, request: AwsRequest, options: LambdaOptions): Promise<AwsResponse> {
  const handler = options.functions.get(functionName);
  const arn = arnOf(functionName, options);
  if (handler === undefined)
    throw new AwsError('ResourceNotFoundException', `Function not found: ${arn}`, { status: 404 });
  const isEvent = header(request, 'x-amz-invocation-type') === 'Event';
  const most = isEvent ? MOST_EVENT : MOST_PAYLOAD;
  if (request.body.length > most) {
    const message = `${request.body.length} byte payload is too large for the invocation type (limit ${most} bytes)`;
    throw new AwsError('RequestTooLargeException', message, { status: 413 });
  }
  const event = parseEvent(request.body.toString());
  const context = { functionName, invokedFunctionArn: arn, awsRequestId: request.id };
  if (isEvent) {
    // Nobody waits for it, so nobody hears of its failure; Lambda would try twice more.
    void Promise.resolve(handler(event, context)).catch(() => {});
    return { status: 202 };
  }
  return toAnswer(await run(handler, event, context), request);
}

type Outcome = { readonly payload: unknown; readonly isFailure: boolean };

async function run(handler: LambdaFunction, event: never, context: InvocationContext): Promise<Outcome> {
  try {
    return { payload: (await handler(event, context)) ?? null, isFailure: false };
  } catch (error) {
    return { payload: describeError(error), isFailure: true };
  }
}

function toAnswer({ payload, isFailure }: Outcome, request: AwsRequest): AwsResponse {
  const text = JSON.stringify(payload);
  const size = Buffer.byteLength(text);
  const failed = { 'x-amz-function-error': 'Unhandled' };
  if (size > MOST_PAYLOAD) {
    const errorMessage = `Response payload size exceeded maximum allowed payload size (${MOST_PAYLOAD} bytes).`;
    const body = JSON.stringify({ errorMessage, errorType: 'Function.ResponseSizeTooLarge' });
    return { status: 200, headers: { ...failed, 'x-amzn-requestid': request.id }, body };
  }
  const headers = { 'x-amz-executed-version': '$LATEST', 'x-amzn-requestid': request.id, ...(isFailure ? failed : {}) };
  return { status: 200, headers, body: text };
}

function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error), trace: [] };
  return { errorType: error.name, errorMessage: error.message, trace: error.stack?.split('\n') ?? [] };
}

function parseEvent(text: string): never {
  try {
    return (text === '' ? {} : JSON.parse(text)) as never;
  } catch {
    throw new AwsError('InvalidRequestContentException', 'Could not parse request body into json');
  }
}

/** A name, a partial or a whole ARN, each perhaps with a version behind. */
function nameOf(text: string): string {
  return /(?:^|:function:)([\w-]+)(?::[\w$-]+)?$/.exec(text)?.[1] ?? text;
}

function arnOf(name: string, { account, region }: LambdaOptions): string {
  return `arn:aws:lambda:${region}:${account}:function:${name}`;
}
