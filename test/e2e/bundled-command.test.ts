/** The command line in one bundle: it does what its sources do, and is taken only while they are what it was made of. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeWorld, type World, writeFileAt } from '../oracle/world.ts';
import { DEMO_IOCS, DEMO_LOGS } from './aws-terminal.ts';
import { REPOSITORY } from './clone-copy.ts';

describe('the bundle', () => {
  /** As deep as its own place, from where packages are found. */
  const folder = join(REPOSITORY, `node_modules/.cache/command-test-${process.pid}`);
  let world: World;
  beforeAll(() => {
    world = makeWorld();
    const made = spawnSync(process.execPath, ['scripts/bundle-command.ts', folder], {
      cwd: REPOSITORY,
      encoding: 'utf8',
    });
    expect(made.status, made.stderr).toBe(0);
    for (const [name, path] of [
      ['bundle', join(folder, 'main.cjs')],
      ['sources', join(REPOSITORY, 'src/cli/main.ts')],
    ] as const) {
      const start = `import { main } from '${pathToFileURL(path)}';\nawait main(process.argv.slice(2));\n`;
      writeFileAt(world.root, `${name}.mjs`, start);
    }
  }, 60_000);
  afterAll(() => {
    world.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Times of publication are those of the run. */
  function run(start: 'bundle' | 'sources', args: readonly string[]) {
    const { status, stdout, stderr } = spawnSync(process.execPath, [`${start}.mjs`, ...args], {
      ...{ cwd: world.root, encoding: 'utf8' },
    });
    return { status, stdout: stdout.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'then'), stderr };
  }

  it.each([
    ['sweep', [DEMO_LOGS, '--iocs', DEMO_IOCS, '--home', 'one', '--output', 'csv']],
    ['demo', ['--output', 'table']],
    ['hunt', ['--ip', '203.0.113.66', '--home', 'one', '--output', 'asff']],
    ['report', ['--home', 'one', '--bundle', 'one.zip']],
    ['report', ['--verify', 'one.zip']],
    ['findings', ['--home', 'one', '--output', 'table']],
    ['query', ['top_ips', DEMO_LOGS]],
    ['query', ['address_history', '--home', 'one', '--param', 'ip=203.0.113.66']],
    ['indicators', ['check', DEMO_IOCS]],
    ['cost', ['--gb-per-day', '10', '--accounts', '5']],
    ['--version', []],
    ['--help', []],
    ['swep', []],
  ])('%s says what the sources say', async (command, args) => {
    const bundled = run('bundle', [command, ...args]);
    for (const home of ['.flowhound', ...(command === 'sweep' ? ['one'] : [])]) {
      rmSync(join(world.root, home), { recursive: true, force: true });
    }
    expect(run('sources', [command, ...args])).toEqual(bundled);
  });
});

describe('bin/flowhound.js', () => {
  const root = mkdtempSync(join(tmpdir(), 'flowhound-bundle-'));
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  const says = (what: string) => `export async function main() { console.log('${what}'); }\n`;
  const run = () => spawnSync(process.execPath, [join(root, 'bin/flowhound.js')], { encoding: 'utf8' }).stdout.trim();
  const date = (path: string, hour: number) =>
    utimesSync(
      join(root, path),
      new Date(Date.UTC(2026, 8, 1, 0, hour * 60)),
      new Date(Date.UTC(2026, 8, 1, 0, hour * 60)),
    );
  const SOURCES = ['src', 'src/cli', 'src/cli/main.ts', 'src/core', 'src/core/other.ts', 'package-lock.json'];
  const BUNDLE = 'node_modules/.cache/command/main.cjs';

  beforeAll(() => {
    cpSync(join(REPOSITORY, 'bin'), join(root, 'bin'), { recursive: true });
    writeFileSync(join(root, 'package.json'), '{"type":"module"}');
    writeFileAt(root, 'src/cli/main.ts', says('sources'));
    writeFileAt(root, 'src/core/other.ts', '');
    writeFileAt(root, 'package-lock.json', '{}');
    for (const path of SOURCES) date(path, 1);
  });

  it('runs the sources where there is no bundle', () => expect(run()).toBe('sources'));

  it('takes the bundle where nothing is newer', () => {
    mkdirSync(join(root, 'node_modules/.cache/command'), { recursive: true });
    writeFileAt(root, BUNDLE, `exports.main = async () => console.log('bundle');\n`);
    date(BUNDLE, 2);
    expect(run()).toBe('bundle');
  });

  it('keeps what it compiled, and compiles again where that is no good', () => {
    const kept = () => readdirSync(dirname(join(root, BUNDLE))).filter((name) => name.endsWith('.code'));
    expect(kept()).toHaveLength(1);
    const file = join(dirname(join(root, BUNDLE)), kept()[0]!);
    const good = readFileSync(file);
    for (const bad of [Buffer.from('no code'), good.subarray(0, 100), Buffer.alloc(good.length)]) {
      writeFileSync(file, bad);
      expect(run()).toBe('bundle');
      expect(readFileSync(file).length).toBeGreaterThan(100);
    }
    date(BUNDLE, 1.5);
    expect([run(), kept().length]).toEqual(['bundle', 2]);
  });

  it.each(SOURCES)('runs the sources where %s was changed since', (path) => {
    date(path, 3);
    expect(run()).toBe('sources');
    date(path, 1);
  });
});
