/**
 * A webhook over HTTPS. It is asked again where it has too much to do or does not answer, as long as there is time; redirects
 * are not followed, since the message is for the address that was given and for no other.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseWebhookUrl, WebhookRefused, WebhookUnavailable } from '../core/webhook-message.ts';
import type { Webhook } from '../ports.ts';

export type WebhookOptions = {
  /** For all tries together. */
  readonly budgetMs?: number;
  /** For one of them. */
  readonly timeoutMs?: number;
  /** Before the second try; doubled before each further one. */
  readonly backOffMs?: number;
};

const MOST_TRIES = 5;
/** Of an answer that says why: enough for a reason, and never a page. */
const REASON_LENGTH = 200;

/** `readUrl` is asked for the address until it has been given once, and again when the webhook refuses. */
export function openWebhook(readUrl: () => Promise<string>, options: WebhookOptions = {}): Webhook {
  const { budgetMs = 45_000, timeoutMs = 10_000, backOffMs = 1000 } = options;
  let url: URL | undefined;
  return {
    async post(body) {
      url ??= parseWebhookUrl(await readUrl());
      const end = Date.now() + budgetMs;
      for (let tries = 1; ; tries++) {
        const answer = await ask(url, body, Math.min(timeoutMs, Math.max(1, end - Date.now())));
        if (answer.outcome === 'taken') return;
        if (answer.outcome === 'refused') {
          // It may have been given another address.
          url = undefined;
          throw new WebhookRefused(`the webhook refused: ${answer.reason}`);
        }
        const wait = Math.max(answer.retryAfterMs, backOffMs * 2 ** (tries - 1) * (1 + Math.random()));
        if (tries === MOST_TRIES || Date.now() + wait >= end)
          throw new WebhookUnavailable(`the webhook did not take it in ${tries} tries: ${answer.reason}`);
        await sleep(wait);
      }
    },
  };
}

type Answer =
  | { readonly outcome: 'taken' }
  | { readonly outcome: 'refused'; readonly reason: string }
  | { readonly outcome: 'busy'; readonly reason: string; readonly retryAfterMs: number };

async function ask(url: URL, body: string, timeoutMs: number): Promise<Answer> {
  try {
    const response = await fetch(url, {
      ...{ method: 'POST', body, redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) },
      headers: { 'content-type': 'application/json; charset=utf-8' },
    });
    const { status } = response;
    const reason = `status ${status}${await readReason(response)}`;
    if (status >= 200 && status < 300) return { outcome: 'taken' };
    if (status === 429 || status === 408 || status >= 500)
      return { outcome: 'busy', reason, retryAfterMs: toMilliseconds(response.headers.get('retry-after')) };
    return { outcome: 'refused', reason };
  } catch (error) {
    // The error's own text may name the address.
    const { name, cause } = error as Error;
    const code = (cause as { code?: unknown } | undefined)?.code;
    return { outcome: 'busy', reason: `no answer (${typeof code === 'string' ? code : name})`, retryAfterMs: 0 };
  }
}

/** The first words of the answer; what is left of it is not read. */
async function readReason({ body }: Response): Promise<string> {
  if (body === null) return '';
  const reader = body.getReader();
  const { value } = await reader.read();
  await reader.cancel();
  const text = Buffer.from(value ?? [])
    .toString()
    .replace(/[^ -~]+/g, ' ')
    .trim();
  return text === '' ? '' : `, "${text.slice(0, REASON_LENGTH)}"`;
}

/** Seconds, or a date: https://www.rfc-editor.org/rfc/rfc9110#name-retry-after */
function toMilliseconds(retryAfter: string | null): number {
  if (retryAfter === null) return 0;
  const wait = /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1000 : Date.parse(retryAfter) - Date.now();
  return Number.isNaN(wait) ? 0 : Math.max(0, wait);
}
