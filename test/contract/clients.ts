/** Clients as the product configures them, against the double; tried less often than in earnest, so that failing is quick. */
import { S3Client } from '@aws-sdk/client-s3';
import { type AwsSettings, type ClientConfig, toClientConfig, toS3Config } from '../../src/aws/clients.ts';
import type { AwsDouble, Credentials } from '../aws-double/start.ts';

const CALLER = 'contract';

export function configOf(aws: AwsDouble, more: AwsSettings = {}): ClientConfig & { credentials: Credentials } {
  return { ...toClientConfig(settingsOf(aws, more)), credentials: aws.credentials(CALLER) };
}

export function s3Of(aws: AwsDouble, more: AwsSettings = {}): S3Client {
  return new S3Client({ ...toS3Config(settingsOf(aws, more)), credentials: aws.credentials(CALLER) });
}

function settingsOf({ url, region }: AwsDouble, more: AwsSettings): AwsSettings {
  return { region, endpointUrl: url, maxAttempts: 3, ...more };
}

/** How often an operation was called. */
export function countCalls({ calls }: AwsDouble, operation: string): number {
  return calls.filter((call) => call.operation === operation).length;
}

/** What the promise fails with. */
export async function errorOf(promise: Promise<unknown>): Promise<Error> {
  return promise.then(
    () => {
      throw new Error('it did not fail');
    },
    (error: Error) => error,
  );
}
