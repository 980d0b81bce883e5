/** S3, path-style: finds the operation, and the permissions that it takes. */

import { readContent } from './aws-chunked.ts';
import { AwsError } from './aws-error.ts';
import { type AwsRequest, type AwsResponse, header } from './aws-request.ts';
import type { Permission } from './recording.ts';
import { listObjects } from './s3-listing.ts';
import { abortUpload, completeUpload, createUpload, listParts, listUploads, uploadPart } from './s3-multipart.ts';
import { readNotifications, writeNotifications } from './s3-notification.ts';
import { deleteObject, deleteObjects, getObject, putObject } from './s3-objects.ts';
import type { Bucket, S3Storage } from './s3-storage.ts';
import type { Operation, Service } from './service.ts';
import { childrenOf, element, parseXml, textOf, XML_HEAD } from './xml.ts';

export type S3Options = {
  readonly region: string;
  /** Keys of a listing's page; S3 has 1000. */
  readonly listPage: number;
  /** Whether S3 could deliver a notification to this ARN now. */
  readonly isDestination: (arn: string) => Promise<boolean>;
  /** Called with the new configuration of a bucket: S3 sends a test event to each target. */
  readonly onConfigured: (bucket: Bucket) => void;
};

type Run = (bucket: Bucket) => AwsResponse | Promise<AwsResponse>;

const XML = { 'content-type': 'application/xml' };

export function createS3(storage: S3Storage, options: S3Options): Service {
  return {
    plan: (request) => {
      const [bucketName, key] = placeOf(request);
      if (bucketName === '') throw new AwsError('NotImplemented', 'The double lists no buckets', { status: 501 });
      const found =
        key === ''
          ? bucketOperation(storage, options, request, bucketName)
          : objectOperation(storage, request, bucketName, key);
      return { name: found.name, needs: found.needs, run: () => found.run(storage.bucket(bucketName)) };
    },
    toErrorResponse,
    accessDenied: { code: 'AccessDenied', status: 403 },
    throttled: { code: 'SlowDown', status: 503 },
  };
}

function toErrorResponse(error: AwsError, request: Pick<AwsRequest, 'id' | 'path'>): AwsResponse {
  const document = element('Error', [
    element('Code', error.code),
    element('Message', error.message),
    ...Object.entries(error.details).map(([name, value]) => element(name, String(value))),
    element('Resource', request.path),
    element('RequestId', request.id),
  ]);
  return { status: error.status, headers: XML, body: `${XML_HEAD}${document}` };
}

/** `/bucket/key`, decoded. */
function placeOf({ path }: AwsRequest): [bucket: string, key: string] {
  const slash = path.indexOf('/', 1);
  const [bucket, key] = slash < 0 ? [path.slice(1), ''] : [path.slice(1, slash), path.slice(slash + 1)];
  try {
    return [decodeURIComponent(bucket), decodeURIComponent(key)];
  } catch {
    throw new AwsError('InvalidURI', "Couldn't parse the specified URI.");
  }
}

type Found = Omit<Operation, 'run'> & { readonly run: Run };

function bucketOperation(storage: S3Storage, options: S3Options, request: AwsRequest, bucketName: string): Found {
  const resource = `arn:aws:s3:::${bucketName}`;
  const operation = (name: string, action: string, run: Run): Found => ({
    name,
    needs: [{ action: `s3:${action}`, resource }],
    run,
  });
  const { method, query } = request;
  if (method === 'HEAD') {
    const headers = { 'x-amz-bucket-region': options.region };
    return operation('HeadBucket', 'ListBucket', () => ({ status: 200, headers }));
  }
  if (method === 'GET' && query.get('list-type') === '2') {
    return operation('ListObjectsV2', 'ListBucket', (bucket) =>
      listObjects(storage, bucket, request, options.listPage),
    );
  }
  if (method === 'GET' && query.has('location')) {
    return operation('GetBucketLocation', 'GetBucketLocation', () => locationOf(options.region));
  }
  if (method === 'GET' && query.has('uploads')) {
    return operation('ListMultipartUploads', 'ListBucketMultipartUploads', listUploads);
  }
  if (method === 'GET' && query.has('notification')) {
    return operation('GetBucketNotificationConfiguration', 'GetBucketNotification', (bucket) => ({
      status: 200,
      headers: XML,
      body: writeNotifications(bucket.notifications),
    }));
  }
  if (method === 'PUT' && query.has('notification')) {
    return operation('PutBucketNotificationConfiguration', 'PutBucketNotification', (bucket) =>
      putNotifications(bucket, request, options),
    );
  }
  if (method === 'POST' && query.has('delete')) return deleteMany(storage, request, bucketName);
  throw notThere(request);
}

