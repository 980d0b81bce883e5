/**
 * The packaged stack, standing on the AWS double: its buckets, queues, topics, tables, state machine and bundled functions,
 * each function with its own role. Events go where the template's rules send them. For tests only.
 */
import { randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import { DeleteMessageCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { openLambda, type RunningLambda } from '../aws-double/lambda.ts';
import { type AwsDouble, startAwsDouble } from '../aws-double/start.ts';
import { readStack, type Stack } from '../stack/template.ts';
import { openPermissions, type Permissions } from './permissions.ts';
import { createResources } from './resources.ts';
import { openTraffic, type Traffic } from './traffic.ts';
import { unpack } from './unpack.ts';

export type CloudStack = Traffic & {
  readonly double: AwsDouble;
  readonly stack: Stack;
  readonly stateBucket: string;
  readonly permissions: Permissions;
  /** Calls a function as AWS would, by the name of its file. */
  readonly invoke: (name: string, event: unknown) => Promise<unknown>;
  /** Messages that a subscriber of the findings topics got since the last call. */
  readonly notifications: () => Promise<readonly Notified[]>;
  /** What a function wrote to its log, line by line. */
  readonly logs: (name: string) => readonly string[];
  /** How often functions were called, by whomever. */
  readonly invocations: ReadonlyMap<string, number>;
  /** Executions that ended without success, each with its error and cause. */
  readonly failures: () => readonly string[];
  readonly close: () => Promise<void>;
};

export type Notified = {
  readonly TopicArn: string;
  readonly Subject: string;
  readonly Message: string;
  readonly MessageAttributes: Readonly<Record<string, { readonly Value: string }>>;
};

/** The bucket that is there before the stack. */
export const LOG_BUCKET = 'central-flow-logs';

/** `template` is what `serverless package` wrote, with the artifacts beside it. */
export async function openCloudStack(template: string): Promise<CloudStack> {
  const double = await startAwsDouble({ buckets: [LOG_BUCKET] });
  const stack = readStack(template);
  const created = await createResources(stack, double, LOG_BUCKET);
  const roleOf = new Map<string, string>();
  const lambdas = new Map<string, RunningLambda>();
  const invocations = new Map<string, number>();
  for (const [name, fn] of Object.entries(stack.functions)) {
    const archive = join(dirname(template), `${toCamelCase(name)}.zip`);
    const credentials = double.credentials(fn.roleLogicalId);
    roleOf.set(credentials.accessKeyId, fn.roleLogicalId);
    const path = unpack(archive, `dist/functions/${name}/index.mjs`);
    const opened = openLambda({ path, fn, credentials, double });
    const invoke: RunningLambda['invoke'] = (event, context) => {
      invocations.set(name, (invocations.get(name) ?? 0) + 1);
      return opened.invoke(event, context);
    };
    const lambda = { ...opened, invoke };
    lambdas.set(fn.arn, lambda);
    double.functions.set(fn.name, lambda.invoke);
  }
  roleOf.set(double.credentials(stack.stateMachine.roleLogicalId).accessKeyId, stack.stateMachine.roleLogicalId);
  const permissions = openPermissions(stack, roleOf);
  double.authorize = permissions.authorize;
  const invokeArn = (arn: string, event: unknown) =>
    lambdas.get(arn)!.invoke(event as never, toContext(arn)) as Promise<unknown>;
  return {
    ...{ double, stack, permissions, stateBucket: stack.outputs.StateBucketName!, invocations },
    ...openTraffic(stack, double, created, invokeArn),
    invoke: (name, event) => invokeArn(stack.functions[name]!.arn, event),
    notifications: () => receiveAll(created),
    logs: (name) => lambdas.get(stack.functions[name]!.arn)!.logs,
    failures: () =>
      [...double.sfn.executions.values()]
        .filter(({ status }) => status !== 'SUCCEEDED')
        .map(({ name, status, error, cause }) => `${name} ${status} ${error}: ${cause}`),
    close: async () => {
      await Promise.all([...lambdas.values()].map((lambda) => lambda.close()));
      await double.close();
    },
  };
}

function toContext(arn: string) {
  const functionName = arn.slice(arn.lastIndexOf(':') + 1);
  return { functionName, invokedFunctionArn: arn, awsRequestId: randomUUID() };
}

async function receiveAll({ sqs, subscriberUrl: QueueUrl }: Awaited<ReturnType<typeof createResources>>) {
  const received: Notified[] = [];
  for (;;) {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    if (Messages.length === 0) return received;
    for (const { Body, ReceiptHandle } of Messages) {
      received.push(JSON.parse(Body!) as Notified);
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: ReceiptHandle! }));
    }
  }
}

/** serverless.yml names functions in its own way: bind-query is bindQuery. */
function toCamelCase(name: string): string {
  return name.replaceAll(/-([a-z])/g, (_dash, letter: string) => letter.toUpperCase());
}
