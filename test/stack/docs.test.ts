/** Commands that need AWS cannot run here: they are held against the command line, the params, the outputs and AWS's own API. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { python, refusal } from './lint.ts';
import { makeService, type Packaged, packageStack } from './package-stack.ts';
import { defaultParams, readSettings } from './settings.ts';
import { readStack, type Stack } from './template.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const PAGES = ['README.md', ...readdirSync(join(ROOT, 'docs')).map((file) => `docs/${file}`)].filter((page) =>
  page.endsWith('.md'),
);
const OPERATIONS = read('docs/operations.md');
/** Of the AWS command line itself, not of an API. */
const HIGH_LEVEL: Readonly<Record<string, readonly string[]>> = {
  's3 cp': [],
  's3 sync': ['exclude', 'include'],
  'logs tail': ['since'],
  'cloudformation deploy': ['stack-name', 'template-file', 'capabilities', 'parameter-overrides'],
};
const GLOBAL_OPTIONS = new Set(['query', 'output', 'region', 'profile']);

type Command = { readonly page: string; readonly line: string; readonly words: readonly string[] };

const commands: Command[] = PAGES.flatMap((page) =>
  [...read(page).matchAll(/^```sh needs-aws\n([\s\S]*?)^```$/gm)].flatMap(([, block]) =>
    block!
      .trim()
      .split('\n')
      .map((line) => ({ page, line, words: toWords(line) })),
  ),
);

/** Quotes are kept together; a function's body counts as what it runs. */
function toWords(line: string): string[] {
  const body = /^\w+\(\) \{ (.*); \}$/.exec(line)?.[1] ?? line;
  return [...body.matchAll(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g)].map(([word]) => word);
}

const optionsOf = (words: readonly string[]) =>
  words.filter((word) => word.startsWith('--')).map((word) => word.slice(2).split('=')[0]!);

describe('commands for AWS', () => {
  it('are all of a kind that is checked here', () => {
    expect(commands.length).toBeGreaterThan(15);
    const kinds = /^(aws |npx flowhound |npx serverless |npm (ci|run package)$|git pull$|output\(\) \{ aws )/;
    expect(commands.filter(({ line }) => !kinds.test(line))).toEqual([]);
  });

  it('exist in AWS, with their options', (context) => {
    const calls = commands.filter(({ words }) => words[0] === 'aws');
    const isHigh = ({ words }: Command) => words.slice(1, 3).join(' ') in HIGH_LEVEL;
    for (const { line, words } of calls.filter(isHigh)) {
      const known = HIGH_LEVEL[words.slice(1, 3).join(' ')]!;
      for (const option of optionsOf(words)) expect(known, line).toContain(option);
    }
    if (refusal !== undefined) return context.skip(refusal);
    const lines = calls
      .filter((call) => !isHigh(call))
      .map(({ words }) => {
        const options = optionsOf(words).filter((option) => !GLOBAL_OPTIONS.has(option));
        return [words[1], words[2], ...options].join(' ');
      });
    expect(lines.length).toBeGreaterThan(5);
    expect(python(join(ROOT, 'test/stack/aws-operations.py'), lines.join('\n'))).toBe('');
  });

  it('of the framework have params that it knows and takes', async () => {
    const serverless = commands.filter(({ words }) => words[1] === 'serverless');
    expect(serverless.length).toBeGreaterThan(2);
    for (const { line, words } of serverless) {
      expect(['deploy', 'remove']).toContain(words[2]);
      const params = [...line.matchAll(/--param="(\w+)=([^"]*)"/g)].map(([, name, value]) => [name!, value!]);
      for (const [name] of params) expect(Object.keys(defaultParams())).toContain(name);
      const stage = /--stage (\S+)/.exec(line)![1]!;
      await expect(readSettings(Object.fromEntries(params), stage)).resolves.toBeDefined();
      expect(optionsOf(words).filter((option) => !['stage', 'region', 'param'].includes(option))).toEqual([]);
    }
  });

  const own = commands.filter(({ words }) => words[1] === 'flowhound');
  it.each(own)('$line', ({ words }) => {
    const verbs = words
      .slice(2)
      .filter((word, at, all) => !word.startsWith('--') && all.slice(0, at).every((other) => !other.startsWith('--')));
    const [verb, second] = verbs as [string, string?];
    const command = verb === 'indicators' ? [verb, second!] : [verb];
    const { stdout, status, stderr } = flowhound([...command, '--help']);
    expect(status, stderr).toBe(0);
    expect(stdout).toContain(`Usage: flowhound ${command.join(' ')} `);
    const known = `${stdout}${flowhound(['--help']).stdout}`;
    for (const option of optionsOf(words)) expect(known).toMatch(new RegExp(`--${option}\\b`));
  });
});

const helps = new Map<string, { stdout: string; stderr: string; status: number | null }>();

function flowhound(args: readonly string[]): { stdout: string; stderr: string; status: number | null } {
  const key = args.join(' ');
  const said =
    helps.get(key) ?? spawnSync(process.execPath, [join(ROOT, 'bin/flowhound.js'), ...args], { encoding: 'utf8' });
  helps.set(key, said);
  return said;
}

describe('docs/operations.md', () => {
  let service: string;
  let packaged: Packaged;
  let stack: Stack;

  beforeAll(async () => {
    service = await makeService('stub');
    packaged = packageStack(service, { logLocations: 'central-logs', logAccounts: '444455556666' });
    stack = readStack(packaged.template);
  });

  afterAll(() => {
    for (const folder of [service, packaged.folder]) rmSync(folder, { recursive: true, force: true });
  });

  it('has a runbook for each alarm, and for no other', () => {
    const alarms = Object.entries(stack.resources).filter(([, { type }]) => type === 'AWS::CloudWatch::Alarm');
    const told = [...OPERATIONS.matchAll(/^#### (\w+Alarm)$/gm)].map(([, name]) => name!);
    expect(told.sort()).toEqual(alarms.map(([id]) => id).sort());
    for (const { MetricName } of readNatAlarms()) expect(OPERATIONS).toMatch(new RegExp(`^#### .*${MetricName}`, 'm'));
  });

  it('names outputs that there are', () => {
    const names = [...OPERATIONS.matchAll(/\$\(output (\w+)\)|outputs? `(\w+)`/g)].map(([, a, b]) => a ?? b!);
    expect(names.length).toBeGreaterThan(8);
    const made = new Set([...Object.keys(stack.outputs), 'LogBucketName']);
    for (const name of names) expect(made, name).toContain(name);
  });

  it('names params that there are', () => {
    const params = Object.keys(defaultParams());
    // Before that part, names like these are settings of a home.
    const inAws = OPERATIONS.slice(OPERATIONS.indexOf('\n## In AWS'));
    const named = [...inAws.matchAll(/`([a-z]+[A-Z]\w+)(?:=[^`]*)?`/g)].map(([, name]) => name!);
    expect(named.length).toBeGreaterThan(10);
    for (const name of named) expect(params, name).toContain(name);
  });
});

function readNatAlarms(): { MetricName: string }[] {
  return [...read('serverless.yml').matchAll(/^ {4}- MetricName: (\w+)$/gm)].map(([, MetricName]) => ({
    MetricName: MetricName!,
  }));
}
