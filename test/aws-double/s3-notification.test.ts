import { setImmediate as turn } from 'node:timers/promises';
import {
  DeleteObjectCommand,
  GetBucketNotificationConfigurationCommand,
  type NotificationConfiguration,
  PutBucketNotificationConfigurationCommand,
  PutObjectCommand,
  type QueueConfiguration,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readObjectEvent } from '../../src/core/object-event.ts';
import type { S3Event } from './s3-events.ts';
import { type AwsDouble, startAwsDouble } from './start.ts';

const Bucket = 'example-logs';
const QueueArn = 'arn:aws:sqs:us-east-1:111122223333:objects';
let aws: AwsDouble;
let s3: S3Client;
let events: S3Event[];

beforeAll(async () => {
  aws = await startAwsDouble({ buckets: [Bucket] });
  aws.onS3Event = (event) => void events.push(event);
  s3 = new S3Client({ ...aws.client('tester'), maxAttempts: 1 });
});

beforeEach(() => {
  events = [];
});

afterAll(async () => {
  s3.destroy();
  await aws.close();
});

const configure = (NotificationConfiguration: NotificationConfiguration, SkipDestinationValidation = true) =>
  s3.send(
    new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration, SkipDestinationValidation }),
  );

const queue = (Events: string[], rules: Record<string, string> = {}): QueueConfiguration => ({
  QueueArn,
  Events: Events as never,
  Filter: { Key: { FilterRules: Object.entries(rules).map(([Name, Value]) => ({ Name: Name as 'prefix', Value })) } },
});

describe('the notification configuration', () => {
  it('comes back as it was put', async () => {
    const { $metadata, ...empty } = await s3.send(new GetBucketNotificationConfigurationCommand({ Bucket }));
    expect(empty).toEqual({});
    await configure({
      EventBridgeConfiguration: {},
      QueueConfigurations: [{ Id: 'logs', ...queue(['s3:ObjectCreated:*'], { prefix: 'AWSLogs/', suffix: '.gz' }) }],
      LambdaFunctionConfigurations: [
        {
          Id: 'gone',
          LambdaFunctionArn: 'arn:aws:lambda:us-east-1:111122223333:function:f',
          Events: ['s3:ObjectRemoved:*'],
        },
      ],
      TopicConfigurations: [
        { Id: 'topic', TopicArn: 'arn:aws:sns:us-east-1:111122223333:t', Events: ['s3:ObjectTagging:Put'] },
      ],
    });
    const { $metadata: _, ...configuration } = await s3.send(new GetBucketNotificationConfigurationCommand({ Bucket }));
    expect(configuration).toEqual({
      EventBridgeConfiguration: {},
      QueueConfigurations: [
        {
          Id: 'logs',
          QueueArn,
          Events: ['s3:ObjectCreated:*'],
          Filter: {
            Key: {
              FilterRules: [
                { Name: 'Prefix', Value: 'AWSLogs/' },
                { Name: 'Suffix', Value: '.gz' },
              ],
            },
          },
        },
      ],
      LambdaFunctionConfigurations: [
        {
          Id: 'gone',
          LambdaFunctionArn: 'arn:aws:lambda:us-east-1:111122223333:function:f',
          Events: ['s3:ObjectRemoved:*'],
        },
      ],
      TopicConfigurations: [
        { Id: 'topic', TopicArn: 'arn:aws:sns:us-east-1:111122223333:t', Events: ['s3:ObjectTagging:Put'] },
      ],
    });
  });

  it('is refused where S3 would not know whom to tell, or cannot', async () => {
    const created = 's3:ObjectCreated:*';
    const refused = { name: 'InvalidArgument' };
    const pair = (a: QueueConfiguration, b: QueueConfiguration) => configure({ QueueConfigurations: [a, b] });
    await expect(pair(queue([created]), queue(['s3:ObjectCreated:Put']))).rejects.toMatchObject(refused);
    await expect(pair(queue([created], { prefix: 'a' }), queue([created], { prefix: 'ab' }))).rejects.toMatchObject(
      refused,
    );
    await expect(pair(queue([created], { suffix: '.gz' }), queue([created], { prefix: 'a' }))).rejects.toMatchObject(
      refused,
    );
    await expect(configure({ QueueConfigurations: [queue(['s3:ObjectBorn:*'])] })).rejects.toMatchObject(refused);
    await expect(configure({ QueueConfigurations: [queue([created], { infix: 'a' })] })).rejects.toMatchObject(refused);
    await expect(configure({ QueueConfigurations: [queue([created])] }, false)).rejects.toMatchObject(refused);
    await pair(queue([created], { prefix: 'a' }), queue([created], { prefix: 'b' }));
    await pair(queue([created]), queue(['s3:ObjectRemoved:*']));
  });
});

describe('events', () => {
  const Key = 'AWSLogs/111122223333/a b+c.log.gz';
  const change = async () => {
    await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'log' }));
    await s3.send(new DeleteObjectCommand({ Bucket, Key }));
    await s3.send(new DeleteObjectCommand({ Bucket, Key }));
    await turn();
  };

  it('go nowhere while nothing is configured', async () => {
    await configure({});
    await change();
    expect(events.map(({ kind, eventBridge, notifications }) => [kind, eventBridge, notifications])).toEqual([
      ['created', undefined, []],
      ['deleted', undefined, []],
    ]);
  });

  it('go to EventBridge and to the targets that want them, in shapes that Flowhound reads', async () => {
    await configure({
      EventBridgeConfiguration: {},
      QueueConfigurations: [queue(['s3:ObjectCreated:*'], { prefix: 'AWSLogs/' })],
    });
    await change();
    const [created, deleted] = events as [S3Event, S3Event];
    expect(events).toHaveLength(2);
    expect(created.eventBridge).toMatchObject({
      'detail-type': 'Object Created',
      detail: { reason: 'PutObject', object: { size: 3 } },
    });
    expect(deleted.eventBridge).toMatchObject({
      'detail-type': 'Object Deleted',
      detail: { bucket: { name: Bucket } },
    });
    expect(created.notifications).toMatchObject([{ target: { arn: QueueArn } }]);
    expect(deleted.notifications).toEqual([]);
    const body = created.notifications[0]?.body;
    const expected = [{ bucket: Bucket, key: Key, sizeBytes: 3 }];
    expect(readObjectEvent(created.eventBridge).objects).toMatchObject(expected);
    expect(readObjectEvent(body).objects).toMatchObject(expected);
  });
});
