/** The state bucket, and the queries' results in it. */
import { S3Client } from '@aws-sdk/client-s3';
import { openAthenaResults } from '../../src/aws/athena-results.ts';
import { toS3Config } from '../../src/aws/clients.ts';
import { openS3Logs } from '../../src/aws/s3-logs.ts';
import { openS3Store } from '../../src/aws/s3-store.ts';
import { required } from './environment.ts';

export const s3 = new S3Client(toS3Config());
export const store = openS3Store(s3, required('STATE_BUCKET'));
export const logs = openS3Logs(s3);
export const results = openAthenaResults(s3);
