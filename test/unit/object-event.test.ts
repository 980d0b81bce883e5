import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type EventOutcome, type IgnoredEvent, type ObjectRef, readObjectEvent } from '../../src/core/object-event.ts';

const EVENTS = new URL('../events/', import.meta.url);
const FILE = '111122223333_vpcflowlogs_us-east-1_fl-0a1b2c3d4e5f60718_20260901T0005Z_5f3a9c01.log.gz';
const PLAIN: ObjectRef = {
  bucket: 'example-flow-logs',
  key: `AWSLogs/111122223333/vpcflowlogs/us-east-1/2026/09/01/${FILE}`,
  sizeBytes: 48_213,
  etag: 'd41d8cd98f00b204e9800998ecf8427e',
  modified: Date.parse('2026-09-01T00:11:42.318Z'),
  sequencer: '0066D3B0F1A2B3C4D5',
};
/** EventBridge has a time of its own, in whole seconds. */
const BRIDGED: ObjectRef = { ...PLAIN, modified: Date.parse('2026-09-01T00:11:43Z') };
const HIVE: ObjectRef = {
  ...PLAIN,
  key: `flow logs/AWSLogs/aws-account-id=111122223333/aws-service=vpcflowlogs/aws-region=us-east-1/year=2026/month=09/day=01/${FILE}`,
};
const EUROPEAN: ObjectRef = {
  ...PLAIN,
  bucket: 'example-flow-logs-eu',
  key: PLAIN.key.replaceAll('us-east-1', 'eu-west-1'),
};
const MULTIPART: ObjectRef = { ...PLAIN, sizeBytes: 78_643_200, etag: 'a54357aff0632cce46d942af68356b38-10' };

function objects(...refs: ObjectRef[]): EventOutcome {
  return { objects: refs, ignored: [] };
}

function ignored(...reasons: IgnoredEvent[]): EventOutcome {
  return { objects: [], ignored: reasons };
}

const OUTCOMES: Readonly<Record<string, EventOutcome>> = {
  's3/object-created-put.json': objects(PLAIN),
  's3/object-created-multipart.json': objects(MULTIPART),
  's3/two-records.json': objects(HIVE, EUROPEAN),
  's3/key-url-encoded.json': objects(HIVE),
  's3/key-odd-characters.json': objects({ ...PLAIN, key: 'drop off/100% + é/AWSLogs/x.log.gz' }),
  's3/key-badly-encoded.json': objects({ ...PLAIN, key: 'drop/50%/x y.log.gz' }),
  's3/object-removed.json': ignored('not an object-created event'),
  's3/test-event.json': ignored('test event'),
  's3/without-size-and-etag.json': objects({
    ...{ bucket: PLAIN.bucket, key: PLAIN.key, sizeBytes: 0, etag: '' },
    modified: PLAIN.modified,
  }),
  's3/without-key.json': ignored('unknown shape'),
  'eventbridge/object-created.json': objects(BRIDGED),
  // EventBridge does not encode: what looks encoded is the key itself.
  'eventbridge/object-created-odd-key.json': objects({ ...BRIDGED, key: 'flow logs/a+b/year=2026/50%25.log.gz' }),
  'eventbridge/object-deleted.json': ignored('not an object-created event'),
  'eventbridge/other-source.json': ignored('unknown shape'),
  'sqs/s3-notification.json': objects(HIVE),
  'sqs/s3-test-event.json': ignored('test event'),
  'sqs/eventbridge.json': { objects: [BRIDGED], ignored: ['not an object-created event'] },
  'sqs/sns-wrapped-s3.json': objects(HIVE),
  'sqs/sns-wrapped-eventbridge.json': objects(BRIDGED),
  'sqs/sns-wrapped-test-event.json': ignored('test event'),
  'sqs/sns-raw-delivery.json': { objects: [PLAIN], ignored: ['not an object-created event'] },
  'sqs/mixed-batch.json': {
    objects: [PLAIN, BRIDGED],
    ignored: ['unknown shape', 'test event', 'unknown shape'],
  },
  'sns/lambda-record.json': objects(HIVE),
  'sns/http-notification.json': objects(PLAIN),
  'unknown/kinesis.json': ignored('unknown shape'),
  'unknown/scheduled.json': ignored('unknown shape'),
  'unknown/empty-object.json': ignored('unknown shape'),
  'unknown/no-records.json': objects(),
  'unknown/odd-records.json': ignored(...Array.from({ length: 8 }, (): IgnoredEvent => 'unknown shape')),
};

function readEvent(path: string): unknown {
  return JSON.parse(readFileSync(new URL(path, EVENTS), 'utf8'));
}

describe('readObjectEvent', () => {
  it.each(Object.entries(OUTCOMES))('%s', (path, outcome) => {
    expect(readObjectEvent(readEvent(path))).toEqual(outcome);
  });

  it('has an expectation for every recorded event', () => {
    const files = readdirSync(EVENTS, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.json'));
    expect(Object.keys(OUTCOMES).sort()).toEqual(files.sort());
  });

  it.each([
    ['a JSON text of an event', JSON.stringify(readEvent('s3/object-created-put.json')), objects(PLAIN)],
    ['text that is no JSON', '{"Records":', ignored('unknown shape')],
    ['nothing', undefined, ignored('unknown shape')],
    ['null', null, ignored('unknown shape')],
    ['a list', [readEvent('s3/object-created-put.json')], ignored('unknown shape')],
    ['a number', 7, ignored('unknown shape')],
  ])('%s', (_name, event, outcome) => {
    expect(readObjectEvent(event)).toEqual(outcome);
  });

  it.each([
    ['none', undefined],
    ['no time', 'yesterday'],
    ['a number', 7],
  ])('has no time where the event has %s', (_name, eventTime) => {
    const { Records } = readEvent('s3/object-created-put.json') as { Records: object[] };
    const event = { Records: [{ ...Records[0], eventTime }] };
    expect(readObjectEvent(event)).toEqual(objects({ ...PLAIN, modified: 0 }));
  });

  it('gives up on envelopes in envelopes without end', () => {
    const wrap = (message: string, times: number): string =>
      times === 0 ? message : wrap(JSON.stringify({ Type: 'Notification', Message: message }), times - 1);
    const event = JSON.stringify(readEvent('s3/object-created-put.json'));
    expect(readObjectEvent(wrap(event, 3))).toEqual(objects(PLAIN));
    expect(readObjectEvent(wrap(event, 6))).toEqual(ignored('unknown shape'));
  });
});
