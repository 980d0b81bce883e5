/** What AWS admits at most: an event of 6 MB, 200 chunks in one execution, states under 262,144 bytes. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeService, packageStack } from '../stack/package-stack.ts';
import { makeLog } from './logs.ts';
import { type CloudStack, LOG_BUCKET, openCloudStack } from './stack.ts';

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html, https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html */
const MOST_EVENT_BYTES = 6_291_456;
const MOST_MESSAGES = 10_000;
const MOST_STATE_BYTES = 262_144;
const CHUNKS = 200;
const WITH_MATCHES = 12;
const CHUNK_BYTES = 256 * 1024 * 1024;

let cloud: CloudStack;

beforeAll(async () => {
  cloud = await openCloudStack(packageStack(await makeService(), { logLocations: `s3://${LOG_BUCKET}/org/` }).template);
  await cloud.double.s3.put(cloud.stateBucket, 'indicators/incoming/iocs.csv', '203.0.113.7,C2\n');
  await cloud.settle();
}, 120_000);

afterAll(() => cloud?.close());

function toMessage(key: string, size: number): string {
  const detail = {
    version: '0',
    bucket: { name: LOG_BUCKET },
    object: { key, size, etag: 'e'.repeat(32), sequencer: '0' },
  };
  return JSON.stringify({ source: 'aws.s3', 'detail-type': 'Object Created', time: '2026-09-01T00:00:00Z', detail });
}

function toRecord(body: string, at: number) {
  const rest = { receiptHandle: 'r', attributes: {}, messageAttributes: {}, md5OfBody: '', awsRegion: 'us-east-1' };
  return {
    messageId: `m-${at}`,
    body,
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:us-east-1:111122223333:q',
    ...rest,
  };
}

/** Nothing but ingest works. */
async function withoutWorkflow(work: () => Promise<void>): Promise<void> {
  const { name } = cloud.stack.functions.plan!;
  const plan = cloud.double.functions.get(name)!;
  cloud.double.functions.set(name, () => {
    throw new Error('not now');
  });
  await work();
  await cloud.settle();
  cloud.double.functions.set(name, plan);
}

it('the largest event that Lambda takes is one batch, in the memory of the function', async () => {
  await withoutWorkflow(async () => {
    const [first] = [makeLog({ serial: 0 })];
    await cloud.double.s3.put(LOG_BUCKET, first.key, first.content);
    await cloud.settle();
    const Records = [];
    for (let serial = 1, bytes = 0; serial <= MOST_MESSAGES; serial++) {
      const record = toRecord(toMessage(makeLog({ serial }).key, 2000), serial);
      bytes += JSON.stringify(record).length + 1;
      if (bytes > MOST_EVENT_BYTES - 100) break;
      Records.push(record);
    }
    expect(JSON.stringify({ Records }).length).toBeGreaterThan(0.95 * MOST_EVENT_BYTES);
    const began = cloud.double.calls.length;
    expect(await cloud.invoke('ingest', { Records })).toEqual({ batchItemFailures: [] });
    // One look at the format, one partition, one manifest, one execution: not one call per message.
    expect(cloud.double.calls.length - began).toBeLessThan(20);
    const manifests = cloud.double.s3.keys(cloud.stateBucket, 'manifests/').filter((key) => key.endsWith('.json'));
    const texts = await Promise.all(manifests.map((key) => cloud.double.s3.text(cloud.stateBucket, key)));
    const counts = texts.map((text) => (JSON.parse(text) as { objects: unknown[] }).objects.length);
    expect(Math.max(...counts)).toBe(Records.length);
  });
}, 120_000);

it(`${CHUNKS} chunks are one execution, and no state of it is large`, async () => {
  const before = cloud.double.sfn.executions.size;
  const Records = [];
  const { onS3Event } = cloud.double;
  cloud.double.onS3Event = undefined;
  for (let i = 0; i < CHUNKS; i++) {
    const remote = i < WITH_MATCHES ? '203.0.113.7' : '192.0.2.1';
    const { key, content } = makeLog({ serial: 20_000 + i, remote, host: `10.9.0.${i}` });
    await cloud.double.s3.put(LOG_BUCKET, key, content);
    Records.push(toRecord(toMessage(key, CHUNK_BYTES), i));
  }
  await new Promise((resolve) => setTimeout(resolve, 50));
  cloud.double.onS3Event = onS3Event;
  expect(await cloud.invoke('ingest', { Records })).toEqual({ batchItemFailures: [] });
  await cloud.settle();
  const started = [...cloud.double.sfn.executions.values()].slice(before);
  expect(started.map(({ status }) => status)).toEqual(['SUCCEEDED']);
  const events = started[0]!.history.events.map((event) => Buffer.byteLength(JSON.stringify(event)));
  expect(events.length).toBeGreaterThan(CHUNKS * 5);
  expect(events.length).toBeLessThan(25_000);
  expect(Math.max(...events)).toBeLessThan(MOST_STATE_BYTES / 3);
  const result = JSON.parse(await cloud.double.s3.text(cloud.stateBucket, `runs/${started[0]!.name}/result.json`));
  expect(result).toMatchObject({ objects: CHUNKS, damaged: 0, matches: 2 * WITH_MATCHES, opened: WITH_MATCHES });
}, 300_000);
