/** Whether Security Hub takes findings in the client's account and region. */
import { DescribeHubCommand, type SecurityHubClient } from '@aws-sdk/client-securityhub';
import { errorName, httpStatus, toAccessError } from './aws-error.ts';

export type HubStatus = 'on' | 'off' | 'not allowed to look';

/** An account that never switched it on gets InvalidAccessException, one that switched it off ResourceNotFoundException. */
export async function readHubStatus(client: SecurityHubClient): Promise<HubStatus> {
  try {
    await client.send(new DescribeHubCommand({}));
    return 'on';
  } catch (error) {
    if (/^(InvalidAccess|ResourceNotFound)/.test(errorName(error))) return 'off';
    const known = toAccessError(error);
    if (known === error && (httpStatus(error) === 403 || /^AccessDenied/.test(errorName(error)))) {
      return 'not allowed to look';
    }
    throw known;
  }
}
