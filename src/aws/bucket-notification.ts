/** One notification of a bucket: what it takes, and whether two of them would take the same object. */
import type { Event, NotificationConfigurationFilter } from '@aws-sdk/client-s3';

/** To a queue, a topic or a function. */
export type ObjectNotification = {
  readonly Id?: string | undefined;
  readonly Events: Event[] | undefined;
  readonly Filter?: NotificationConfigurationFilter | undefined;
  readonly QueueArn?: string | undefined;
  readonly TopicArn?: string | undefined;
  readonly LambdaFunctionArn?: string | undefined;
};

/** `s3:ObjectCreated:* below logs/ to arn:…` */
export function describeNotification(notification: ObjectNotification): string {
  const { prefix, suffix } = toFilter(notification);
  const below = prefix === '' ? 'of all keys' : `below ${prefix}`;
  const ending = suffix === '' ? '' : ` that end in ${suffix}`;
  const target = notification.QueueArn ?? notification.TopicArn ?? notification.LambdaFunctionArn;
  return `${(notification.Events ?? []).join(', ')} ${below}${ending} to ${target}`;
}

/** Same events of the same keys. */
export function isSameFilter(one: ObjectNotification, other: ObjectNotification): boolean {
  const [a, b] = [toFilter(one), toFilter(other)];
  const isSameEvents = [...(one.Events ?? [])].sort().join() === [...(other.Events ?? [])].sort().join();
  return isSameEvents && a.prefix === b.prefix && a.suffix === b.suffix;
}

/** The first one that would have an event in common with the wanted one, which takes any suffix; S3 refuses both together. */
export function findOverlap(
  wanted: ObjectNotification,
  others: readonly ObjectNotification[],
): ObjectNotification | undefined {
  const { prefix: own } = toFilter(wanted);
  return others.find((other) => {
    const { prefix } = toFilter(other);
    if (!own.startsWith(prefix) && !prefix.startsWith(own)) return false;
    return (other.Events ?? []).some((event) => (wanted.Events ?? []).some((one) => meets(event, one)));
  });
}

/** `s3:ObjectCreated:*` takes `s3:ObjectCreated:Put`. */
function meets(one: string, other: string): boolean {
  const [a, b] = [one.replace(/\*$/, ''), other.replace(/\*$/, '')];
  return (one.endsWith('*') && b.startsWith(a)) || (other.endsWith('*') && a.startsWith(b)) || a === b;
}

function toFilter({ Filter }: ObjectNotification): { prefix: string; suffix: string } {
  const rules = Filter?.Key?.FilterRules ?? [];
  // S3 itself writes `Prefix`, and takes `prefix`.
  const ruleOf = (name: string) => rules.find((rule) => rule.Name?.toLowerCase() === name)?.Value ?? '';
  return { prefix: ruleOf('prefix'), suffix: ruleOf('suffix') };
}
