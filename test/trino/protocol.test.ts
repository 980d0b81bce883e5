/** The Trino adapter against a server that says what a test wants: the parts of the protocol that a healthy Trino seldom shows. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { QueryFailed, UsageError } from '../../src/core/errors.ts';
import { toConnection } from '../../src/trino/connection.ts';
import { openTrino } from '../../src/trino/engine.ts';

type Request = {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
};
/** What the server answers: a page, a status with text, a dropped connection, or nothing at all. */
type Answer = object | { status: number; text?: string; headers?: Record<string, string> } | 'drop' | 'hang';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A server that gives these answers one after another; `{origin}` in them is its own address. */
async function serve(...answers: Answer[]): Promise<{ url: string; requests: Request[] }> {
  const requests: Request[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    requests.push({ method: request.method!, url: request.url!, headers: request.headers, body });
    if (request.method === 'DELETE') return response.writeHead(204).end();
    const answer = answers.shift() ?? { status: 410 };
    if (answer === 'hang') return undefined;
    if (answer === 'drop') return request.socket.destroy();
    const { status, text, headers } = answer as { status?: number; text?: string; headers?: Record<string, string> };
    if (status !== undefined) return response.writeHead(status, headers).end(text);
    return response.end(JSON.stringify({ stats: {}, ...answer }).replaceAll('{origin}', url));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, requests };
}

const COLUMNS = [{ name: 'n', type: 'bigint' }];
const page = (next: string | undefined, more: object = {}): object => ({
  ...(next === undefined ? {} : { nextUri: `{origin}/v1/statement/executing/${next}` }),
  ...more,
});
const open = (url: string, more: object = {}) => openTrino({ url, user: 'analyst', ...more });
const SELECT = { sql: 'SELECT 1', values: [] };

async function readAll(url: string, signal?: AbortSignal): Promise<(string | null)[][]> {
  const rows: (string | null)[][] = [];
  for await (const row of (await open(url).query(SELECT, signal)).rows) rows.push([...row]);
  return rows;
}

async function failureOf(run: Promise<unknown>): Promise<QueryFailed> {
  const error = await run.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(QueryFailed);
  expect((error as QueryFailed).message).not.toContain('\n');
  return error as QueryFailed;
}

describe('pages', () => {
  it('come one after another; columns may be on a later one, and rows beside them', async () => {
    const { url, requests } = await serve(
      page('1'),
      page('2', { columns: COLUMNS, data: [['1']] }),
      page('3', { columns: COLUMNS }),
      page(undefined, { columns: COLUMNS, data: [['2'], ['3']], stats: { physicalInputBytes: 12 } }),
    );
    const result = await open(url).query(SELECT);
    expect(result.columns).toEqual([{ name: 'n', kind: 'number' }]);
    const rows: unknown[] = [];
    for await (const row of result.rows) rows.push(row);
    expect(rows).toEqual([['1'], ['2'], ['3']]);
    expect(result.bytesRead()).toBe(12n);
    expect(requests.map(({ method, url: path }) => `${method} ${path}`)).toEqual([
      'POST /v1/statement',
      'GET /v1/statement/executing/1',
      'GET /v1/statement/executing/2',
      'GET /v1/statement/executing/3',
    ]);
  });

  it('keep every digit, and tell text, numbers and truth apart', async () => {
    const types = ['bigint', 'decimal(38,2)', 'timestamp(3)', 'boolean', 'varchar(3)', 'double', 'bigint'];
    const columns = types.map((type, i) => ({ name: `c${i}`, type }));
    const row = '[9223372036854775807,"18446744073709551614.00","2026-09-01 00:00:00.000",true,"1e3",0.1,null]';
    const { url } = await serve({
      status: 200,
      text: `{"stats":{},"columns":${JSON.stringify(columns)},"data":[${row}]}`,
    });
    const result = await open(url).query(SELECT);
    expect(result.columns.map(({ kind }) => kind)).toEqual([
      ...['number', 'number', 'text', 'boolean', 'text', 'number', 'number'],
    ]);
    const rows: unknown[] = [];
    for await (const read of result.rows) rows.push(read);
    expect(rows).toEqual([
      ['9223372036854775807', '18446744073709551614.00', '2026-09-01 00:00:00.000', 'true', '1e3', '0.1', null],
    ]);
  });

  it('a statement without a result has no columns and no rows', async () => {
    const { url } = await serve(page('1'), page(undefined));
    const { columns, rows } = await open(url).query(SELECT);
    expect(columns).toEqual([]);
    expect(await Array.fromAsync(rows)).toEqual([]);
  });

  it('refuse a value that is no single one', async () => {
    const { url } = await serve(page(undefined, { columns: [{ name: 'a', type: 'array(bigint)' }], data: [[[1]]] }));
    expect((await failureOf(readAll(url))).message).toMatch(/neither text nor number/);
  });
});

