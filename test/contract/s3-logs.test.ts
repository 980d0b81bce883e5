import { randomBytes } from 'node:crypto';
import { S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toS3Config } from '../../src/aws/clients.ts';
import { openS3Logs } from '../../src/aws/s3-logs.ts';
import { LogObjectUnavailable, LogObjectUnreadable, UsageError } from '../../src/core/errors.ts';
import { type AwsDouble, startAwsDouble } from '../aws-double/start.ts';
import { countCalls, errorOf, s3Of } from './clients.ts';

const BUCKET = 'example-logs';
const KEY = 'a prefix+ü/AWSLogs/111122223333/vpcflowlogs/us-east-1/2026/09/01/x.log.gz';
const URL = `s3://${BUCKET}/${KEY}`;
let aws: AwsDouble;
let content: Buffer;
beforeEach(async () => {
  aws = await startAwsDouble({ buckets: [BUCKET] });
  content = randomBytes(300_000);
  await aws.s3.put(BUCKET, KEY, content);
});
afterEach(() => aws.close());

async function read(key = URL): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(openS3Logs(s3Of(aws)).open(key)));
}

describe('a log object', () => {
  it('comes whole, piece by piece', async () => {
    const pieces = await Array.fromAsync(openS3Logs(s3Of(aws)).open(URL));
    expect(pieces.length).toBeGreaterThan(1);
    expect(Buffer.concat(pieces).equals(content)).toBe(true);
    await aws.s3.put(BUCKET, 'empty', '');
    expect(await read(`s3://${BUCKET}/empty`)).toHaveLength(0);
  });

  it('goes on where a connection broke, without a byte twice or missing', async () => {
    aws.faults.cut('s3:GetObject', 100_000);
    aws.faults.cut('s3:GetObject', 0);
    aws.faults.cut('s3:GetObject', 123_457);
    expect((await read()).equals(content)).toBe(true);
    expect(countCalls(aws, 'GetObject')).toBe(4);
  });

  it('is read in one piece again where nothing had come yet', async () => {
    aws.faults.cut('s3:GetObject', 0);
    expect((await read()).equals(content)).toBe(true);
  });

  it('is let go when its reader stops', async () => {
    for await (const piece of openS3Logs(s3Of(aws)).open(URL)) {
      expect(piece.length).toBeGreaterThan(0);
      break;
    }
    expect(countCalls(aws, 'GetObject')).toBe(1);
  });
});

describe('another try may help', () => {
  it('where the connection breaks again and again', async () => {
    aws.faults.cut('s3:GetObject', 1000, { times: 100 });
    const error = await errorOf(read());
    expect(error).toBeInstanceOf(LogObjectUnavailable);
    expect(error.message).toBe(`ConnectionBroken on ${URL}`);
    expect(error.cause).toMatchObject({ message: 'the connection broke 6 times after 6000 of 300000 bytes' });
    expect(countCalls(aws, 'GetObject')).toBe(6);
  }, 60_000);

  it('where the object was replaced in the middle', async () => {
    aws.faults.cut('s3:GetObject', 100_000);
    const reading = (async () => {
      for await (const _piece of openS3Logs(s3Of(aws)).open(URL)) await aws.s3.put(BUCKET, KEY, randomBytes(300_000));
    })();
    const error = await errorOf(reading);
    expect(error).toBeInstanceOf(LogObjectUnavailable);
    expect(error.message).toBe(`${URL} was replaced while it was read`);
  });

  it.each(['SlowDown', 'ServiceUnavailable', 'InternalError'])('after %s, which stayed', async (code) => {
    aws.faults.fail('s3:GetObject', code, { status: code === 'InternalError' ? 500 : 503, times: 3 });
    const error = await errorOf(read());
    expect(error).toBeInstanceOf(LogObjectUnavailable);
    expect(error.message).toBe(`${code} on ${URL}`);
    expect(error.cause).toMatchObject({ name: code });
  });

  it('where no connection is made', async () => {
    aws.faults.drop('s3:GetObject', { times: 3 });
    expect(await errorOf(read())).toBeInstanceOf(LogObjectUnavailable);
  });
});

describe('no try helps', () => {
  it('where it is gone', async () => {
    const error = await errorOf(read(`s3://${BUCKET}/absent`));
    expect(error).toBeInstanceOf(LogObjectUnreadable);
    expect(error.message).toBe('no such object (any more)');
    expect(await errorOf(read('s3://example-absent/x'))).toMatchObject({ message: 'no such bucket (any more)' });
  });

  it('where reading is not allowed', async () => {
    aws.authorize = (_caller, { action }) => action !== 's3:GetObject';
    const error = await errorOf(read());
    expect(error).toBeInstanceOf(LogObjectUnreadable);
    expect(error.message).toContain('s3:GetObject');
  });

  it('where it was archived', async () => {
    aws.faults.fail('s3:GetObject', 'InvalidObjectState', { status: 403 });
    const error = await errorOf(read());
    expect(error).toBeInstanceOf(LogObjectUnreadable);
    expect(error.message).toBe('archived (Glacier): restore it first');
  });

  it('where its key of KMS is disabled', async () => {
    aws.faults.fail('s3:GetObject', 'KMS.DisabledException', { message: 'The key is\ndisabled.' });
    expect(await errorOf(read())).toMatchObject({
      name: 'LogObjectUnreadable',
      message: 'KMS.DisabledException: The key is disabled.',
    });
  });
});

describe('the run is wrong, not the object', () => {
  it('with credentials that have expired', async () => {
    aws.faults.fail('s3:GetObject', 'ExpiredToken');
    const error = await errorOf(read());
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toContain('have expired. Sign in again');
  });

  it('in another region than the bucket', async () => {
    const s3 = s3Of(aws, { region: 'eu-west-1' });
    const error = await errorOf(Array.fromAsync(openS3Logs(s3).open(URL)));
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toBe(`${URL}: the bucket is in us-east-1. Give that as --region.`);
  });

  it('without any credentials', async () => {
    const credentials = () => Promise.reject(Object.assign(new Error('none'), { name: 'CredentialsProviderError' }));
    const s3 = new S3Client({ ...toS3Config({ region: aws.region, endpointUrl: aws.url }), credentials });
    const error = await errorOf(Array.fromAsync(openS3Logs(s3).open(URL)));
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toContain('no usable AWS credentials');
  });

  it('and so is what is no place in S3', async () => {
    expect(await errorOf(read('s3://Bucket_/x'))).toBeInstanceOf(UsageError);
  });
});
