import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DaySelection, listS3Logs } from '../../src/aws/log-listing.ts';
import { UsageError } from '../../src/core/errors.ts';
import { type AwsDouble, startAwsDouble } from '../aws-double/start.ts';
import { countCalls, errorOf, s3Of } from './clients.ts';

const BUCKET = 'example-logs';
const [DEV, PROD] = ['111122223333', '444455556666'];
let aws: AwsDouble;
beforeEach(async () => {
  aws = await startAwsDouble({ buckets: [BUCKET], listPage: 3 });
});
afterEach(() => aws.close());

type Delivery = { account?: string; region?: string; day: string; hour?: string; fileName?: string };

function plainKey({ account = DEV, region = 'us-east-1', day, hour, fileName = 'a.log.gz' }: Delivery): string {
  const hourFolder = hour === undefined ? '' : `${hour}/`;
  return `AWSLogs/${account}/vpcflowlogs/${region}/${day.replaceAll('-', '/')}/${hourFolder}${fileName}`;
}

function hiveKey({ account = DEV, region = 'us-east-1', day, hour, fileName = 'a.log.gz' }: Delivery): string {
  const [year, month, date] = day.split('-');
  const hourFolder = hour === undefined ? '' : `hour=${hour}/`;
  const root = `AWSLogs/aws-account-id=${account}/aws-service=vpcflowlogs/aws-region=${region}`;
  return `${root}/year=${year}/month=${month}/day=${date}/${hourFolder}${fileName}`;
}

async function put(...keys: string[]): Promise<void> {
  for (const key of keys) await aws.s3.put(BUCKET, key, `content of ${key}`);
}

async function list(location: string, selection?: DaySelection): Promise<string[]> {
  const objects = await Array.fromAsync(listS3Logs(s3Of(aws), location, selection));
  return objects.map(({ key }) => key.replace(`s3://${BUCKET}/`, ''));
}

const ALL = { accounts: [], regions: [] };

describe('a listing', () => {
  it('begins no day before there were flow logs', async () => {
    await put(plainKey({ day: '2015-06-10' }));
    expect(await list(`s3://${BUCKET}/`, { ...ALL, from: '0001-01-01', to: '2015-06-12' })).toHaveLength(1);
    expect(countCalls(aws, 'ListObjectsV2')).toBeLessThan(20);
  });

  it('ends when it is told to, folders without objects or not', async () => {
    await put(plainKey({ day: '2026-09-01' }));
    const stop = new AbortController();
    const days = { ...ALL, from: '2016-01-01', to: '2026-09-01' };
    const listing = Array.fromAsync(listS3Logs(s3Of(aws), `s3://${BUCKET}/`, days, stop.signal));
    setTimeout(() => stop.abort(), 20);
    expect(await listing.catch((error: Error) => error.name)).toBe('AbortError');
    expect(countCalls(aws, 'ListObjectsV2')).toBeLessThan(1000);
  });
});

describe('a whole prefix', () => {
  it('is listed page by page, with size, etag and time', async () => {
    const keys = ['1', '2', '3', '4', '5', '6', '7'].map((day) => `p/${plainKey({ day: `2026-09-0${day}` })}`);
    await put(...keys, 'other/x');
    expect(await list(`s3://${BUCKET}/p/`)).toEqual(keys);
    expect(countCalls(aws, 'ListObjectsV2')).toBe(3);
    const stored = await aws.s3.put(BUCKET, 'p/last ü+', 'four');
    const objects = await Array.fromAsync(listS3Logs(s3Of(aws), `s3://${BUCKET}/p/l`));
    expect(objects).toEqual([
      {
        key: `s3://${BUCKET}/p/last ü+`,
        sizeBytes: 4,
        etag: stored.etag,
        modified: stored.lastModified.getTime(),
      },
    ]);
  });

  it('may be a whole bucket', async () => {
    await put('a', 'b/c');
    expect(await list(`s3://${BUCKET}`)).toEqual(['a', 'b/c']);
    expect(await list(`s3://${BUCKET}/`)).toEqual(['a', 'b/c']);
  });
});

