import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openS3Store } from '../../src/aws/s3-store.ts';
import { UsageError } from '../../src/core/errors.ts';
import { type AwsDouble, startAwsDouble } from '../aws-double/start.ts';
import { countCalls, errorOf, s3Of } from './clients.ts';

const BUCKET = 'example-state';
let aws: AwsDouble;
beforeEach(async () => {
  aws = await startAwsDouble({ buckets: [BUCKET] });
});
afterEach(() => aws.close());

const open = () => openS3Store(s3Of(aws), BUCKET);

describe('bad days', () => {
  it('are waited out', async () => {
    aws.faults.throttle('s3:PutObject', { times: 2 });
    await open().put('a', 'text');
    aws.faults.breakDown('s3:GetObject');
    aws.faults.drop('s3:GetObject');
    expect(await open().get('a')).toBe('text');
  });

  it('do not make a conditional write lose against itself', async () => {
    aws.faults.dropAnswer('s3:PutObject');
    expect(await open().replace('pending/1', 'mine', undefined)).toBe(true);
    expect(await aws.s3.text(BUCKET, 'pending/1')).toBe('mine');
    expect(countCalls(aws, 'PutObject')).toBe(2);
  });

  it('nor hide that another writer was faster', async () => {
    await aws.s3.put(BUCKET, 'pending/1', 'theirs');
    aws.faults.breakDown('s3:PutObject');
    expect(await open().replace('pending/1', 'mine', undefined)).toBe(false);
    expect(await aws.s3.text(BUCKET, 'pending/1')).toBe('theirs');
  });

  it('nor make a conditional removal lose against itself', async () => {
    await aws.s3.put(BUCKET, 'pending/1', 'mine');
    const { version } = (await open().read('pending/1'))!;
    aws.faults.dropAnswer('s3:DeleteObject');
    expect(await open().remove('pending/1', version)).toBe(true);
    expect(aws.s3.keys(BUCKET)).toEqual([]);
  });
});

describe('a race', () => {
  it('has one winner', async () => {
    const writers = Array.from({ length: 8 }, (_, i) => open().replace('one', `writer ${i}`, undefined));
    const won = await Promise.all(writers);
    expect(won.filter((winner) => winner)).toHaveLength(1);
    expect(await open().get('one')).toBe(`writer ${won.indexOf(true)}`);
  });

  it('is lost where S3 says that two write at the same time', async () => {
    aws.faults.fail('s3:PutObject', 'ConditionalRequestConflict', { status: 409 });
    expect(await open().replace('one', 'mine', undefined)).toBe(false);
  });
});

/** Pieces of 64 KiB; says how many were asked for. */
function toPieces(count: number): { body: AsyncGenerator<Uint8Array>; asked: () => number } {
  let asked = 0;
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for (; asked < count; asked++) yield Buffer.alloc(64 * 1024, asked % 251);
  }
  return { body: pieces(), asked: () => asked };
}

describe('a long stream', () => {
  it('goes up in parts and comes down the same', async () => {
    const { body } = toPieces(200);
    await open().put('long', body);
    expect(countCalls(aws, 'UploadPart')).toBe(3);
    const expected = Buffer.concat(Array.from({ length: 200 }, (_, i) => Buffer.alloc(64 * 1024, i % 251)));
    expect((await aws.s3.bytes(BUCKET, 'long')).equals(expected)).toBe(true);
  });

  it('waits for S3: no more of it is read than two parts hold', async () => {
    const { body, asked } = toPieces(2000);
    aws.faults.fail('s3:PutObject', 'AccessDenied', { status: 403, after: 1, times: 100 });
    await expect(open().put('long', body)).rejects.toThrow('s3:PutObject');
    expect(asked()).toBeLessThan((4 * 5 * 1024) / 64);
  });

  it('leaves no parts behind when it breaks off, and its source is closed', async () => {
    let isClosed = false;
    async function* breaking(): AsyncGenerator<Uint8Array> {
      try {
        for (let i = 0; i < 100; i++) yield Buffer.alloc(64 * 1024);
        throw new Error('broken off');
      } finally {
        isClosed = true;
      }
    }
    await expect(open().put('long', breaking())).rejects.toThrow('broken off');
    expect(aws.s3.keys(BUCKET)).toEqual([]);
    expect(aws.s3.bucket(BUCKET).uploads.size).toBe(0);
    expect(isClosed).toBe(true);
  });

  it('closes its source when S3 refuses it', async () => {
    const source = Readable.from(toPieces(2000).body);
    await expect(openS3Store(s3Of(aws), 'example-absent').put('long', source)).rejects.toThrow('no such bucket');
    expect(source.destroyed).toBe(true);
  });
});

describe('what a person has to mend', () => {
  it('is one line that names the thing and what to do', async () => {
    aws.authorize = (_caller, { action }) => action !== 's3:PutObject';
    const denied = await errorOf(open().put('runs/1.json', 'x'));
    expect(denied).toBeInstanceOf(UsageError);
    expect(denied.message).toBe(
      "s3://example-state/runs/1.json: access denied. The caller needs s3:PutObject, from its role and, across accounts, from the bucket's policy.",
    );
    expect(denied.cause).toMatchObject({ name: 'AccessDenied' });
    aws.authorize = undefined;
    aws.revoke('contract');
    const unknown = await errorOf(Array.fromAsync(open().list('runs/')));
    expect(unknown).toBeInstanceOf(UsageError);
    expect(unknown.message).toMatch(/^s3:\/\/example-state\/runs\/: AWS does not know these credentials\./);
  });

  it('is told apart from a key that is not there', async () => {
    aws.authorize = (_caller, { action }) => action === 's3:GetObject';
    const error = await errorOf(open().get('absent'));
    expect(error.message).toContain('needs s3:GetObject and s3:ListBucket');
  });
});
