/** README's commands for AWS, in their order, against the packaged stack on the AWS double: each prints what its twin on one machine does. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeAddressIndex } from '../../src/core/address-index-writer.ts';
import { type CloudStack, LOG_BUCKET, openCloudStack } from '../cloud/stack.ts';
import { makeWorld, type World, writeFileAt } from '../oracle/world.ts';
import { toObject, toSeen } from '../property/seen.ts';
import { makeService, packageStack } from '../stack/package-stack.ts';
import { awsEnvironment, DEMO_IOCS, DEMO_LOGS, deliverDemo } from './aws-terminal.ts';
import { REPOSITORY } from './clone-copy.ts';
import { flowhound, linesOf, type Outcome, parseLines, STACK_TRACE } from './command-line.ts';

const LOCATION = `s3://${LOG_BUCKET}/org/`;
const WINDOW = ['--from', '2026-09-01', '--to', '2026-09-04'];
/** README's commands that speak to the stack; `deploy` is in terminal-cloud-deploy.test.ts. */
const README = [
  ...readFileSync(join(REPOSITORY, 'README.md'), 'utf8').matchAll(/^npx flowhound (.*--aws.*|backfill.*)$/gm),
]
  .map(([, line]) => line!.replace(/ [|>] .*/, ''))
  .map((line) => line.split(' '));
const ran: string[] = [];

let cloud: CloudStack;
let world: World;
let swept: Outcome;

beforeAll(async () => {
  const { template } = packageStack(await makeService(), { logLocations: LOCATION });
  cloud = await openCloudStack(template);
  const { double, stack } = cloud;
  double.stacks.set('flowhound-dev', { outputs: stack.outputs });
  // What was there before the stack: nobody heard of it.
  const { onS3Event } = double;
  double.onS3Event = undefined;
  for (const key of await deliverDemo(double, LOG_BUCKET, 'org/')) {
    Object.assign(double.s3.bucket(LOG_BUCKET).objects.get(key)!, { lastModified: new Date('2026-09-04T00:00:00Z') });
  }
  await new Promise((resolve) => setTimeout(resolve, 50));
  double.onS3Event = onS3Event;
  world = makeWorld();
  writeFileAt(world.root, 'iocs.csv', readFileSync(DEMO_IOCS));
  writeFileAt(world.root, 'new-iocs.csv', '203.0.113.66,another comment\n198.51.100.77,new\n');
  writeFileAt(world.root, 'allow.txt', '192.0.2.99 nothing in the logs\n');
  swept = await run(['sweep', DEMO_LOGS, '--iocs', DEMO_IOCS]);
  expect(swept.status, swept.stderr).toBe(0);
}, 300_000);

afterAll(async () => {
  await cloud?.close();
  world?.remove();
});

function run(args: readonly string[]): Promise<Outcome> {
  return flowhound(args, { cwd: world.root, env: awsEnvironment(cloud.double), patienceMilliseconds: 250_000 });
}

/** Runs the command of README that begins so. */
async function readme(...beginning: string[]): Promise<Outcome> {
  const words = README.find((line) => beginning.every((word, at) => line[at] === word))!;
  ran.push(words.join(' '));
  const outcome = await run(words);
  expect(outcome.stderr).not.toMatch(STACK_TRACE);
  return outcome;
}

/** Findings without what a repetition of the same evaluation may change: nothing. */
function findings(outcome: Outcome): unknown[] {
  return parseLines(outcome.stdout);
}

/** Athena's table begins some hundred days ago, so that a day of its own is none to write down. */
async function indexOfYesterday(): Promise<[string, Buffer][]> {
  const date = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
  const files = [0, 3].map(async (i): Promise<[string, Buffer]> => {
    const { object, ...rest } = toObject(i);
    const moved = { ...object, date, accountId: '777788889999' };
    const seen = toSeen([[0xc000024d, i === 0 ? 3 : 1]], []);
    const file = Buffer.concat(await Array.fromAsync(encodeAddressIndex([{ object: moved, ...rest, seen }])));
    return [`addresses/date=${date}/yesterday-${i}.gz`, file];
  });
  return Promise.all(files);
}

