/**
 * `flowhound deploy` in a clone: its checks against the AWS double, the real `serverless package`, and a recorder in place of
 * the framework where it would deploy.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import {
  GetBucketNotificationConfigurationCommand,
  type NotificationConfiguration,
  PutBucketNotificationConfigurationCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type AwsDouble, startAwsDouble } from '../aws-double/start.ts';
import { writeFileAt } from '../oracle/world.ts';
import { awsEnvironment } from './aws-terminal.ts';
import { copyClone, REPOSITORY } from './clone-copy.ts';
import { linesOf, parseLines } from './command-line.ts';

const BUCKET = 'central-flow-logs';
const PLACE = `s3://${BUCKET}/org/`;
const OUTPUTS = {
  StateBucketName: 'state',
  StateMachineArn: 'arn:aws:states:us-east-1:111122223333:stateMachine:flowhound-dev',
  DatabaseName: 'flowhound_dev',
  WorkGroupName: 'flowhound-dev',
  TopicArn: 'arn:aws:sns:us-east-1:111122223333:findings',
  LogLocations: PLACE,
};
/** What ran, with what it was given. */
const RECORDER = `
const { appendFileSync } = require('node:fs');
const { AWS_REGION, AWS_PROFILE } = process.env;
appendFileSync('recorded.ndjson', JSON.stringify({ args: process.argv.slice(2), AWS_REGION, AWS_PROFILE }) + '\\n');
console.log('the framework talks');
process.exitCode = Number(process.env.RECORDED_STATUS ?? 0);
`;

type Outcome = { readonly status: number | null; readonly stdout: string; readonly stderr: string };

let double: AwsDouble;
let clone: string;
let s3: S3Client;
let queueArn: string;

beforeAll(async () => {
  double = await startAwsDouble({ buckets: [BUCKET, 'elsewhere'] });
  s3 = new S3Client({ ...double.client('administrator'), forcePathStyle: true });
  clone = copyClone();
  const sqs = new SQSClient(double.client('administrator'));
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'somebody' }));
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
  queueArn = Attributes!.QueueArn!;
  const Statement = [
    { Effect: 'Allow', Principal: { Service: 's3.amazonaws.com' }, Action: 'sqs:SendMessage', Resource: queueArn },
  ];
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
});
beforeEach(() => notify({ QueueConfigurations: [othersNotification()] }));
afterEach(() => {
  double.stacks.clear();
  double.securityHub.isEnabled = true;
});
afterAll(async () => {
  rmSync(clone, { recursive: true, force: true });
  await double.close();
});

/** Somebody else's, which must never be lost. */
function othersNotification() {
  const Filter = { Key: { FilterRules: [{ Name: 'prefix' as const, Value: 'pictures/' }] } };
  return { Id: 'somebody', QueueArn: queueArn, Events: ['s3:ObjectCreated:*' as const], Filter };
}

function notify(NotificationConfiguration: NotificationConfiguration) {
  return s3.send(new PutBucketNotificationConfigurationCommand({ Bucket: BUCKET, NotificationConfiguration }));
}

async function notifications() {
  const { $metadata: _metadata, ...found } = await s3.send(
    new GetBucketNotificationConfigurationCommand({ Bucket: BUCKET }),
  );
  return found;
}

