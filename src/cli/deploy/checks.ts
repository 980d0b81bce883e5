/** What a deployment stands on, looked at before anything is changed: who deploys, into what, and the buckets it will watch. */
import type { BucketEventsPlan } from '../../aws/bucket-events.ts';
import type { AwsSettings } from '../../aws/clients.ts';
import type { DeployedStack } from '../../aws/stack.ts';
import { UsageError } from '../../core/errors.ts';
import { bucketsOf, type Params } from './params.ts';

export type DeployCheck = { readonly check: string; readonly value: string; readonly ok: boolean };

/** The account and region, and the stack if it is there. Credentials and region that are wrong end the run here. */
export type Target = {
  readonly region: string;
  readonly stack: DeployedStack | undefined;
  readonly checks: readonly DeployCheck[];
};

export async function checkTarget(aws: AwsSettings, stage: string): Promise<Target> {
  const { CloudFormationClient } = await import('@aws-sdk/client-cloudformation');
  const { STSClient } = await import('@aws-sdk/client-sts');
  const { toClientConfig } = await import('../../aws/clients.ts');
  const { readCaller, readStack, toStackName } = await import('../../aws/stack.ts');
  const caller = await readCaller(new STSClient(toClientConfig(aws)));
  const client = new CloudFormationClient(toClientConfig(aws));
  const region = await client.config.region();
  const who = { check: 'account', value: `${caller.accountId} ${region}, as ${caller.arn}`, ok: true };
  try {
    const stack = await readStack(client, stage);
    const isBusy = stack.status.endsWith('_IN_PROGRESS');
    const value = isBusy
      ? `${stack.name} is ${stack.status}; wait until it is done`
      : `${stack.name} (${stack.status})`;
    return { region, stack, checks: [who, { check: 'stack', value, ok: !isBusy }] };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const isNone = error.message.startsWith('there is no stack');
    const value = isNone ? `${toStackName(stage)} will be made` : error.message;
    // A stack without outputs is one whose first deployment failed: another may mend it.
    return { region, stack: undefined, checks: [who, { check: 'stack', value, ok: true }] };
  }
}

/** Plans for the events of buckets that are there already; a bucket made by the stack brings its own. */
export async function checkBuckets(
  aws: AwsSettings,
  params: Params,
): Promise<{ checks: readonly DeployCheck[]; plans: readonly BucketEventsPlan[] }> {
  const { S3Client } = await import('@aws-sdk/client-s3');
  const { toS3Config } = await import('../../aws/clients.ts');
  const { planEventBridge } = await import('../../aws/bucket-events.ts');
  const client = new S3Client(toS3Config(aws));
  const checks: DeployCheck[] = [];
  const plans: BucketEventsPlan[] = [];
  for (const bucket of bucketsOf(params)) {
    try {
      const plan = await planEventBridge(client, bucket);
      if (params.events !== 's3') plans.push(plan);
      checks.push({ check: 'log bucket', value: `s3://${bucket}`, ok: true });
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      checks.push(toBucketProblem(error.message));
    }
  }
  for (const { bucket, isNeeded, difference } of plans) {
    const lines = isNeeded ? difference : ['as they should be'];
    checks.push(...lines.map((line) => ({ check: 'bucket events', value: `${bucket}: ${line}`, ok: true })));
  }
  return { checks, plans };
}

/** Another account's bucket need not be readable from here: its owner deploys cloud/log-account.yml. */
function toBucketProblem(message: string): DeployCheck {
  if (!message.includes('access denied')) return { check: 'log bucket', value: message, ok: false };
  return { check: 'log bucket', value: `${message} In another account: cloud/log-account.yml there`, ok: true };
}

/** Findings wait in the outbox where Security Hub is off; messages go out all the same. */
export async function checkSecurityHub(aws: AwsSettings, params: Params): Promise<DeployCheck> {
  const check = 'security hub';
  if (params.securityHub === 'off') return { check, value: 'not used (securityHub=off)', ok: true };
  const { SecurityHubClient } = await import('@aws-sdk/client-securityhub');
  const { toClientConfig } = await import('../../aws/clients.ts');
  const { readHubStatus } = await import('../../aws/hub-status.ts');
  const status = await readHubStatus(new SecurityHubClient(toClientConfig(aws)));
  if (status !== 'off') return { check, value: status, ok: true };
  const todo =
    'aws securityhub enable-security-hub, or --param securityHub=off; until then findings wait in the outbox';
  return { check, value: `off: ${todo}`, ok: true };
}
