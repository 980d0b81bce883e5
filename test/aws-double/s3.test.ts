import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketLocationCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AwsDouble, startAwsDouble } from './start.ts';

const Bucket = 'example-state';
let aws: AwsDouble;
let s3: S3Client;

beforeAll(async () => {
  aws = await startAwsDouble({ buckets: [Bucket], listPage: 3 });
  s3 = new S3Client({ ...aws.client('tester'), maxAttempts: 1 });
});

afterAll(async () => {
  s3.destroy();
  await aws.close();
});

const put = (Key: string, Body: string, more: object = {}) =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
const get = (Key: string, more: object = {}) => s3.send(new GetObjectCommand({ Bucket, Key, ...more }));
const textOf = async (Key: string, more: object = {}) => (await get(Key, more)).Body!.transformToString();
const refusal = (name: string, status: number) => ({ name, $metadata: { httpStatusCode: status } });

describe('objects', () => {
  it('come back as they were put, whatever their key', async () => {
    for (const key of ['plain', 'ä b/+?&%=#.txt', 'a//b/../c/', 'folder', 'folder/under', '<&>"\r\n']) {
      await put(key, `text of ${key}`, { ContentType: 'text/plain', Metadata: { origin: 'test' } });
      const object = await get(key);
      expect(await object.Body!.transformToString()).toBe(`text of ${key}`);
      expect(object).toMatchObject({ ContentType: 'text/plain', Metadata: { origin: 'test' } });
    }
  });

  it('have the MD5 of their content as ETag', async () => {
    const etag = `"${createHash('md5').update('content').digest('hex')}"`;
    expect(await put('etag', 'content')).toMatchObject({ ETag: etag });
    expect(await s3.send(new HeadObjectCommand({ Bucket, Key: 'etag' }))).toMatchObject({
      ETag: etag,
      ContentLength: 7,
    });
  });

  it('that are not there are NoSuchKey, and NotFound to HEAD', async () => {
    await expect(get('absent')).rejects.toMatchObject(refusal('NoSuchKey', 404));
    await expect(s3.send(new HeadObjectCommand({ Bucket, Key: 'absent' }))).rejects.toMatchObject(
      refusal('NotFound', 404),
    );
    await expect(s3.send(new GetObjectCommand({ Bucket: 'no-such-bucket', Key: 'x' }))).rejects.toMatchObject(
      refusal('NoSuchBucket', 404),
    );
  });

  it('are denied, not missing, to a caller who may not list', async () => {
    aws.authorize = (_caller, { action }) => action !== 's3:ListBucket';
    await expect(get('absent')).rejects.toMatchObject(refusal('AccessDenied', 403));
    aws.authorize = undefined;
  });

  it('can be read in part', async () => {
    await put('range', '0123456789');
    expect(await textOf('range', { Range: 'bytes=2-4' })).toBe('234');
    expect(await textOf('range', { Range: 'bytes=7-' })).toBe('789');
    expect(await textOf('range', { Range: 'bytes=-2' })).toBe('89');
    expect(await get('range', { Range: 'bytes=8-99' })).toMatchObject({
      ContentRange: 'bytes 8-9/10',
      ContentLength: 2,
    });
    await expect(get('range', { Range: 'bytes=10-' })).rejects.toMatchObject(refusal('InvalidRange', 416));
  });

  it('are read on conditions', async () => {
    const { ETag } = await put('conditional-read', 'a');
    await expect(get('conditional-read', { IfMatch: '"other"' })).rejects.toMatchObject(
      refusal('PreconditionFailed', 412),
    );
    await expect(get('conditional-read', { IfNoneMatch: ETag })).rejects.toMatchObject({
      $metadata: { httpStatusCode: 304 },
    });
  });

  it('refuse a stream of unknown length, and take one of known length in chunks with a checksum', async () => {
    const body = () => Readable.from([Buffer.from('one'), Buffer.from('two')]);
    await s3.send(new PutObjectCommand({ Bucket, Key: 'stream', Body: body(), ContentLength: 6 }));
    expect(await textOf('stream')).toBe('onetwo');
    await expect(s3.send(new PutObjectCommand({ Bucket, Key: 'stream', Body: body() }))).rejects.toThrow();
    await expect(put('stream', 'x', { ChecksumCRC32: 'AAAAAA==' })).rejects.toMatchObject(refusal('BadDigest', 400));
  });
});

describe('conditional writes', () => {
  it('If-None-Match lets one of many writers win', async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 5 }, (_, i) => put('lock', `writer ${i}`, { IfNoneMatch: '*' })),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const lost = outcomes.find(({ status }) => status === 'rejected') as PromiseRejectedResult;
    expect(lost.reason).toMatchObject(refusal('PreconditionFailed', 412));
  });

  it('If-Match writes only over the version that was read', async () => {
    const { ETag } = await put('version', 'first');
    await put('version', 'second', { IfMatch: ETag });
    await expect(put('version', 'third', { IfMatch: ETag })).rejects.toMatchObject(refusal('PreconditionFailed', 412));
    await expect(put('version-gone', 'x', { IfMatch: ETag })).rejects.toMatchObject(refusal('NoSuchKey', 404));
    expect(await textOf('version')).toBe('second');
  });

  it('If-Match deletes only the version that was read', async () => {
    const remove = (Key: string, IfMatch?: string) => s3.send(new DeleteObjectCommand({ Bucket, Key, IfMatch }));
    const { ETag } = await put('delete', 'first');
    await put('delete', 'second');
    await expect(remove('delete', ETag)).rejects.toMatchObject(refusal('PreconditionFailed', 412));
    await remove('delete');
    await remove('delete');
    await expect(remove('delete', ETag)).rejects.toMatchObject(refusal('NoSuchKey', 404));
  });
});

