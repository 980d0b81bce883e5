/** `s3://` on the command line: the same answers as from files, over connections that break. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AwsDouble, startAwsDouble } from '../aws-double/start.ts';
import { makeWorld, type World, writeFileAt } from '../oracle/world.ts';
import { awsEnvironment, DEMO_IOCS, DEMO_LOGS, deliverDemo } from './aws-terminal.ts';
import { REPOSITORY } from './clone-copy.ts';
import { flowhound, linesOf, type Outcome, parseLines } from './command-line.ts';

const BUCKET = 'central-flow-logs';
let double: AwsDouble;
let world: World;
let files: Outcome;

beforeAll(async () => {
  double = await startAwsDouble({ buckets: [BUCKET] });
  world = makeWorld();
  await deliverDemo(double, BUCKET, 'org/');
  files = await run(['sweep', DEMO_LOGS, '--iocs', DEMO_IOCS, '--home', 'files']);
  expect(files.status, files.stderr).toBe(0);
});
afterAll(async () => {
  world.remove();
  await double.close();
});

function run(args: readonly string[], env: Record<string, string> = {}): Promise<Outcome> {
  return flowhound(args, { cwd: world.root, env: { ...awsEnvironment(double), ...env } });
}

/** Objects read since so many calls. */
function readSince(calls: number): string[] {
  const since = double.calls.slice(calls).filter(({ operation }) => operation === 'GetObject');
  return since.map(({ resource }) => resource);
}

describe('sweep s3://', () => {
  it('finds what the copy on disk shows, and nothing changes where that was swept before', async () => {
    const bucket = await run(['sweep', `s3://${BUCKET}/org/`, '--iocs', DEMO_IOCS, '--home', 'bucket']);
    expect(bucket.stdout).toBe(files.stdout);
    expect(linesOf(bucket.stdout).length).toBeGreaterThan(3);
    const findings = (home: string) => run(['findings', '--home', home]);
    const before = await findings('files');
    const both = await run(['sweep', DEMO_LOGS, `s3://${BUCKET}/org`, '--iocs', DEMO_IOCS, '--home', 'files']);
    expect(both.stdout).toBe(files.stdout);
    expect(both.stderr).toContain(' (0 new)');
    expect((await findings('files')).stdout).toBe(before.stdout);
    expect((await findings('bucket')).stdout).toBe(before.stdout);
  });

  it('goes on where connections break and S3 is busy', async () => {
    double.faults.cut('s3:GetObject', 1000, { times: 4, after: 5 });
    double.faults.throttle('s3:GetObject', { times: 2 });
    double.faults.breakDown('s3:ListBucket', { times: 2 });
    const bucket = await run(['sweep', `s3://${BUCKET}/org/`, '--iocs', DEMO_IOCS, '--home', 'broken']);
    expect(bucket.stdout).toBe(files.stdout);
    double.faults.clear();
  });

  it('lists and reads only the days around a window', async () => {
    const before = double.calls.length;
    const window = ['--from', '2026-09-03', '--to', '2026-09-04', '--accounts', '111122223333'];
    const asked = (logs: string, home: string) => run(['sweep', logs, '--iocs', DEMO_IOCS, '--home', home, ...window]);
    const bucket = await asked(`s3://${BUCKET}/org`, 'window');
    expect(bucket.stdout).toBe((await asked(DEMO_LOGS, 'window-files')).stdout);
    const read = readSince(before);
    expect(read.length).toBeGreaterThan(0);
    expect(read.filter((key) => !/\/111122223333_.*_2026090[234]T/.test(key))).toEqual([]);
  });

  it.each([
    [['s3://no-such-bucket-here/'], 's3://no-such-bucket-here: there is no such bucket'],
    [['s3://Not_A_Bucket/'], 'is no place in S3'],
    [[`s3://${BUCKET}/`, '--region', 'eu-west-1'], '--region'],
    [[`s3://${BUCKET}/`, '--profile', 'nobody'], 'no usable AWS credentials'],
    [[`s3://${BUCKET}/`, '--endpoint-url', 'http://127.0.0.1:9'], 'AWS cannot be reached'],
  ])('%s says in one line what to do', async (args, message) => {
    const { status, stdout, stderr } = await run(['sweep', ...args, '--iocs', DEMO_IOCS, '--home', 'wrong', '--quiet']);
    expect({ status, stdout, lines: linesOf(stderr).length }).toEqual({ status: 2, stdout: '', lines: 1 });
    expect(stderr).toContain(message);
  });

  it('of an empty prefix says that nothing is there', async () => {
    const { status, stderr } = await run(['sweep', `s3://${BUCKET}/elsewhere/`, '--iocs', DEMO_IOCS]);
    expect(status).toBe(0);
    expect(stderr).toContain(`no log objects under s3://${BUCKET}/elsewhere/: no files`);
  });
});

describe('README', () => {
  const readme = readFileSync(join(REPOSITORY, 'README.md'), 'utf8');
  const lines = [...readme.matchAll(/^npx flowhound ((?:sweep|query|hunt) .*s3:.*)$/gm)].map(([, line]) => line!);

  it('reads buckets in several ways', () => expect(lines.length).toBeGreaterThan(1));

  it.each(lines)('%s', async (line) => {
    writeFileAt(world.root, 'iocs.csv', readFileSync(DEMO_IOCS));
    const words = line.replace('s3://your-flow-log-bucket/', `s3://${BUCKET}/org/`).split(' ');
    const { status, stdout, stderr } = await run([...words, '--home', 'readme']);
    expect(status, stderr).toBe(0);
    expect(parseLines(stdout).length).toBeGreaterThan(0);
  });
});

describe('query … s3://', () => {
  it('answers as over files, reads only the days asked for, and removes its copies', async () => {
    const parameters = ['--param', 'ip=10.0.9.8', '--param', 'date_from=2026-09-02', '--param', 'date_to=2026-09-02'];
    const ask = (logs: string) =>
      run(['query', 'data_ratio', logs, ...parameters, '--output', 'csv', '--home', 'query']);
    const expected = await ask(DEMO_LOGS);
    const before = double.calls.length;
    const bucket = await ask(`s3://${BUCKET}/org/`);
    expect(bucket.stdout).toBe(expected.stdout);
    expect(linesOf(bucket.stdout).length).toBeGreaterThan(2);
    expect(readSince(before).filter((key) => !key.includes('_20260902T'))).toEqual([]);
    expect(readdirSync(join(world.root, 'query/tmp'))).toEqual([]);
  });

  it('reads again what a sweep of the bucket has ingested', async () => {
    const home = ['--home', 'bucket', '--output', 'csv'];
    const ingested = await run(['query', 'row_count', ...home]);
    expect(parseLines((await run(['query', 'row_count', DEMO_LOGS, '--output', 'ndjson'])).stdout)).toHaveLength(1);
    expect(ingested.stdout).toBe((await run(['query', 'row_count', DEMO_LOGS, ...home])).stdout);
  });
});
