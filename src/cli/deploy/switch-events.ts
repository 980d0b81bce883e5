/** The events of log buckets, switched on once the stack is there to take them. */
import type { BucketEventsPlan } from '../../aws/bucket-events.ts';
import type { AwsSettings } from '../../aws/clients.ts';
import { UsageError } from '../../core/errors.ts';
import { toAwsSettings } from '../aws-settings.ts';
import { connectStack } from '../cloud/stack-connection.ts';
import type { CommandSettings } from '../settings.ts';
import { openTalk } from '../talk.ts';
import type { Params } from './params.ts';
import { confirm } from './questions.ts';

/**
 * Writes the plans, for which there is consent. Where the buckets notify the queue themselves (events=s3), that is planned,
 * and asked for, only now: the queue must be there.
 */
export async function switchEvents(
  plans: readonly BucketEventsPlan[],
  params: Params,
  settings: CommandSettings,
  isAsking: boolean,
): Promise<void> {
  const aws = toAwsSettings(settings);
  if (params.events !== 's3') return writePlans(plans, aws, settings);
  for (const plan of await planQueue(await connectStack(settings))) {
    if (plan.isNeeded && (!isAsking || (await isWanted(plan)))) await writePlans([plan], aws, settings);
  }
}

export async function writePlans(
  plans: readonly BucketEventsPlan[],
  aws: AwsSettings,
  { isQuiet }: CommandSettings,
): Promise<void> {
  const { S3Client } = await import('@aws-sdk/client-s3');
  const { toS3Config } = await import('../../aws/clients.ts');
  const { writeBucketEvents } = await import('../../aws/bucket-events.ts');
  const client = new S3Client(toS3Config(aws));
  for (const plan of plans.filter(({ isNeeded }) => isNeeded)) {
    await writeBucketEvents(client, plan);
    openTalk(isQuiet).say(`flowhound: s3://${plan.bucket}: events are on (${plan.difference.join('; ')})`);
  }
}

/** Asks with the difference before the eyes. */
export async function isWanted({ bucket, difference }: BucketEventsPlan): Promise<boolean> {
  process.stderr.write(`Events of s3://${bucket}:\n${difference.map((line) => `  ${line}\n`).join('')}`);
  return confirm('Change them so?');
}

async function planQueue({ s3, stack }: Awaited<ReturnType<typeof connectStack>>): Promise<BucketEventsPlan[]> {
  const { planQueueNotification } = await import('../../aws/bucket-events.ts');
  const { parseS3Url } = await import('../../aws/s3-url.ts');
  const queueArn = stack.outputs.QueueArn;
  if (queueArn === undefined) throw new UsageError(`stack ${stack.name} has no output QueueArn. Deploy it again.`);
  const made = stack.outputs.LogBucketName;
  const plans: BucketEventsPlan[] = [];
  for (const location of stack.logLocations) {
    const { bucket, key } = parseS3Url(location);
    if (bucket === made) continue; // the stack's own bucket notifies by itself
    const prefix = `${key}AWSLogs/`;
    plans.push(await planQueueNotification(s3, bucket, { id: stack.name, queueArn, prefix }));
  }
  return plans;
}
