import {
  GetBucketNotificationConfigurationCommand,
  type NotificationConfiguration,
  PutBucketNotificationConfigurationCommand,
} from '@aws-sdk/client-s3';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  planEventBridge,
  planQueueNotification,
  type QueueNotification,
  writeBucketEvents,
} from '../../src/aws/bucket-events.ts';
import { UsageError } from '../../src/core/errors.ts';
import { type AwsDouble, startAwsDouble } from '../aws-double/start.ts';
import { configOf, countCalls, errorOf, s3Of } from './clients.ts';

const BUCKET = 'example-logs';
const QUEUE_ARN = 'arn:aws:sqs:us-east-1:111122223333:flowhound-dev-new-logs';
const OURS: QueueNotification = { id: 'flowhound', queueArn: QUEUE_ARN, prefix: 'p/AWSLogs/' };
let aws: AwsDouble;
beforeEach(async () => {
  aws = await startAwsDouble({ buckets: [BUCKET] });
});
afterEach(() => aws.close());

/** What others have there. */
const THEIRS: NotificationConfiguration = {
  QueueConfigurations: [
    {
      Id: 'theirs-queue',
      QueueArn: 'arn:aws:sqs:us-east-1:111122223333:theirs',
      Events: ['s3:ObjectRemoved:*'],
    },
  ],
  TopicConfigurations: [
    {
      Id: 'theirs-topic',
      TopicArn: 'arn:aws:sns:us-east-1:111122223333:theirs',
      Events: ['s3:ObjectCreated:Put', 's3:ObjectCreated:Post'],
      Filter: { Key: { FilterRules: [{ Name: 'prefix', Value: 'q/' }] } },
    },
  ],
  LambdaFunctionConfigurations: [
    {
      Id: 'theirs-function',
      LambdaFunctionArn: 'arn:aws:lambda:us-east-1:111122223333:function:theirs',
      Events: ['s3:ObjectCreated:*'],
      Filter: {
        Key: {
          FilterRules: [
            { Name: 'prefix', Value: 'p/' },
            { Name: 'suffix', Value: '.csv' },
          ],
        },
      },
    },
  ],
};
const THEIR_LINES = [
  '  s3:ObjectRemoved:* of all keys to arn:aws:sqs:us-east-1:111122223333:theirs',
  '  s3:ObjectCreated:Put, s3:ObjectCreated:Post below q/ to arn:aws:sns:us-east-1:111122223333:theirs',
  '  s3:ObjectCreated:* below p/ that end in .csv to arn:aws:lambda:us-east-1:111122223333:function:theirs',
];

async function putTheirs(configuration = THEIRS): Promise<void> {
  await s3Of(aws).send(
    new PutBucketNotificationConfigurationCommand({
      Bucket: BUCKET,
      NotificationConfiguration: configuration,
      SkipDestinationValidation: true,
    }),
  );
}

async function readBack(): Promise<NotificationConfiguration> {
  const { $metadata: _, ...configuration } = await s3Of(aws).send(
    new GetBucketNotificationConfigurationCommand({ Bucket: BUCKET }),
  );
  return configuration;
}

async function createQueue(policy: object | undefined): Promise<void> {
  const Attributes = policy === undefined ? {} : { Policy: JSON.stringify(policy) };
  await new SQSClient(configOf(aws)).send(new CreateQueueCommand({ QueueName: 'flowhound-dev-new-logs', Attributes }));
}

const S3_MAY_SEND = {
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { Service: 's3.amazonaws.com' }, Action: 'sqs:SendMessage', Resource: QUEUE_ARN },
  ],
};

describe('EventBridge', () => {
  it('is switched on once, beside what was there', async () => {
    await putTheirs({ TopicConfigurations: [], EventBridgeConfiguration: undefined });
    const plan = await planEventBridge(s3Of(aws), BUCKET);
    expect(plan).toMatchObject({ isNeeded: true, difference: ['+ all events to EventBridge'] });
    expect(await readBack()).toEqual({});
    await writeBucketEvents(s3Of(aws), plan);
    expect(await readBack()).toEqual({ EventBridgeConfiguration: {} });
    const again = await planEventBridge(s3Of(aws), BUCKET);
    expect(again).toMatchObject({ isNeeded: false, difference: ['  all events to EventBridge'] });
    await writeBucketEvents(s3Of(aws), again);
    expect(countCalls(aws, 'PutBucketNotificationConfiguration')).toBe(2);
  });

  it('leaves every notification of others as it was', async () => {
    await putTheirs();
    const before = await readBack();
    const plan = await planEventBridge(s3Of(aws), BUCKET);
    expect(plan.difference).toEqual(['+ all events to EventBridge', ...THEIR_LINES]);
    expect(plan.after).toEqual({ ...before, EventBridgeConfiguration: {} });
  });
});