describe('a statement', () => {
  it('goes out once, with its values as literals and the session in headers', async () => {
    const { url, requests } = await serve(page(undefined));
    const engine = open(url, { catalog: 'hive', schema: 'logs' });
    await engine.query({
      sql: "SELECT 'it''s', ? /* ip */, ?",
      values: ["10.0.0.5' OR '1' = '1", 9_223_372_036_854_775_807n],
    });
    expect(requests).toHaveLength(1);
    expect(requests[0]!.body).toBe(
      "EXECUTE IMMEDIATE 'SELECT ''it''''s'', ? /* ip */, ?' USING '10.0.0.5'' OR ''1'' = ''1', 9223372036854775807",
    );
    expect(requests[0]!.headers).toMatchObject({
      'x-trino-user': 'analyst',
      'x-trino-catalog': 'hive',
      'x-trino-schema': 'logs',
      'x-trino-time-zone': 'UTC',
      'x-trino-source': 'flowhound',
    });
    expect(requests[0]!.headers).not.toHaveProperty('authorization');
  });

  it('carries a password or a token on every request', async () => {
    const basic = await serve(page('1'), page(undefined));
    await open(basic.url, { password: 'pässword' }).query(SELECT);
    const value = `Basic ${Buffer.from('analyst:pässword').toString('base64')}`;
    expect(basic.requests.map(({ headers }) => headers.authorization)).toEqual([value, value]);
    const bearer = await serve(page(undefined));
    await open(bearer.url, { token: 't.o.k' }).query(SELECT);
    expect(bearer.requests[0]!.headers.authorization).toBe('Bearer t.o.k');
  });

  it('is ended on the server when the reader stops early', async () => {
    const { url, requests } = await serve(page('1', { columns: COLUMNS, data: [['1'], ['2']] }), 'hang');
    for await (const row of (await open(url).query(SELECT)).rows) {
      expect(row).toEqual(['1']);
      break;
    }
    expect(requests.at(-1)).toMatchObject({ method: 'DELETE', url: '/v1/statement/executing/1' });
  });

  it('is ended on the server when it is aborted, in the middle of waiting', async () => {
    const { url, requests } = await serve(page('1'), 'hang');
    const stop = new AbortController();
    const reading = readAll(url, stop.signal);
    const ended = expect(reading).rejects.toThrow(/abort/i);
    while (requests.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    stop.abort();
    await ended;
    expect(requests.at(-1)).toMatchObject({ method: 'DELETE', url: '/v1/statement/executing/1' });
  });
});

describe('trouble', () => {
  it('of the statement is told in one line, with its name', async () => {
    const error = { errorName: 'TABLE_NOT_FOUND', message: "line 1:15: Table 'a.b.c' does not exist\nand more" };
    const { url, requests } = await serve(page('1'), page('2', { error }));
    expect((await failureOf(readAll(url))).message).toBe(
      "The query failed in Trino: TABLE_NOT_FOUND: line 1:15: Table 'a.b.c' does not exist",
    );
    expect(requests.filter(({ method }) => method === 'DELETE')).toEqual([]);
  });

  it('that passes is waited for: 502, 503, 504, 429, a dropped connection between pages', async () => {
    const { url, requests } = await serve(
      ...[{ status: 503 }, page('1'), { status: 502 }, { status: 504 }],
      ...[{ status: 429, headers: { 'retry-after': '0' } }, 'drop' as const],
      page(undefined, { columns: COLUMNS, data: [['1']] }),
    );
    expect(await readAll(url)).toEqual([['1']]);
    expect(requests.map(({ method }) => method)).toEqual(['POST', 'POST', 'GET', 'GET', 'GET', 'GET', 'GET']);
  });

  it('that stays is not: another status, a refused connection, a redirect, a statement whose answer is lost', async () => {
    const denied = await serve({ status: 401, text: 'Unauthorized' });
    expect((await failureOf(readAll(denied.url))).message).toBe(
      `Trino at ${denied.url} answers with HTTP 401: Unauthorized`,
    );
    const moved = await serve({ status: 307, headers: { location: 'http://127.0.0.1:1/' } });
    expect((await failureOf(readAll(moved.url))).message).toContain('HTTP 307');
    const lost = await serve('drop');
    expect((await failureOf(readAll(lost.url))).message).toContain('gives no answer');
    expect(lost.requests).toHaveLength(1);
    const none = await serve();
    servers.pop()!.close();
    expect((await failureOf(readAll(none.url))).message).toBe(`Trino at ${none.url} gives no answer: ECONNREFUSED`);
  });

  it('of a server that is no Trino', async () => {
    const page = await serve({ status: 200, text: '<html>Welcome</html>' });
    expect((await failureOf(readAll(page.url))).message).toContain("does not speak Trino's protocol");
    const json = await serve({ status: 200, text: '{"hello":1}' });
    expect((await failureOf(readAll(json.url))).message).toContain("does not speak Trino's protocol");
    const html = await serve({ status: 404, text: '<html>\n<b>Not here</b></html>' });
    expect((await failureOf(readAll(html.url))).message).toBe(`Trino at ${html.url} answers with HTTP 404`);
  });

  it('of a server that sends its readers elsewhere: no secret goes there', async () => {
    const elsewhere = await serve(page(undefined));
    const { url } = await serve({ nextUri: `${elsewhere.url}/v1/statement/executing/1` });
    const failure = await failureOf(open(url, { token: 'secret' }).query(SELECT));
    expect(failure.message).toContain('http-server.process-forwarded=true');
    expect(elsewhere.requests).toEqual([]);
  });
});

describe('a connection', () => {
  const refusalOf = (settings: object): string => {
    try {
      toConnection({ url: 'http://127.0.0.1:8080', user: 'analyst', ...settings });
    } catch (error) {
      expect(error).toBeInstanceOf(UsageError);
      return (error as Error).message;
    }
    return '';
  };

  it('needs an address that is one', () => {
    expect(refusalOf({})).toBe('');
    expect(refusalOf({ url: 'https://trino.example.com/ui/' })).toBe('');
    for (const url of ['', 'trino:8080', 'ftp://127.0.0.1', 'jdbc:trino://127.0.0.1:8080'])
      expect(refusalOf({ url }), url).toContain('is no URL of a Trino');
    expect(refusalOf({ url: 'http://analyst:secret@127.0.0.1:8080' })).not.toContain('secret');
    expect(refusalOf({ url: 'http://analyst:secret@127.0.0.1:8080' })).toContain('environment');
  });

  it('sends a secret over https, or nowhere but to this machine', () => {
    expect(refusalOf({ url: 'http://trino.example.com', password: 'p' })).toContain('is not https');
    expect(refusalOf({ url: 'http://trino.example.com', token: 't' })).toContain('is not https');
    expect(refusalOf({ url: 'https://trino.example.com', token: 't' })).toBe('');
    for (const host of ['localhost', '127.0.0.1', '[::1]'])
      expect(refusalOf({ url: `http://${host}:8080`, password: 'p' }), host).toBe('');
  });

  it('takes names that can stand in a header, and no others', () => {
    expect(refusalOf({ schema: 'a\r\nX-Trino-User: admin' })).toContain('X-Trino-Schema');
    expect(refusalOf({ user: '' })).toContain('X-Trino-User');
    expect(refusalOf({ token: 'secret\n' })).toContain('token');
    expect(refusalOf({ token: 'secret\n' })).not.toContain('secret');
  });
});
