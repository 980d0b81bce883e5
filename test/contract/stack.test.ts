import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { STSClient } from '@aws-sdk/client-sts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toClientConfig } from '../../src/aws/clients.ts';
import { readCaller, readStack } from '../../src/aws/stack.ts';
import { UsageError } from '../../src/core/errors.ts';
import { type AwsDouble, startAwsDouble } from '../aws-double/start.ts';
import { configOf, errorOf } from './clients.ts';

const OUTPUTS = {
  StateBucketName: 'example-state',
  StateMachineArn: 'arn:aws:states:us-east-1:111122223333:stateMachine:flowhound-dev',
  DatabaseName: 'flowhound_dev',
  WorkGroupName: 'flowhound-dev',
  TopicArn: 'arn:aws:sns:us-east-1:111122223333:flowhound-dev',
  LogLocations: 's3://example-logs/,s3://example-central/p/',
  DashboardUrl: 'https://us-east-1.console.aws.amazon.com/cloudwatch/home',
};
let aws: AwsDouble;
beforeEach(async () => {
  aws = await startAwsDouble();
});
afterEach(() => aws.close());

const cloudFormation = () => new CloudFormationClient(configOf(aws));

describe('a deployed stack', () => {
  it('is what its outputs say', async () => {
    aws.stacks.set('flowhound-dev', { outputs: OUTPUTS, status: 'UPDATE_COMPLETE' });
    expect(await readStack(cloudFormation(), 'dev')).toEqual({
      name: 'flowhound-dev',
      region: 'us-east-1',
      partition: 'aws',
      accountId: '111122223333',
      status: 'UPDATE_COMPLETE',
      stateBucket: 'example-state',
      stateMachineArn: OUTPUTS.StateMachineArn,
      database: 'flowhound_dev',
      workGroup: 'flowhound-dev',
      topicArn: OUTPUTS.TopicArn,
      logLocations: ['s3://example-logs/', 's3://example-central/p/'],
      outputs: OUTPUTS,
    });
  });

  it('that is not there is one line that says what to do', async () => {
    const error = await errorOf(readStack(cloudFormation(), 'dev'));
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toBe(
      'there is no stack flowhound-dev in us-east-1. Deploy it with npx flowhound deploy --stage dev, or name another --stage, --region or --profile.',
    );
  });

  it('that is unfinished or older is one line too', async () => {
    const { StateMachineArn: _, WorkGroupName: __, ...outputs } = OUTPUTS;
    aws.stacks.set('flowhound-dev', { outputs, status: 'ROLLBACK_COMPLETE' });
    const error = await errorOf(readStack(cloudFormation(), 'dev'));
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toBe(
      'stack flowhound-dev (ROLLBACK_COMPLETE) has no output StateMachineArn, WorkGroupName. Deploy it again: npx flowhound deploy --stage dev.',
    );
  });

  it('that one may not look at says which permission it takes', async () => {
    aws.authorize = () => false;
    const error = await errorOf(readStack(cloudFormation(), 'dev'));
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toBe('flowhound-dev: access denied. The caller needs cloudformation:DescribeStacks on it.');
  });
});

describe('a caller', () => {
  it('is an account, a role and a partition', async () => {
    expect(await readCaller(new STSClient(configOf(aws)))).toEqual({
      accountId: '111122223333',
      arn: expect.stringMatching(/^arn:aws:sts::111122223333:assumed-role\/contract\//),
      partition: 'aws',
    });
  });

  it.each([
    ['ExpiredToken', /^the AWS credentials have expired\. Sign in again/],
    ['InvalidClientTokenId', /^AWS does not know these credentials, or not in this region\. Sign in again/],
    ['SignatureDoesNotMatch', /^AWS refuses the signature\./],
    ['RequestTimeTooSkewed', /clock of this machine/],
  ])('with %s is told in one line', async (code, message) => {
    aws.faults.fail('sts:GetCallerIdentity', code, { status: 403, times: 10 });
    const error = await errorOf(readCaller(new STSClient(configOf(aws))));
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toMatch(message);
    expect(error.message.split('\n')).toHaveLength(1);
    expect(error.cause).toMatchObject({ name: code });
  });

  it('without credentials, or of no region, is told in one line', async () => {
    const none = () =>
      Promise.reject(Object.assign(new Error('Could not load credentials'), { name: 'CredentialsProviderError' }));
    const unsigned = new STSClient({
      ...toClientConfig({ region: 'us-east-1', endpointUrl: aws.url }),
      credentials: none,
    });
    expect((await errorOf(readCaller(unsigned))).message).toMatch(/^no usable AWS credentials/);
    // A region that does not exist has no host; `.invalid` never has (RFC 2606).
    const config = { ...configOf(aws, { maxAttempts: 1 }), endpoint: 'https://sts.eu-nowhere-1.invalid' };
    const error = await errorOf(readCaller(new STSClient(config)));
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toMatch(/AWS cannot be reached\. Check --region/);
  });
});
