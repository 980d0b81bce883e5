/** cloud/log-account.yml lets Flowhound's roles read a bucket of another account, and nothing else; its events arrive. */
import { readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, type ScalarTag } from 'yaml';
import { takesEvent } from './event-pattern.ts';
import { makeService, type Packaged, packageStack } from './package-stack.ts';
import {
  type Json,
  type JsonObject,
  type Resource,
  readStack,
  readStatements,
  resolveTemplate,
  type Stack,
  type Template,
} from './template.ts';

const LOG_ACCOUNT = fileURLToPath(new URL('../../cloud/log-account.yml', import.meta.url));

let service: string;
let packaged: Packaged;
let pipeline: Stack;
let template: Template;

beforeAll(async () => {
  service = await makeService('stub');
  packaged = packageStack(service, { logLocations: 's3://central-logs/prod/', logAccounts: '444455556666' });
  pipeline = readStack(packaged.template);
  template = readYaml(LOG_ACCOUNT);
});

afterAll(() => {
  for (const folder of [service, packaged.folder]) rmSync(folder, { recursive: true, force: true });
});

/** `!Sub x` → `{"Fn::Sub": "x"}`, as the CloudFormation command line does before it sends a template. */
function readYaml(path: string): Template {
  const names = ['Ref', 'Sub', 'GetAtt', 'If', 'Equals', 'Join'];
  const long = (name: string) => (name === 'Ref' ? name : `Fn::${name}`);
  const tags = names.flatMap((name) => [
    { tag: `!${name}`, resolve: (text: string) => ({ [long(name)]: name === 'GetAtt' ? text.split('.') : text }) },
    {
      tag: `!${name}`,
      collection: 'seq' as const,
      resolve: (items: { toJSON(): unknown }) => ({ toJSON: () => ({ [long(name)]: items.toJSON() }) }),
    },
  ]);
  const customTags = tags as unknown as ScalarTag[];
  return JSON.parse(JSON.stringify(parse(readFileSync(path, 'utf8'), { customTags }))) as Template;
}

function deploy(writesBucketPolicy: 'yes' | 'no'): Pick<Stack, 'resources' | 'outputs'> {
  const values: Record<string, Json> = {
    LogBucketName: 'central-logs',
    LogPrefix: 'prod/',
    PipelineAccountId: '111122223333',
    LogReaderRoleArns: pipeline.outputs.LogReaderRoleArns!.split(','),
    EventBusArn: pipeline.outputs.EventBusArn!,
    WritesBucketPolicy: writesBucketPolicy,
  };
  return resolveTemplate(template, { account: '444455556666', values });
}

const statementsOf = ({ properties }: Resource) => readStatements(properties.PolicyDocument as JsonObject);

describe('events', () => {
  it('of new flow logs are sent to the bus, and the rule behind it takes them', () => {
    const { resources } = deploy('no');
    const rule = resources.ForwardRule!.properties;
    const [target] = rule.Targets as readonly JsonObject[];
    expect(target!.Arn).toBe(pipeline.outputs.EventBusArn);
    const event = (key: string): JsonObject => ({
      source: 'aws.s3',
      'detail-type': 'Object Created',
      detail: { bucket: { name: 'central-logs' }, object: { key } },
    });
    const taken = [
      'prod/AWSLogs/444455556666/vpcflowlogs/us-east-1/2026/09/01/x.log.gz',
      'prod/AWSLogs/aws-account-id=444455556666/aws-service=vpcflowlogs/aws-region=us-east-1/year=2026/x.log.gz',
    ];
    for (const key of taken) {
      expect(takesEvent(rule.EventPattern as JsonObject, event(key))).toBe(true);
      const behind = pipeline.resources.ForwardedLogRule!.properties.EventPattern as JsonObject;
      expect(takesEvent(behind, event(key))).toBe(true);
    }
    const other = event('prod/AWSLogs/444455556666/CloudTrail/us-east-1/2026/09/01/x.json.gz');
    expect(takesEvent(rule.EventPattern as JsonObject, other)).toBe(false);
  });

  it('are all that its role may send', () => {
    const { resources } = deploy('no');
    const [policy] = resources.ForwardRole!.properties.Policies as readonly { readonly PolicyDocument: JsonObject }[];
    expect(readStatements(policy!.PolicyDocument)).toEqual([
      { sid: 'Forward', effect: 'Allow', actions: ['events:PutEvents'], resources: [pipeline.outputs.EventBusArn] },
    ]);
  });
});

describe('the bucket', () => {
  it('keeps its policy unless told otherwise', () => {
    expect(deploy('no').resources.BucketPolicy).toBeUndefined();
  });

  it('allows what the roles of the pipeline do there, each of them by name', () => {
    const policy = statementsOf(deploy('yes').resources.BucketPolicy!);
    const readers = Object.values(pipeline.roles).filter(({ statements }) =>
      statements.some(({ resources }) => resources.some((resource) => resource.includes('central-logs'))),
    );
    expect(readers.length).toBe(5);
    for (const { arn, statements } of readers) {
      for (const { actions, resources } of statements) {
        for (const resource of resources.filter((each) => each.includes('central-logs'))) {
          for (const action of actions) {
            const allowing = policy.filter(
              (each) => each.effect === 'Allow' && each.actions.includes(action) && each.resources.includes(resource),
            );
            const principals = allowing.flatMap(
              ({ condition }) =>
                (condition?.ArnEquals as JsonObject | undefined)?.['aws:PrincipalArn'] as readonly string[],
            );
            expect(principals, `${action} ${resource}`).toContain(arn);
          }
        }
      }
    }
  });

  it('with a policy of its own is told the same statements', () => {
    const { outputs, resources } = deploy('yes');
    const told = readStatements({ Statement: JSON.parse(outputs.BucketPolicyStatements!) });
    expect(told).toEqual(statementsOf(resources.BucketPolicy!).slice(0, 2));
  });

  it('takes deliveries of its account and plain HTTP from nobody', () => {
    const policy = statementsOf(deploy('yes').resources.BucketPolicy!);
    expect(policy.map(({ sid }) => sid)).toEqual([
      'FlowhoundReads',
      'FlowhoundLists',
      'AWSLogDeliveryWrite',
      'AWSLogDeliveryAclCheck',
      'TlsOnly',
    ]);
  });

  it("with a key is told the key's statement: decrypting, through S3, by those roles", () => {
    const statement = JSON.parse(deploy('no').outputs.KeyPolicyStatement!);
    expect(statement).toMatchObject({
      Action: 'kms:Decrypt',
      Condition: {
        ArnEquals: { 'aws:PrincipalArn': pipeline.outputs.LogReaderRoleArns!.split(',') },
        StringEquals: { 'kms:ViaService': 's3.us-east-1.amazonaws.com' },
      },
    });
  });
});