describe('indicators', () => {
  it('import brings a list into force, and shows what it changes', async () => {
    const { status, stdout, stderr } = await readme('indicators', 'import', 'iocs.csv');
    expect(status, stderr).toBe(0);
    expect(parseLines(stdout).every(({ change }) => change === 'added')).toBe(true);
    expect(parseLines(stdout)).toHaveLength(41);
    expect(stderr).toContain('0 → 41 indicators');
    expect(stderr).toContain('iocs.csv line 21: "203.0.113.300" is no address or CIDR');
    await cloud.settle();
    const again = await run(['indicators', 'import', 'iocs.csv', '--aws', '--dry-run']);
    expect({ stdout: again.stdout, stderr: again.stderr }).toMatchObject({ stdout: '', stderr: /41 → 41 indicators/ });
  }, 120_000);

  it('import --allow brings what never matches', async () => {
    const { stdout, stderr } = await readme('indicators', 'import', 'allow.txt');
    expect(stdout).toBe('');
    expect(stderr).toContain('0 → 1 allowed');
    await cloud.settle();
  }, 120_000);

  it('list and diff show what is in force and what another list would change', async () => {
    const listed = parseLines((await readme('indicators', 'list')).stdout);
    expect(listed).toHaveLength(41);
    expect(listed).toContainEqual({ indicator: '203.0.113.66', comment: 'C2 panel', source: 'iocs.csv' });
    const changes = parseLines((await readme('indicators', 'diff')).stdout);
    expect(changes).toEqual([{ change: 'added', indicator: '198.51.100.77', comment: 'new', source: 'new-iocs.csv' }]);
  });

  it('remove refuses a name that no list has, and names those there are', async () => {
    const { status, stderr } = await run(['indicators', 'remove', 'other.csv', '--aws']);
    expect({ status, lines: linesOf(stderr).length }).toEqual({ status: 2, lines: 1 });
    expect(stderr).toContain('Its lists: iocs.csv.');
  });
});

describe('backfill', () => {
  it('--dry-run counts and estimates, and changes nothing', async () => {
    const before = cloud.double.calls.length;
    const words = README.find((line) => line[0] === 'backfill' && line.includes('--dry-run'))!;
    ran.push(words.join(' '));
    const { status, stdout, stderr } = await run(words);
    expect(status, stderr).toBe(0);
    expect(parseLines(stdout).map(({ day }) => day)).toEqual(['2026-09-01', '2026-09-02', '2026-09-03']);
    expect(stderr).toMatch(/216 objects, .* executions or a few more, about \d+ (s|min) of Lambda, .* USD/);
    const changing = /^(Put|Start|Create|Delete|Batch|Update)/;
    expect(cloud.double.calls.slice(before).filter(({ operation }) => changing.test(operation))).toEqual([]);
  });

  it('registers and sweeps what was there before, and is done when it is done', async () => {
    const words = README.find((line) => line[0] === 'backfill' && !line.includes('--dry-run'))!;
    ran.push(words.join(' '));
    const { status, stdout, stderr } = await run(words);
    expect(status, stderr).toBe(0);
    const days = parseLines(stdout);
    expect(days.map(({ objects }) => Number(objects)).reduce((sum, count) => sum + count)).toBe(216);
    expect(days.every(({ started, failed }) => Number(started) > 0 && failed === 0)).toBe(true);
    expect(stderr).toContain('2026-09-01: ');
    expect(stderr).toContain('/states/home?region=us-east-1#/v2/executions/details/arn:aws:states:');
    const again = await run(words);
    expect(parseLines(again.stdout).every(({ started }) => started === 0)).toBe(true);
    expect(again.stderr).toContain('2026-09-02: nothing to do');
    expect(cloud.failures()).toEqual([]);
  }, 300_000);
});

