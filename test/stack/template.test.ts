/** The packaged template keeps the promises of docs/operations.md and docs/threat-model.md. */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import validate from 'asl-validator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { takesEvent } from './event-pattern.ts';
import { parseTable } from './hive-ddl.ts';
import { makeService, type Packaged, packageStack } from './package-stack.ts';
import { type Json, type JsonObject, type Resource, readStack, readStatements, type Stack } from './template.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const YML = readFileSync(join(ROOT, 'serverless.yml'), 'utf8');
const ASL = readFileSync(join(ROOT, 'statemachines/sweep.asl.json'), 'utf8');
/** A param of every kind, so that nothing is left out for being switched off. */
const EVERYTHING = {
  partitions: 'schedule',
  partitionSchedule: 'daily',
  natGateways: 'nat-0123456789abcdef0',
  flowLogFor: 'vpc-0123456789abcdef0',
  findingsEmail: 'soc@example.com',
  alarmsEmail: 'ops@example.com',
  digest: 'daily',
  quietHours: '22:00-07:00',
  timeZone: 'Europe/Berlin',
  severityTopics: 'CRITICAL',
  webhook: '/flowhound/webhook',
};

/** What sql/tables writes for the bucket and prefix of the state. */
const STATE_LOCATION = `\${state_location}`;

let service: string;
let packaged: Packaged;
let stack: Stack;

beforeAll(async () => {
  service = await makeService();
  packaged = packageStack(service, EVERYTHING);
  stack = readStack(packaged.template);
});

afterAll(() => {
  for (const folder of [service, packaged.folder]) rmSync(folder, { recursive: true, force: true });
});

const ofType = (type: string): [string, Resource][] =>
  Object.entries(stack.resources).filter(([, resource]) => resource.type === type);
const properties = (logicalId: string) => stack.resources[logicalId]!.properties;
const property = (logicalId: string, path: string) =>
  path.split('.').reduce<unknown>((value, key) => (value as Record<string, unknown>)?.[key], properties(logicalId));

function findTasks(value: Json): JsonObject[] {
  if (typeof value !== 'object' || value === null) return [];
  const below = Object.values(value).flatMap((each: Json) => findTasks(each));
  return (value as JsonObject).Type === 'Task' ? [value as JsonObject, ...below] : below;
}

