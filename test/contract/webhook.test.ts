/** Webhooks over real HTTP: a server on this machine that is busy, silent, redirects or refuses. */
import { SSMClient } from '@aws-sdk/client-ssm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readSecretParameter } from '../../src/aws/secret-parameter.ts';
import { openWebhook, type WebhookOptions } from '../../src/aws/webhook.ts';
import { type AwsDouble, startAwsDouble } from '../aws-double/start.ts';
import { CHAT_PATH, type ChatServer, startChatServer } from './chat-server.ts';
import { configOf, errorOf } from './clients.ts';

let chat: ChatServer;
beforeEach(async () => {
  chat = await startChatServer();
});
afterEach(() => chat.close());

const FAST = { backOffMs: 5, timeoutMs: 200, budgetMs: 3000 };
const open = (options: WebhookOptions = FAST) => openWebhook(async () => chat.url, options);
const BODY = JSON.stringify({ text: 'für dich 😈' });

/** Whatever goes wrong, the address stays secret. */
async function failureOf(call: Promise<unknown>): Promise<{ name: string; message: string }> {
  const error = (await errorOf(call)) as Error;
  expect(`${error.stack}`).not.toContain(CHAT_PATH);
  return { name: error.name, message: error.message };
}

describe('a message', () => {
  it('arrives as it is', async () => {
    await open().post(BODY);
    expect(chat.requests).toMatchObject([{ path: CHAT_PATH, type: 'application/json; charset=utf-8', body: BODY }]);
  });

  it('is accepted by 202 too, as Teams says it', async () => {
    chat.answers.push({ status: 202 });
    await open().post(BODY);
    expect(chat.requests).toHaveLength(1);
  });

  it.each([
    ['too many', { status: 429, body: 'rate_limited' }],
    ['an error of the chat', { status: 503 }],
    ['no answer', 'silence'],
    ['a broken connection', 'cut'],
  ] as const)('is sent again after %s', async (_what, answer) => {
    chat.answers.push(answer, answer);
    await open().post(BODY);
    expect(chat.requests.map(({ body }) => body)).toEqual([BODY, BODY, BODY]);
  });

  it.each([
    ['seconds', () => '1'],
    ['a date', () => new Date(Date.now() + 2000).toUTCString()],
  ])('waits as long as it is told to, in %s', async (_what, toHeader) => {
    chat.answers.push({ status: 429, headers: { 'retry-after': toHeader() } });
    await open().post(BODY);
    const [first, second] = chat.requests;
    expect(second!.at - first!.at).toBeGreaterThanOrEqual(900);
  });

  it('does not wait for longer than there is time: somebody calls again later', async () => {
    chat.answers.push({ status: 429, headers: { 'retry-after': '3600' }, body: 'slow down' });
    expect(await failureOf(open().post(BODY))).toEqual({
      name: 'WebhookUnavailable',
      message: 'the webhook did not take it in 1 tries: status 429, "slow down"',
    });
    expect(chat.requests).toHaveLength(1);
  });

  it('is given up after five tries', async () => {
    chat.answers.push(...Array.from({ length: 9 }, () => ({ status: 500 })));
    expect(await failureOf(open().post(BODY))).toMatchObject({ name: 'WebhookUnavailable' });
    expect(chat.requests).toHaveLength(5);
  });

  it('nobody listens: said without the address', async () => {
    await chat.close();
    expect(await failureOf(open().post(BODY))).toEqual({
      name: 'WebhookUnavailable',
      message: 'the webhook did not take it in 5 tries: no answer (ECONNREFUSED)',
    });
    chat = await startChatServer();
  });

  it.each([400, 403, 404, 410])('that is refused by %i is not sent again', async (status) => {
    chat.answers.push({ status, body: `no_service\n${'x'.repeat(9000)}` });
    const { name, message } = await failureOf(open().post(BODY));
    expect(name).toBe('WebhookRefused');
    expect(message).toMatch(new RegExp(`^the webhook refused: status ${status}, "no_service x+"$`));
    expect(message.length).toBeLessThan(260);
    expect(chat.requests).toHaveLength(1);
  });

  it('goes to no other address, whoever says so', async () => {
    const other = await startChatServer();
    for (const status of [301, 302, 303, 307, 308]) {
      chat.answers.push({ status, headers: { location: other.url } });
      expect(await failureOf(open().post(BODY))).toMatchObject({ name: 'WebhookRefused' });
    }
    expect(other.requests).toEqual([]);
    await other.close();
  });
});

describe('the address', () => {
  it('is read once, and again when the webhook has refused', async () => {
    let reads = 0;
    const webhook = openWebhook(async () => {
      reads++;
      return chat.url;
    }, FAST);
    await webhook.post(BODY);
    await webhook.post(BODY);
    expect(reads).toBe(1);
    chat.answers.push({ status: 404 });
    await errorOf(webhook.post(BODY));
    await webhook.post(BODY);
    expect(reads).toBe(2);
  });

  it.each(['http://chat.example/x', 'ftp://chat.example/x', 'no url', '', 'https://a:b@chat.example/'])(
    '%s is none that a message goes to',
    async (url) => {
      const error = await errorOf(openWebhook(async () => url, FAST).post(BODY));
      expect(error).toMatchObject({ name: 'WebhookRefused' });
    },
  );
});

describe('a secret parameter', () => {
  let aws: AwsDouble;
  beforeEach(async () => {
    aws = await startAwsDouble();
    aws.parameters.set('/flowhound/webhook', chat.url);
  });
  afterEach(() => aws.close());

  it.each(['/flowhound/webhook', 'arn:aws:ssm:us-east-1:111122223333:parameter/flowhound/webhook'])(
    '%s is decrypted',
    async (name) => {
      expect(await readSecretParameter(new SSMClient(configOf(aws)), name)).toBe(chat.url);
    },
  );

  it('that is not there is an error that names it', async () => {
    const error = await errorOf(readSecretParameter(new SSMClient(configOf(aws)), '/flowhound/absent'));
    expect(error).toMatchObject({ name: 'ParameterNotFound' });
  });
});
