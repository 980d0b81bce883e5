/**
 * A statement over Trino's REST protocol: one POST, then the address of the next page until there is none.
 * https://trino.io/docs/current/develop/client-protocol.html
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { QueryFailed } from '../core/errors.ts';
import type { TrinoConnection } from './connection.ts';

/** A number stands in `data` as the digits of the server: a bigint has more of them than a number of JavaScript. */
export type Page = {
  readonly nextUri?: string;
  readonly columns?: readonly { readonly name: string; readonly type: string }[];
  readonly data?: readonly (readonly unknown[])[];
  readonly stats: { readonly physicalInputBytes?: string };
  readonly error?: { readonly errorName: string; readonly message: string };
};

/** 502, 503 and 504 pass, says the protocol, and so does 429; a minute is long enough to restart a proxy in. */
const LONGEST_TROUBLE_MS = 60_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2000;

/** The pages of a statement in their order. Whoever stops before the last one ends the statement on the server too. */
export async function* runStatement(
  connection: TrinoConnection,
  sql: string,
  signal?: AbortSignal,
): AsyncGenerator<Page> {
  let next: string | undefined;
  try {
    let page = await request(connection, `${connection.origin}/v1/statement`, { method: 'POST', body: sql }, signal);
    for (;;) {
      next = undefined;
      if (page.error !== undefined)
        throw new QueryFailed(`The query failed in Trino: ${page.error.errorName}: ${toOneLine(page.error.message)}`);
      if (page.nextUri !== undefined) next = checkOrigin(connection, page.nextUri);
      yield page;
      if (next === undefined) return;
      page = await request(connection, next, {}, signal);
    }
  } finally {
    if (next !== undefined) await cancel(connection, next);
  }
}

async function request(
  connection: TrinoConnection,
  url: string,
  init: RequestInit,
  signal: AbortSignal | undefined,
): Promise<Page> {
  const deadline = Date.now() + LONGEST_TROUBLE_MS;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    const outcome = await attempt(connection, url, init, signal);
    if ('page' in outcome) return outcome.page;
    const wait = outcome.retryAfterMs ?? pause;
    if (!outcome.mayPass || Date.now() + wait > deadline) throw outcome.error;
    await sleep(wait, undefined, signal === undefined ? {} : { signal });
  }
}

type Attempt =
  | { readonly page: Page }
  | { readonly error: QueryFailed; readonly mayPass: boolean; readonly retryAfterMs?: number };

async function attempt(
  { origin, headers }: TrinoConnection,
  url: string,
  init: RequestInit,
  signal: AbortSignal | undefined,
): Promise<Attempt> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, { ...init, headers, redirect: 'manual', ...(signal === undefined ? {} : { signal }) });
    text = await response.text();
  } catch (cause) {
    signal?.throwIfAborted();
    // Asking for a page again gives the same page; the statement itself is sent once.
    return {
      error: new QueryFailed(`Trino at ${origin} gives no answer: ${describe(cause)}`, { cause }),
      mayPass: init.method !== 'POST',
    };
  }
  if (response.status === 200) return { page: parsePage(origin, text) };
  const said = text === '' || text.startsWith('<') ? '' : `: ${toOneLine(text)}`;
  const error = new QueryFailed(`Trino at ${origin} answers with HTTP ${response.status}${said}`);
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  return {
    error,
    mayPass: [429, 502, 503, 504].includes(response.status),
    ...(response.status === 429 && seconds >= 0 ? { retryAfterMs: seconds * 1000 } : {}),
  };
}

function parsePage(origin: string, text: string): Page {
  try {
    const page: unknown = JSON.parse(text, (_key, item, context?: { source?: string }) =>
      typeof item === 'number' ? context?.source : item,
    );
    if (typeof page === 'object' && page !== null && 'stats' in page) return page as Page;
  } catch (cause) {
    throw new QueryFailed(`${origin} does not speak Trino's protocol: ${describe(cause)}`, { cause });
  }
  throw new QueryFailed(`${origin} does not speak Trino's protocol.`);
}

/** The server says where its next page is. A secret is for the server that was named, and for no other. */
function checkOrigin({ origin }: TrinoConnection, url: string): string {
  if (URL.canParse(url) && new URL(url).origin === origin) return url;
  throw new QueryFailed(
    `Trino at ${origin} sends its readers to ${url}: behind a proxy it needs http-server.process-forwarded=true.`,
  );
}

/** Nobody waits for the rows any more; what the server says to it changes nothing. */
async function cancel({ headers }: TrinoConnection, url: string): Promise<void> {
  await fetch(url, { method: 'DELETE', headers, redirect: 'manual', signal: AbortSignal.timeout(5000) }).catch(
    () => {},
  );
}

function toOneLine(text: string): string {
  return text.trim().split('\n', 1)[0]!.slice(0, 1000);
}

/** `fetch failed` says nothing; its cause does. */
function describe(error: unknown): string {
  const { message, cause } = error as Error & { cause?: { code?: string; message?: string } };
  return toOneLine(cause?.code ?? cause?.message ?? message);
}
