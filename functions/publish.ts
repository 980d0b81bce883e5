/** Publish: what changed among the findings → Security Hub and SNS; by schedule, what is still due. */
import { SecurityHubClient } from '@aws-sdk/client-securityhub';
import { SNSClient } from '@aws-sdk/client-sns';
import { toClientConfig } from '../src/aws/clients.ts';
import { openSecurityHub } from '../src/aws/security-hub.ts';
import { openSnsNotifier } from '../src/aws/sns-notifier.ts';
import { type NoticeRules, parseMinute, parseQuietHours } from '../src/core/notice-rules.ts';
import { parseSeverity } from '../src/core/severity.ts';
import { type PublishInput, publish } from '../src/tasks/publish.ts';
import { listed, required } from './lambda/environment.ts';
import { count, logger, toHandler } from './lambda/handler.ts';
import { store } from './lambda/state.ts';

const ports = {
  store,
  notifier: openSnsNotifier(new SNSClient(toClientConfig()), required('TOPIC_ARN')),
  findings: required('SECURITY_HUB') === 'on' ? openSecurityHub(new SecurityHubClient(toClientConfig())) : undefined,
};
const atOnceFrom = required('AT_ONCE_FROM');
const notices: NoticeRules = {
  digest: required('DIGEST') as NoticeRules['digest'],
  digestAt: parseMinute(required('DIGEST_AT')),
  digestAbove: Number(required('DIGEST_ABOVE')),
  quiet: parseQuietHours(process.env.QUIET_HOURS ?? ''),
  zone: required('TIME_ZONE'),
  atOnceFrom: atOnceFrom === 'none' ? undefined : parseSeverity(atOnceFrom),
  topics: Object.fromEntries(listed('SEVERITY_TOPICS').map((pair) => pair.split('=', 2))),
};
const settings = {
  notices,
  accountId: required('ACCOUNT_ID'),
  partition: required('PARTITION'),
  region: required('AWS_REGION'),
  publishFrom: parseSeverity(required('PUBLISH_FROM')),
};

/** Claims and the hourly limit are of now, not of when the execution began; an operator may flush for a later hour. */
type PublishEvent = Omit<PublishInput, 'clock'> & { readonly clock?: string };

export const handler = toHandler(async (event: PublishEvent) => {
  const input = { ...event, clock: event.clock ?? new Date().toISOString() } as PublishInput;
  const output = await publish(input, ports, settings).catch((error: Error) => {
    count({ FindingsFailed: 1 });
    throw error;
  });
  const { published, refused, notified, disabled } = output;
  count({ FindingsPublished: published, FindingsFailed: refused, NotificationsSent: notified });
  count({ SecurityHubDisabled: disabled > 0 ? 1 : 0 });
  if (disabled > 0) logger.warn('Security Hub is not enabled: findings wait in outbox/', { disabled });
  return output;
});
