/**
 * S3 event, in any of the envelopes it travels in → references to the objects that were created. An envelope is taken
 * apart until records or an EventBridge detail appear: SQS body, SNS message (raw delivery or wrapped), EventBridge.
 */

export type ObjectRef = {
  readonly bucket: string;
  /** URL-decoded. */
  readonly key: string;
  readonly sizeBytes: number;
  readonly etag: string;
  /** Unix milliseconds of the event; 0 where it has no time. */
  readonly modified: number;
  /** Orders the events of one key; absent from some senders. */
  readonly sequencer?: string;
};

/** Why an event names no created object. */
export type IgnoredEvent = 'test event' | 'not an object-created event' | 'unknown shape';

export type EventOutcome = { readonly objects: readonly ObjectRef[]; readonly ignored: readonly IgnoredEvent[] };

const DEEPEST_ENVELOPE = 4;

/** Reads an event; nothing in it throws. */
export function readObjectEvent(event: unknown): EventOutcome {
  return unwrap(event, 0);
}

function unwrap(event: unknown, depth: number): EventOutcome {
  const parsed = typeof event === 'string' ? parseJson(event) : event;
  if (!isObject(parsed) || depth > DEEPEST_ENVELOPE) return { objects: [], ignored: ['unknown shape'] };
  if (parsed.Event === 's3:TestEvent') return { objects: [], ignored: ['test event'] };
  if (Array.isArray(parsed.Records)) return joinOutcomes(parsed.Records.map((record) => unwrapRecord(record, depth)));
  if (parsed.source === 'aws.s3' && isObject(parsed.detail)) return fromEventBridge(parsed, parsed.detail);
  if (typeof parsed.Message === 'string') return unwrap(parsed.Message, depth + 1);
  return { objects: [], ignored: ['unknown shape'] };
}

function unwrapRecord(record: unknown, depth: number): EventOutcome {
  if (!isObject(record)) return { objects: [], ignored: ['unknown shape'] };
  if (isObject(record.s3)) return fromS3Record(record, record.s3);
  if (typeof record.body === 'string') return unwrap(record.body, depth + 1);
  if (isObject(record.Sns)) return unwrap(record.Sns.Message, depth + 1);
  return { objects: [], ignored: ['unknown shape'] };
}

function fromS3Record(record: Json, s3: Json): EventOutcome {
  const isCreated = typeof record.eventName === 'string' && /^(s3:)?ObjectCreated:/.test(record.eventName);
  if (!isCreated) return { objects: [], ignored: ['not an object-created event'] };
  // S3 notifications encode the key as a form does: a blank is `+`.
  return toOutcome(s3, record.eventTime, (key) => decodeKey(key.replaceAll('+', ' ')));
}

function fromEventBridge(event: Json, detail: Json): EventOutcome {
  if (event['detail-type'] !== 'Object Created') return { objects: [], ignored: ['not an object-created event'] };
  // EventBridge carries the key as it is.
  return toOutcome(detail, event.time, (key) => key);
}

function toOutcome(entity: Json, time: unknown, toKey: (key: string) => string): EventOutcome {
  const { bucket, object } = entity;
  if (!isObject(bucket) || !isObject(object) || typeof bucket.name !== 'string' || typeof object.key !== 'string') {
    return { objects: [], ignored: ['unknown shape'] };
  }
  const etag = object.eTag ?? object.etag;
  return {
    objects: [
      {
        bucket: bucket.name,
        key: toKey(object.key),
        sizeBytes: typeof object.size === 'number' ? object.size : 0,
        etag: typeof etag === 'string' ? etag : '',
        modified: (typeof time === 'string' && Date.parse(time)) || 0,
        ...(typeof object.sequencer === 'string' ? { sequencer: object.sequencer } : {}),
      },
    ],
    ignored: [],
  };
}

type Json = Record<string, unknown>;

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function joinOutcomes(outcomes: readonly EventOutcome[]): EventOutcome {
  return {
    objects: outcomes.flatMap((outcome) => outcome.objects),
    ignored: outcomes.flatMap((outcome) => outcome.ignored),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function decodeKey(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}
