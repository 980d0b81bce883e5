/** Every way to deploy packages, lints and does what it says; what cannot be is refused in one line. */
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FLOW_FIELDS } from '../../src/core/flow-field.ts';
import { takesEvent } from './event-pattern.ts';
import { cfnLint, refusal } from './lint.ts';
import { makeService, type Packaged, packageStack, runServerless } from './package-stack.ts';
import { defaultParams, type Params, readSettings } from './settings.ts';
import { type JsonObject, readStack, readStatements, type Stack } from './template.ts';

let service: string;
const folders: string[] = [];

beforeAll(async () => {
  service = await makeService('stub');
  folders.push(service);
});

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** Packages once, and has the tests look at it. */
function describeStack(title: string, params: Params, look: (stack: () => Stack) => void): void {
  describe(title, () => {
    let packaged: Packaged;
    let stack: Stack;
    beforeAll(() => {
      packaged = packageStack(service, params);
      folders.push(packaged.folder);
      stack = readStack(packaged.template);
    });

    it('lints', (context) => {
      if (refusal !== undefined) return context.skip(refusal);
      expect(cfnLint(packaged.template)).toEqual([]);
    });

    look(() => stack);
  });
}

const environment = (stack: Stack, name: string) => stack.functions[name]!.environment;
const properties = (stack: Stack, logicalId: string) => stack.resources[logicalId]?.properties;
const statement = (stack: Stack, role: string, sid: string) =>
  stack.roles[role]!.statements.find((each) => each.sid === sid);

