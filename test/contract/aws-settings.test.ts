/** Where clients find region, endpoint and credentials: options, else environment, else the profile. */
import { S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { toS3Config } from '../../src/aws/clients.ts';
import { openS3Store } from '../../src/aws/s3-store.ts';
import { UsageError } from '../../src/core/errors.ts';
import { type AwsDouble, startAwsDouble } from '../aws-double/start.ts';
import { makeWorld, type World, writeFileAt } from '../oracle/world.ts';
import { errorOf } from './clients.ts';

let aws: AwsDouble;
let world: World;
beforeEach(async () => {
  aws = await startAwsDouble({ region: 'eu-west-1', buckets: ['example-state'] });
  await aws.s3.put('example-state', 'a', 'text');
  world = makeWorld();
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) vi.stubEnv(name, undefined);
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  vi.stubEnv('AWS_CONFIG_FILE', writeFileAt(world.root, 'config', toConfigFile()));
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', writeFileAt(world.root, 'credentials', toCredentialsFile()));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  world.remove();
  await aws.close();
});

function toConfigFile(): string {
  return '[profile analyst]\nregion = eu-west-1\n\n[profile elsewhere]\nregion = us-west-2\n';
}

function toCredentialsFile(): string {
  const keys = ({ accessKeyId, secretAccessKey }: { accessKeyId: string; secretAccessKey: string }) =>
    `aws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`;
  return `[analyst]\n${keys(aws.credentials('analyst'))}\n[elsewhere]\n${keys(aws.credentials('elsewhere'))}\n`;
}

const get = (config: ReturnType<typeof toS3Config>) => openS3Store(new S3Client(config), 'example-state').get('a');

describe('a client', () => {
  it('of a Lambda takes everything from its environment, an endpoint by name too', async () => {
    const { accessKeyId, secretAccessKey } = aws.credentials('role');
    vi.stubEnv('AWS_ENDPOINT_URL', aws.url.replace('127.0.0.1', 'localhost'));
    vi.stubEnv('AWS_REGION', 'eu-west-1');
    vi.stubEnv('AWS_ACCESS_KEY_ID', accessKeyId);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', secretAccessKey);
    expect(await get(toS3Config())).toBe('text');
    expect(aws.calls.at(-1)).toMatchObject({ accessKeyId });
  });

  it('of the command line takes profile and region from its options', async () => {
    expect(await get(toS3Config({ profile: 'analyst', endpointUrl: aws.url }))).toBe('text');
    expect(aws.calls.at(-1)).toMatchObject({ accessKeyId: aws.credentials('analyst').accessKeyId });
    expect(await get(toS3Config({ profile: 'elsewhere', region: 'eu-west-1', endpointUrl: aws.url }))).toBe('text');
    expect(aws.calls.at(-1)).toMatchObject({ accessKeyId: aws.credentials('elsewhere').accessKeyId });
  });

  it('says in one line which of them is missing', async () => {
    const elsewhere = await errorOf(get(toS3Config({ profile: 'elsewhere', endpointUrl: aws.url })));
    expect(elsewhere).toBeInstanceOf(UsageError);
    expect(elsewhere.message).toMatch(/the bucket is in eu-west-1\. Give that as --region\.$/);
    const unknown = await errorOf(get(toS3Config({ profile: 'nobody', region: 'eu-west-1', endpointUrl: aws.url })));
    expect(unknown).toBeInstanceOf(UsageError);
    expect(unknown.message).toMatch(/no usable AWS credentials.*Sign in again/);
    const nowhere = await errorOf(get(toS3Config({ endpointUrl: aws.url })));
    expect(nowhere).toBeInstanceOf(UsageError);
    expect(nowhere.message).toMatch(/no AWS region is set\. Give --region or set AWS_REGION\.$/);
    for (const { message } of [elsewhere, unknown, nowhere]) expect(message.split('\n')).toHaveLength(1);
  });
});