describe('listings', () => {
  it('give all keys in the order of their bytes, page by page', async () => {
    const keys = ['list/z', 'list/B', 'list/a', 'list/é', 'list/a/b', 'list/😀', 'list/\uffee'];
    for (const key of keys) await put(key, key);
    const listed: string[] = [];
    let ContinuationToken: string | undefined;
    do {
      const page = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'list/', ContinuationToken }));
      expect(page.KeyCount).toBeLessThanOrEqual(3);
      listed.push(...(page.Contents ?? []).map(({ Key }) => Key!));
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken !== undefined);
    expect(listed).toEqual(['list/B', 'list/a', 'list/a/b', 'list/z', 'list/é', 'list/\uffee', 'list/😀']);
  });

  it('roll folders up, each once, across pages', async () => {
    for (const key of ['roll/a/1', 'roll/a/2', 'roll/b', 'roll/c/1', 'roll/d/1', 'roll/d/2']) await put(key, key);
    const list = (ContinuationToken?: string) =>
      s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'roll/', Delimiter: '/', MaxKeys: 2, ContinuationToken }));
    const first = await list();
    const second = await list(first.NextContinuationToken);
    expect(first).toMatchObject({
      CommonPrefixes: [{ Prefix: 'roll/a/' }],
      Contents: [{ Key: 'roll/b' }],
      IsTruncated: true,
    });
    expect(second).toMatchObject({
      CommonPrefixes: [{ Prefix: 'roll/c/' }, { Prefix: 'roll/d/' }],
      IsTruncated: false,
    });
    await expect(list('bm8=')).rejects.toMatchObject(refusal('InvalidArgument', 400));
  });

  it('start after a key', async () => {
    const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'list/', StartAfter: 'list/é' }));
    expect(Contents?.map(({ Key }) => Key)).toEqual(['list/\uffee', 'list/😀']);
  });
});

describe('multipart uploads', () => {
  const Key = 'multipart';
  const large = Buffer.alloc(5 * 1024 * 1024, 'x');
  const start = async () => (await s3.send(new CreateMultipartUploadCommand({ Bucket, Key }))).UploadId!;
  const part = async (UploadId: string, PartNumber: number, Body: Buffer) => {
    const { ETag } = await s3.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body }));
    return { PartNumber, ETag: ETag! };
  };
  const complete = (UploadId: string, Parts: { PartNumber: number; ETag: string }[], more: object = {}) =>
    s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts }, ...more }));

  it('become one object when they are completed, not before', async () => {
    const id = await start();
    const parts = [await part(id, 1, large), await part(id, 2, Buffer.from('end'))];
    await expect(get(Key)).rejects.toMatchObject(refusal('NoSuchKey', 404));
    const { Parts } = await s3.send(new ListPartsCommand({ Bucket, Key, UploadId: id }));
    expect(Parts?.map(({ Size }) => Size)).toEqual([large.length, 3]);
    const { ETag } = await complete(id, parts);
    const sums = parts.map((one) => Buffer.from(one.ETag.slice(1, -1), 'hex'));
    expect(ETag).toBe(`"${createHash('md5').update(Buffer.concat(sums)).digest('hex')}-2"`);
    expect(await get(Key)).toMatchObject({ ContentLength: large.length + 3 });
    await expect(complete(id, parts)).rejects.toMatchObject(refusal('NoSuchUpload', 404));
  });

  it('refuse small parts in the middle, disorder, unknown parts and late conditions', async () => {
    const id = await start();
    const small = await part(id, 1, Buffer.from('small'));
    const last = await part(id, 2, Buffer.from('end'));
    await expect(complete(id, [small, last])).rejects.toMatchObject(refusal('EntityTooSmall', 400));
    await expect(complete(id, [last, small])).rejects.toMatchObject(refusal('InvalidPartOrder', 400));
    await expect(complete(id, [{ PartNumber: 3, ETag: 'x' }])).rejects.toMatchObject(refusal('InvalidPart', 400));
    await expect(complete(id, [last], { IfNoneMatch: '*' })).rejects.toMatchObject(refusal('PreconditionFailed', 412));
    await s3.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId: id }));
    expect(aws.s3.bucket(Bucket).uploads.size).toBe(0);
  });

  it('carry streams of unknown length by lib-storage', async () => {
    const Body = Readable.from([large, large, Buffer.from('end')]);
    await new Upload({ client: s3, params: { Bucket, Key: 'streamed', Body } }).done();
    expect(await get('streamed')).toMatchObject({ ContentLength: 2 * large.length + 3 });
  });
});

describe('the bucket', () => {
  it('is there or not, and tells its region', async () => {
    await s3.send(new HeadBucketCommand({ Bucket }));
    await expect(s3.send(new HeadBucketCommand({ Bucket: 'no-such-bucket' }))).rejects.toMatchObject(
      refusal('NotFound', 404),
    );
    expect((await s3.send(new GetBucketLocationCommand({ Bucket }))).LocationConstraint).toBeUndefined();
    const elsewhere = new S3Client({ ...aws.client('tester'), region: 'eu-west-1', maxAttempts: 1 });
    await expect(elsewhere.send(new HeadBucketCommand({ Bucket }))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 400 },
    });
  });

  it('deletes many objects in one call', async () => {
    await put('many/1', '1');
    await put('many/2', '2');
    const Objects = [{ Key: 'many/1' }, { Key: 'many/2', ETag: '"other"' }, { Key: 'many/absent' }];
    const { Deleted, Errors } = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    expect(Deleted?.map(({ Key }) => Key)).toEqual(['many/1', 'many/absent']);
    expect(Errors).toMatchObject([{ Key: 'many/2', Code: 'PreconditionFailed' }]);
  });
});
