/** A bucket's notification configuration: read from XML, checked as S3 checks it, written back as XML. */
import { randomUUID } from 'node:crypto';
import { AwsError } from './aws-error.ts';
import { childrenOf, element, parseXml, textOf, XML_HEAD, type Xml, type XmlElement } from './xml.ts';

export type NotificationTarget = {
  readonly kind: 'Topic' | 'Queue' | 'CloudFunction';
  readonly id: string;
  readonly arn: string;
  readonly events: readonly string[];
  readonly prefix: string | undefined;
  readonly suffix: string | undefined;
};

export type NotificationConfiguration = {
  readonly targets: readonly NotificationTarget[];
  readonly eventBridge: boolean;
};

export const NO_NOTIFICATIONS: NotificationConfiguration = { targets: [], eventBridge: false };

const KINDS = ['Topic', 'Queue', 'CloudFunction'] as const;
const ARN_SERVICE = { Topic: 'sns', Queue: 'sqs', CloudFunction: 'lambda' } as const;
/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html */
const EVENTS: Readonly<Record<string, readonly string[]>> = {
  ObjectCreated: ['Put', 'Post', 'Copy', 'CompleteMultipartUpload'],
  ObjectRemoved: ['Delete', 'DeleteMarkerCreated'],
  ObjectRestore: ['Post', 'Completed', 'Delete'],
  ReducedRedundancyLostObject: [],
  Replication: [
    ...['OperationFailedReplication', 'OperationMissedThreshold'],
    ...['OperationReplicatedAfterThreshold', 'OperationNotTracked'],
  ],
  LifecycleExpiration: ['Delete', 'DeleteMarkerCreated'],
  LifecycleTransition: [],
  IntelligentTiering: [],
  ObjectTagging: ['Put', 'Delete'],
  ObjectAcl: ['Put'],
};
const MOST_TARGETS = 100;

/** `isThere` says whether S3 could deliver to the ARN now. */
export async function readNotifications(
  text: string,
  isThere: (arn: string) => Promise<boolean>,
): Promise<NotificationConfiguration> {
  const document = parseXml(text);
  if (document.name !== 'NotificationConfiguration')
    throw new AwsError('MalformedXML', 'not a NotificationConfiguration');
  const unknown = document.children.find(
    ({ name }) => name !== 'EventBridgeConfiguration' && !KINDS.some((kind) => name === `${kind}Configuration`),
  );
  if (unknown !== undefined) throw new AwsError('MalformedXML', `unknown element ${unknown.name}`);
  const targets = KINDS.flatMap((kind) =>
    childrenOf(document, `${kind}Configuration`).map((target) => readTarget(kind, target)),
  );
  if (targets.length > MOST_TARGETS) throw invalid(`At most ${MOST_TARGETS} notification configurations are allowed`);
  if (new Set(targets.map(({ id }) => id)).size < targets.length)
    throw invalid('Same ID used for multiple configurations');
  checkOverlaps(targets);
  const there = await Promise.all(targets.map(({ arn }) => isThere(arn)));
  const missing = targets.filter((_target, i) => !there[i]);
  if (missing.length > 0) {
    const names = missing.map(({ arn }) => arn).join(', ');
    throw invalid(`Unable to validate the following destination configurations: ${names}`);
  }
  return { targets, eventBridge: childrenOf(document, 'EventBridgeConfiguration').length > 0 };
}

export function writeNotifications({ targets, eventBridge }: NotificationConfiguration): string {
  const document = element('NotificationConfiguration', [
    ...targets.map(writeTarget),
    eventBridge ? element('EventBridgeConfiguration', []) : undefined,
  ]);
  return `${XML_HEAD}${document}`;
}

/** Whether the target wants this event (`ObjectCreated:Put`) of this key. */
export function wants({ events, prefix = '', suffix = '' }: NotificationTarget, event: string, key: string): boolean {
  return key.startsWith(prefix) && key.endsWith(suffix) && events.some((one) => expand(one).includes(event));
}

