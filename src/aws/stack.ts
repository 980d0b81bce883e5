/** The deployed stack, by its outputs, and the credentials that ask for it. */
import { type CloudFormationClient, DescribeStacksCommand, type Stack } from '@aws-sdk/client-cloudformation';
import { GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';
import { UsageError } from '../core/errors.ts';
import { errorName, httpStatus, toAccessError, toOneLine } from './aws-error.ts';

/** Outputs that the command line works with; serverless.yml has them all. */
const NEEDED = ['StateBucketName', 'StateMachineArn', 'DatabaseName', 'WorkGroupName', 'TopicArn'] as const;

export type DeployedStack = {
  readonly name: string;
  readonly region: string;
  readonly partition: string;
  readonly accountId: string;
  /** `UPDATE_COMPLETE` … */
  readonly status: string;
  readonly stateBucket: string;
  readonly stateMachineArn: string;
  readonly database: string;
  readonly workGroup: string;
  readonly topicArn: string;
  /** `s3://bucket/prefix/`, what stands before AWSLogs/. */
  readonly logLocations: readonly string[];
  /** All of them, by name. */
  readonly outputs: Readonly<Record<string, string>>;
};

export function toStackName(stage: string): string {
  return `flowhound-${stage}`;
}

/** Reads the outputs of the stage's stack; one that is missing or unfinished is a UsageError that says what to do. */
export async function readStack(client: CloudFormationClient, stage: string): Promise<DeployedStack> {
  const name = toStackName(stage);
  const stack = await findStack(client, stage);
  const outputs = Object.fromEntries(
    (stack.Outputs ?? []).flatMap(({ OutputKey, OutputValue }) =>
      OutputKey === undefined ? [] : [[OutputKey, OutputValue ?? '']],
    ),
  ) as Record<string, string>;
  const missing = NEEDED.filter((output) => outputs[output] === undefined);
  const status = stack.StackStatus ?? 'unknown';
  if (missing.length > 0) {
    const lack = `stack ${name} (${status}) has no output ${missing.join(', ')}`;
    throw new UsageError(`${lack}. Deploy it again: npx flowhound deploy --stage ${stage}.`);
  }
  const [, partition = 'aws', , region = '', accountId = ''] = (stack.StackId ?? '').split(':');
  return {
    ...{ name, region, partition, accountId, status, outputs },
    stateBucket: outputs.StateBucketName!,
    stateMachineArn: outputs.StateMachineArn!,
    database: outputs.DatabaseName!,
    workGroup: outputs.WorkGroupName!,
    topicArn: outputs.TopicArn!,
    logLocations: (outputs.LogLocations ?? '').split(',').filter((location) => location !== ''),
  };
}

async function findStack(client: CloudFormationClient, stage: string): Promise<Stack> {
  const name = toStackName(stage);
  const region = await client.config.region().catch((error: unknown) => {
    throw toAccessError(error);
  });
  try {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: name }));
    if (Stacks[0] !== undefined) return Stacks[0];
  } catch (error) {
    const message = toOneLine((error as Error).message);
    if (!/does not exist/i.test(message)) throw toStackError(error, name);
  }
  throw new UsageError(
    `there is no stack ${name} in ${region}. Deploy it with npx flowhound deploy --stage ${stage}, or name another --stage, --region or --profile.`,
  );
}

function toStackError(error: unknown, name: string): unknown {
  if (errorName(error) !== 'AccessDenied' && httpStatus(error) !== 403) return toAccessError(error);
  const known = toAccessError(error);
  if (known !== error) return known;
  return new UsageError(`${name}: access denied. The caller needs cloudformation:DescribeStacks on it.`, {
    cause: error,
  });
}

export type Caller = { readonly accountId: string; readonly arn: string; readonly partition: string };

/** Who asks. Credentials that are missing, expired or unknown, and a region that is none, are one line. */
export async function readCaller(client: STSClient): Promise<Caller> {
  try {
    const { Account = '', Arn = '' } = await client.send(new GetCallerIdentityCommand({}));
    return { accountId: Account, arn: Arn, partition: Arn.split(':')[1] ?? 'aws' };
  } catch (error) {
    throw toAccessError(error);
  }
}
