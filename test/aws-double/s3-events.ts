/** What S3 tells others about a change, in both of its shapes. */
import { randomUUID } from 'node:crypto';
import { type NotificationTarget, wants } from './s3-notification.ts';
import type { Change } from './s3-storage.ts';

export type S3Event = {
  readonly kind: 'created' | 'deleted';
  readonly bucket: string;
  readonly key: string;
  /** The event on the default bus; undefined where the bucket does not send its events there. */
  readonly eventBridge: EventBridgeEvent | undefined;
  /** Direct notifications, as the targets get them. */
  readonly notifications: readonly { readonly target: NotificationTarget; readonly body: object }[];
};

export type EventBridgeEvent = {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
};

const EVENT_NAMES = {
  PutObject: 'ObjectCreated:Put',
  CompleteMultipartUpload: 'ObjectCreated:CompleteMultipartUpload',
  DeleteObject: 'ObjectRemoved:Delete',
} as const;

/** `serial` grows with every change; S3 orders the events of a key by it. */
export function toEvents(change: Change, account: string, region: string, serial: number): S3Event {
  const { bucket, kind, reason, object } = change;
  const sequencer = (0x66d3b0f1a2b3c4 + serial).toString(16).toUpperCase().padStart(16, '0');
  const name = EVENT_NAMES[reason];
  const targets = bucket.notifications.targets.filter((target) => wants(target, name, object.key));
  return {
    kind,
    bucket: bucket.name,
    key: object.key,
    eventBridge: bucket.notifications.eventBridge ? toEventBridge(change, account, region, sequencer) : undefined,
    notifications: targets.map((target) => ({ target, body: toNotification(change, target, region, sequencer) })),
  };
}

function toEventBridge({ bucket, kind, reason, object }: Change, account: string, region: string, sequencer: string) {
  const isCreated = kind === 'created';
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': isCreated ? 'Object Created' : 'Object Deleted',
    source: 'aws.s3',
    account,
    time: `${new Date().toISOString().slice(0, 19)}Z`,
    region,
    resources: [`arn:aws:s3:::${bucket.name}`],
    detail: {
      version: '0',
      bucket: { name: bucket.name },
      object: {
        key: object.key,
        ...(isCreated ? { size: object.size } : {}),
        etag: object.etag,
        sequencer,
      },
      'request-id': randomUUID().slice(0, 16).toUpperCase(),
      requester: account,
      'source-ip-address': '192.0.2.10',
      ...(isCreated ? { reason } : { reason, 'deletion-type': 'Permanently Deleted' }),
    },
  } as const;
}

function toNotification(
  { bucket, kind, reason, object }: Change,
  target: NotificationTarget,
  region: string,
  sequencer: string,
) {
  const size = kind === 'created' ? { size: object.size, eTag: object.etag } : {};
  const record = {
    eventVersion: '2.1',
    eventSource: 'aws:s3',
    awsRegion: region,
    eventTime: new Date().toISOString(),
    eventName: EVENT_NAMES[reason],
    userIdentity: { principalId: 'AWS:AROAEXAMPLEEXAMPLE:double' },
    requestParameters: { sourceIPAddress: '192.0.2.10' },
    responseElements: { 'x-amz-request-id': randomUUID().slice(0, 16).toUpperCase(), 'x-amz-id-2': 'EXAMPLE' },
    s3: {
      s3SchemaVersion: '1.0',
      configurationId: target.id,
      bucket: {
        name: bucket.name,
        ownerIdentity: { principalId: 'A1EXAMPLE2BCDE' },
        arn: `arn:aws:s3:::${bucket.name}`,
      },
      object: { key: encodeURIComponent(object.key).replaceAll('%2F', '/').replaceAll('%20', '+'), ...size, sequencer },
    },
  };
  return { Records: [record] };
}

/** What S3 sends to a target when it is configured. */
export function toTestEvent(bucket: string): object {
  const RequestId = randomUUID().slice(0, 16).toUpperCase();
  return {
    Service: 'Amazon S3',
    Event: 's3:TestEvent',
    Time: new Date().toISOString(),
    Bucket: bucket,
    RequestId,
    HostId: 'EXAMPLE',
  };
}