describe('days', () => {
  it('are found in plain and Hive keys, with and without hours, below organizations', async () => {
    const wanted = [
      `p/${plainKey({ day: '2026-09-02' })}`,
      `p/${plainKey({ day: '2026-09-03', hour: '23' })}`,
      `p/${hiveKey({ account: PROD, region: 'eu-west-1', day: '2026-09-02', hour: '00' })}`,
      `p/${hiveKey({ account: PROD, region: 'eu-west-1', day: '2026-09-03' })}`,
      `p/${plainKey({ account: PROD, day: '2026-09-02' }).replace('AWSLogs/', 'AWSLogs/o-exampleorg/')}`,
    ];
    await put(...wanted);
    await put(
      `p/${plainKey({ day: '2026-09-01' })}`,
      `p/${plainKey({ day: '2026-09-04' })}`,
      `p/${hiveKey({ account: PROD, region: 'eu-west-1', day: '2026-10-02' })}`,
      `p/AWSLogs/${DEV}/CloudTrail/us-east-1/2026/09/02/trail.json.gz`,
      `p/AWSLogs/readme.txt`,
      'q/AWSLogs/x',
    );
    const found = await list(`s3://${BUCKET}/p/`, { ...ALL, from: '2026-09-02', to: '2026-09-03' });
    expect(found.toSorted()).toEqual(wanted.toSorted());
    expect(await list(`s3://${BUCKET}/p`, { ...ALL, from: '2026-09-02', to: '2026-09-03' })).toEqual(found);
    expect(await list(`s3://${BUCKET}/p/AWSLogs/`, { ...ALL, from: '2026-09-02', to: '2026-09-03' })).toEqual(found);
  });

  it('cross months and years', async () => {
    const keys = ['2026-12-31', '2027-01-01'].map((day) => plainKey({ day }));
    await put(...keys, plainKey({ day: '2027-01-02' }));
    expect(await list(`s3://${BUCKET}/`, { ...ALL, from: '2026-12-31', to: '2027-01-01' })).toEqual(keys);
    expect(await list(`s3://${BUCKET}/`, { ...ALL, from: '2027-01-01', to: '2026-12-31' })).toEqual([]);
  });

  it('are all that is listed of a long history, however many pages a day has', async () => {
    const old = Array.from({ length: 200 }, (_, i) => plainKey({ day: '2025-01-01', fileName: `${1000 + i}.log.gz` }));
    const today = Array.from({ length: 10 }, (_, i) => plainKey({ day: '2026-09-01', fileName: `${1000 + i}.log.gz` }));
    await put(...old, ...today);
    expect(await list(`s3://${BUCKET}/`, { ...ALL, from: '2026-09-01', to: '2026-09-01' })).toEqual(today);
    // AWSLogs/, vpcflowlogs/, and four pages of three keys.
    expect(countCalls(aws, 'ListObjectsV2')).toBe(6);
  });

  it('of the accounts and regions that are asked for, and no folder of others is looked at', async () => {
    for (const account of [DEV, PROD]) {
      for (const region of ['us-east-1', 'eu-west-1']) await put(plainKey({ account, region, day: '2026-09-01' }));
    }
    const selection = { from: '2026-09-01', to: '2026-09-01', accounts: [PROD], regions: ['eu-west-1'] };
    const wanted = plainKey({ account: PROD, region: 'eu-west-1', day: '2026-09-01' });
    expect(await list(`s3://${BUCKET}/`, selection)).toEqual([wanted]);
    expect(countCalls(aws, 'ListObjectsV2')).toBe(3);
  });

  it('are picked from a location inside of AWSLogs, where other keys are left for ingest to count', async () => {
    const keys = ['2026-09-01', '2026-09-02', '2026-09-03'].map((day) => plainKey({ day }));
    const folder = `AWSLogs/${DEV}/vpcflowlogs/us-east-1/`;
    await put(...keys, `${folder}notes.txt`);
    const selection = { ...ALL, from: '2026-09-02', to: '2026-09-02' };
    expect(await list(`s3://${BUCKET}/${folder}`, selection)).toEqual([keys[1], `${folder}notes.txt`]);
    expect(await list(`s3://${BUCKET}/${folder}`, { ...selection, accounts: [PROD] })).toEqual([`${folder}notes.txt`]);
  });

  it('of very many accounts, in the order of their keys', async () => {
    const accounts = Array.from({ length: 40 }, (_, i) => String(111122220000 + i));
    const keys = accounts.flatMap((account) => ['01', '02'].map((day) => plainKey({ account, day: `2026-09-${day}` })));
    await put(...keys);
    expect(await list(`s3://${BUCKET}/`, { ...ALL, from: '2026-09-01', to: '2026-09-02' })).toEqual(keys);
  });

  it('survive a listing that fails late, as one error', async () => {
    await put(...['1', '2', '3', '4', '5'].map((day) => plainKey({ day: `2026-09-0${day}` })));
    aws.faults.fail('s3:ListBucket', 'AccessDenied', { status: 403, after: 4, times: 100 });
    const error = await errorOf(list(`s3://${BUCKET}/`, { ...ALL, from: '2026-09-01', to: '2026-09-05' }));
    expect(error).toBeInstanceOf(UsageError);
  });
});

describe('what a person has to mend', () => {
  it.each([undefined, { ...ALL, from: '2026-09-01', to: '2026-09-01' }])('is one line (%o)', async (selection) => {
    const absent = await errorOf(list('s3://example-absent/p/', selection));
    expect(absent).toBeInstanceOf(UsageError);
    expect(absent.message).toBe('s3://example-absent: there is no such bucket. Check its name.');
    aws.authorize = () => false;
    const denied = await errorOf(list(`s3://${BUCKET}/p/`, selection));
    expect(denied).toBeInstanceOf(UsageError);
    expect(denied.message).toMatch(/^s3:\/\/example-logs: access denied\. The caller needs s3:ListBucket/);
    const elsewhere = listS3Logs(s3Of(aws, { region: 'eu-west-1' }), `s3://${BUCKET}/p/`, selection);
    const wrong = await errorOf(Array.fromAsync(elsewhere));
    expect(wrong).toBeInstanceOf(UsageError);
    expect(wrong.message).toBe('s3://example-logs: the bucket is in us-east-1. Give that as --region.');
    expect(await errorOf(list('s3:/x', selection))).toMatchObject({
      name: 'UsageError',
      message: 's3:/x is no place in S3. Expected s3://bucket/prefix/.',
    });
  });

  it('is that nothing answers at all', async () => {
    const s3 = s3Of(aws, { endpointUrl: 'http://127.0.0.1:9', maxAttempts: 1 });
    const error = await errorOf(Array.fromAsync(listS3Logs(s3, `s3://${BUCKET}/`)));
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toContain('AWS cannot be reached. Check --region, --endpoint-url and the network.');
  });
});