describeStack(
  'central buckets of another account, encrypted with its key, for a subnet of ours and two NAT gateways',
  {
    logLocations: 's3://central-logs/prod/, archive-logs',
    logAccounts: '444455556666,777788889999',
    logKeys: 'arn:aws:kms:us-east-1:444455556666:key/0a1b',
    flowLogFor: 'subnet-0123456789abcdef0',
    flowLogTraffic: 'REJECT',
    flowLogSeconds: '600',
    natGateways: 'nat-0123456789abcdef0,nat-0fedcba9876543210',
  },
  (stack) => {
    it('makes no bucket for logs', () => {
      expect(properties(stack(), 'LogBucket')).toBeUndefined();
      expect(properties(stack(), 'LogBucketPolicy')).toBeUndefined();
      expect(stack().outputs.LogBucketName).toBeUndefined();
      expect(environment(stack(), 'sweep').LOG_LOCATIONS).toBe('s3://central-logs/prod/,s3://archive-logs/');
      expect(stack().outputs.LogLocations).toBe('s3://central-logs/prod/,s3://archive-logs/');
    });

    it('reads flow logs there and nothing else', () => {
      expect(statement(stack(), 'ScanRole', 'ReadLogs')!.resources).toEqual([
        'arn:aws:s3:::central-logs/prod/AWSLogs/*vpcflowlogs/*',
        'arn:aws:s3:::archive-logs/AWSLogs/*vpcflowlogs/*',
      ]);
      expect(statement(stack(), 'SweepRole', 'ListLogs')).toMatchObject({
        resources: ['arn:aws:s3:::central-logs', 'arn:aws:s3:::archive-logs'],
        condition: { StringLike: { 's3:prefix': ['prod/AWSLogs/*', 'AWSLogs/*'] } },
      });
      expect(statement(stack(), 'ScanRole', 'ReadLogKeys')!.resources).toEqual([
        'arn:aws:kms:us-east-1:111122223333:key/flowhound-dev-Key',
        'arn:aws:kms:us-east-1:444455556666:key/0a1b',
      ]);
    });

    it('takes events from a bus that those accounts may put object-created events on', () => {
      const policy = properties(stack(), 'LogBusPolicy')!;
      expect(policy.Statement).toEqual({
        Effect: 'Allow',
        Principal: { AWS: ['444455556666', '777788889999'] },
        Action: 'events:PutEvents',
        Resource: stack().outputs.EventBusArn,
        Condition: { StringEquals: { 'events:source': 'aws.s3', 'events:detail-type': 'Object Created' } },
      });
      const rule = properties(stack(), 'ForwardedLogRule')!;
      expect(rule.EventBusName).toBe('flowhound-dev');
      const event = (bucket: string, key: string): JsonObject => ({
        source: 'aws.s3',
        'detail-type': 'Object Created',
        detail: { bucket: { name: bucket }, object: { key } },
      });
      const takes = (bucket: string, key: string) => takesEvent(rule.EventPattern as JsonObject, event(bucket, key));
      expect(takes('central-logs', 'prod/AWSLogs/444455556666/vpcflowlogs/us-east-1/2026/09/01/x.log.gz')).toBe(true);
      expect(takes('archive-logs', 'AWSLogs/aws-account-id=444455556666/aws-service=vpcflowlogs/x.log.gz')).toBe(true);
      expect(takes('central-logs', 'test/AWSLogs/444455556666/vpcflowlogs/us-east-1/2026/09/01/x.log.gz')).toBe(false);
    });

    it('lets the queue take events from both rules and from nothing else', () => {
      const [rules, ...others] = readStatements(
        properties(stack(), 'LogObjectQueuePolicy')!.PolicyDocument as JsonObject,
      );
      const arn = 'arn:aws:events:us-east-1:111122223333:rule';
      expect(rules!.condition).toEqual({
        ArnEquals: {
          'aws:SourceArn': [`${arn}/flowhound-dev-log-objects`, `${arn}/flowhound-dev/flowhound-dev-log-objects`],
        },
      });
      expect(others.map(({ effect }) => effect)).toEqual(['Deny']);
    });

    it('makes the flow log for the subnet, into the first bucket', () => {
      expect(properties(stack(), 'FlowLog')).toMatchObject({
        ResourceId: 'subnet-0123456789abcdef0',
        ResourceType: 'Subnet',
        TrafficType: 'REJECT',
        MaxAggregationInterval: 600,
        LogDestination: 'arn:aws:s3:::central-logs/prod/',
      });
    });

    it('watches each NAT gateway as the playbook does', () => {
      for (const gateway of ['0123456789abcdef0', '0fedcba9876543210']) {
        const common = {
          Namespace: 'AWS/NATGateway',
          Dimensions: [{ Name: 'NatGatewayId', Value: `nat-${gateway}` }],
          AlarmActions: [stack().outputs.AlarmTopicArn],
        };
        expect(properties(stack(), `Nat${gateway}BytesOutToDestinationAlarm`)).toEqual({
          ...common,
          AlarmDescription: `NAT gateway nat-${gateway}: 5,000,000 bytes or more went out in 15 minutes`,
          MetricName: 'BytesOutToDestination',
          Statistic: 'Sum',
          Period: 15 * 60,
          EvaluationPeriods: 1,
          ComparisonOperator: 'GreaterThanOrEqualToThreshold',
          Threshold: 5_000_000,
        });
        expect(properties(stack(), `Nat${gateway}ErrorPortAllocationAlarm`)).toEqual({
          ...common,
          AlarmDescription: `NAT gateway nat-${gateway}: source ports could not be allocated in 3 periods of 5 minutes`,
          MetricName: 'ErrorPortAllocation',
          Statistic: 'Maximum',
          Period: 5 * 60,
          EvaluationPeriods: 3,
          ComparisonOperator: 'GreaterThanThreshold',
          Threshold: 0,
        });
      }
    });
  },
);

