/**
 * SQS and SNS: fauxqs in this process, without a port of its own (it would listen on every interface), behind the limits that
 * it lacks. fauxqs knows one account only, so names of ours are turned into names of its and back.
 */
import { createHash } from 'node:crypto';
import { buildApp } from 'fauxqs';
import { AwsError } from './aws-error.ts';
import type { AwsResponse } from './aws-request.ts';
import type { Permission } from './recording.ts';
import type { Operation, Service } from './service.ts';
import { toJsonError, toQueryError } from './service.ts';
import { checkPublish } from './sns-limits.ts';

export type Messaging = {
  readonly sqs: Service;
  readonly sns: Service;
  /** Puts a message into a queue as S3 or a rule does it: only if the queue's policy lets that service. */
  deliver(queueArn: string, body: string, service: string): Promise<void>;
  /** Whether the queue or topic is there and its policy lets the service in. */
  isOpenTo(arn: string, service: string): Promise<boolean>;
  close(): Promise<void>;
};

export type MessagingOptions = { readonly account: string; readonly region: string; readonly host: () => string };

type App = ReturnType<typeof buildApp>;
type Answer = { readonly status: number; readonly headers: Record<string, string>; readonly body: string };
type Json = Readonly<Record<string, unknown>>;

const FAUXQS_ACCOUNT = '000000000000';
const MOST_ATTRIBUTES = 10;
const BATCH_ACTIONS: Readonly<Record<string, string>> = {
  SendMessageBatch: 'SendMessage',
  DeleteMessageBatch: 'DeleteMessage',
  ChangeMessageVisibilityBatch: 'ChangeMessageVisibility',
  PublishBatch: 'Publish',
};

export function openMessaging(options: MessagingOptions): Messaging {
  const app = buildApp({ logger: false, defaultRegion: options.region });
  const names = openNames(options);
  const call = (service: 'sqs' | 'sns', target: string, document: Json): Promise<Answer> =>
    service === 'sqs'
      ? inject(
          app,
          options,
          { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `AmazonSQS.${target}` },
          JSON.stringify(document),
        )
      : inject(
          app,
          options,
          { 'content-type': 'application/x-www-form-urlencoded' },
          new URLSearchParams({ Action: target, ...(document as Record<string, string>) }).toString(),
        );
  const attributesOf = async (arn: string): Promise<Record<string, string> | undefined> => {
    const [, , service, , , name] = arn.split(':');
    if (service !== 'sqs') return undefined;
    const found = await call('sqs', 'GetQueueAttributes', {
      QueueUrl: `http://double/${FAUXQS_ACCOUNT}/${name}`,
      AttributeNames: ['All'],
    });
    return found.status === 200
      ? (JSON.parse(found.body) as { Attributes: Record<string, string> }).Attributes
      : undefined;
  };
  const isOpenTo = async (arn: string, service: string): Promise<boolean> =>
    allows((await attributesOf(arn))?.Policy, service);
  return {
    sqs: createSqs(options, names, call),
    sns: createSns(options, names, call),
    isOpenTo,
    deliver: async (arn, body, service) => {
      // AWS drops such a message without a word.
      if (!(await isOpenTo(arn, service))) return;
      await call('sqs', 'SendMessage', {
        QueueUrl: `http://double/${FAUXQS_ACCOUNT}/${arn.split(':')[5]}`,
        MessageBody: body,
      });
    },
    close: () => app.close(),
  };
}

async function inject(
  app: App,
  { region, host }: MessagingOptions,
  headers: Record<string, string>,
  payload: string,
): Promise<Answer> {
  const authorization = `AWS4-HMAC-SHA256 Credential=double/20260901/${region}/sqs/aws4_request`;
  const answer = await app.inject({
    method: 'POST',
    url: '/',
    headers: { ...headers, host: host(), authorization },
    payload,
  });
  const kept = ['content-type', 'x-amzn-query-error'].flatMap((name) => {
    const value = answer.headers[name];
    return value === undefined ? [] : [[name, String(value)]];
  });
  return { status: answer.statusCode, headers: Object.fromEntries(kept), body: answer.body };
}

type Names = ReturnType<typeof openNames>;

/** Names of queues and topics, with their account and host; texts of messages keep theirs. */
function openNames({ account, host }: MessagingOptions) {
  return {
    toFauxqs: (text: string) =>
      text.replace(
        new RegExp(`(arn:aws:s[qn]s:[a-z0-9-]+:|https?://[^/"<]+/)${account}(?=[:/])`, 'g'),
        `$1${FAUXQS_ACCOUNT}`,
      ),
    toOurs: (text: string) =>
      text
        .replace(new RegExp(`(arn:aws:s[qn]s:[a-z0-9-]+:)${FAUXQS_ACCOUNT}(?=:)`, 'g'), `$1${account}`)
        .replace(new RegExp(`https?://[^/"<]+/${FAUXQS_ACCOUNT}(?=/)`, 'g'), `http://${host()}/${account}`),
  };
}

