/** Flowhound's state in a bucket. The version of an object is its ETag; S3 itself compares it (conditional requests). */
import { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import type { ByteRange, ObjectStore, Versioned } from '../ports.ts';
import { attemptsOf, errorName, httpStatus } from './aws-error.ts';
import { toS3Error } from './s3-error.ts';

/** S3's least. Two of them at a time: 10 MiB, whatever is written. */
const PART_BYTES = 5 * 1024 * 1024;
const PARTS_AT_ONCE = 2;

/** Opens the store; the role needs s3:GetObject, s3:PutObject, s3:DeleteObject and s3:ListBucket where it uses them. */
export function openS3Store(client: S3Client, bucket: string): ObjectStore {
  const place = { client, bucket };
  return {
    get: async (key) => (await read(place, key))?.text,
    read: (key) => read(place, key),
    bytes: (key, range) => readBytes(place, key, range),
    put: (key, body) =>
      typeof body === 'string' || body instanceof Uint8Array ? putWhole(place, key, body) : putStream(place, key, body),
    replace: (key, text, version) => replace(place, key, text, version),
    remove: (key, version) => remove(place, key, version),
    list: (prefix) => list(place, prefix),
  };
}

type Place = { readonly client: S3Client; readonly bucket: string };

async function read({ client, bucket }: Place, key: string): Promise<Versioned | undefined> {
  try {
    const { Body, ETag } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return { text: (await Body?.transformToString()) ?? '', version: ETag ?? '' };
  } catch (error) {
    if (errorName(error) === 'NoSuchKey') return undefined;
    throw toS3Error(error, `s3://${bucket}/${key}`, 's3:GetObject and s3:ListBucket');
  }
}

async function readBytes({ client, bucket }: Place, key: string, range?: ByteRange): Promise<Uint8Array | undefined> {
  const asked = range === undefined ? {} : { Range: toRange(range) };
  try {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key, ...asked }));
    return (await Body?.transformToByteArray()) ?? new Uint8Array();
  } catch (error) {
    if (errorName(error) === 'NoSuchKey') return undefined;
    if (errorName(error) === 'InvalidRange') return new Uint8Array(); // nothing is there any more
    throw toS3Error(error, `s3://${bucket}/${key}`, 's3:GetObject and s3:ListBucket');
  }
}

function toRange(range: ByteRange): string {
  return 'last' in range ? `bytes=-${range.last}` : `bytes=${range.from}-${range.from + range.length - 1}`;
}

async function putWhole({ client, bucket }: Place, key: string, body: string | Uint8Array): Promise<void> {
  try {
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
  } catch (error) {
    throw toS3Error(error, `s3://${bucket}/${key}`, 's3:PutObject');
  }
}

async function putStream({ client, bucket }: Place, key: string, body: AsyncIterable<Uint8Array>): Promise<void> {
  const source = body instanceof Readable ? body : Readable.from(body);
  const params = { Bucket: bucket, Key: key, Body: source };
  try {
    await new Upload({ client, params, partSize: PART_BYTES, queueSize: PARTS_AT_ONCE }).done();
  } catch (error) {
    throw toS3Error(error, `s3://${bucket}/${key}`, 's3:PutObject and s3:AbortMultipartUpload');
  }
}

async function replace(place: Place, key: string, text: string, version: string | undefined): Promise<boolean> {
  const { client, bucket } = place;
  const condition = version === undefined ? { IfNoneMatch: '*' } : { IfMatch: version };
  try {
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: text, ...condition }));
    return true;
  } catch (error) {
    if (!isConflict(error)) throw toS3Error(error, `s3://${bucket}/${key}`, 's3:PutObject and s3:GetObject');
    // Only the answer to an earlier try may have been lost: then the other writer was this one.
    return attemptsOf(error) > 1 && (await read(place, key))?.text === text;
  }
}

async function remove({ client, bucket }: Place, key: string, version: string | undefined): Promise<boolean> {
  const condition = version === undefined ? {} : { IfMatch: version };
  try {
    await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key, ...condition }));
    return true;
  } catch (error) {
    // Gone at a further try: it may have been this one, whose answer was lost.
    if (isConflict(error)) return errorName(error) === 'NoSuchKey' && attemptsOf(error) > 1;
    throw toS3Error(error, `s3://${bucket}/${key}`, 's3:DeleteObject and s3:GetObject');
  }
}

/** 412: it has another version; 409: somebody is writing at the same time; 404: it is gone. */
function isConflict(error: unknown): boolean {
  const status = httpStatus(error);
  return status === 412 || status === 409 || errorName(error) === 'NoSuchKey';
}

async function* list({ client, bucket }: Place, prefix: string): AsyncGenerator<string> {
  let after: string | undefined;
  do {
    const page = { Bucket: bucket, Prefix: prefix, ...(after === undefined ? {} : { ContinuationToken: after }) };
    const listed = await client.send(new ListObjectsV2Command(page)).catch((error) => {
      throw toS3Error(error, `s3://${bucket}/${prefix}`, 's3:ListBucket');
    });
    for (const { Key } of listed.Contents ?? []) if (Key !== undefined) yield Key;
    after = listed.NextContinuationToken;
  } while (after !== undefined);
}
