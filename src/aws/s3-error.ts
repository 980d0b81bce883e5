/** Errors of S3 that a person has to mend → one line each. */
import { UsageError } from '../core/errors.ts';
import { actualRegion, errorName, explainAccess, httpStatus } from './aws-error.ts';

/** UsageError where the bucket, the permission or the credentials are wrong; any other error as it is. */
export function toS3Error(error: unknown, place: string, permission: string): unknown {
  const problem = explainAccess(error) ?? explainBucket(error, permission);
  return problem === undefined ? error : new UsageError(`${place}: ${problem}`, { cause: error });
}

function explainBucket(error: unknown, permission: string): string | undefined {
  const region = actualRegion(error);
  if (region !== undefined) return `the bucket is in ${region}. Give that as --region.`;
  const name = errorName(error);
  if (name === 'NoSuchBucket') return 'there is no such bucket. Check its name.';
  if (name === 'InvalidBucketName') return 'that is no name of a bucket. Check it.';
  if (httpStatus(error) !== 403) return undefined;
  return `access denied. The caller needs ${permission}, from its role and, across accounts, from the bucket's policy.`;
}
