/** A service of the AWS JSON protocol: X-Amz-Target names the operation, documents go both ways. */
import { AwsError } from './aws-error.ts';
import { type AwsRequest, header } from './aws-request.ts';
import type { Operation, Service } from './service.ts';
import { toJson, toJsonError } from './service.ts';

/** Carries out one operation. Times in its answer are seconds, as the protocol has them. */
export type JsonOperation = (input: never, request: AwsRequest) => object | undefined | Promise<object | undefined>;

export type JsonServiceParts = {
  /** Before the dot in X-Amz-Target. */
  readonly target: string;
  readonly operations: Readonly<Record<string, JsonOperation>>;
  /** The permissions that a call takes, the one that stands for it first. */
  readonly needs: (operation: string, input: never) => Operation['needs'];
  readonly throttled: string;
};

export function createJsonService({ target, operations, needs, throttled }: JsonServiceParts): Service {
  return {
    plan: (request) => {
      const [prefix, name = ''] = header(request, 'x-amz-target')?.split('.') ?? [];
      const operation = prefix === target ? operations[name] : undefined;
      if (operation === undefined)
        throw new AwsError('UnknownOperationException', `The double has no ${target}.${name}`);
      const input = parse(request.body.toString());
      return {
        name,
        needs: needs(name, input),
        run: async () => toJson((await operation(input, request)) ?? {}, request),
      };
    },
    toErrorResponse: toJsonError,
    accessDenied: { code: 'AccessDeniedException', status: 400 },
    throttled: { code: throttled, status: 400 },
  };
}

function parse(text: string): never {
  try {
    return JSON.parse(text) as never;
  } catch {
    throw new AwsError('SerializationException', 'The request body is no JSON document');
  }
}

/** Seconds since 1970, as the protocol writes times. */
export function toSeconds(time: Date): number {
  return time.getTime() / 1000;
}