describeStack(
  'a bucket made here that notifies the queue itself, for another account too, with the flow log of an interface',
  {
    events: 's3',
    logFolder: 'vpc/logs',
    logAccounts: '444455556666',
    flowLogFor: 'eni-0123456789abcdef0',
    partitions: 'schedule',
    partitionSchedule: 'weekly',
  },
  (stack) => {
    it('notifies the queue of flow logs, which takes it from this bucket alone', () => {
      expect(properties(stack(), 'LogBucket')!.NotificationConfiguration).toEqual({
        QueueConfigurations: [
          {
            Event: 's3:ObjectCreated:*',
            Queue: stack().outputs.QueueArn,
            Filter: { S3Key: { Rules: [{ Name: 'prefix', Value: 'vpc/logs/AWSLogs/' }] } },
          },
        ],
      });
      expect(properties(stack(), 'LogRule')).toBeUndefined();
      expect(properties(stack(), 'LogBus')).toBeUndefined();
      const policy = readStatements(properties(stack(), 'LogObjectQueuePolicy')!.PolicyDocument as JsonObject);
      expect(policy.find(({ sid }) => sid === 'Buckets')!.condition).toEqual({
        StringEquals: { 'aws:SourceAccount': ['111122223333', '444455556666'] },
        ArnLike: { 'aws:SourceArn': ['arn:aws:s3:::flowhound-dev-logbucket-*'] },
      });
      const key = readStatements(properties(stack(), 'Key')!.KeyPolicy as JsonObject);
      expect(key.map(({ sid }) => sid)).toContain('Notifications');
    });

    it('takes deliveries for both accounts', () => {
      const policy = readStatements(properties(stack(), 'LogBucketPolicy')!.PolicyDocument as JsonObject);
      const write = policy.find(({ sid }) => sid === 'AWSLogDeliveryWrite')!;
      expect(write).toMatchObject({
        actions: ['s3:PutObject'],
        resources: ['arn:aws:s3:::flowhound-dev-logbucket-0a1b2c3d4e5f/vpc/logs/AWSLogs/*'],
        condition: {
          StringEquals: {
            'aws:SourceAccount': ['111122223333', '444455556666'],
            's3:x-amz-acl': 'bucket-owner-full-control',
          },
          ArnLike: { 'aws:SourceArn': ['arn:aws:logs:*:111122223333:*', 'arn:aws:logs:*:444455556666:*'] },
        },
      });
      expect(policy.find(({ sid }) => sid === 'AWSLogDeliveryAclCheck')!.actions).toEqual([
        's3:GetBucketAcl',
        's3:ListBucket',
      ]);
    });

    it('makes the flow log as the playbook does: all traffic, into the folder, a minute at most, every field', () => {
      const flowLog = properties(stack(), 'FlowLog')!;
      expect(flowLog).toMatchObject({
        ResourceId: 'eni-0123456789abcdef0',
        ResourceType: 'NetworkInterface',
        TrafficType: 'ALL',
        MaxAggregationInterval: 60,
        LogDestinationType: 's3',
        LogDestination: 'arn:aws:s3:::flowhound-dev-logbucket-0a1b2c3d4e5f/vpc/logs/',
        DestinationOptions: { FileFormat: 'plain-text' },
      });
      // Version 6 is transit gateways'.
      const fields = [...FLOW_FIELDS.values()].filter(({ sinceVersion }) => sinceVersion !== 6);
      expect(flowLog.LogFormat).toBe(fields.map(({ name }) => `\${${name}}`).join(' '));
      expect(environment(stack(), 'sweep').LOG_LOCATIONS).toBe('s3://flowhound-dev-logbucket-0a1b2c3d4e5f/vpc/logs/');
    });

    it('loads partitions each week, and when it has been deployed', () => {
      expect(properties(stack(), 'LoadSchedule')).toMatchObject({
        ScheduleExpression: 'cron(30 0 ? * MON *)',
        Target: { Input: '{"days": 7}' },
      });
      expect(environment(stack(), 'ingest').PARTITIONS).toBe('schedule');
      const event = {
        source: 'aws.cloudformation',
        'detail-type': 'CloudFormation Stack Status Change',
        detail: {
          'stack-id':
            'arn:aws:cloudformation:us-east-1:111122223333:stack/flowhound-dev/00000000-0000-0000-0000-000000000000',
          'status-details': { status: 'UPDATE_COMPLETE' },
        },
      };
      expect(takesEvent(properties(stack(), 'DeployedRule')!.EventPattern as JsonObject, event)).toBe(true);
    });
  },
);

