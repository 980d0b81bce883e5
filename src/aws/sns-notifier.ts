/** Notifications → an SNS topic. Subscribers filter by the attributes. */
import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { Notification, Notifier } from '../ports.ts';

/** Throttled and lost calls are tried again by the client: at least once, as the notification's id allows for. */
export function openSnsNotifier(client: SNSClient, topicArn: string): Notifier {
  return {
    async notify({ subject, body, attributes }) {
      const MessageAttributes = toMessageAttributes(attributes);
      await client.send(new PublishCommand({ TopicArn: topicArn, Subject: subject, Message: body, MessageAttributes }));
    },
  };
}

/** SNS refuses an attribute without a value. */
function toMessageAttributes(
  attributes: Notification['attributes'],
): Record<string, { DataType: 'String'; StringValue: string }> {
  const given = Object.entries(attributes).filter(([, value]) => value !== '');
  return Object.fromEntries(given.map(([name, value]) => [name, { DataType: 'String', StringValue: value }]));
}
