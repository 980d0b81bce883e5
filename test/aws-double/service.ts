/** What a service of the double is to the server, and the error documents of the protocols that AWS speaks. */
import type { AwsError } from './aws-error.ts';
import type { AwsRequest, AwsResponse } from './aws-request.ts';
import type { Permission } from './recording.ts';
import { element, XML_HEAD } from './xml.ts';

export type Operation = {
  readonly name: string;
  /** Permissions it takes; the first one stands for the call in the recording. */
  readonly needs: readonly [Permission, ...Permission[]];
  run(): AwsResponse | Promise<AwsResponse>;
};

export type Service = {
  /** Finds out what is asked for; nothing has happened yet. Throws AwsError where the double has no such operation. */
  plan(request: AwsRequest): Operation;
  toErrorResponse(error: AwsError, request: Pick<AwsRequest, 'id' | 'path'>): AwsResponse;
  /** How the service says that a caller may not. */
  readonly accessDenied: { readonly code: string; readonly status: number };
  /** How the service says that there are too many calls. */
  readonly throttled: { readonly code: string; readonly status: number };
};

/** AWS JSON 1.0 and 1.1. */
export function toJsonError(error: AwsError, request: Pick<AwsRequest, 'id'>): AwsResponse {
  return {
    status: error.status,
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': request.id },
    body: JSON.stringify({ __type: error.code, message: error.message, ...error.details }),
  };
}

/** AWS REST JSON: the name of the error is in a header. */
export function toRestJsonError(error: AwsError, request: Pick<AwsRequest, 'id'>): AwsResponse {
  return {
    status: error.status,
    headers: { 'content-type': 'application/json', 'x-amzn-requestid': request.id, 'x-amzn-errortype': error.code },
    body: JSON.stringify({ Code: error.code, Message: error.message, ...error.details }),
  };
}

/** AWS Query. */
export function toQueryError(error: AwsError, request: Pick<AwsRequest, 'id'>): AwsResponse {
  const fault = error.status < 500 ? 'Sender' : 'Receiver';
  const details = [element('Type', fault), element('Code', error.code), element('Message', error.message)];
  return {
    status: error.status,
    headers: { 'content-type': 'text/xml', 'x-amzn-requestid': request.id },
    body: `${XML_HEAD}${element('ErrorResponse', [element('Error', details), element('RequestId', request.id)])}`,
  };
}

/** The answer of an AWS JSON operation. */
export function toJson(document: object, request: Pick<AwsRequest, 'id'>): AwsResponse {
  return {
    status: 200,
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': request.id },
    body: JSON.stringify(document),
  };
}
