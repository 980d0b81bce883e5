/** Resources of the packaged template → the AWS double, through the APIs that make them. For tests only. */
import { AthenaClient, CreateWorkGroupCommand } from '@aws-sdk/client-athena';
import { CreateDatabaseCommand, CreateTableCommand, GlueClient } from '@aws-sdk/client-glue';
import { PutBucketNotificationConfigurationCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateStateMachineCommand, SFNClient } from '@aws-sdk/client-sfn';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { AwsDouble } from '../aws-double/start.ts';
import type { JsonObject, Resource, Stack } from '../stack/template.ts';

export type Created = { readonly queueUrl: string; readonly subscriberUrl: string; readonly sqs: SQSClient };

const ADMIN = 'administrator';

/** Makes what functions and queries need; `logBucket` is the one that was there before. */
export async function createResources(stack: Stack, double: AwsDouble, logBucket: string): Promise<Created> {
  const config = double.client(ADMIN);
  const s3 = new S3Client({ ...config, forcePathStyle: true });
  const sqs = new SQSClient(config);
  const buckets = new Set([stack.outputs.StateBucketName!, logBucket]);
  for (const bucket of buckets) {
    if (bucket !== logBucket) double.s3.createBucket(bucket);
    const NotificationConfiguration = { EventBridgeConfiguration: {} };
    await s3.send(new PutBucketNotificationConfigurationCommand({ Bucket: bucket, NotificationConfiguration }));
  }
  await createCatalog(stack, config);
  const queueUrl = await createQueues(stack, sqs);
  const subscriberUrl = await subscribe(stack, config, sqs);
  await createStateMachine(stack, config);
  return { queueUrl, subscriberUrl, sqs };
}

export function resourcesOf(stack: Stack, type: string): Resource[] {
  return Object.values(stack.resources).filter((resource) => resource.type === type);
}

async function createCatalog(stack: Stack, config: ReturnType<AwsDouble['client']>): Promise<void> {
  const glue = new GlueClient(config);
  const athena = new AthenaClient(config);
  for (const { properties } of resourcesOf(stack, 'AWS::Glue::Database')) {
    await glue.send(new CreateDatabaseCommand({ DatabaseInput: properties.DatabaseInput as never }));
  }
  for (const { properties } of resourcesOf(stack, 'AWS::Glue::Table')) {
    const input = { DatabaseName: String(properties.DatabaseName), TableInput: properties.TableInput as never };
    await glue.send(new CreateTableCommand(input));
  }
  for (const { properties } of resourcesOf(stack, 'AWS::Athena::WorkGroup')) {
    const configuration = properties.WorkGroupConfiguration as never;
    await athena.send(new CreateWorkGroupCommand({ Name: String(properties.Name), Configuration: configuration }));
  }
}

/** The dead-letter queue first, as CloudFormation would. */
async function createQueues(stack: Stack, sqs: SQSClient): Promise<string> {
  const queue = Object.keys(stack.resources).find((id) => id === 'LogObjectQueue')!;
  const dead = stack.resources.DeadLetterQueue!;
  const name = (url: string) => url.slice(url.lastIndexOf('/') + 1);
  const { DeadLetterQueueUrl, QueueUrl } = stack.outputs as Record<string, string>;
  await sqs.send(new CreateQueueCommand({ QueueName: name(DeadLetterQueueUrl!), Attributes: toAttributes(dead) }));
  const attributes = toAttributes(stack.resources[queue]!);
  const created = await sqs.send(new CreateQueueCommand({ QueueName: name(QueueUrl!), Attributes: attributes }));
  return created.QueueUrl!;
}

function toAttributes({ properties }: Resource): Record<string, string> {
  const { QueueName: _name, Tags: _tags, ...attributes } = properties as JsonObject;
  return Object.fromEntries(
    Object.entries(attributes).map(([key, value]) => [
      key,
      typeof value === 'object' ? JSON.stringify(value) : String(value),
    ]),
  );
}

/** A queue of ours listens to the findings topics, as a user's would. */
async function subscribe(stack: Stack, config: ReturnType<AwsDouble['client']>, sqs: SQSClient): Promise<string> {
  const sns = new SNSClient(config);
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'subscriber' }));
  const endpoint = `arn:aws:sqs:${config.region}:111122223333:subscriber`;
  const topics = Object.entries(stack.outputs).filter(([name]) => /^Topic/.test(name));
  for (const [, topicArn] of topics) {
    await sns.send(new CreateTopicCommand({ Name: topicArn.slice(topicArn.lastIndexOf(':') + 1) }));
    await sns.send(new SubscribeCommand({ TopicArn: topicArn, Protocol: 'sqs', Endpoint: endpoint }));
  }
  return QueueUrl!;
}

async function createStateMachine(stack: Stack, config: ReturnType<AwsDouble['client']>): Promise<void> {
  const { arn, definition, roleLogicalId } = stack.stateMachine;
  await new SFNClient(config).send(
    new CreateStateMachineCommand({
      name: arn.slice(arn.lastIndexOf(':') + 1),
      definition: JSON.stringify(definition),
      roleArn: `arn:aws:iam::111122223333:role/${roleLogicalId}`,
    }),
  );
}
