import {
  CreateTopicCommand,
  ListSubscriptionsByTopicCommand,
  SetSubscriptionAttributesCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSnsNotifier } from '../../src/aws/sns-notifier.ts';
import { type AwsDouble, startAwsDouble } from '../aws-double/start.ts';
import { configOf, countCalls, errorOf } from './clients.ts';

let aws: AwsDouble;
let topicArn: string;
let queueUrl: string;
beforeEach(async () => {
  aws = await startAwsDouble();
  const [sns, sqs] = [new SNSClient(configOf(aws)), new SQSClient(configOf(aws))];
  topicArn = (await sns.send(new CreateTopicCommand({ Name: 'flowhound-dev' }))).TopicArn!;
  const queueArn = `arn:aws:sqs:us-east-1:111122223333:people`;
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: { Service: 'sns.amazonaws.com' }, Action: 'sqs:SendMessage', Resource: queueArn },
    ],
  });
  queueUrl = (await sqs.send(new CreateQueueCommand({ QueueName: 'people', Attributes: { Policy } }))).QueueUrl!;
  const FilterPolicy = JSON.stringify({ severity: ['CRITICAL', 'HIGH'] });
  await sns.send(
    new SubscribeCommand({ TopicArn: topicArn, Protocol: 'sqs', Endpoint: queueArn, Attributes: { FilterPolicy } }),
  );
});
afterEach(() => aws.close());

const notification = (severity: string) => ({
  id: `n-${severity}`,
  subject: `[${severity}] 10.0.4.17 -> 203.0.113.66`,
  body: JSON.stringify({ notification_id: `n-${severity}`, text: 'ü' }),
  attributes: { severity, comment: '' },
});

async function received(): Promise<{ Subject: string; Message: string; MessageAttributes: object }[]> {
  const receive = new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10 });
  const { Messages = [] } = await new SQSClient(configOf(aws)).send(receive);
  return Messages.map(({ Body }) => JSON.parse(Body!));
}

describe('a notification', () => {
  it('reaches those whose filter its attributes pass', async () => {
    const notifier = openSnsNotifier(new SNSClient(configOf(aws)), topicArn);
    await notifier.notify(notification('HIGH'));
    await notifier.notify(notification('LOW'));
    const messages = await received();
    expect(messages).toHaveLength(1);
    expect(messages[0]).toMatchObject({
      Subject: '[HIGH] 10.0.4.17 -> 203.0.113.66',
      Message: JSON.stringify({ notification_id: 'n-HIGH', text: 'ü' }),
      MessageAttributes: { severity: { Type: 'String', Value: 'HIGH' } },
    });
    expect(messages[0]?.MessageAttributes).not.toHaveProperty('comment');
  });

  // SNS lets it through where a filter asks for one of the values; fauxqs compares texts only.
  it('with lists of values has them as arrays', async () => {
    const sns = new SNSClient(configOf(aws));
    const { Subscriptions } = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn: topicArn }));
    const { SubscriptionArn } = Subscriptions![0]!;
    const noFilter = { SubscriptionArn, AttributeName: 'FilterPolicy', AttributeValue: '{}' };
    await sns.send(new SetSubscriptionAttributesCommand(noFilter));
    const attributes = { severity: ['HIGH', 'MEDIUM'], region: [] };
    await openSnsNotifier(sns, topicArn).notify({ ...notification('digest'), attributes });
    const messages = await received();
    expect(messages).toMatchObject([
      { MessageAttributes: { severity: { Type: 'String.Array', Value: '["HIGH","MEDIUM"]' } } },
    ]);
    expect(messages[0]?.MessageAttributes).not.toHaveProperty('region');
  });

  it('for another topic goes there', async () => {
    const pager = await new SNSClient(configOf(aws)).send(new CreateTopicCommand({ Name: 'pager' }));
    const notifier = openSnsNotifier(new SNSClient(configOf(aws)), topicArn);
    await notifier.notify({ ...notification('HIGH'), topic: pager.TopicArn! });
    expect(await received()).toEqual([]);
  });

  it('is sent again when SNS had too much to do or its answer was lost', async () => {
    const notifier = openSnsNotifier(new SNSClient(configOf(aws)), topicArn);
    aws.faults.throttle('sns:Publish');
    aws.faults.dropAnswer('sns:Publish');
    await notifier.notify(notification('HIGH'));
    expect(countCalls(aws, 'Publish')).toBe(3);
    expect((await received()).length).toBeGreaterThan(0);
  });

  it('that SNS refuses is an error, not silence', async () => {
    const notifier = openSnsNotifier(new SNSClient(configOf(aws)), `${topicArn}-absent`);
    expect(await errorOf(notifier.notify(notification('HIGH')))).toMatchObject({ name: 'NotFoundException' });
  });
});