describe('what the stack knows', () => {
  it('findings --aws are those of one machine', async () => {
    const local = await run(['findings', '--severity', 'high']);
    const stack = await readme('findings', '--aws');
    expect(findings(stack)).toEqual(findings(local));
    expect(findings(stack).length).toBeGreaterThan(2);
    const sightings = await run(['findings', '--aws', '--sightings']);
    expect(sightings.stdout).toBe((await run(['findings', '--sightings'])).stdout);
    expect((await run(['findings', '--aws', '--fail-on', 'critical'])).status).toBe(3);
  });

  it('sweep --aws prints what sweep does, and once done is read again', async () => {
    const { status, stdout, stderr } = await readme('sweep', '--aws');
    expect(status, stderr).toBe(0);
    const local = await run(['sweep', DEMO_LOGS, '--iocs', DEMO_IOCS, ...WINDOW]);
    expect(stdout).toBe(local.stdout);
    expect(stderr).toContain('execution 1 of 1 started: https://us-east-1.console.aws.amazon.com/states/');
    expect(stderr).toContain('216 objects read, 1 damaged, 1 empty');
    const started = cloud.double.sfn.executions.size;
    const again = await run(['sweep', '--aws', ...WINDOW, '--fail-on', 'high']);
    expect({ status: again.status, stdout: again.stdout }).toEqual({ status: 3, stdout });
    expect(again.stderr).toContain('execution 1 of 1 has done this before');
    expect(cloud.double.sfn.executions.size).toBe(started);
  }, 300_000);

  it('hunt --aws finds what hunt does, and leaves the findings alone', async () => {
    const before = cloud.double.s3.keys(cloud.stateBucket, 'findings/');
    const { status, stdout, stderr } = await readme('hunt', '--aws');
    expect(status, stderr).toBe(0);
    const local = await run(['hunt', '--ip', '203.0.113.66', ...WINDOW]);
    expect(stdout).toBe(local.stdout);
    expect(parseLines(stdout).length).toBeGreaterThan(1);
    expect(cloud.double.s3.keys(cloud.stateBucket, 'findings/')).toEqual(before);
    const [, held] = /of 216 objects (\d+) hold such an address .*, 0 are not in it and read too/.exec(stderr)!;
    expect(Number(held)).toBeLessThan(100);
    expect(stderr).toContain(`flowhound: ${held} objects read, `);
  }, 300_000);

  it('report --aws --bundle has the records that one machine has, and the ids of the queries', async () => {
    const { status, stderr } = await run(['report', '--aws', '--bundle', 'stack']);
    expect(status, stderr).toBe(0);
    expect((await run(['report', '--bundle', 'local'])).status).toBe(0);
    const read = (path: string) => linesOf(readFileSync(join(world.root, path), 'utf8')).sort();
    expect(read('stack/records/records.ndjson')).toEqual(read('local/records/records.ndjson'));
    const queries = parseLines(read('stack/queries.ndjson').join('\n'));
    expect(queries.length).toBeGreaterThan(2);
    for (const { query_id, result } of queries) expect(String(result)).toContain(`/${query_id}.csv`);
    expect(await run(['report', '--verify', 'stack'])).toMatchObject({ status: 0, stdout: '' });
  }, 300_000);

  it('report --aws tells what report tells of one machine', async () => {
    const { status, stderr } = await run(['report', '--aws', '--out', 'stack.html']);
    expect(status, stderr).toBe(0);
    expect((await run(['report', '--out', 'local.html'])).status).toBe(0);
    const read = (file: string) => readFileSync(join(world.root, file), 'utf8');
    const [ofStack, ofHome] = [read('stack.html'), read('local.html')];
    for (const id of ['findings', 'timeline', 'conversations', 'traffic', 'indicators', 'sightings', 'evidence']) {
      const section = (html: string) => new RegExp(`<section id="${id}".*?</section>`, 's').exec(html)?.[0].split('\n');
      expect(section(ofStack), id).toEqual(section(ofHome));
      expect(section(ofStack)?.length, id).toBeGreaterThan(5);
    }
  }, 300_000);

  it('hunt --aws for what nothing ever spoke to reads nothing', async () => {
    const ran = cloud.double.sfn.executions.size;
    const { status, stdout, stderr } = await run(['hunt', '--aws', '--ip', '198.51.100.253', ...WINDOW]);
    expect([status, stdout, cloud.double.sfn.executions.size]).toEqual([0, '', ran]);
    expect(stderr).toContain('of 216 objects 0 hold such an address (0 B), 0 are not in it');
  }, 300_000);

  it('query --aws answers as query does, and tells what was read', async () => {
    const days = ['--param', 'date_from=2026-09-02', '--param', 'date_to=2026-09-03'];
    const parameters = ['--param', 'ip=10.0.9.8', ...days, '--param', 'regions=us-east-1'];
    const { status, stdout, stderr } = await readme('query', 'data_ratio', '--aws');
    expect(status, stderr).toBe(0);
    const local = await run(['query', 'data_ratio', DEMO_LOGS, ...parameters]);
    expect(stdout).toBe(local.stdout);
    expect(parseLines(stdout).length).toBeGreaterThan(1);
    expect(stderr).toMatch(/read, less than 0.01 USD at 5 USD per TB; https:.*athena/);
  }, 120_000);

  it('query address_history --aws reads the index in the state bucket, all its days', async () => {
    const home = join(world.root, 'index');
    for (const [key, file] of await indexOfYesterday()) {
      await cloud.double.s3.put(cloud.stateBucket, key, file);
      writeFileAt(home, key, file);
    }
    const words = ['query', 'address_history', '--param', 'ip=192.0.2.77', '--param', 'accounts=777788889999'];
    const { status, stdout, stderr } = await run([...words, '--aws']);
    expect(status, stderr).toBe(0);
    expect(stdout).toBe((await run([...words, '--home', home])).stdout);
    expect(parseLines(stdout).map(({ side, object_count }) => [side, object_count])).toEqual([
      ['destination', 1],
      ['source', 2],
    ]);
    expect(stderr).toMatch(/^flowhound: \d[^\n]* read, less than 0.01 USD[^\n]*\n$/);
  }, 120_000);

  it('query --aws says what to do where Athena gives up on a damaged object', async () => {
    const damaged = [
      '--param',
      'date_from=2026-09-02',
      '--param',
      'date_to=2026-09-02',
      '--param',
      'regions=eu-west-1',
    ];
    const { status, stdout, stderr } = await run(['query', 'row_count', '--aws', ...damaged]);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain('leave its day or region out, or query s3:// on this machine');
  }, 120_000);

  it('query --aws prints the header where nothing is found', async () => {
    const days = ['--param', 'date_from=2026-09-01', '--param', 'date_to=2026-09-01'];
    const none = ['--param', 'ip=10.255.255.1', ...days, '--param', 'regions=us-east-1'];
    const { status, stdout } = await run(['query', 'data_ratio', '--aws', ...none, '--output', 'csv']);
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: 'sourceaddress,destinationaddress,record_count,total_bytes,data_ratio,first_seen,last_seen\n',
    });
  }, 120_000);

  it('README has no other command for the stack', () => {
    expect(ran.toSorted()).toEqual(README.map((words) => words.join(' ')).toSorted());
  });
});

