/**
 * Events of a log bucket. S3 keeps one notification document per bucket and a write replaces all of it, so it is read, merged and
 * shown as a difference first, and written only when told: nobody else's notification is ever lost.
 */
import {
  GetBucketNotificationConfigurationCommand,
  type NotificationConfiguration,
  PutBucketNotificationConfigurationCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { UsageError } from '../core/errors.ts';
import { errorName, toOneLine } from './aws-error.ts';
import { describeNotification, findOverlap, isSameFilter, type ObjectNotification } from './bucket-notification.ts';
import { toS3Error } from './s3-error.ts';

export type BucketEventsPlan = {
  readonly bucket: string;
  /** False: all is as it should be, there is nothing to write. */
  readonly isNeeded: boolean;
  /** One line per notification: `  ` stays, `+ ` comes, `- ` goes. */
  readonly difference: readonly string[];
  readonly before: NotificationConfiguration;
  readonly after: NotificationConfiguration;
};

/** The bucket's events to EventBridge as well. */
export async function planEventBridge(client: S3Client, bucket: string): Promise<BucketEventsPlan> {
  const before = await read(client, bucket);
  return toPlan(bucket, before, { ...before, EventBridgeConfiguration: before.EventBridgeConfiguration ?? {} });
}

export type QueueNotification = {
  readonly id: string;
  readonly queueArn: string;
  /** Keys that begin so: `prefix/AWSLogs/`. */
  readonly prefix: string;
};

/** Created objects below a prefix straight to a queue. S3 lets only one notification have an object: an overlap is refused. */
export async function planQueueNotification(
  client: S3Client,
  bucket: string,
  { id, queueArn, prefix }: QueueNotification,
): Promise<BucketEventsPlan> {
  const before = await read(client, bucket);
  const wanted: ObjectNotification = {
    Id: id,
    QueueArn: queueArn,
    Events: ['s3:ObjectCreated:*'],
    Filter: { Key: { FilterRules: [{ Name: 'prefix', Value: prefix }] } },
  };
  const queues = before.QueueConfigurations ?? [];
  if (queues.some((queue) => queue.QueueArn === queueArn && isSameFilter(queue, wanted))) {
    return toPlan(bucket, before, before);
  }
  const others = toNotifications(before).filter((other) => other.Id !== id || other.QueueArn !== queueArn);
  const overlap = findOverlap(wanted, others);
  if (overlap !== undefined) {
    throw new UsageError(
      `s3://${bucket}/${prefix}: objects there go to ${describeNotification(overlap)} already, and S3 notifies only one. Use EventBridge for this bucket, which leaves that as it is.`,
    );
  }
  const kept = queues.filter((queue) => queue.Id !== id || queue.QueueArn !== queueArn);
  const QueueConfigurations = [...kept, { ...wanted, QueueArn: queueArn }];
  return toPlan(bucket, before, { ...before, QueueConfigurations });
}

/** Writes what the plan says, unless somebody changed the bucket's notifications since it was made. */
export async function writeBucketEvents(client: S3Client, plan: BucketEventsPlan): Promise<void> {
  if (!plan.isNeeded) return;
  const { bucket, before, after } = plan;
  if (toText(await read(client, bucket)) !== toText(before)) {
    throw new UsageError(`s3://${bucket}: its notifications have changed in the meantime. Look at them and try again.`);
  }
  const call = { Bucket: bucket, NotificationConfiguration: after };
  await client.send(new PutBucketNotificationConfigurationCommand(call)).catch((error) => {
    if (errorName(error) !== 'InvalidArgument') throw toS3Error(error, `s3://${bucket}`, 's3:PutBucketNotification');
    const reason = toOneLine((error as Error).message);
    throw new UsageError(
      `s3://${bucket}: S3 refuses the notifications: ${reason}. Does that destination exist, and let S3 send?`,
      {
        cause: error,
      },
    );
  });
}

async function read(client: S3Client, bucket: string): Promise<NotificationConfiguration> {
  try {
    const command = new GetBucketNotificationConfigurationCommand({ Bucket: bucket });
    const { $metadata: _metadata, ...configuration } = await client.send(command);
    return configuration;
  } catch (error) {
    throw toS3Error(error, `s3://${bucket}`, 's3:GetBucketNotification');
  }
}

function toPlan(bucket: string, before: NotificationConfiguration, after: NotificationConfiguration): BucketEventsPlan {
  const [old, coming] = [new Set(toLines(before)), new Set(toLines(after))];
  const going = [...old.difference(coming)].map((line) => `- ${line}`);
  const difference = [...going, ...[...coming].map((line) => `${old.has(line) ? ' ' : '+'} ${line}`)];
  return { bucket, isNeeded: toText(before) !== toText(after), difference, before, after };
}

function toLines(configuration: NotificationConfiguration): string[] {
  const bridge = configuration.EventBridgeConfiguration === undefined ? [] : ['all events to EventBridge'];
  return [...bridge, ...toNotifications(configuration).map(describeNotification)];
}

function toNotifications({
  QueueConfigurations = [],
  TopicConfigurations = [],
  LambdaFunctionConfigurations = [],
}: NotificationConfiguration): ObjectNotification[] {
  return [...QueueConfigurations, ...TopicConfigurations, ...LambdaFunctionConfigurations];
}

function toText(configuration: NotificationConfiguration): string {
  return JSON.stringify(Object.entries(configuration).sort(([a], [b]) => (a < b ? -1 : 1)));
}
