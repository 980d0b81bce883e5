/** A chat's webhook on this machine, which answers as it is told. For tests only. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export type ChatAnswer = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
};

export type ChatServer = {
  readonly url: string;
  /** What came, and when. */
  readonly requests: { readonly path: string; readonly type: string; readonly body: string; readonly at: number }[];
  /** Answers to the next requests, in their order; then 200. A request may also never be answered, or be cut off. */
  readonly answers: (ChatAnswer | 'silence' | 'cut')[];
  close(): Promise<void>;
};

/** Where its messages go; a secret. */
export const CHAT_PATH = '/services/T000/B000/s3cr3t-t0k3n';

export async function startChatServer(): Promise<ChatServer> {
  const requests: ChatServer['requests'] = [];
  const answers: ChatServer['answers'] = [];
  const server = createServer(async (request, response) => {
    const body = await readBody(request);
    requests.push({ path: request.url!, type: String(request.headers['content-type']), body, at: Date.now() });
    const answer = answers.shift() ?? { status: 200, body: 'ok' };
    if (answer === 'silence') return;
    if (answer === 'cut') return request.socket.destroy();
    response.writeHead(answer.status, answer.headers).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    ...{ url: `http://127.0.0.1:${port}${CHAT_PATH}`, requests, answers },
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  return Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>)).toString();
}
