/** The command line against the AWS double, as a person with credentials has it. For tests only. */
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { listLogFiles } from '../../src/local/log-files.ts';
import type { AwsDouble } from '../aws-double/start.ts';

export const DEMO = fileURLToPath(new URL('../../demo', import.meta.url));
export const DEMO_LOGS = join(DEMO, 'logs');
export const DEMO_IOCS = join(DEMO, 'iocs.csv');

/** Environment of a caller; nothing of this machine's own AWS settings is left in it. */
export function awsEnvironment(double: AwsDouble, caller = 'responder'): Record<string, string> {
  const { accessKeyId, secretAccessKey } = double.credentials(caller);
  return {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_REGION: double.region,
    AWS_ENDPOINT_URL: double.url,
    AWS_CONFIG_FILE: join(DEMO, 'no-such-file'),
    AWS_SHARED_CREDENTIALS_FILE: join(DEMO, 'no-such-file'),
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_PROFILE: '',
  };
}

/** Puts the demo's logs into a bucket, as the log delivery does; `take` chooses by key. */
export async function deliverDemo(
  double: AwsDouble,
  bucket: string,
  prefix = '',
  take: (key: string) => boolean = () => true,
): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of listLogFiles([DEMO_LOGS])) {
    const delivered = `${prefix}${relative(DEMO_LOGS, key)}`;
    if (!take(delivered)) continue;
    await double.s3.put(bucket, delivered, readFileSync(key));
    keys.push(delivered);
  }
  return keys;
}
