/** What people are told by a stack with quiet hours, a topic for what is critical, and a chat. In this order. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHAT_PATH, type ChatServer, startChatServer } from '../contract/chat-server.ts';
import { makeService, packageStack } from '../stack/package-stack.ts';
import { EXPLAINED } from './expected-permissions.ts';
import { type LogOptions, makeLog } from './logs.ts';
import { type CloudStack, LOG_BUCKET, type Notified, openCloudStack } from './stack.ts';

let cloud: CloudStack;
let chat: ChatServer;

const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();
const timeOf = (clock: string) => clock.slice(11, 16);

beforeAll(async () => {
  chat = await startChatServer();
  const { template } = packageStack(await makeService(), {
    logLocations: `s3://${LOG_BUCKET}/org/`,
    quietHours: `${timeOf(inHours(-2))}-${timeOf(inHours(3))}`,
    severityTopics: 'CRITICAL',
    webhook: '/flowhound/webhook',
  });
  cloud = await openCloudStack(template);
  cloud.double.parameters.set('/flowhound/webhook', chat.url);
  const lists = '203.0.113.7,C2\n198.51.100.9,<!channel> https://evil.example\n192.0.2.50,drop\n';
  await cloud.double.s3.put(cloud.stateBucket, 'indicators/incoming/iocs.csv', lists);
  await cloud.settle();
}, 120_000);

afterAll(async () => {
  await cloud?.close();
  await chat.close();
});

async function deliver(options: LogOptions): Promise<readonly Notified[]> {
  const { key, content } = makeLog(options);
  await cloud.double.s3.put(LOG_BUCKET, key, content);
  expect(await cloud.settle()).toEqual([]);
  expect(cloud.failures()).toEqual([]);
  return cloud.notifications();
}

const flush = (hours: number) => cloud.invoke('publish', { flush: true, clock: inHours(hours) });
/** As SNS calls a function. */
const toEvent = ({ Subject, Message }: Notified) => ({
  Records: [{ EventSource: 'aws:sns', Sns: { Subject, Message } }],
});

let morning: readonly Notified[];

describe('in quiet hours', () => {
  it('nobody is told of what is HIGH', async () => {
    expect(await deliver({ serial: 1, host: '10.0.0.5', remote: '203.0.113.7' })).toEqual([]);
    expect(await deliver({ serial: 2, host: '10.0.0.6', remote: '198.51.100.9' })).toEqual([]);
    await flush(1);
    expect(await cloud.notifications()).toEqual([]);
  });

  it('what is CRITICAL is told at once, to its own topic', async () => {
    const told = await deliver({ serial: 3, host: '10.0.0.7', remote: '192.0.2.50', bytes: 30_000_000 });
    expect(told.map(({ TopicArn, Subject }) => [TopicArn, Subject])).toEqual([
      [cloud.stack.outputs.TopicCritical, '[CRITICAL] 10.0.0.7 -> 192.0.2.50 (drop)'],
    ]);
  });

  it('what waited is told when they end, together and once', async () => {
    await flush(3.5);
    morning = await cloud.notifications();
    expect(morning.map(({ TopicArn, Subject }) => [TopicArn, Subject])).toEqual([
      [cloud.stack.outputs.TopicArn, '[HIGH] 2 findings: 2 HIGH'],
    ]);
    expect(morning[0]!.MessageAttributes.severity!.Value).toBe('["HIGH"]');
    await flush(4.5);
    expect(await cloud.notifications()).toEqual([]);
  });
});

describe('the chat', () => {
  it('gets it, with nothing in it that a chat would follow', async () => {
    chat.answers.push({ status: 503 });
    await cloud.invoke('webhook', toEvent(morning[0]!));
    expect(chat.requests.map(({ path }) => path)).toEqual([CHAT_PATH, CHAT_PATH]);
    const { text, blocks } = JSON.parse(chat.requests[1]!.body);
    expect(text).toBe('[HIGH] 2 findings: 2 HIGH');
    expect(blocks[1].text.type).toBe('plain_text');
    expect(blocks[1].text.text).toContain('(<!channel> https[:]//evil.example)');
  });

  it('that refuses is an error under its name, without the address, which is nowhere in the log', async () => {
    chat.answers.push({ status: 403, body: 'invalid_token' });
    const error = (await cloud.invoke('webhook', toEvent(morning[0]!)).catch((thrown: unknown) => thrown)) as Error;
    expect(error).toMatchObject({ name: 'WebhookRefused' });
    expect(`${error.stack}${cloud.logs('webhook').join('\n')}`).not.toContain(CHAT_PATH);
  });
});

describe('permissions', () => {
  it('are just those', () => {
    expect(cloud.permissions.refused).toEqual([]);
    const unused = cloud.permissions.unused().filter((name) => /^(Webhook|Publish)Role\./.test(name));
    expect(unused.filter((name) => !EXPLAINED.some(({ permission }) => permission.test(name)))).toEqual([]);
  });
});
