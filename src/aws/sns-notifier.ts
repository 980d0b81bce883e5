/** Notifications → an SNS topic. Subscribers filter by the attributes. */
import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { Notification, Notifier } from '../ports.ts';

type Attribute = { readonly DataType: 'String' | 'String.Array'; readonly StringValue: string };

/** Throttled and lost calls are tried again by the client: at least once, as the notification's id allows for. */
export function openSnsNotifier(client: SNSClient, topicArn: string): Notifier {
  return {
    async notify({ subject, body, attributes, topic: TopicArn = topicArn }) {
      const MessageAttributes = toMessageAttributes(attributes);
      await client.send(new PublishCommand({ TopicArn, Subject: subject, Message: body, MessageAttributes }));
    },
  };
}

/** SNS refuses an attribute without a value. */
function toMessageAttributes(attributes: Notification['attributes']): Record<string, Attribute> {
  const given = Object.entries(attributes).filter(([, value]) => value.length > 0);
  return Object.fromEntries(given.map(([name, value]) => [name, toAttribute(value)]));
}

function toAttribute(value: string | readonly string[]): Attribute {
  if (typeof value === 'string') return { DataType: 'String', StringValue: value };
  return { DataType: 'String.Array', StringValue: JSON.stringify(value) };
}
