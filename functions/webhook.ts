/** Webhook: a message of the findings topics → Slack or Teams. Its address is read from Parameter Store when it is needed. */
import { SSMClient } from '@aws-sdk/client-ssm';
import { toClientConfig } from '../src/aws/clients.ts';
import { readSecretParameter } from '../src/aws/secret-parameter.ts';
import { openWebhook } from '../src/aws/webhook.ts';
import { postWebhook, type SnsEvent } from '../src/tasks/post-webhook.ts';
import { required } from './lambda/environment.ts';
import { toHandler } from './lambda/handler.ts';

const ssm = new SSMClient(toClientConfig());
const parameter = required('WEBHOOK_PARAMETER');
const kind = required('WEBHOOK_KIND') === 'teams' ? 'teams' : 'slack';
const webhook = openWebhook(() => readSecretParameter(ssm, parameter));

export const handler = toHandler((event: SnsEvent) => postWebhook(event, kind, webhook));