function readTarget(kind: NotificationTarget['kind'], target: XmlElement): NotificationTarget {
  const arn = textOf(target, kind) ?? '';
  if (!arn.startsWith('arn:') || arn.split(':')[2] !== ARN_SERVICE[kind]) throw invalid('The ARN is not well formed');
  const events = childrenOf(target, 'Event').map(({ text }) => text);
  if (events.length === 0) throw new AwsError('MalformedXML', 'a configuration needs an event');
  for (const event of events) if (expand(event).length === 0) throw invalid(`The event '${event}' is not supported`);
  const filter = target.children.find(({ name }) => name === 'Filter');
  const key = filter?.children.find(({ name }) => name === 'S3Key');
  const rules = new Map<string, string>();
  for (const rule of key === undefined ? [] : childrenOf(key, 'FilterRule')) {
    const name = textOf(rule, 'Name')?.toLowerCase() ?? '';
    if (name !== 'prefix' && name !== 'suffix') throw invalid('filter rule name must be either prefix or suffix');
    if (rules.has(name)) throw invalid(`Cannot specify more than one ${name} rule in a filter.`);
    rules.set(name, textOf(rule, 'Value') ?? '');
  }
  const id = textOf(target, 'Id') ?? randomUUID();
  return { kind, id, arn, events, prefix: rules.get('prefix'), suffix: rules.get('suffix') };
}

function writeTarget({ kind, id, arn, events, prefix, suffix }: NotificationTarget): Xml {
  const rules = [
    ['Prefix', prefix],
    ['Suffix', suffix],
  ] as const;
  const given = rules.filter(([, value]) => value !== undefined);
  const filter = given.map(([name, value]) => element('FilterRule', [element('Name', name), element('Value', value!)]));
  return element(`${kind}Configuration`, [
    element('Id', id),
    element(kind, arn),
    ...events.map((event) => element('Event', event)),
    given.length === 0 ? undefined : element('Filter', [element('S3Key', filter)]),
  ]);
}

/** `s3:ObjectCreated:*` → `ObjectCreated:Put`, …; nothing for an event that S3 does not have. */
function expand(event: string): string[] {
  const [, family = '', kind] = /^s3:(\w+)(?::(\w+|\*))?$/.exec(event) ?? [];
  const kinds = EVENTS[family];
  if (kinds === undefined) return [];
  if (kind === undefined) return kinds.length === 0 ? [family] : [];
  const all = kinds.length === 0 && kind === '*' ? [family] : kinds.map((one) => `${family}:${one}`);
  return kind === '*' ? all : all.filter((one) => one === `${family}:${kind}`);
}

/** Two targets of one event whose prefixes and suffixes can both hold for one key: S3 would not know whom to tell. */
function checkOverlaps(targets: readonly NotificationTarget[]): void {
  targets.forEach((a, i) => {
    const overlapping = targets.slice(i + 1).find((b) => {
      const [aPrefix, bPrefix] = [a.prefix ?? '', b.prefix ?? ''];
      const [aSuffix, bSuffix] = [a.suffix ?? '', b.suffix ?? ''];
      const isSameEvent = a.events.flatMap(expand).some((event) => b.events.flatMap(expand).includes(event));
      const isSamePrefix = aPrefix.startsWith(bPrefix) || bPrefix.startsWith(aPrefix);
      return isSameEvent && isSamePrefix && (aSuffix.endsWith(bSuffix) || bSuffix.endsWith(aSuffix));
    });
    if (overlapping === undefined) return;
    throw invalid(
      'Configurations overlap. Configurations on the same bucket cannot share a common event type.',
      `${a.id}, ${overlapping.id}`,
    );
  });
}

function invalid(message: string, value?: string): AwsError {
  return new AwsError('InvalidArgument', message, value === undefined ? {} : { details: { ArgumentValue: value } });
}