describe('trouble', () => {
  it('Ctrl-C ends the following, and the execution goes on', async () => {
    const { status, stdout, stderr } = await flowhound(
      ['sweep', '--aws', '--from', '2026-09-02', '--to', '2026-09-03'],
      {
        cwd: world.root,
        env: awsEnvironment(cloud.double),
        onStart: (child) =>
          child.stderr!.on('data', (text: string) => {
            if (text.includes(' started: ')) setTimeout(() => child.kill('SIGINT'), 100);
          }),
      },
    );
    expect({ status, stdout }).toEqual({ status: 130, stdout: '' });
    expect(linesOf(stderr).at(-1)).toMatch(/sweep_\w+ goes on without being followed/);
    await cloud.settle();
    expect(cloud.failures()).toEqual([]);
  }, 120_000);

  it('an execution that fails is told with its reason and link, after what the others saw', async () => {
    cloud.double.faults.fail('lambda:InvokeFunction', 'ServiceException', { times: 50, resource: /scan/ });
    const { status, stdout, stderr } = await run(['sweep', '--aws', '--from', '2026-09-01', '--to', '2026-09-02']);
    cloud.double.faults.clear();
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/sweep_\w+ FAILED: .*\. Its link above shows where/);
  }, 120_000);

  it.each([
    [
      ['sweep', '--aws', '--stage', 'prod'],
      'there is no stack flowhound-prod in us-east-1. Deploy it with npx flowhound deploy --stage prod',
    ],
    [['sweep', 'logs', '--aws'], '--aws sweeps the logs that the stack watches'],
    [['sweep', '--aws', '--iocs', 'iocs.csv'], '--aws sweeps with the lists in force'],
    [
      ['query', 'data_ratio', 'logs', '--aws', '--param', 'ip=10.0.0.1'],
      '--aws asks about the logs that the stack knows',
    ],
    [['query', 'no_such', '--aws'], 'no query is named "no_such"'],
    [['query', 'data_ratio', '--aws'], 'data_ratio needs --param ip'],
    [['indicators', 'import', 'no-such.csv', '--aws'], 'no-such.csv: the list cannot be read (no such file)'],
    [['indicators', 'import', 'iocs.csv'], 'add --aws for the stack'],
    [['backfill'], 'since when? Use: npx flowhound backfill --from'],
  ])('%j is one line that says what to do', async (args, message) => {
    const { status, stdout, stderr } = await run([...args]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(linesOf(stderr).at(-1)).toContain(message);
    expect(stderr).not.toMatch(STACK_TRACE);
  });

  it('credentials that AWS does not know are told in one line', async () => {
    cloud.double.revoke('stranger');
    const env = awsEnvironment(cloud.double, 'stranger');
    const { status, stderr } = await flowhound(['findings', '--aws'], { cwd: world.root, env });
    expect({ status, lines: linesOf(stderr).length }).toEqual({ status: 2, lines: 1 });
    expect(stderr).toContain('AWS does not know these credentials');
  });

  it('doctor finds the account and the stack', async () => {
    const checks = parseLines((await run(['doctor'])).stdout);
    expect(checks).toContainEqual(expect.objectContaining({ check: 'aws account', value: '111122223333', ok: true }));
    expect(checks).toContainEqual(
      expect.objectContaining({ check: 'stack', value: 'flowhound-dev in us-east-1 (CREATE_COMPLETE)' }),
    );
  });
});
