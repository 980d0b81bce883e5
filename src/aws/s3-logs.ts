/** Log objects in S3: `s3://bucket/key` → its bytes, or the reason why there are none. */
import type { S3Client } from '@aws-sdk/client-s3';
import { LogObjectUnavailable, LogObjectUnreadable, UsageError } from '../core/errors.ts';
import type { LogStore } from '../ports.ts';
import { actualRegion, errorName, explainAccess, httpStatus, isPassing, toOneLine } from './aws-error.ts';
import { readBody } from './s3-body.ts';
import { parseS3Url } from './s3-url.ts';

const GRANTS = 's3:GetObject, and kms:Decrypt where its bucket has a key';

export function openS3Logs(client: S3Client): LogStore {
  return {
    async *open(key) {
      try {
        yield* readBody(client, parseS3Url(key));
      } catch (error) {
        throw toLogError(error, key);
      }
    },
  };
}

/** Credentials that have ended are nobody's damaged object: that error stops the run. */
function toLogError(error: unknown, key: string): unknown {
  const name = errorName(error);
  const options = { cause: error };
  if (name === 'PreconditionFailed' || name === 'InvalidRange') {
    return new LogObjectUnavailable(`${key} was replaced while it was read`, options);
  }
  if (isPassing(error)) return new LogObjectUnavailable(`${name} on ${key}`, options);
  const access = explainAccess(error) ?? explainRegion(error);
  if (access !== undefined) return new UsageError(`${key}: ${access}`, options);
  const reason = explainUnreadable(error, name);
  return reason === undefined ? error : new LogObjectUnreadable(reason, options);
}

function explainRegion(error: unknown): string | undefined {
  const region = actualRegion(error);
  return region === undefined ? undefined : `the bucket is in ${region}. Give that as --region.`;
}

function explainUnreadable(error: unknown, name: string): string | undefined {
  const { message, StorageClass } = error as Error & { StorageClass?: string };
  if (name === 'NoSuchKey') return 'no such object (any more)';
  if (name === 'NoSuchBucket') return 'no such bucket (any more)';
  if (name === 'InvalidObjectState') return `archived (${StorageClass ?? 'Glacier'}): restore it first`;
  if (httpStatus(error) === 403) return `access denied: the reader needs ${GRANTS}`;
  return name.startsWith('KMS.') ? `${name}: ${toOneLine(message)}` : undefined;
}