describe('a queue', () => {
  it('gets created objects below the prefix, once', async () => {
    await createQueue(S3_MAY_SEND);
    const plan = await planQueueNotification(s3Of(aws), BUCKET, OURS);
    const line = `s3:ObjectCreated:* below p/AWSLogs/ to ${QUEUE_ARN}`;
    expect(plan).toMatchObject({ isNeeded: true, difference: [`+ ${line}`] });
    await writeBucketEvents(s3Of(aws), plan);
    expect((await readBack()).QueueConfigurations).toMatchObject([{ Id: 'flowhound', QueueArn: QUEUE_ARN }]);
    const again = await planQueueNotification(s3Of(aws), BUCKET, { ...OURS, id: 'under-another-id' });
    expect(again).toMatchObject({ isNeeded: false, difference: [`  ${line}`] });
  });

  it('moves its own notification to another prefix, and says so', async () => {
    await createQueue(S3_MAY_SEND);
    await writeBucketEvents(s3Of(aws), await planQueueNotification(s3Of(aws), BUCKET, OURS));
    const plan = await planQueueNotification(s3Of(aws), BUCKET, { ...OURS, prefix: 'AWSLogs/' });
    expect(plan.difference).toEqual([
      `- s3:ObjectCreated:* below p/AWSLogs/ to ${QUEUE_ARN}`,
      `+ s3:ObjectCreated:* below AWSLogs/ to ${QUEUE_ARN}`,
    ]);
    await writeBucketEvents(s3Of(aws), plan);
    expect((await readBack()).QueueConfigurations).toHaveLength(1);
  });

  it('is added beside notifications of other keys and events', async () => {
    const { LambdaFunctionConfigurations: _, ...apart } = THEIRS;
    await putTheirs(apart);
    const plan = await planQueueNotification(s3Of(aws), BUCKET, OURS);
    expect(plan.after.QueueConfigurations).toHaveLength(2);
    expect(plan.after.TopicConfigurations).toEqual((await readBack()).TopicConfigurations);
  });

  it('is refused where an object would have two', async () => {
    await putTheirs();
    const error = await errorOf(planQueueNotification(s3Of(aws), BUCKET, OURS));
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toBe(
      's3://example-logs/p/AWSLogs/: objects there go to s3:ObjectCreated:* below p/ that end in .csv to arn:aws:lambda:us-east-1:111122223333:function:theirs already, and S3 notifies only one. Use EventBridge for this bucket, which leaves that as it is.',
    );
    expect(error.message.split('\n')).toHaveLength(1);
    const nested = { ...OURS, prefix: 'q/deeper/' };
    expect(await errorOf(planQueueNotification(s3Of(aws), BUCKET, nested))).toMatchObject({ name: 'UsageError' });
  });

  it('that S3 may not send to is refused with what to look at', async () => {
    await createQueue(undefined);
    const plan = await planQueueNotification(s3Of(aws), BUCKET, OURS);
    const error = await errorOf(writeBucketEvents(s3Of(aws), plan));
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toMatch(/Unable to validate .*new-logs\. Does that destination exist, and let S3 send\?$/);
    expect(await readBack()).toEqual({});
  });
});

describe('writing', () => {
  it('stops where somebody changed the notifications since they were shown', async () => {
    const plan = await planEventBridge(s3Of(aws), BUCKET);
    await putTheirs();
    const error = await errorOf(writeBucketEvents(s3Of(aws), plan));
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toContain('have changed in the meantime');
    expect((await readBack()).LambdaFunctionConfigurations).toHaveLength(1);
  });

  it('needs permissions, each named', async () => {
    aws.authorize = (_caller, { action }) => action !== 's3:PutBucketNotification';
    const plan = await planEventBridge(s3Of(aws), BUCKET);
    expect((await errorOf(writeBucketEvents(s3Of(aws), plan))).message).toContain('s3:PutBucketNotification');
    aws.authorize = () => false;
    expect((await errorOf(planEventBridge(s3Of(aws), BUCKET))).message).toContain('s3:GetBucketNotification');
  });
});
