/** What AWS moves by itself: events along rules, messages from the queue to the function that polls it. For tests only. */
import { DeleteMessageCommand, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import type { AwsDouble } from '../aws-double/start.ts';
import { takesEvent } from '../stack/event-pattern.ts';
import type { JsonObject, Stack } from '../stack/template.ts';
import { type Created, resourcesOf } from './resources.ts';

export type Invoke = (functionArn: string, event: unknown) => Promise<unknown>;

export type Traffic = {
  /** Sends to the queue of log objects, as S3 or a rule would. */
  readonly send: (body: string) => Promise<void>;
  /** Waits until no event, message or execution is under way; returns the ids of messages that failed. */
  readonly settle: () => Promise<readonly string[]>;
};

const QUIET_TURNS = 3;

export function openTraffic(stack: Stack, double: AwsDouble, { queueUrl, sqs }: Created, invoke: Invoke): Traffic {
  const underWay = new Set<Promise<unknown>>();
  const begin = (work: Promise<unknown>) => {
    const tracked = work.finally(() => underWay.delete(tracked));
    underWay.add(tracked);
  };
  const send = async (body: string) => {
    await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: body }));
  };
  const route = (event: object) => {
    for (const target of targetsOf(stack, event)) {
      if (target.includes(':sqs:')) begin(send(JSON.stringify(event)));
      // Nobody waits for an asynchronous call; its failure goes to a dead-letter queue.
      else begin(invoke(target, event).catch(() => {}));
    }
  };
  double.onS3Event = ({ eventBridge }) => {
    if (eventBridge !== undefined) route(eventBridge);
  };
  double.onExecutionEvent = route;
  const isBusy = () =>
    underWay.size > 0 || [...double.sfn.executions.values()].some(({ status }) => status === 'RUNNING');
  return {
    send,
    settle: async () => {
      const failed: string[] = [];
      for (let quiet = 0; quiet < QUIET_TURNS; ) {
        await Promise.all(underWay);
        const polled = await poll(stack, { queueUrl, sqs }, invoke);
        failed.push(...polled.failed);
        quiet = polled.received === 0 && !isBusy() ? quiet + 1 : 0;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      return failed;
    },
  };
}

function targetsOf(stack: Stack, event: object): string[] {
  return resourcesOf(stack, 'AWS::Events::Rule')
    .filter(({ properties }) => properties.EventBusName === undefined && properties.EventPattern !== undefined)
    .filter(({ properties }) => takesEvent(properties.EventPattern as JsonObject, event as JsonObject))
    .flatMap(({ properties }) => (properties.Targets as readonly JsonObject[]).map(({ Arn }) => String(Arn)));
}

/** One round of the event source mapping: as much as is there goes to ingest at once; what did not fail is deleted. */
async function poll(stack: Stack, { queueUrl, sqs }: Pick<Created, 'queueUrl' | 'sqs'>, invoke: Invoke) {
  const messages = [];
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 0 }),
    );
    if (Messages.length === 0) break;
    messages.push(...Messages);
  }
  if (messages.length === 0) return { received: 0, failed: [] };
  const Records = messages.map(({ MessageId, ReceiptHandle, Body }) => ({
    ...{ messageId: MessageId!, receiptHandle: ReceiptHandle!, body: Body!, attributes: {}, messageAttributes: {} },
    ...{ md5OfBody: '', eventSource: 'aws:sqs', awsRegion: 'us-east-1' },
    eventSourceARN: 'arn:aws:sqs:us-east-1:111122223333:log-objects',
  }));
  const answer = (await invoke(stack.functions.ingest!.arn, { Records })) as {
    batchItemFailures: { itemIdentifier: string }[];
  };
  const failed = new Set(answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
  for (const { MessageId, ReceiptHandle } of messages) {
    if (failed.has(MessageId!)) continue;
    await sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle: ReceiptHandle! }));
  }
  return { received: messages.length, failed: [...failed] };
}
