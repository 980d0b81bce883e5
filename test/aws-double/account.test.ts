import { CloudFormationClient, DescribeStacksCommand, ListStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AwsDouble, startAwsDouble } from './start.ts';

let aws: AwsDouble;

beforeAll(async () => {
  aws = await startAwsDouble();
});

afterAll(() => aws.close());

describe('the caller', () => {
  it('can ask who it is, whatever it may not', async () => {
    aws.authorize = () => false;
    const identity = await new STSClient(aws.client('responder')).send(new GetCallerIdentityCommand({}));
    aws.authorize = undefined;
    expect(identity).toMatchObject({
      Account: '111122223333',
      Arn: 'arn:aws:sts::111122223333:assumed-role/responder/double',
    });
  });

  it('is unknown with credentials that are no more', async () => {
    aws.revoke('leaver');
    const sts = new STSClient({ ...aws.client('leaver'), maxAttempts: 1 });
    await expect(sts.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 403 },
    });
  });
});

describe('a stack', () => {
  it('is described with its outputs, or is not there', async () => {
    const client = new CloudFormationClient({ ...aws.client('responder'), maxAttempts: 1 });
    const describeStack = (StackName: string) => client.send(new DescribeStacksCommand({ StackName }));
    aws.stacks.set('flowhound-prod', {
      outputs: { StateBucketName: 'example-state', Odd: '<&>' },
      parameters: { Stage: 'prod' },
      resources: Array.from({ length: 101 }, (_, i) => ({
        logicalId: `R${i}`,
        physicalId: `r-${i}`,
        type: 'AWS::S3::Bucket',
      })),
    });
    expect((await describeStack('flowhound-prod')).Stacks).toMatchObject([
      {
        StackName: 'flowhound-prod',
        StackStatus: 'CREATE_COMPLETE',
        Outputs: [
          { OutputKey: 'StateBucketName', OutputValue: 'example-state' },
          { OutputKey: 'Odd', OutputValue: '<&>' },
        ],
        Parameters: [{ ParameterKey: 'Stage', ParameterValue: 'prod' }],
      },
    ]);
    await expect(describeStack('none')).rejects.toMatchObject({
      name: 'ValidationError',
      message: 'Stack with id none does not exist',
    });
    const first = await client.send(new ListStackResourcesCommand({ StackName: 'flowhound-prod' }));
    const second = await client.send(
      new ListStackResourcesCommand({ StackName: 'flowhound-prod', NextToken: first.NextToken }),
    );
    expect([first.StackResourceSummaries?.length, second.StackResourceSummaries?.length, second.NextToken]).toEqual([
      100,
      1,
      undefined,
    ]);
  });
});