function objectOperation(storage: S3Storage, request: AwsRequest, bucketName: string, key: string): Found {
  const resource = `arn:aws:s3:::${bucketName}/${key}`;
  const { method, query } = request;
  const operation = (name: string, action: string, run: Run, further: readonly Permission[] = []): Found => ({
    name,
    needs: [{ action: `s3:${action}`, resource }, ...further],
    run,
  });
  // A condition on the content tells about the content, so who sets one must be allowed to read it.
  const isConditional = header(request, 'if-match') !== undefined;
  const reading = isConditional ? [{ action: 's3:GetObject', resource }] : [];
  if (query.has('uploads') && method === 'POST') {
    return operation('CreateMultipartUpload', 'PutObject', (bucket) => createUpload(bucket, key, request));
  }
  if (query.has('uploadId')) return uploadOperation(storage, request, key, operation, reading);
  if (header(request, 'x-amz-copy-source') !== undefined) throw notThere(request);
  switch (method) {
    case 'GET':
    case 'HEAD':
      return operation(method === 'GET' ? 'GetObject' : 'HeadObject', 'GetObject', (bucket) =>
        getObject(storage, bucket, key, request),
      );
    case 'PUT':
      return operation('PutObject', 'PutObject', (bucket) => putObject(storage, bucket, key, request), reading);
    case 'DELETE':
      return operation(
        'DeleteObject',
        'DeleteObject',
        (bucket) => deleteObject(storage, bucket, key, request),
        reading,
      );
    default:
      throw notThere(request);
  }
}

function uploadOperation(
  storage: S3Storage,
  request: AwsRequest,
  key: string,
  operation: (name: string, action: string, run: Run, further?: readonly Permission[]) => Found,
  reading: readonly Permission[],
): Found {
  switch (request.method) {
    case 'PUT':
      return operation('UploadPart', 'PutObject', (bucket) => uploadPart(storage, bucket, key, request));
    case 'POST':
      return operation(
        'CompleteMultipartUpload',
        'PutObject',
        (bucket) => completeUpload(storage, bucket, key, request),
        reading,
      );
    case 'DELETE':
      return operation('AbortMultipartUpload', 'AbortMultipartUpload', (bucket) => abortUpload(bucket, key, request));
    case 'GET':
      return operation('ListParts', 'ListMultipartUploadParts', (bucket) => listParts(bucket, key, request));
    default:
      throw notThere(request);
  }
}

function deleteMany(storage: S3Storage, request: AwsRequest, bucketName: string): Found {
  const objects = childrenOf(parseXml(readContent(request).toString()), 'Object');
  const needs = objects.map((object) => ({
    action: 's3:DeleteObject',
    resource: `arn:aws:s3:::${bucketName}/${textOf(object, 'Key') ?? ''}`,
  }));
  const run: Run = (bucket) => deleteObjects(storage, bucket, request);
  return { name: 'DeleteObjects', needs: needs as unknown as Operation['needs'], run };
}

async function putNotifications(bucket: Bucket, request: AwsRequest, options: S3Options): Promise<AwsResponse> {
  const skips = header(request, 'x-amz-skip-destination-validation') === 'true';
  const isThere = skips ? async () => true : options.isDestination;
  bucket.notifications = await readNotifications(readContent(request).toString(), isThere);
  options.onConfigured(bucket);
  return { status: 200 };
}

/** us-east-1 is older than the notion of a location, and has none. */
function locationOf(region: string): AwsResponse {
  const location = element('LocationConstraint', region === 'us-east-1' ? '' : region);
  return { status: 200, headers: XML, body: `${XML_HEAD}${location}` };
}

function notThere({ method, path, query }: AwsRequest): AwsError {
  const message = `The double has no ${method} ${path}?${query}`;
  return new AwsError('NotImplemented', message, { status: 501 });
}