describe('packaging', () => {
  it('gives the same bytes again, but for the time in the name of the upload folder', () => {
    const again = packageStack(service, EVERYTHING);
    const read = (folder: string, file: string) =>
      file.endsWith('.zip')
        ? readFileSync(join(folder, file)).toString('base64')
        : readFileSync(join(folder, file), 'utf8').replaceAll(/\/\d{13}-\d{4}-[\d-]+T[\d:.]+Z\//g, '/time/');
    const files = readdirSync(packaged.folder).filter((file) => file !== 'serverless-state.json');
    expect(files.length).toBeGreaterThan(14);
    expect(readdirSync(again.folder).filter((file) => file !== 'serverless-state.json')).toEqual(files);
    for (const file of files) expect(read(again.folder, file) === read(packaged.folder, file), file).toBe(true);
    rmSync(again.folder, { recursive: true, force: true });
  });

  it('stays under what CloudFormation takes', () => {
    // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
    expect(readFileSync(packaged.template).length).toBeLessThan(1_000_000);
    expect(Object.keys(stack.resources).length).toBeLessThan(500);
    expect(Object.keys(stack.outputs).length).toBeLessThan(200);
  });

  it('names no account, no region and no partition', () => {
    const text = readFileSync(packaged.template, 'utf8');
    expect(text).not.toMatch(/arn:aws(-cn|-us-gov)?:/);
    expect(text).not.toMatch(/\b(\d{12}):|"\d{12}"/);
    expect(text).not.toContain('us-east-1');
  });

  it.each([
    ['aws-cn', 'cn-north-1', 'amazonaws.com.cn'],
    ['aws-us-gov', 'us-gov-west-1', 'amazonaws.com'],
  ])('works in the partition %s', (partition, region, suffix) => {
    const there = readStack(packaged.template, { partition, region });
    const text = JSON.stringify(there);
    expect(text).not.toContain('arn:aws:');
    expect(text).toContain(`"arn:${partition}:states:::athena:startQueryExecution.sync"`);
    expect(text).toContain(`logs.${region}.${suffix}`);
  });
});

describe('the state machine', () => {
  it('has every placeholder filled, with what is in the stack', () => {
    const text = JSON.stringify(stack.stateMachine.definition);
    expect(text).not.toContain('${');
    const arns = Object.values(stack.functions).map(({ arn }) => arn);
    const invoked = new Set([...text.matchAll(/arn:aws:lambda[^"]+/g)].map(([arn]) => arn));
    for (const arn of invoked) expect(arns).toContain(arn);
    expect(text).toContain('arn:aws:states:::athena:startQueryExecution.sync');
  });

  it('is the one of statemachines/, word for word', () => {
    const substitutions = property('StateMachine', 'DefinitionSubstitutions') as Record<string, string>;
    const filled = ASL.replaceAll(/\$\{(\w+)\}/g, (_whole, name: string) => substitutions[name]!);
    expect(stack.stateMachine.definition).toEqual(JSON.parse(filled));
  });

  it('gives every function the time it has', () => {
    const timeouts = new Map(Object.values(stack.functions).map(({ arn, timeout }) => [arn, timeout]));
    const tasks = findTasks(stack.stateMachine.definition).filter(({ Resource }) => timeouts.has(String(Resource)));
    expect(tasks.length).toBeGreaterThan(10);
    for (const task of tasks) {
      expect(task.TimeoutSeconds, JSON.stringify(task)).toBeGreaterThanOrEqual(timeouts.get(String(task.Resource))!);
    }
  });

  it('is told of no function that it does not use', () => {
    const used = [...new Set([...ASL.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name))].sort();
    expect(Object.keys(property('StateMachine', 'DefinitionSubstitutions') as object).sort()).toEqual(used);
  });

  it('is valid ASL', () => {
    const { isValid, errorsText } = validate(structuredClone(stack.stateMachine.definition) as object);
    expect(errorsText('\n')).toBe('');
    expect(isValid).toBe(true);
  });

  it('may invoke every function it names, and only those', () => {
    const invoked = new Set(JSON.stringify(stack.stateMachine.definition).match(/arn:aws:lambda[^"]+/g));
    const { statements } = stack.roles[stack.stateMachine.roleLogicalId]!;
    const allowed = statements.filter(({ actions }) => actions.includes('lambda:InvokeFunction'));
    expect(allowed.flatMap(({ resources }) => resources).sort()).toEqual([...invoked].sort());
  });

  it('is logged and traced', () => {
    expect(property('StateMachine', 'LoggingConfiguration.Level')).toBe('ALL');
    expect(property('StateMachine', 'TracingConfiguration.Enabled')).toBe(true);
  });
});

describe('functions', () => {
  it('run on Node 24 on arm64, traced, each with a role of its own', () => {
    const functions = ofType('AWS::Lambda::Function');
    expect(functions.length).toBe(14);
    for (const [, resource] of functions) {
      expect(resource.properties).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        TracingConfig: { Mode: 'Active' },
      });
    }
    const roles = Object.values(stack.functions).map(({ roleLogicalId }) => roleLogicalId);
    expect(new Set(roles).size).toBe(roles.length);
    expect(stack.resources.IamRoleLambdaExecution).toBeUndefined();
  });

  it('get every setting that their code asks for', () => {
    const shared = readdirSync(join(ROOT, 'functions/lambda')).map((file) => `lambda/${file}`);
    const asked = (file: string) => {
      const text = readFileSync(join(ROOT, 'functions', file), 'utf8');
      return [...text.matchAll(/(?:required|listed|networks)\('(\w+)'\)|process\.env\.(\w+)/g)].map(
        ([, a, b]) => a ?? b!,
      );
    };
    const imports = (file: string) => {
      const text = readFileSync(join(ROOT, 'functions', file), 'utf8');
      return [...text.matchAll(/from '\.\/(?:lambda\/)?([\w-]+\.ts)'/g)].map(([, name]) => `lambda/${name}`);
    };
    const reach = (file: string): string[] => [
      file,
      ...imports(file)
        .filter((name) => shared.includes(name) && name !== 'lambda/environment.ts')
        .flatMap(reach),
    ];
    const catalog = ['DATABASE', 'WORK_GROUP', 'PARTITIONS', 'PROJECTION_ACCOUNTS', 'PROJECTION_REGIONS', 'FIRST_DATE'];
    for (const [name, { environment }] of Object.entries(stack.functions)) {
      const files = reach(`${name}.ts`);
      const wanted = files.flatMap((file) => [...asked(file), ...(file === 'lambda/catalog.ts' ? catalog : [])]);
      for (const setting of wanted.filter((each) => each !== 'AWS_REGION')) {
        expect(Object.keys(environment), name).toContain(setting);
      }
      const standard = ['POWERTOOLS_SERVICE_NAME', 'POWERTOOLS_METRICS_NAMESPACE', 'STATE_BUCKET'];
      expect(
        Object.keys(environment).filter((each) => !standard.includes(each) && !wanted.includes(each)),
        name,
      ).toEqual([]);
    }
  });

  it('scan with a whole CPU and fifteen minutes', () => {
    expect(stack.functions.scan!.memory).toBeGreaterThanOrEqual(1769);
    expect(stack.functions.scan!.timeout).toBe(900);
  });

  it('keep what nobody waits for: failed events go to a queue', () => {
    const waitedFor = new Set(JSON.stringify(stack.stateMachine.definition).match(/arn:aws:lambda[^"]+/g));
    for (const { arn, logicalId } of Object.values(stack.functions)) {
      if (waitedFor.has(arn) || logicalId === 'IngestLambdaFunction') continue;
      expect(property(logicalId, 'DeadLetterConfig.TargetArn'), logicalId).toContain('FailedEventQueue');
    }
  });
});

describe('the queue', () => {
  it('feeds ingest in full batches, and takes failures back message by message', () => {
    const [[, mapping]] = ofType('AWS::Lambda::EventSourceMapping') as [[string, Resource]];
    expect(mapping.properties).toMatchObject({
      BatchSize: 10_000,
      MaximumBatchingWindowInSeconds: 60,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 2 },
    });
  });

  it('hides a message for six times the function, and the longest wait for a batch', () => {
    // https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
    const visibility = property('LogObjectQueue', 'VisibilityTimeout') as number;
    expect(visibility).toBeGreaterThanOrEqual(6 * stack.functions.ingest!.timeout + 300);
    expect(property('LogObjectQueue', 'RedrivePolicy')).toMatchObject({ maxReceiveCount: 5 });
  });
});

describe('rules', () => {
  const bucket = 'flowhound-dev-logbucket-0a1b2c3d4e5f';
  const created = (key: string, from = bucket, type = 'Object Created'): JsonObject => ({
    source: 'aws.s3',
    'detail-type': type,
    detail: { bucket: { name: from }, object: { key } },
  });
  const takes = (rule: string, event: JsonObject) => takesEvent(property(rule, 'EventPattern') as JsonObject, event);
  const file = '111122223333_vpcflowlogs_us-east-1_fl-0a_20260901T0005Z_ab.log.gz';

  it.each([
    `AWSLogs/111122223333/vpcflowlogs/us-east-1/2026/09/01/${file}`,
    `AWSLogs/o-abc123/111122223333/vpcflowlogs/us-east-1/2026/09/01/00/${file}`,
    `AWSLogs/aws-account-id=111122223333/aws-service=vpcflowlogs/aws-region=us-east-1/year=2026/month=09/day=01/${file}`,
  ])('take %s', (key) => {
    expect(takes('LogRule', created(key))).toBe(true);
  });

  it.each([
    ['other logs', created('AWSLogs/111122223333/CloudTrail/us-east-1/2026/09/01/x.json.gz')],
    ['other buckets', created(`AWSLogs/111122223333/vpcflowlogs/us-east-1/2026/09/01/${file}`, 'another')],
    [
      'other events',
      created(`AWSLogs/111122223333/vpcflowlogs/us-east-1/2026/09/01/${file}`, bucket, 'Object Deleted'),
    ],
  ])('leave out %s', (_what, event) => {
    expect(takes('LogRule', event)).toBe(false);
  });

  it('start a new version of the indicators when a list comes or goes, and never by what it writes itself', () => {
    const state = stack.outputs.StateBucketName!;
    for (const type of ['Object Created', 'Object Deleted']) {
      for (const folder of ['incoming', 'allow']) {
        expect(takes('IndicatorRule', created(`indicators/${folder}/list.csv`, state, type))).toBe(true);
      }
    }
    for (const key of ['indicators/current.json', 'indicators/incident_iocs/iocs.csv', 'indicators/0a1b.json']) {
      expect(takes('IndicatorRule', created(key, state))).toBe(false);
    }
  });

  it('record every execution that ended badly, of this state machine', () => {
    const ended = (status: string, stateMachineArn: string): JsonObject => ({
      source: 'aws.states',
      'detail-type': 'Step Functions Execution Status Change',
      detail: { status, stateMachineArn },
    });
    for (const status of ['FAILED', 'TIMED_OUT', 'ABORTED']) {
      expect(takes('FailureRule', ended(status, stack.stateMachine.arn))).toBe(true);
      expect(takes('FailureRule', ended(status, `${stack.stateMachine.arn}-other`))).toBe(false);
    }
    expect(takes('FailureRule', ended('SUCCEEDED', stack.stateMachine.arn))).toBe(false);
  });

  it('keep what they cannot deliver, and may invoke what they target', () => {
    const permissions = ofType('AWS::Lambda::Permission').map(([, resource]) => resource.properties);
    for (const [logicalId, rule] of ofType('AWS::Events::Rule')) {
      const [target] = rule.properties.Targets as readonly JsonObject[];
      expect(target!.DeadLetterConfig, logicalId).toBeDefined();
      if (!String(target!.Arn).includes(':lambda:')) continue;
      const permission = permissions.find(({ SourceArn }) => String(SourceArn).endsWith(String(rule.properties.Name)));
      expect(String(target!.Arn)).toMatch(new RegExp(`:${permission!.FunctionName}$`));
    }
  });
});

describe('what rests', () => {
  it('is encrypted with the one key, which rotates', () => {
    const key = stack.outputs.KeyArn;
    expect(properties('Key').EnableKeyRotation).toBe(true);
    const ours = ofType('AWS::S3::Bucket').filter(([id]) => id !== 'ServerlessDeploymentBucket');
    expect(ours.map(([id]) => id).sort()).toEqual(['LogBucket', 'StateBucket']);
    for (const [id] of ours) {
      const [rule] = property(id, 'BucketEncryption.ServerSideEncryptionConfiguration') as readonly JsonObject[];
      expect(rule).toEqual({
        BucketKeyEnabled: true,
        ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: key },
      });
    }
    const keyed = [...ofType('AWS::SQS::Queue'), ...ofType('AWS::SNS::Topic')];
    expect(keyed.length).toBe(6);
    for (const [id, resource] of keyed) expect(resource.properties.KmsMasterKeyId, id).toBe('flowhound-dev-Key');
    expect(property('WorkGroup', 'WorkGroupConfiguration.ResultConfiguration.EncryptionConfiguration')).toEqual({
      EncryptionOption: 'SSE_KMS',
      KmsKey: key,
    });
  });

  it('is closed to the public and to plain HTTP', () => {
    for (const [id, { properties: bucket }] of ofType('AWS::S3::Bucket')) {
      expect(bucket.PublicAccessBlockConfiguration, id).toEqual({
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      });
    }
    const policies = ['AWS::S3::BucketPolicy', 'AWS::SQS::QueuePolicy', 'AWS::SNS::TopicPolicy'].flatMap(ofType);
    expect(policies.length).toBe(9);
    for (const [id, { properties: policy }] of policies) {
      const denials = readStatements(policy.PolicyDocument as JsonObject).filter(({ effect }) => effect === 'Deny');
      expect(JSON.stringify(denials.map(({ condition }) => condition)), id).toMatch(/"aws:SecureTransport":"?false/);
    }
  });

  it('outlives the stack: buckets and their key', () => {
    for (const id of ['StateBucket', 'LogBucket', 'Key']) expect(stack.resources[id]!.deletionPolicy).toBe('Retain');
    const raw = JSON.parse(readFileSync(packaged.template, 'utf8')).Resources;
    for (const id of ['StateBucket', 'LogBucket', 'Key']) expect(raw[id].UpdateReplacePolicy).toBe('Retain');
  });

  it('is cleared away by age where it grows, and kept where it is the memory', () => {
    const rules = property('StateBucket', 'LifecycleConfiguration.Rules') as readonly JsonObject[];
    const expiring = rules.filter((rule) => rule.ExpirationInDays !== undefined);
    expect(expiring.map(({ Prefix, ExpirationInDays }) => [Prefix, ExpirationInDays])).toEqual([
      ['query-results/', 30],
      ['runs/', 400],
      ['evidence/', 400],
      ['addresses/', 400],
    ]);
    expect(rules.at(-1)).toMatchObject({
      ...{ NoncurrentVersionExpiration: { NoncurrentDays: 30 }, ExpiredObjectDeleteMarker: true },
    });
  });

  it('of logs is kept for a while, and encrypted', () => {
    const groups = ofType('AWS::Logs::LogGroup');
    expect(groups.length).toBe(15);
    for (const [id, { properties: group }] of groups) {
      expect(group, id).toMatchObject({ RetentionInDays: 14, KmsKeyId: stack.outputs.KeyArn });
    }
  });
});

describe('permissions', () => {
  /** Sid → why there is no narrower resource; serverless.yml says so beside each. */
  const WILDCARDS = new Set(['Trace', 'DeliverLogs']);

  it('have a wildcard only where the service knows no resource, and the reason stands beside it', () => {
    for (const { logicalId, statements } of Object.values(stack.roles)) {
      for (const { sid, resources, actions } of statements) {
        if (resources.some((resource) => resource === '*')) expect(WILDCARDS, logicalId).toContain(sid);
        expect(
          actions.filter((action) => action.includes('*')),
          `${logicalId} ${sid}`,
        ).toEqual([]);
      }
    }
    const lines = YML.split('\n');
    const wildcards = lines.flatMap((line, at) => (/Sid: (Trace|DeliverLogs)\b/.test(line) ? [at] : []));
    expect(wildcards.length).toBe(2);
    for (const at of wildcards) expect(lines.slice(at - 3, at).join('\n')).toContain('# Wildcard: ');
  });

  it('name a statement once in a role', () => {
    for (const { logicalId, statements } of Object.values(stack.roles)) {
      const sids = statements.map(({ sid }) => sid);
      expect(new Set(sids).size, logicalId).toBe(sids.length);
      expect(sids, logicalId).not.toContain('');
    }
  });

  it('fit into what IAM takes inline for a role, blanks not counted', () => {
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    for (const [id, { properties: role }] of ofType('AWS::IAM::Role')) {
      expect(JSON.stringify(role.Policies).replaceAll(/\s/g, '').length, id).toBeLessThan(10_240);
    }
  });

  it('let nobody else in: trust is for one service each', () => {
    for (const [id, { properties: role }] of ofType('AWS::IAM::Role')) {
      const [trust, ...others] = (role.AssumeRolePolicyDocument as JsonObject).Statement as readonly JsonObject[];
      expect(others, id).toEqual([]);
      expect((trust!.Principal as JsonObject).Service, id).toMatch(/^(lambda|states|scheduler)\.amazonaws\.com$/);
    }
  });

  it('of those who read logs are told to the bucket owner', () => {
    const readers = Object.values(stack.roles).filter(({ statements }) =>
      statements.some(({ resources }) => resources.some((resource) => resource.includes('logbucket'))),
    );
    expect(stack.outputs.LogReaderRoleArns!.split(',').sort()).toEqual(readers.map(({ arn }) => arn).sort());
  });
});

describe('the catalogue', () => {
  const tables = {
    evidence: 'EvidenceTable',
    indicator_addresses: 'IndicatorAddressesTable',
    address_index: 'AddressIndexTable',
    incident_iocs: 'IncidentIocsTable',
    vpc_flow_logs: 'JsonFlowLogsTable',
  };

  it.each(Object.entries(tables))('has the table %s as sql/tables has it', (name, logicalId) => {
    const wanted = parseTable(readFileSync(join(ROOT, `sql/tables/${name}.sql`), 'utf8'));
    const input = property(logicalId, 'TableInput') as JsonObject;
    const storage = input.StorageDescriptor as JsonObject;
    const serde = storage.SerdeInfo as JsonObject;
    const state = `s3://${stack.outputs.StateBucketName}`;
    // The projected days are those for which the index is kept.
    const fill = (text: string) => text.replaceAll(STATE_LOCATION, state).replace('<first_date>', 'NOW-400DAYS');
    expect(input.Name).toBe(wanted.name);
    expect(storage.Columns).toEqual(wanted.columns);
    expect(input.PartitionKeys ?? []).toEqual(wanted.partitionKeys);
    expect(serde.SerializationLibrary).toBe(wanted.serde);
    expect(serde.Parameters ?? {}).toEqual(wanted.serdeParameters);
    const { EXTERNAL, ...parameters } = input.Parameters as JsonObject;
    expect(EXTERNAL).toBe('TRUE');
    const filled = Object.entries(wanted.properties).map(([key, value]) => [key, fill(value)]);
    expect(parameters).toEqual(Object.fromEntries(filled));
    expect(storage.Location).toBe(wanted.location.startsWith('${') ? fill(wanted.location) : storage.Location);
    expect(storage.Location).toMatch(/^s3:\/\/.*\/$/);
  });

  it('names every table of sql/tables but that of raw logs, which are made as formats are learned', () => {
    const files = readdirSync(join(ROOT, 'sql/tables')).map((file) => file.replace('.sql', ''));
    expect(files.filter((name) => name !== 'vpcflow').sort()).toEqual(Object.keys(tables).sort());
  });

  it('has every query of the catalogue under its name', () => {
    const queries = new Map(ofType('AWS::Athena::NamedQuery').map(([, { properties: query }]) => [query.Name, query]));
    const folders = ['detections', 'activity'];
    const files = folders.flatMap((folder) =>
      readdirSync(join(ROOT, 'sql', folder)).map((file) => `${folder}/${file}`),
    );
    expect(queries.size).toBe(files.length);
    for (const file of files) {
      const text = readFileSync(join(ROOT, 'sql', file), 'utf8');
      const query = queries.get(/^-- name: (.+)$/m.exec(text)![1]!)!;
      expect(query.QueryString).toBe(text);
      expect(query).toMatchObject({ Database: 'flowhound_dev', WorkGroup: 'flowhound-dev' });
      expect(text).toContain(`-- purpose: ${query.Description}\n`);
    }
  });

  it('is queried within bounds that no query can lift', () => {
    expect(property('WorkGroup', 'WorkGroupConfiguration')).toMatchObject({
      EnforceWorkGroupConfiguration: true,
      BytesScannedCutoffPerQuery: 100_000_000_000,
      EngineVersion: { SelectedEngineVersion: 'Athena engine version 3' },
      ResultConfiguration: { OutputLocation: `s3://${stack.outputs.StateBucketName}/query-results/` },
    });
  });
});

describe('alarms and dashboard', () => {
  const functions = readdirSync(join(ROOT, 'functions')).filter((file) => file.endsWith('.ts'));
  const emitted = new Set(
    functions.flatMap((file) => {
      const text = readFileSync(join(ROOT, 'functions', file), 'utf8');
      const calls = [...text.matchAll(/\bcount\(\{([^}]*)\}\)/g)].map(([, counts]) => counts!);
      return calls.flatMap((counts) => [...counts.matchAll(/(\w+):/g)].map(([, name]) => name!));
    }),
  );

  it('watch metrics that functions emit, of this stack', () => {
    expect(emitted.size).toBeGreaterThan(9);
    const ours = ofType('AWS::CloudWatch::Alarm').filter(
      ([, { properties: alarm }]) => alarm.Namespace === 'Flowhound',
    );
    expect(ours.length).toBeGreaterThan(3);
    for (const [id, { properties: alarm }] of ours) {
      expect(emitted, id).toContain(alarm.MetricName);
      expect(alarm.Dimensions).toEqual([
        { Name: 'service', Value: stack.functions.ingest!.environment.POWERTOOLS_SERVICE_NAME },
      ]);
    }
  });

  it('show every metric that functions emit, or ring at it', () => {
    const body = String(property('Dashboard', 'DashboardBody'));
    const alarms = ofType('AWS::CloudWatch::Alarm').map(([, { properties: alarm }]) => alarm.MetricName);
    for (const name of emitted) expect(body.includes(`"${name}"`) || alarms.includes(name), name).toBe(true);
  });

  it('make a dashboard that CloudWatch can read', () => {
    const { widgets } = JSON.parse(String(property('Dashboard', 'DashboardBody'))) as { widgets: JsonObject[] };
    expect(widgets.length).toBeGreaterThan(8);
    for (const { x, width } of widgets) expect(Number(x) + Number(width)).toBeLessThanOrEqual(24);
  });

  it('ring somewhere', () => {
    for (const [id, { properties: alarm }] of ofType('AWS::CloudWatch::Alarm')) {
      expect(alarm.AlarmActions, id).toEqual([stack.outputs.AlarmTopicArn]);
      expect(String(alarm.AlarmDescription).length, id).toBeGreaterThan(20);
    }
  });
});

describe('outputs', () => {
  it('are what the command line asks for', () => {
    const text = readFileSync(join(ROOT, 'src/aws/stack.ts'), 'utf8');
    const wanted = [...text.matchAll(/outputs\.(\w+)/g)].map(([, name]) => name!);
    expect(wanted.length).toBeGreaterThan(4);
    for (const name of wanted) expect(stack.outputs[name], name).toBeDefined();
  });
});
