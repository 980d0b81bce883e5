/** The deployed stack, as a verb with `--aws` finds it: its outputs, its state, and clients for what the verb needs. */
import type { S3Client } from '@aws-sdk/client-s3';
import type { SFNClient } from '@aws-sdk/client-sfn';
import type { AwsSettings } from '../../aws/clients.ts';
import type { DeployedStack } from '../../aws/stack.ts';
import type { ObjectStore } from '../../ports.ts';
import type { ListedObject } from '../../tasks/ingest.ts';
import type { SweepWindow } from '../../tasks/sweep-window.ts';
import { toAwsSettings } from '../aws-settings.ts';
import type { CommandSettings } from '../settings.ts';

export type StackConnection = {
  readonly stack: DeployedStack;
  readonly aws: AwsSettings;
  readonly s3: S3Client;
  /** What the stack remembers. */
  readonly store: ObjectStore;
};

/** Finds the stack of the stage; where there is none, the error says what to do. */
export async function connectStack(settings: CommandSettings): Promise<StackConnection> {
  const aws = toAwsSettings(settings);
  const { CloudFormationClient } = await import('@aws-sdk/client-cloudformation');
  const { S3Client } = await import('@aws-sdk/client-s3');
  const { toClientConfig, toS3Config } = await import('../../aws/clients.ts');
  const { readStack } = await import('../../aws/stack.ts');
  const { openS3Store } = await import('../../aws/s3-store.ts');
  const stack = await readStack(new CloudFormationClient(toClientConfig(aws)), settings.stage);
  const s3 = new S3Client(toS3Config(aws));
  return { stack, aws, s3, store: openS3Store(s3, stack.stateBucket) };
}

export async function openSfn({ aws }: StackConnection): Promise<SFNClient> {
  const { SFNClient } = await import('@aws-sdk/client-sfn');
  const { toClientConfig } = await import('../../aws/clients.ts');
  return new SFNClient(toClientConfig(aws));
}

/** Log objects of the days in all places that the stack watches. */
export async function* listStackLogs(
  { stack, s3 }: StackConnection,
  window: SweepWindow,
  signal?: AbortSignal,
): AsyncGenerator<ListedObject> {
  const { listS3Logs } = await import('../../aws/log-listing.ts');
  for (const location of stack.logLocations) yield* listS3Logs(s3, location, window, signal);
}
