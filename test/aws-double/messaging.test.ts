import { PutBucketNotificationConfigurationCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateTopicCommand, PublishCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AwsDouble, startAwsDouble } from './start.ts';

const Bucket = 'example-logs';
let aws: AwsDouble;
let sqs: SQSClient;
let sns: SNSClient;
let s3: S3Client;
let TopicArn: string;

beforeAll(async () => {
  aws = await startAwsDouble({ buckets: [Bucket] });
  const config = { ...aws.client('publish'), maxAttempts: 1 };
  [sqs, sns, s3] = [new SQSClient(config), new SNSClient(config), new S3Client(config)];
  TopicArn = (await sns.send(new CreateTopicCommand({ Name: 'findings' }))).TopicArn!;
});

afterAll(() => aws.close());

async function createQueue(name: string, Attributes: Record<string, string> = {}) {
  const QueueUrl = (await sqs.send(new CreateQueueCommand({ QueueName: name, Attributes }))).QueueUrl!;
  const found = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
  return { QueueUrl, arn: found.Attributes!.QueueArn! };
}

const receive = async (QueueUrl: string) =>
  (await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 2 }))).Messages ?? [];

const policyFor = (Service: string) =>
  JSON.stringify({
    Statement: [{ Effect: 'Allow', Principal: { Service }, Action: 'sqs:SendMessage', Resource: '*' }],
  });

describe('queues and topics', () => {
  it('belong to the account, and calls to them are recorded', async () => {
    const { QueueUrl, arn } = await createQueue('plain');
    expect(QueueUrl).toBe(`${aws.url}/111122223333/plain`);
    expect(arn).toBe('arn:aws:sqs:us-east-1:111122223333:plain');
    expect(TopicArn).toBe('arn:aws:sns:us-east-1:111122223333:findings');
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'text of account 111122223333' }));
    expect(await receive(QueueUrl)).toMatchObject([{ Body: 'text of account 111122223333' }]);
    const { accessKeyId } = aws.credentials('publish');
    expect(aws.calls).toContainEqual(
      expect.objectContaining({ accessKeyId, service: 'sqs', action: 'sqs:SendMessage', resource: arn, status: 200 }),
    );
    const url = `${aws.url}/444455556666/plain`;
    await expect(sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'x' }))).rejects.toMatchObject({
      name: 'QueueDoesNotExist',
    });
  });

  it('fan out to the queues whose filter fits', async () => {
    const [all, high] = [await createQueue('all'), await createQueue('high')];
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: all.arn }));
    const filter = { FilterPolicy: JSON.stringify({ severity: ['HIGH'] }), RawMessageDelivery: 'true' };
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: high.arn, Attributes: filter }));
    const publish = (Message: string, severity: string) => {
      const MessageAttributes = { severity: { DataType: 'String', StringValue: severity } };
      return sns.send(new PublishCommand({ TopicArn, Message, Subject: 'A finding', MessageAttributes }));
    };
    await publish('low', 'LOW');
    await publish('high', 'HIGH');
    expect((await receive(high.QueueUrl)).map(({ Body }) => Body)).toEqual(['high']);
    const wrapped = (await receive(all.QueueUrl)).map(({ Body }) => JSON.parse(Body!));
    expect(wrapped).toMatchObject([
      { Message: 'low', TopicArn },
      { Message: 'high', TopicArn, Subject: 'A finding' },
    ]);
  });

  it('are throttled on demand', async () => {
    aws.faults.throttle('sns:Publish');
    await expect(sns.send(new PublishCommand({ TopicArn, Message: 'x' }))).rejects.toMatchObject({
      name: 'ThrottledException',
    });
  });
});

describe('SNS refuses', () => {
  const text = (DataType: string, StringValue: string) => ({ DataType, StringValue });
  const refused: [string, object, string][] = [
    ['a message over 262,144 bytes', { Message: `${'ä'.repeat(131_072)}x` }, 'InvalidParameterException'],
    ['an empty message', { Message: '' }, 'InvalidParameterException'],
    ['a subject over 100 characters', { Subject: 'x'.repeat(101) }, 'InvalidParameterException'],
    ['a subject of two lines', { Subject: 'one\ntwo' }, 'InvalidParameterException'],
    ['a subject that is not ASCII', { Subject: 'Fünd' }, 'InvalidParameterException'],
    ['an attribute without text', { MessageAttributes: { a: text('String', '') } }, 'InvalidParameterValueException'],
    [
      'an attribute with a reserved name',
      { MessageAttributes: { 'AWS.a': text('String', 'b') } },
      'InvalidParameterValueException',
    ],
    ['a number that is none', { MessageAttributes: { a: text('Number', 'b') } }, 'InvalidParameterValueException'],
    [
      'more than ten attributes',
      { MessageAttributes: Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`a${i}`, text('String', 'b')])) },
      'InvalidParameterException',
    ],
    ['a topic that is not there', { TopicArn: 'arn:aws:sns:us-east-1:111122223333:none' }, 'NotFoundException'],
  ];

  it.each(refused)('%s', async (_what, input, code) => {
    const error = await sns
      .send(new PublishCommand({ TopicArn, Message: 'text', ...input }))
      .catch((reason: Error) => reason);
    expect((error as Error).name).toBe(code);
  });

  it('nothing at its limits', async () => {
    await sns.send(new PublishCommand({ TopicArn, Message: 'x'.repeat(262_144), Subject: 'x'.repeat(100) }));
  });
});

describe('S3 notifications to a queue', () => {
  const configure = (QueueArn: string) => {
    const QueueConfigurations = [{ QueueArn, Events: ['s3:ObjectCreated:*' as const] }];
    return s3.send(
      new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration: { QueueConfigurations } }),
    );
  };

  it('need a queue whose policy lets S3 in, and begin with a test event', async () => {
    const { QueueUrl, arn } = await createQueue('objects');
    await expect(configure(arn)).rejects.toMatchObject({ name: 'InvalidArgument' });
    await expect(configure(`${arn}-none`)).rejects.toMatchObject({ name: 'InvalidArgument' });
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy: policyFor('s3.amazonaws.com') } }));
    await configure(arn);
    expect((await receive(QueueUrl)).map(({ Body }) => JSON.parse(Body!))).toMatchObject([
      { Event: 's3:TestEvent', Bucket },
    ]);
    await aws.s3.put(Bucket, 'a b', 'x');
    const [message] = await receive(QueueUrl);
    expect(JSON.parse(message!.Body!)).toMatchObject({
      Records: [{ eventName: 'ObjectCreated:Put', s3: { bucket: { name: Bucket }, object: { key: 'a+b', size: 1 } } }],
    });
  });
});
