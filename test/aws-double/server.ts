/** The double's one port: finds the service, records the call, carries it out or lets a fault meet it. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AwsError } from './aws-error.ts';
import { type AwsRequest, type AwsResponse, readCredentialScope, readRequest } from './aws-request.ts';
import type { Fault, Faults } from './faults.ts';
import type { Permission, RecordedCall } from './recording.ts';
import type { Operation, Service } from './service.ts';

export type Authorize = (accessKeyId: string, permission: Permission) => boolean;

export type ServerParts = {
  readonly region: string;
  readonly services: ReadonlyMap<string, Service>;
  readonly calls: RecordedCall[];
  readonly faults: Faults;
  readonly authorize: () => Authorize | undefined;
  /** Access key ids that AWS would not know (any more). */
  readonly revoked: ReadonlySet<string>;
  /** Called with a bug of the double's own; it must not pass for a fault of AWS that a client tries again. */
  readonly onBug: (bug: Error) => void;
};

/** A call under way. */
type Call = { readonly request: AwsRequest; readonly service: Service; readonly needs: Permission[]; fault?: Fault };

export async function listen(parts: ServerParts): Promise<Server> {
  const server = createServer((incoming, outgoing) => {
    answer(parts, incoming, outgoing).catch((error: Error) => {
      parts.onBug(error);
      outgoing.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

export function urlOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function answer(parts: ServerParts, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const scope = scopeOf(incoming);
  const service = scope === undefined ? undefined : parts.services.get(scope.service);
  if (service === undefined) {
    incoming.resume();
    const message =
      scope === undefined ? 'Missing Authentication Token' : `The double has no service "${scope.service}"`;
    await send(outgoing, {
      status: 403,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ message }),
    });
    return;
  }
  let call: Call | undefined;
  let operation: Operation | undefined;
  let response: AwsResponse;
  let errorCode: string | undefined;
  try {
    const request = await readRequest(incoming);
    checkCredentials(parts, service, request);
    operation = service.plan(request);
    call = { request, service, needs: [...operation.needs] };
    response = await carryOut(parts, call, operation);
  } catch (error) {
    const known = toKnown(error, call, parts);
    errorCode = known.code;
    response = service.toErrorResponse(known, call?.request ?? { id: 'unread', path: incoming.url ?? '/' });
  }
  const isDropped = call?.fault?.kind === 'drop' || call?.fault?.kind === 'drop-answer';
  if (call !== undefined && operation !== undefined) {
    parts.calls.push(record(call, operation, isDropped ? 0 : response.status, errorCode));
  }
  if (isDropped) outgoing.destroy();
  else await send(outgoing, response, incoming.method, call?.fault);
}

function scopeOf(incoming: IncomingMessage): ReturnType<typeof readCredentialScope> | undefined {
  try {
    return readCredentialScope(incoming.headers);
  } catch {
    return undefined;
  }
}

function checkCredentials({ region, revoked }: ServerParts, { accessDenied }: Service, request: AwsRequest): void {
  if (revoked.has(request.accessKeyId)) {
    const code = request.service === 's3' ? 'InvalidAccessKeyId' : 'UnrecognizedClientException';
    throw new AwsError(code, 'The security token included in the request is invalid.', { status: 403 });
  }
  if (request.region === region) return;
  const message = `Credential should be scoped to a valid region, not '${request.region}': expecting '${region}'`;
  throw request.service === 's3'
    ? new AwsError('AuthorizationHeaderMalformed', message, { details: { Region: region } })
    : new AwsError('SignatureDoesNotMatch', message, { status: accessDenied.status });
}

async function carryOut(parts: ServerParts, call: Call, operation: Operation): Promise<AwsResponse> {
  const { request, service, needs } = call;
  for (const permission of needs) checkPermission(parts, call, permission);
  const fault = parts.faults.take(needs[0]!);
  if (fault !== undefined) call.fault = fault;
  if (fault?.kind === 'throttle') throw new AwsError(service.throttled.code, 'Rate exceeded', service.throttled);
  if (fault?.kind === 'error') throw new AwsError(fault.code, fault.message, { status: fault.status });
  if (fault?.kind === 'drop') return { status: 0 };
  const response = await operation.run();
  return { ...response, headers: { 'x-amz-request-id': request.id, ...response.headers } };
}

function checkPermission(parts: ServerParts, { request, service }: Call, permission: Permission): void {
  // Nobody can be kept from asking who they are.
  if (permission.action === 'sts:GetCallerIdentity') return;
  if (parts.authorize()?.(request.accessKeyId, permission) ?? true) return;
  const message = `${request.accessKeyId} is not authorized to perform: ${permission.action} on resource: ${permission.resource}`;
  throw new AwsError(service.accessDenied.code, message, { status: service.accessDenied.status });
}

/** An error can itself need a permission: S3 admits that a key is missing only to those who may list. */
function toKnown(error: unknown, call: Call | undefined, parts: ServerParts): AwsError {
  if (!(error instanceof AwsError)) throw error;
  if (call === undefined) return error;
  try {
    for (const permission of error.needs) {
      call.needs.push(permission);
      checkPermission(parts, call, permission);
    }
    return error;
  } catch (denied) {
    return denied as AwsError;
  }
}

function record(call: Call, operation: Operation, status: number, errorCode: string | undefined): RecordedCall {
  const { accessKeyId, service } = call.request;
  const { name } = operation;
  return {
    accessKeyId,
    service,
    operation: name,
    ...call.needs[0]!,
    needs: call.needs,
    status,
    errorCode,
    at: new Date(),
  };
}

async function send(outgoing: ServerResponse, response: AwsResponse, method?: string, fault?: Fault): Promise<void> {
  const { status, headers = {}, body = '' } = response;
  const isStream = body instanceof Readable;
  outgoing.writeHead(status, isStream ? headers : { 'content-length': Buffer.byteLength(body), ...headers });
  if (method === 'HEAD' || status === 204 || status === 304) {
    if (isStream) body.destroy();
    outgoing.end();
    return;
  }
  const source = isStream ? body : Readable.from([Buffer.from(body)]);
  if (fault?.kind === 'cut') {
    outgoing.flushHeaders();
    await pipeline(source, (pieces) => firstBytes(pieces, fault.bytes), outgoing, { end: false });
    // The last bytes must be on their way before the connection ends.
    await new Promise<void>((resolve) => outgoing.write('', () => resolve()));
    outgoing.destroy();
    return;
  }
  await pipeline(source, outgoing).catch((error: NodeJS.ErrnoException) => {
    // A caller may go away in the middle of a body.
    if (error.code !== 'ERR_STREAM_PREMATURE_CLOSE' && error.code !== 'ECONNRESET') throw error;
  });
}

async function* firstBytes(pieces: AsyncIterable<Buffer>, bytes: number): AsyncGenerator<Buffer> {
  let left = bytes;
  for await (const piece of pieces) {
    if (piece.length > left) {
      if (left > 0) yield piece.subarray(0, left);
      return;
    }
    left -= piece.length;
    yield piece;
  }
}
