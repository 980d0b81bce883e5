/** S3's operations on one object. */
import { createReadStream } from 'node:fs';
import { readContent } from './aws-chunked.ts';
import { AwsError } from './aws-error.ts';
import { type AwsRequest, type AwsResponse, header } from './aws-request.ts';
import { type Bucket, matchesEtag, preconditionFailed, type S3Storage, type StoredObject } from './s3-storage.ts';
import { childrenOf, element, parseXml, textOf, XML_HEAD } from './xml.ts';

const KEPT_HEADER = /^(content-type|content-disposition|content-language|cache-control|expires|x-amz-meta-.+)$/;
const MOST_DELETED = 1000;

/** Headers of an upload that come back with the object. */
export function keptHeaders(request: AwsRequest): Record<string, string> {
  const kept = Object.keys(request.headers).filter((name) => KEPT_HEADER.test(name));
  const encoding = header(request, 'content-encoding')
    ?.split(',')
    .filter((part) => part.trim() !== 'aws-chunked')
    .join(',');
  return {
    'content-type': 'binary/octet-stream',
    ...Object.fromEntries(kept.map((name) => [name, header(request, name)!])),
    ...(encoding ? { 'content-encoding': encoding } : {}),
  };
}

export function conditionsOf(request: AwsRequest): { ifMatch: string | undefined; ifNoneMatch: string | undefined } {
  return { ifMatch: header(request, 'if-match'), ifNoneMatch: header(request, 'if-none-match') };
}

export async function putObject(
  storage: S3Storage,
  bucket: Bucket,
  key: string,
  request: AwsRequest,
): Promise<AwsResponse> {
  const object = await storage.putObject(
    bucket,
    key,
    readContent(request),
    keptHeaders(request),
    conditionsOf(request),
  );
  return { status: 200, headers: { etag: `"${object.etag}"`, 'x-amz-checksum-crc32': object.crc32! } };
}

export function deleteObject(storage: S3Storage, bucket: Bucket, key: string, request: AwsRequest): AwsResponse {
  storage.delete(bucket, key, conditionsOf(request));
  return { status: 204 };
}

export function getObject(storage: S3Storage, bucket: Bucket, key: string, request: AwsRequest): AwsResponse {
  const object = storage.object(bucket, key);
  const refusal = checkRead(object, request);
  if (refusal !== undefined) return refusal;
  const range = rangeOf(object, header(request, 'range'));
  const wantsSum = header(request, 'x-amz-checksum-mode') === 'ENABLED' && range === undefined;
  const headers = {
    ...object.headers,
    etag: `"${object.etag}"`,
    'last-modified': object.lastModified.toUTCString(),
    'accept-ranges': 'bytes',
    ...(wantsSum && object.crc32 !== undefined ? { 'x-amz-checksum-crc32': object.crc32 } : {}),
  };
  if (range === undefined) {
    const body = createReadStream(object.path);
    return { status: 200, headers: { ...headers, 'content-length': String(object.size) }, body };
  }
  const [first, last] = range;
  return {
    status: 206,
    headers: {
      ...headers,
      'content-length': String(last - first + 1),
      'content-range': `bytes ${first}-${last}/${object.size}`,
    },
    body: createReadStream(object.path, { start: first, end: last }),
  };
}

function checkRead(object: StoredObject, request: AwsRequest): AwsResponse | undefined {
  const { ifMatch, ifNoneMatch } = conditionsOf(request);
  if (ifMatch !== undefined && !matchesEtag(object, ifMatch)) throw preconditionFailed('If-Match');
  if (ifNoneMatch === undefined || !matchesEtag(object, ifNoneMatch)) return undefined;
  return { status: 304, headers: { etag: `"${object.etag}"` } };
}

/** First and last byte; undefined where the whole object is meant. A range that is no range is ignored, as HTTP asks. */
function rangeOf({ size }: StoredObject, text: string | undefined): [number, number] | undefined {
  const range = /^bytes=(\d*)-(\d*)$/.exec(text ?? '');
  if (range === null || (range[1] === '' && range[2] === '')) return undefined;
  const [first, last] =
    range[1] === ''
      ? [Math.max(0, size - Number(range[2])), size - 1]
      : [Number(range[1]), range[2] === '' ? size - 1 : Math.min(Number(range[2]), size - 1)];
  if (first <= last) return [first, last];
  throw new AwsError('InvalidRange', 'The requested range is not satisfiable', {
    status: 416,
    details: { ActualObjectSize: size },
  });
}

/** DeleteObjects: up to 1000 keys in one call; each fails for itself. */
export function deleteObjects(storage: S3Storage, bucket: Bucket, request: AwsRequest): AwsResponse {
  const document = parseXml(readContent(request).toString());
  const objects = childrenOf(document, 'Object');
  if (objects.length === 0 || objects.length > MOST_DELETED) throw new AwsError('MalformedXML', '1 to 1000 objects');
  const isQuiet = textOf(document, 'Quiet') === 'true';
  const results = objects.map((object) => {
    const key = textOf(object, 'Key') ?? '';
    try {
      storage.delete(bucket, key, { ifMatch: textOf(object, 'ETag') });
      return isQuiet ? undefined : element('Deleted', [element('Key', key)]);
    } catch (error) {
      const { code, message } = error as AwsError;
      return element('Error', [element('Key', key), element('Code', code), element('Message', message)]);
    }
  });
  return {
    status: 200,
    headers: { 'content-type': 'application/xml' },
    body: `${XML_HEAD}${element('DeleteResult', results)}`,
  };
}