describeStack(
  'projection over own buckets read by Athena alone, without Security Hub',
  {
    logLocations: 'own-logs',
    scan: 'athena',
    securityHub: 'off',
    partitions: 'projection',
    partitionAccounts: '111122223333,444455556666',
    partitionRegions: 'us-east-1,eu-central-1',
    partitionFrom: '2026-09-01',
    jsonLogs: 's3://collector/json/',
  },
  (stack) => {
    it('tells ingest what to project', () => {
      expect(environment(stack(), 'ingest')).toMatchObject({
        PARTITIONS: 'projection',
        PROJECTION_ACCOUNTS: '111122223333,444455556666',
        PROJECTION_REGIONS: 'us-east-1,eu-central-1',
        FIRST_DATE: '2026/09/01',
      });
      expect(stack().functions['load-partitions']).toBeUndefined();
      expect(properties(stack(), 'LoadSchedule')).toBeUndefined();
    });

    it('has Athena scan', () => {
      expect(environment(stack(), 'plan').SCAN).toBe('athena');
      expect(properties(stack(), 'JsonFlowLogsTable')!.TableInput).toMatchObject({
        StorageDescriptor: { Location: 's3://collector/json/' },
      });
    });

    it('may not import findings', () => {
      expect(environment(stack(), 'publish').SECURITY_HUB).toBe('off');
      expect(statement(stack(), 'PublishRole', 'ImportFindings')).toBeUndefined();
      expect(properties(stack(), 'SecurityHubAlarm')).toBeUndefined();
    });
  },
);

describe('partitions of past days', () => {
  it('are loaded once and not again', async () => {
    const past = { partitions: 'schedule', partitionFrom: '2026-08-01', partitionTo: '2026-08-31' };
    for (const partitionSchedule of ['none', 'daily']) {
      const settings = await readSettings({ ...past, partitionSchedule });
      expect(settings).toMatchObject({ loadsPartitions: 'yes', loadsAgain: 'no', partitionFrom: '2026-08-01' });
    }
  });

  it.each([
    ['daily', 'cron(30 0 * * ? *)', 1],
    ['weekly', 'cron(30 0 ? * MON *)', 7],
    ['monthly', 'cron(30 0 1 * ? *)', 31],
  ])('are loaded %s', async (partitionSchedule, loadSchedule, loadDays) => {
    const settings = await readSettings({ partitions: 'schedule', partitionSchedule });
    expect(settings).toMatchObject({ loadsPartitions: 'yes', loadsAgain: 'yes', loadSchedule, loadDays });
  });
});

describeStack(
  'messages: digests by day, quiet hours, two severities with topics of their own, a chat',
  {
    digest: 'daily',
    digestAt: '08:15',
    digestAbove: '5',
    quietHours: '21:30-07:45',
    timeZone: 'Europe/Berlin',
    atOnceFrom: 'none',
    severityTopics: 'CRITICAL, HIGH',
    findingsEmail: 'soc@example.com',
    webhook: '/flowhound/webhook',
    webhookKind: 'teams',
  },
  (stack) => {
    const topic = (severity: string) => stack().outputs[`Topic${severity}`]!;

    it('tell publish all of it', () => {
      expect(environment(stack(), 'publish')).toMatchObject({
        ...{ DIGEST: 'daily', DIGEST_AT: '08:15', DIGEST_ABOVE: '5', QUIET_HOURS: '21:30-07:45' },
        ...{ TIME_ZONE: 'Europe/Berlin', AT_ONCE_FROM: 'none' },
        SEVERITY_TOPICS: `CRITICAL=${topic('Critical')},HIGH=${topic('High')}`,
      });
      const topics = [stack().outputs.TopicArn, topic('Critical'), topic('High')];
      expect(statement(stack(), 'PublishRole', 'Notify')!.resources).toEqual(topics);
    });

    it('go out when quiet hours end, and when the digest is due, by the clocks of the zone', () => {
      const flush = { Input: '{"flush": true}' };
      expect(properties(stack(), 'QuietEndSchedule')).toMatchObject({
        ...{ ScheduleExpression: 'cron(45 7 * * ? *)', ScheduleExpressionTimezone: 'Europe/Berlin', Target: flush },
      });
      expect(properties(stack(), 'DigestSchedule')).toMatchObject({
        ...{ ScheduleExpression: 'cron(15 8 * * ? *)', ScheduleExpressionTimezone: 'Europe/Berlin', Target: flush },
      });
    });

    it('of every severity reach the mailbox and the chat', () => {
      const topics = [stack().outputs.TopicArn, topic('Critical'), topic('High')].sort();
      const subscriptions = Object.values(stack().resources).filter(({ type }) => type === 'AWS::SNS::Subscription');
      const to = (protocol: string) =>
        subscriptions.filter((each) => each.properties.Protocol === protocol).map((each) => each.properties.TopicArn);
      expect(to('email').sort()).toEqual(topics);
      expect(to('lambda').sort()).toEqual(topics);
      const permissions = Object.values(stack().resources).filter(
        ({ type, properties: { Principal } }) =>
          type === 'AWS::Lambda::Permission' && Principal === 'sns.amazonaws.com',
      );
      expect(permissions.map((each) => each.properties.SourceArn).sort()).toEqual(topics);
    });

    it('let the function of the chat read its address, and nothing else', () => {
      expect(environment(stack(), 'webhook')).toMatchObject({
        ...{ WEBHOOK_PARAMETER: '/flowhound/webhook', WEBHOOK_KIND: 'teams' },
      });
      const parameter = 'arn:aws:ssm:us-east-1:111122223333:parameter/flowhound/webhook';
      expect(statement(stack(), 'WebhookRole', 'ReadAddress')).toMatchObject({
        ...{ actions: ['ssm:GetParameter'], resources: [parameter] },
      });
      const sids = stack().roles.WebhookRole!.statements.map(({ sid }) => sid);
      expect(sids).toEqual(['Trace', 'UseKey', 'WriteLog', 'KeepFailedEvents', 'ReadAddress']);
    });
  },
);

