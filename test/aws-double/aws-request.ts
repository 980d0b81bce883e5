/** HTTP → what an AWS service sees: who calls, which service and region the call is signed for, the whole body. */
import { createHash, randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { AwsError } from './aws-error.ts';

export type AwsRequest = {
  readonly id: string;
  readonly method: string;
  /** Still percent-encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly accessKeyId: string;
  /** From the credential scope. */
  readonly service: string;
  readonly region: string;
};

export type AwsResponse = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer | Readable;
};

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([\w+=,.@-]+)\/\d{8}\/([a-z0-9-]+)\/([a-z0-9-]+)\/aws4_request, ?SignedHeaders=[^,]+, ?Signature=[0-9a-f]{64}$/;

export function header(request: Pick<AwsRequest, 'headers'>, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

/** Reads the whole request. Signatures are not computed anew, but the body must be the one that was signed. */
export async function readRequest(incoming: IncomingMessage): Promise<AwsRequest> {
  const pieces: Buffer[] = [];
  for await (const piece of incoming) pieces.push(piece as Buffer);
  const url = new URL(`http://double${incoming.url ?? '/'}`);
  const request = {
    id: randomUUID(),
    method: incoming.method ?? 'GET',
    // URL would resolve `..`, which is an honest part of an S3 key.
    path: (incoming.url ?? '/').split('?')[0]!,
    query: url.searchParams,
    headers: incoming.headers,
    body: Buffer.concat(pieces),
  };
  return { ...request, ...readCredentialScope(request.headers), ...checkSignedBody(request) };
}

/** Reads the scope alone, so that errors can be told in the words of the service that was meant. */
export function readCredentialScope(
  headers: IncomingHttpHeaders,
): Pick<AwsRequest, 'accessKeyId' | 'region' | 'service'> {
  const scope = AUTHORIZATION.exec(headers.authorization ?? '');
  if (scope === null) {
    throw new AwsError('MissingAuthenticationToken', 'Missing Authentication Token', { status: 403 });
  }
  return { accessKeyId: scope[1]!, region: scope[2]!, service: scope[3]! };
}

function checkSignedBody(request: Pick<AwsRequest, 'headers' | 'body'>): object {
  const signed = header(request, 'x-amz-content-sha256');
  if (signed === undefined || !/^[0-9a-f]{64}$/.test(signed)) return {};
  if (createHash('sha256').update(request.body).digest('hex') === signed) return {};
  throw new AwsError(
    'XAmzContentSHA256Mismatch',
    "The provided 'x-amz-content-sha256' header does not match what was computed.",
  );
}
