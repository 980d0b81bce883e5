import { GetCrawlersCommand, GlueClient } from '@aws-sdk/client-glue';
import {
  CopyObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
} from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AwsDouble, startAwsDouble } from './start.ts';

const Bucket = 'example-state';
const Key = 'a/key';
let aws: AwsDouble;

beforeEach(async () => {
  aws = await startAwsDouble({ buckets: [Bucket] });
  await aws.s3.put(Bucket, Key, 'x'.repeat(100_000));
});

afterEach(() => aws.close());

const client = (maxAttempts: number, more: S3ClientConfig = {}) =>
  new S3Client({ ...aws.client('scan'), maxAttempts, ...more });
const open = (s3: S3Client) => s3.send(new GetObjectCommand({ Bucket, Key }));
/** A body that nobody reads keeps its connection busy. */
const get = async (s3: S3Client) => (await open(s3)).Body!.transformToString();

describe('the recording', () => {
  it('names caller, action and resource of each call, and what else the call needs', async () => {
    await get(client(1));
    await client(1).send(new ListObjectsV2Command({ Bucket }));
    await client(1).send(new PutObjectCommand({ Bucket, Key, Body: 'x', IfMatch: '*' }));
    await expect(client(1).send(new GetObjectCommand({ Bucket, Key: 'absent' }))).rejects.toThrow();
    const { accessKeyId } = aws.credentials('scan');
    const [bucket, object] = [`arn:aws:s3:::${Bucket}`, `arn:aws:s3:::${Bucket}/${Key}`];
    expect(aws.calls).toMatchObject([
      { accessKeyId, service: 's3', operation: 'GetObject', action: 's3:GetObject', resource: object, status: 200 },
      { accessKeyId, action: 's3:ListBucket', resource: bucket, status: 200 },
      {
        action: 's3:PutObject',
        needs: [
          { action: 's3:PutObject', resource: object },
          { action: 's3:GetObject', resource: object },
        ],
      },
      {
        status: 404,
        errorCode: 'NoSuchKey',
        needs: [{ action: 's3:GetObject' }, { action: 's3:ListBucket', resource: bucket }],
      },
    ]);
  });

  it('tells callers apart', () => {
    expect(aws.credentials('plan')).toEqual(aws.credentials('plan'));
    expect(aws.credentials('plan')).not.toEqual(aws.credentials('scan'));
  });
});

describe('an operation that the double does not have', () => {
  it('is answered as unknown, never as done', async () => {
    const copy = new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/${Key}` });
    await expect(client(1).send(copy)).rejects.toMatchObject({ name: 'NotImplemented' });
    const crawlers = new GlueClient({ ...aws.client('scan'), maxAttempts: 1 }).send(new GetCrawlersCommand({}));
    await expect(crawlers).rejects.toMatchObject({ name: 'UnknownOperationException' });
  });
});

describe('permissions', () => {
  it('deny what is not allowed, before anything happens', async () => {
    aws.authorize = (caller, { action }) => caller === aws.credentials('scan').accessKeyId && action === 's3:GetObject';
    await get(client(1));
    const s3 = new S3Client({ ...aws.client('plan'), maxAttempts: 1 });
    await expect(get(s3)).rejects.toMatchObject({ name: 'AccessDenied', $metadata: { httpStatusCode: 403 } });
    await expect(client(1).send(new PutObjectCommand({ Bucket, Key: 'new', Body: 'x' }))).rejects.toThrow(
      's3:PutObject',
    );
    expect(aws.s3.keys(Bucket)).toEqual([Key]);
  });

  it('are gone with the credentials', async () => {
    aws.revoke('scan');
    await expect(get(client(1))).rejects.toMatchObject({ name: 'InvalidAccessKeyId' });
  });
});

describe('faults', () => {
  it('throttle so many calls of an action, after so many', async () => {
    aws.faults.throttle('s3:GetObject', { after: 1, times: 2 });
    await get(client(1));
    await expect(get(client(1))).rejects.toMatchObject({ name: 'SlowDown', $metadata: { httpStatusCode: 503 } });
    await get(client(2));
    expect(aws.calls.map(({ status }) => status)).toEqual([200, 503, 503, 200]);
  });

  it('meet only the resources they are meant for', async () => {
    aws.faults.fail('s3:PutObject', 'ConditionalRequestConflict', { status: 409, resource: /\/locked$/ });
    const put = (key: string) => client(1).send(new PutObjectCommand({ Bucket, Key: key, Body: 'x' }));
    await put('free');
    await expect(put('locked')).rejects.toMatchObject({ name: 'ConditionalRequestConflict' });
    await put('locked');
  });

  it('break down, and come back for a client that tries again', async () => {
    aws.faults.breakDown('s3:GetObject', { times: 2 });
    await get(client(3));
  });

  it('drop connections before and after the call was carried out', async () => {
    const put = (key: string, attempts: number) =>
      client(attempts).send(new PutObjectCommand({ Bucket, Key: key, Body: 'x' }));
    aws.faults.drop('s3:PutObject');
    await expect(put('before', 1)).rejects.toThrow();
    aws.faults.dropAnswer('s3:PutObject');
    await expect(put('after', 1)).rejects.toThrow();
    expect(aws.s3.keys(Bucket)).toEqual([Key, 'after']);
    aws.faults.drop('s3:PutObject');
    await put('again', 2);
    expect(aws.calls.map(({ status }) => status)).toEqual([0, 0, 0, 200]);
  });

  it('cut a body, which the client sees as a failure in the middle', async () => {
    aws.faults.cut('s3:GetObject', 70_000);
    const { Body } = await open(client(1));
    let received = 0;
    const reading = (async () => {
      for await (const piece of Body as AsyncIterable<Uint8Array>) received += piece.length;
    })();
    await expect(reading).rejects.toThrow();
    expect(received).toBeGreaterThan(0);
    expect(received).toBeLessThanOrEqual(70_000);
  });
});