describeStack('messages, unless asked for otherwise', {}, (stack) => {
  it('go to one topic, each finding by itself, and to no chat', () => {
    expect(stack().functions.webhook).toBeUndefined();
    expect(stack().roles.WebhookRole).toBeUndefined();
    expect(Object.values(stack().resources).filter(({ type }) => type === 'AWS::SNS::Topic')).toHaveLength(2);
    for (const id of ['QuietEndSchedule', 'DigestSchedule']) expect(properties(stack(), id)).toBeUndefined();
    expect(environment(stack(), 'publish')).toMatchObject({ DIGEST: 'off', QUIET_HOURS: '', SEVERITY_TOPICS: '' });
  });
});

describe('a param that cannot be', () => {
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);

  it.each<[Params, string]>([
    [{ logFolder: 'AWSLogs' }, 'logFolder: "AWSLogs" is reserved'],
    [{ logFolder: 'vpc/AWSLogs' }, 'logFolder: "AWSLogs" is reserved'],
    [{ logLocations: 's3://central-logs/AWSLogs/' }, 'logLocations: "AWSLogs" is reserved'],
    [
      { logLocations: 's3://central-logs/a*/' },
      'logLocations: "s3://central-logs/a*/" is not a bucket or s3://bucket/prefix/',
    ],
    [{ logLocations: 'central-logs', logFolder: 'vpc' }, 'logFolder: it is for the bucket made here'],
    [{ logAccounts: '12345' }, 'logAccounts: "12345" is not an account of 12 digits'],
    [{ logKeys: 'alias/logs' }, 'logKeys: "alias/logs" is not the ARN of a KMS key'],
    [{ events: 'sns' }, 'events: "sns" is not one of eventbridge, s3'],
    [{ partitions: 'schedule' }, 'partitionSchedule: one of daily, weekly, monthly, none is needed'],
    [{ partitionSchedule: 'daily' }, 'partitionSchedule: it works with partitions=schedule only'],
    [
      { partitions: 'schedule', partitionSchedule: 'none' },
      'partitionSchedule: none needs partitionFrom and partitionTo, both in the past',
    ],
    [
      { partitions: 'schedule', partitionSchedule: 'none', partitionFrom: '2026-08-01', partitionTo: tomorrow },
      'partitionSchedule: none needs partitionFrom and partitionTo, both in the past',
    ],
    [
      { partitions: 'schedule', partitionSchedule: 'daily', partitionFrom: '2026-08-02', partitionTo: '2026-08-01' },
      'partitionFrom: 2026-08-02 is after partitionTo 2026-08-01',
    ],
    [
      { partitions: 'schedule', partitionSchedule: 'daily', partitionFrom: '2026-02-30' },
      'partitionFrom: "2026-02-30" is not a day',
    ],
    [
      { partitions: 'projection' },
      'partitions: projection needs partitionAccounts, partitionRegions and partitionFrom',
    ],
    [{ partitionFrom: '2026-08-01' }, 'backfill registers what was there before'],
    [
      { flowLogFor: 'igw-0123456789abcdef0' },
      'flowLogFor: "igw-0123456789abcdef0" is not the id of a VPC, a subnet or a network interface',
    ],
    [{ flowLogSeconds: '300' }, 'flowLogSeconds: "300" is not one of 60, 600'],
    [{ natGateways: 'nat-1' }, 'natGateways: "nat-1" is not the id of a NAT gateway'],
    [{ findingsEmail: 'soc' }, 'findingsEmail: "soc" is not an e-mail address'],
    [{ batchSize: '10001' }, 'batchSize: "10001" is not a whole number from 10 to 10000'],
    [{ logRetentionDays: '100' }, 'logRetentionDays: "100" is not one of 1, 3, 5'],
    [{ bytesPerQuery: '5' }, 'bytesPerQuery: "5" is not a whole number from 10000000'],
    [{ ownRanges: 'our-net' }, 'ownRanges: "our-net" is not an address or a CIDR'],
    [{ catchUpHours: '48', reconcileHours: '3' }, 'reconcileHours: less than catchUpHours'],
    [{ digest: 'weekly' }, 'digest: "weekly" is not one of off, hourly, daily'],
    [{ digestAt: '8' }, 'digestAt: "8" is not a time of day such as 08:00'],
    [{ digestAbove: '0' }, 'digestAbove: "0" is not a whole number from 1'],
    [{ quietHours: '22-7' }, 'quietHours: "22-7" is not hours such as 22:00-07:00'],
    [{ quietHours: '07:00-07:00' }, 'quietHours: "07:00-07:00" is not hours that end'],
    [{ timeZone: 'Berlin' }, 'timeZone: "Berlin" is not a time zone such as UTC or Europe/Berlin'],
    [{ atOnceFrom: 'never' }, 'atOnceFrom: "never" is not one of none'],
    [{ severityTopics: 'CRITICAL,URGENT' }, 'severityTopics: "URGENT" is not a severity'],
    [{ webhookKind: 'irc' }, 'webhookKind: "irc" is not one of slack, teams'],
    [{ webhook: 'flowhound' }, 'webhook: it is not the name of a parameter'],
    [{ publishFrom: 'medium' }, 'publishFrom: "medium" is not one of INFORMATIONAL'],
  ])('is refused: %j', async (params, reason) => {
    const message = await readSettings(params).then(
      () => 'taken',
      (error: Error) => error.message,
    );
    expect(message).toContain(reason);
    expect(message).not.toContain('\n');
  });

  it('is not repeated where it is a secret', async () => {
    const webhook = 'https://hooks.slack.com/services/T000/B000/s3cr3t';
    await expect(readSettings({ webhook })).rejects.toThrow(/^params refused: webhook: (?!.*s3cr3t)/);
  });

  it('is told with all the others, in one line, by the framework too', () => {
    const { status, stdout, stderr } = runServerless(service, service, { natGateways: 'nat-1', events: 'sns' });
    expect(status).not.toBe(0);
    const lines = `${stdout}${stderr}`.split('\n').filter((line) => line.includes('params refused'));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('natGateways: "nat-1"');
    expect(lines[0]).toContain('events: "sns"');
    expect(`${stdout}${stderr}`).not.toContain('settings.cjs:');
  });

  it('is refused for a stage that would not make a name', async () => {
    await expect(readSettings({}, 'Prod')).rejects.toThrow('stage: "Prod"');
    expect((await readSettings({}, 'blue-green')).database).toBe('flowhound_blue_green');
  });
});

describe('params', () => {
  it('are all looked at, and no other is', async () => {
    const asked = new Set<string>();
    await readSettings({}, 'dev', (name) => asked.add(name));
    expect([...asked].sort()).toEqual(Object.keys(defaultParams()).sort());
  });
});

describe('what a deployment was given', () => {
  it('is an output, for the next one to take over', () => {
    const { GivenParams } = readStack(packageStack(service, { scan: 'athena', batchSeconds: '60' }).template).outputs;
    expect(JSON.parse(GivenParams!)).toEqual({ scan: 'athena' });
  });
});
