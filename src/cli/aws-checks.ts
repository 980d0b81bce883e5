/** What `doctor` looks at in AWS: whose credentials these are, and whether a stack is there. Having neither is no fault. */
import { UsageError } from '../core/errors.ts';
import { toAwsSettings } from './aws-settings.ts';
import type { CommandSettings } from './settings.ts';

export type Check = { readonly check: string; readonly value: string; readonly origin: string; readonly ok: boolean };

/** None unless a profile or a region is set. Only a profile that was asked for must work. */
export async function checkAws(settings: CommandSettings): Promise<Check[]> {
  if (settings.profile === undefined && settings.region === undefined) return [];
  const { toClientConfig } = await import('../aws/clients.ts');
  const { readCaller, readStack } = await import('../aws/stack.ts');
  const { STSClient } = await import('@aws-sdk/client-sts');
  const { CloudFormationClient } = await import('@aws-sdk/client-cloudformation');
  try {
    // Nobody waits for a network that is not there.
    const aws = { ...toAwsSettings(settings), maxAttempts: 1 };
    const { accountId, arn } = await readCaller(new STSClient(toClientConfig(aws)));
    const account = { check: 'aws account', value: accountId, origin: arn, ok: true };
    const stack = await explain(async () => {
      const { name, status, region } = await readStack(new CloudFormationClient(toClientConfig(aws)), settings.stage);
      return `${name} in ${region} (${status})`;
    });
    return [account, { check: 'stack', value: stack, origin: settings.origins.stage ?? '', ok: true }];
  } catch (error) {
    const isAsked = settings.profile !== undefined;
    return [{ check: 'aws account', value: (error as Error).message, origin: '', ok: !isAsked }];
  }
}

async function explain(look: () => Promise<string>): Promise<string> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
}