function start(args: readonly string[], env: Record<string, string> = {}): ChildProcess {
  return spawn(process.execPath, ['bin/flowhound.js', ...args], {
    cwd: clone,
    env: { ...process.env, ...awsEnvironment(double), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function run(args: readonly string[], env: Record<string, string> = {}): Promise<Outcome> {
  const child = start(['deploy', ...args], env);
  let [stdout, stderr] = ['', ''];
  child.stdout!.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise((resolve) => child.on('close', (status) => resolve({ status, stdout, stderr })));
}

/** Puts the recorder in the framework's place. */
function record(): void {
  const modules = join(clone, 'node_modules');
  if (!existsSync(join(modules, 'serverless/recorder.cjs'))) {
    rmSync(modules, { recursive: true, force: true });
    mkdirSync(modules);
    for (const name of readdirSync(join(REPOSITORY, 'node_modules'))) {
      if (name !== 'serverless') symlinkSync(join(REPOSITORY, 'node_modules', name), join(modules, name));
    }
    writeFileAt(modules, 'serverless/package.json', '{ "bin": { "serverless": "recorder.cjs" } }');
    writeFileAt(modules, 'serverless/recorder.cjs', RECORDER);
    // What it bundles is not looked at here, and takes seconds.
    writeFileAt(clone, 'scripts/bundle-functions.ts', '');
  }
  rmSync(join(clone, 'recorded.ndjson'), { force: true });
}

function recorded(): { args: string[]; AWS_REGION?: string; AWS_PROFILE?: string }[] {
  const path = join(clone, 'recorded.ndjson');
  return existsSync(path) ? linesOf(readFileSync(path, 'utf8')).map((line) => JSON.parse(line)) : [];
}

describe('deploy --dry-run', () => {
  it('checks, shows the difference and the command, packages, and changes nothing', async () => {
    const before = await notifications();
    const { status, stdout, stderr } = await run(['--dry-run', '--log-bucket', PLACE, '--param', 'scan=athena']);
    expect(status, stderr).toBe(0);
    const rows = parseLines(stdout).map(({ check, value, ok }) => [check, value, ok]);
    expect(rows).toEqual([
      ['account', '111122223333 us-east-1, as arn:aws:sts::111122223333:assumed-role/responder/double', true],
      ['stack', 'flowhound-dev will be made', true],
      ['log bucket', `s3://${BUCKET}`, true],
      ['bucket events', `${BUCKET}: + all events to EventBridge`, true],
      ['bucket events', `${BUCKET}:   s3:ObjectCreated:* below pictures/ to ${queueArn}`, true],
      ['security hub', 'on', true],
      [
        'command',
        `npx serverless deploy --stage dev --region us-east-1 --param scan=athena --param logLocations=${PLACE}`,
        true,
      ],
    ]);
    expect(stderr).toContain('nothing was changed');
    expect(existsSync(join(clone, '.serverless/cloudformation-template-update-stack.json'))).toBe(true);
    expect(await notifications()).toEqual(before);
  }, 120_000);

  it.each([
    [['--log-bucket', PLACE, '--param', 'scan=often'], 'scan: "often" is not one of kernel, athena'],
    [['--log-bucket', 'S3://central-flow-logs/'], 'logLocations: "S3://central-flow-logs/" is not a bucket'],
    [['--log-bucket', '/tmp'], 'logLocations: "/tmp" is not a bucket'],
    [['--email', 'nobody'], 'findingsEmail: "nobody" is not an e-mail address'],
    [['--only-bucket-events', '--log-bucket', 'arn:aws:s3:::logs'], 'arn:aws:s3:::logs is no place in S3'],
  ])('%j is refused in one line, before anything is asked of AWS', async (args, message) => {
    const before = double.calls.length;
    const { status, stderr } = await run(['--dry-run', ...args]);
    expect({ status, lines: linesOf(stderr).length }).toEqual({ status: 2, lines: 1 });
    expect(stderr).toContain(message);
    expect(double.calls.length).toBe(before);
  });
});

describe('deploy --yes', () => {
  beforeEach(() => record());

  it('deploys with the params, switches the events on beside those of others, and says what is next', async () => {
    double.stacks.set('flowhound-dev', { outputs: OUTPUTS, status: 'UPDATE_COMPLETE' });
    const email = 'you@example.com';
    const { status, stdout, stderr } = await run(['--yes', '--log-bucket', PLACE, '--email', email]);
    expect(status, stderr).toBe(0);
    expect(recorded()).toEqual([
      {
        args: [
          ...['deploy', '--stage', 'dev', '--region', 'us-east-1'],
          ...[
            '--param',
            `findingsEmail=${email}`,
            '--param',
            `alarmsEmail=${email}`,
            '--param',
            `logLocations=${PLACE}`,
          ],
        ],
        AWS_REGION: 'us-east-1',
        AWS_PROFILE: '',
      },
    ]);
    expect(await notifications()).toMatchObject({
      EventBridgeConfiguration: {},
      QueueConfigurations: [{ Id: 'somebody', QueueArn: queueArn }],
    });
    expect(stdout).not.toContain('the framework talks');
    expect(stderr).toContain('the framework talks');
    expect(stderr).toContain('Next   npx flowhound indicators import --aws <list>');
    const again = await run(['--yes', '--log-bucket', PLACE]);
    expect(again.stdout).toContain('as they should be');
  });

  it('goes on watching what the stack watches where no bucket is named', async () => {
    double.stacks.set('flowhound-dev', { outputs: OUTPUTS });
    await run(['--yes']);
    expect(recorded()[0]?.args).toContain(`logLocations=${PLACE}`);
    double.stacks.set('flowhound-dev', { outputs: { ...OUTPUTS, LogBucketName: BUCKET } });
    record();
    await run(['--yes']);
    expect(recorded()[0]?.args).toEqual(['deploy', '--stage', 'dev', '--region', 'us-east-1']);
  });

  it('takes over what the last deployment was given, and says so; what is given now wins', async () => {
    const GivenParams = JSON.stringify({ findingsEmail: 'soc@example.com', scan: 'athena' });
    double.stacks.set('flowhound-dev', { outputs: { ...OUTPUTS, GivenParams } });
    const { stdout } = await run(['--yes', '--param', 'scan=kernel']);
    expect(stdout).toContain('findingsEmail=soc@example.com');
    expect(recorded()[0]?.args).toEqual(expect.arrayContaining(['findingsEmail=soc@example.com', 'scan=kernel']));
    expect(recorded()[0]?.args).not.toContain('scan=athena');
  });

  it('with events=s3 lets the bucket notify the queue of the stack', async () => {
    double.stacks.set('flowhound-dev', { outputs: { ...OUTPUTS, QueueArn: queueArn } });
    const { status, stderr } = await run(['--yes', '--log-bucket', PLACE, '--param', 'events=s3']);
    expect(status, stderr).toBe(0);
    const { QueueConfigurations, EventBridgeConfiguration } = await notifications();
    expect(EventBridgeConfiguration).toBeUndefined();
    expect(QueueConfigurations?.map(({ Id }) => Id).sort()).toEqual(['flowhound-dev', 'somebody']);
  });

  it('a deployment that fails leaves the events of the bucket alone', async () => {
    const before = await notifications();
    const { status, stderr } = await run(['--yes', '--log-bucket', PLACE], { RECORDED_STATUS: '7' });
    expect(status).toBe(1);
    expect(linesOf(stderr).at(-1)).toContain('serverless deploy ended with status 7');
    expect(await notifications()).toEqual(before);
  });

  it('--only-bucket-events deploys nothing', async () => {
    const { status, stderr } = await run(['--yes', '--only-bucket-events', '--log-bucket', PLACE]);
    expect(status, stderr).toBe(0);
    expect(recorded()).toEqual([]);
    expect(await notifications()).toMatchObject({
      EventBridgeConfiguration: {},
      QueueConfigurations: [{ Id: 'somebody' }],
    });
  });
});

describe('what is wrong stops it before anything changes', () => {
  beforeEach(() => record());

  it.each([
    [['--log-bucket', 's3://no-such-bucket-here/'], 'log bucket: s3://no-such-bucket-here: there is no such bucket'],
    [['--log-bucket', PLACE, '--param', 'nonsense=1'], 'serverless.yml has no param "nonsense"'],
    [['--log-bucket', PLACE, '--param', 'scan'], '--param scan is not name=value'],
    [['--only-bucket-events'], 'which bucket? Add --log-bucket'],
  ])('%j', async (args, message) => {
    const { status, stderr } = await run(['--yes', ...args]);
    expect(status).toBe(2);
    expect(linesOf(stderr).at(-1)).toContain(message);
    expect(recorded()).toEqual([]);
  });

  it('a stack that is being updated', async () => {
    double.stacks.set('flowhound-dev', { outputs: OUTPUTS, status: 'UPDATE_IN_PROGRESS' });
    const { status, stderr } = await run(['--yes']);
    expect(status).toBe(2);
    expect(stderr).toContain('flowhound-dev is UPDATE_IN_PROGRESS; wait until it is done');
    expect(recorded()).toEqual([]);
  });

  it('nobody to ask', async () => {
    const { status, stderr } = await run(['--log-bucket', PLACE]);
    expect({ status, lines: linesOf(stderr).length }).toEqual({ status: 2, lines: 1 });
    expect(stderr).toContain('Give --yes or --dry-run');
  });

  it('Security Hub that is off does not, and is told', async () => {
    double.securityHub.isEnabled = false;
    double.stacks.set('flowhound-dev', { outputs: OUTPUTS });
    const { status, stdout } = await run(['--yes']);
    expect(status).toBe(0);
    expect(stdout).toContain('off: aws securityhub enable-security-hub');
  });
});

/** `script` of util-linux: the command line with a terminal at both ends. */
const hasScript = spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes('util-linux') === true;

describe.runIf(hasScript)('on a terminal', () => {
  beforeEach(() => {
    record();
    double.stacks.set('flowhound-dev', { outputs: { ...OUTPUTS, LogBucketName: 'made' } });
  });

  function answer(args: string, answers: readonly string[]): Promise<{ status: number | null; screen: string }> {
    const command = `${process.execPath} bin/flowhound.js deploy ${args}`;
    const child = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
      cwd: clone,
      env: { ...process.env, ...awsEnvironment(double) },
    });
    const waiting = [...answers];
    let [screen, seen] = ['', 0];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      screen += text;
      if (!screen.includes('[y/N]', seen) || waiting.length === 0) return;
      seen = screen.length;
      child.stdin.write(`${waiting.shift()}\n`);
    });
    return new Promise((resolve) => child.on('close', (status) => resolve({ status, screen })));
  }

  it('asks, and without a yes changes nothing', async () => {
    const before = await notifications();
    const { status, screen } = await answer(`--log-bucket ${PLACE}`, ['']);
    expect(status, screen).toBe(0);
    expect(screen).toContain('Deploy flowhound-dev into us-east-1? [y/N]');
    expect(screen).toContain('nothing was changed');
    expect(recorded()).toEqual([]);
    expect(await notifications()).toEqual(before);
  });

  it('deploys with a yes, and changes the bucket with another', async () => {
    const { status, screen } = await answer(`--log-bucket ${PLACE}`, ['y', 'no']);
    expect(status, screen).toBe(0);
    expect(recorded()).toHaveLength(1);
    expect(await notifications()).not.toHaveProperty('EventBridgeConfiguration');
    record();
    await answer(`--log-bucket ${PLACE}`, ['yes', 'yes']);
    expect(recorded()).toHaveLength(1);
    expect(await notifications()).toHaveProperty('EventBridgeConfiguration');
  });
});