type Call = (service: 'sqs' | 'sns', target: string, document: Json) => Promise<Answer>;

function createSqs({ account, region }: MessagingOptions, names: Names, call: Call): Service {
  return {
    plan: (request) => {
      const name = String(request.headers['x-amz-target']).replace('AmazonSQS.', '');
      const document = JSON.parse(request.body.toString()) as Json;
      const queue = String(document.QueueUrl ?? document.QueueName ?? '*')
        .split('/')
        .at(-1);
      const resource = `arn:aws:sqs:${region}:${account}:${queue}`;
      return {
        name,
        needs: [{ action: `sqs:${BATCH_ACTIONS[name] ?? name}`, resource }],
        run: async () => {
          checkAccount(document.QueueUrl, account);
          checkAttributes(document);
          const { MessageBody, Entries, ...rest } = document;
          const named = JSON.parse(names.toFauxqs(JSON.stringify(rest))) as Json;
          const answer = await call('sqs', name, {
            ...named,
            ...(MessageBody === undefined ? {} : { MessageBody }),
            ...(Entries === undefined ? {} : { Entries }),
          });
          return {
            ...answer,
            body: name === 'ReceiveMessage' ? toOurMessages(answer.body, names) : names.toOurs(answer.body),
          };
        },
      };
    },
    toErrorResponse: toJsonError,
    accessDenied: { code: 'AccessDenied', status: 403 },
    throttled: { code: 'RequestThrottled', status: 403 },
  };
}

function checkAccount(queueUrl: unknown, account: string): void {
  if (queueUrl === undefined || String(queueUrl).split('/').at(-2) === account) return;
  throw new AwsError('QueueDoesNotExist', 'The specified queue does not exist.', {});
}

function checkAttributes(document: Json): void {
  const messages = (document.Entries as Json[] | undefined) ?? [document];
  if (messages.every(({ MessageAttributes = {} }) => Object.keys(MessageAttributes as Json).length <= MOST_ATTRIBUTES))
    return;
  throw new AwsError(
    'InvalidParameterValue',
    `Number of message attributes exceeds the allowed maximum [${MOST_ATTRIBUTES}].`,
  );
}

/** SNS wraps messages in documents that name the topic; clients check the digest of what they get. */
function toOurMessages(body: string, names: Names): string {
  const document = JSON.parse(body) as { Messages?: { Body: string; MD5OfBody: string }[] };
  for (const message of document.Messages ?? []) {
    message.Body = names.toOurs(message.Body);
    message.MD5OfBody = createHash('md5').update(message.Body).digest('hex');
  }
  return JSON.stringify(document);
}

function createSns({ account, region }: MessagingOptions, names: Names, call: Call): Service {
  return {
    plan: (request): Operation => {
      const { Action: name = '', ...parameters } = Object.fromEntries(new URLSearchParams(request.body.toString()));
      const topic = parameters.TopicArn ?? parameters.SubscriptionArn ?? parameters.ResourceArn;
      const resource = topic ?? `arn:aws:sns:${region}:${account}:${parameters.Name ?? '*'}`;
      const permission: Permission = { action: `sns:${BATCH_ACTIONS[name] ?? name}`, resource };
      return { name, needs: [permission], run: () => publishOrElse(name, parameters, names, call) };
    },
    toErrorResponse: toQueryError,
    accessDenied: { code: 'AuthorizationError', status: 403 },
    throttled: { code: 'Throttled', status: 429 },
  };
}

async function publishOrElse(
  name: string,
  parameters: Record<string, string>,
  names: Names,
  call: Call,
): Promise<AwsResponse> {
  if (name === 'Publish') checkPublish(parameters);
  const named = Object.entries(parameters).map(([key, value]) => [
    key,
    /Message/.test(key) ? value : names.toFauxqs(value),
  ]);
  const answer = await call('sns', name, Object.fromEntries(named));
  return { ...answer, body: names.toOurs(answer.body) };
}

/** Whether a queue's policy lets an AWS service send. */
function allows(policy: string | undefined, service: string): boolean {
  if (!policy) return false;
  const { Statement } = JSON.parse(policy) as { Statement: Json | Json[] };
  return [Statement].flat().some(({ Effect, Action, Principal }) => {
    const services = Principal === '*' ? ['*'] : [(Principal as Json | undefined)?.Service].flat();
    const actions = [Action].flat().map((action) => String(action).toLowerCase());
    const isAction = actions.some((action) => ['sqs:sendmessage', 'sqs:*', '*'].includes(action));
    return Effect === 'Allow' && isAction && (services.includes(service) || services.includes('*'));
  });
}
