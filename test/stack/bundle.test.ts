/** What goes to Lambda: one file a function, the same bytes each time, within its budget, and it runs alone. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type Bundle, bundleFunctions, functionNames } from '../../scripts/bundle-functions.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A cold start reads and compiles all of it. What they share (SDK for S3, Powertools, X-Ray) is 680 kB. */
const KILOBYTES = { publish: 1000, ingest: 900, sweep: 900, 'load-partitions': 900, indicators: 800 };
const KILOBYTES_OF_OTHERS = 760;

let folder: string;
let bundles: Bundle[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'flowhound-bundles-'));
  bundles = await bundleFunctions(join(folder, 'first'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('functions/', () => {
  it('has a file for each function of serverless.yml, and no other', () => {
    const text = readFileSync(join(ROOT, 'serverless.yml'), 'utf8');
    const { functions } = parse(text, { logLevel: 'error', merge: true }) as {
      functions: Record<string, { handler: string }>;
    };
    const handlers = Object.values(functions).map(({ handler }) => handler);
    const expected = functionNames().map((name) => `dist/functions/${name}/index.handler`);
    expect(handlers.sort()).toEqual(expected.sort());
  });
});

describe('bundles', () => {
  it('are one file each', () => {
    for (const { name } of bundles) expect(readdirSync(join(folder, 'first', name))).toEqual(['index.mjs']);
  });

  it('are the same bytes when they are made again', async () => {
    const again = await bundleFunctions(join(folder, 'second'));
    for (const [at, { path }] of bundles.entries()) {
      expect(readFileSync(path).equals(readFileSync(again[at]!.path)), path).toBe(true);
    }
  });

  it('say nothing of the machine they were made on', () => {
    for (const { path } of bundles) expect(readFileSync(path, 'utf8')).not.toContain(ROOT);
  });

  it.each(functionNames())('%s keeps within its budget', (name) => {
    const budget = (KILOBYTES as Record<string, number>)[name] ?? KILOBYTES_OF_OTHERS;
    expect(bundles.find((bundle) => bundle.name === name)!.bytes / 1024).toBeLessThan(budget);
  });

  // In a process of its own, in a folder without node_modules, as Lambda does.
  it('load, and have a handler', () => {
    const probe = join(folder, 'first', 'probe.mjs');
    const imports = bundles.map(
      ({ name }) => `import { handler as h${name.replaceAll('-', '_')} } from './${name}/index.mjs';`,
    );
    const handlers = bundles.map(({ name }) => `h${name.replaceAll('-', '_')}`);
    writeFileSync(
      probe,
      `${imports.join('\n')}\nconsole.log([${handlers.join(', ')}].map((h) => typeof h).join(' '));\n`,
    );
    const { stdout, stderr } = spawnSync(process.execPath, [probe], { encoding: 'utf8', env: lambdaEnvironment() });
    expect(stdout.trim(), stderr).toBe(bundles.map(() => 'function').join(' '));
  });
});

function lambdaEnvironment(): NodeJS.ProcessEnv {
  const names = 'STATE_BUCKET STATE_MACHINE_ARN DATABASE WORK_GROUP TOPIC_ARN LOG_LOCATIONS ACCOUNT_ID PARTITION';
  const own = Object.fromEntries(names.split(' ').map((name) => [name, 'x']));
  const numbers = { DATA_RATIO_BYTES_PER_DAY: '1', DATA_RATIO_HOSTS: '1', RETRO_HUNT_DAYS: '1', UNINDEXED_DAYS: '1' };
  const choices = { SCAN: 'kernel', PARTITIONS: 'events', SECURITY_HUB: 'on', PUBLISH_FROM: 'MEDIUM' };
  const notices = { DIGEST: 'off', DIGEST_AT: '08:00', DIGEST_ABOVE: '20', TIME_ZONE: 'UTC', AT_ONCE_FROM: 'CRITICAL' };
  const webhook = { WEBHOOK_PARAMETER: '/x', WEBHOOK_KIND: 'slack' };
  return {
    ...own,
    ...numbers,
    ...choices,
    ...notices,
    ...webhook,
    AWS_REGION: 'us-east-1',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
  };
}
