/** Multipart uploads: parts of 5 MiB or more, except the last; nothing is visible before the upload is completed. */
import { createHash, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { readContent } from './aws-chunked.ts';
import { AwsError } from './aws-error.ts';
import type { AwsRequest, AwsResponse } from './aws-request.ts';
import { conditionsOf, keptHeaders } from './s3-objects.ts';
import type { Bucket, S3Storage, Upload } from './s3-storage.ts';
import { childrenOf, element, parseXml, textOf, XML_HEAD } from './xml.ts';

const LEAST_PART = 5 * 1024 * 1024;
const MOST_PARTS = 10_000;

type Part = { readonly etag: string; readonly path: string; readonly size: number };

export function createUpload(bucket: Bucket, key: string, request: AwsRequest): AwsResponse {
  const id = randomUUID().replaceAll('-', '');
  bucket.uploads.set(id, { id, key, initiated: new Date(), headers: keptHeaders(request), parts: new Map() });
  return toXml('InitiateMultipartUploadResult', [
    element('Bucket', bucket.name),
    element('Key', key),
    element('UploadId', id),
  ]);
}

export async function uploadPart(
  storage: S3Storage,
  bucket: Bucket,
  key: string,
  request: AwsRequest,
): Promise<AwsResponse> {
  const upload = uploadOf(bucket, key, request);
  const number = Number(request.query.get('partNumber'));
  if (!Number.isInteger(number) || number < 1 || number > MOST_PARTS) {
    throw new AwsError('InvalidArgument', 'Part number must be an integer between 1 and 10000, inclusive');
  }
  const content = readContent(request);
  const etag = createHash('md5').update(content).digest('hex');
  upload.parts.set(number, { etag, path: await storage.writeContent(content), size: content.length });
  return { status: 200, headers: { etag: `"${etag}"` } };
}

export async function completeUpload(
  storage: S3Storage,
  bucket: Bucket,
  key: string,
  request: AwsRequest,
): Promise<AwsResponse> {
  const upload = uploadOf(bucket, key, request);
  const parts = partsOf(upload, request);
  const content = Buffer.concat(await Promise.all(parts.map(({ path }) => readFile(path))));
  const sums = Buffer.concat(parts.map((part) => Buffer.from(part.etag, 'hex')));
  const etag = `${createHash('md5').update(sums).digest('hex')}-${parts.length}`;
  const path = await storage.writeContent(content);
  const object = {
    key,
    path,
    etag,
    size: content.length,
    crc32: undefined,
    lastModified: new Date(),
    headers: upload.headers,
  };
  storage.commit(bucket, object, 'CompleteMultipartUpload', conditionsOf(request));
  bucket.uploads.delete(upload.id);
  return toXml('CompleteMultipartUploadResult', [
    element('Location', `/${bucket.name}/${key}`),
    element('Bucket', bucket.name),
    element('Key', key),
    element('ETag', `"${etag}"`),
  ]);
}

export function abortUpload(bucket: Bucket, key: string, request: AwsRequest): AwsResponse {
  bucket.uploads.delete(uploadOf(bucket, key, request).id);
  return { status: 204 };
}

export function listParts(bucket: Bucket, key: string, request: AwsRequest): AwsResponse {
  const upload = uploadOf(bucket, key, request);
  const parts = [...upload.parts].sort(([a], [b]) => a - b);
  return toXml('ListPartsResult', [
    ...[element('Bucket', bucket.name), element('Key', key), element('UploadId', upload.id)],
    element('IsTruncated', false),
    ...parts.map(([number, { etag, size }]) =>
      element('Part', [element('PartNumber', number), element('ETag', `"${etag}"`), element('Size', size)]),
    ),
  ]);
}

export function listUploads(bucket: Bucket): AwsResponse {
  return toXml('ListMultipartUploadsResult', [
    element('Bucket', bucket.name),
    element('IsTruncated', false),
    ...[...bucket.uploads.values()].map(({ id, key, initiated }) =>
      element('Upload', [element('Key', key), element('UploadId', id), element('Initiated', initiated.toISOString())]),
    ),
  ]);
}

function uploadOf(bucket: Bucket, key: string, { query }: AwsRequest): Upload {
  const upload = bucket.uploads.get(query.get('uploadId') ?? '');
  if (upload?.key === key) return upload;
  const message =
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.';
  throw new AwsError('NoSuchUpload', message, { status: 404 });
}

function partsOf(upload: Upload, request: AwsRequest): Part[] {
  const listed = childrenOf(parseXml(request.body.toString()), 'Part');
  if (listed.length === 0) throw new AwsError('MalformedXML', 'You must specify at least one part');
  let before = 0;
  const parts = listed.map((part) => {
    const number = Number(textOf(part, 'PartNumber'));
    if (number <= before) throw new AwsError('InvalidPartOrder', 'The list of parts was not in ascending order.');
    before = number;
    const uploaded = upload.parts.get(number);
    if (uploaded === undefined || textOf(part, 'ETag')?.replaceAll('"', '') !== uploaded.etag) {
      throw new AwsError('InvalidPart', `Part ${number} could not be found, or its entity tag does not match.`);
    }
    return uploaded;
  });
  if (parts.slice(0, -1).some(({ size }) => size < LEAST_PART)) {
    throw new AwsError('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size');
  }
  return parts;
}

function toXml(name: string, content: Parameters<typeof element>[1]): AwsResponse {
  return { status: 200, headers: { 'content-type': 'application/xml' }, body: `${XML_HEAD}${element(name, content)}` };
}
