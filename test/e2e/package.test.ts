/** The tarball of `npm pack`: what is in it, and that it runs where there is no clone, under other versions of Node. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toPackedManifest } from '../../scripts/packed-manifest.ts';
import { copyClone, REPOSITORY } from './clone-copy.ts';

/** The newest 22 that the registry has as a package of its own; only Linux and Windows are published in step. */
const NODE_22 = '22.23.3';
const PINNED_NODE = dirname(realpathSync(join(REPOSITORY, 'node_modules/.bin/node')));
const OFFLINE = /ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|ERR_SOCKET_TIMEOUT|ENOTCACHED/;
/** Two installs of 30 MB each: half a minute that a change of one rule need not wait for. */
const isInstalled = process.env.FLOWHOUND_TEST_PACKAGE === '1';

let clone: string;
let files: string[];
const folders: string[] = [];

function makeFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `flowhound-${name}-`));
  folders.push(folder);
  return folder;
}

function npm(args: readonly string[], cwd: string): { status: number | null; stdout: string; stderr: string } {
  return spawnSync('npm', args, { cwd, encoding: 'utf8', shell: process.platform === 'win32' });
}

const readManifest = () => readFileSync(join(clone, 'package.json'), 'utf8');
const tarball = () => join(clone, 'flowhound-0.1.0.tgz');
const readFromTarball = (path: string) => execFileSync('tar', ['xzOf', tarball(), `package/${path}`]).toString();

beforeAll(() => {
  clone = copyClone();
  folders.push(clone);
  const packed = npm(['pack'], clone);
  expect(packed.status, packed.stderr).toBe(0);
  files = execFileSync('tar', ['tzf', tarball()]).toString().trim().split('\n');
});

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

describe('the tarball', () => {
  it('has what runs and what a reader needs, and nothing else', () => {
    const allowed = [
      /^(package\.json|LICENSE|README\.md|CHANGELOG\.md)$/,
      /^bin\/flowhound\.js$/,
      /^dist\/(core|tasks|local|aws|trino|report|cli)\/.*\.js$/,
      /^dist\/report\/client\/[a-z-]+\.css$/,
      /^dist\/ports\.js$/,
      /^sql\/.*\.sql$/,
      /^statemachines\/sweep\.asl\.json$/,
      /^scanner\/build\/kernel\.wasm$/,
      /^demo\/(iocs\.csv|README\.md|logs\/.*)$/,
    ];
    const paths = files.map((file) => file.replace('package/', ''));
    expect(paths.filter((path) => !allowed.some((pattern) => pattern.test(path)))).toEqual([]);
    const needed = [
      'LICENSE',
      'README.md',
      'CHANGELOG.md',
      'dist/cli/main.js',
      'scanner/build/kernel.wasm',
      'dist/report/client/report.css',
    ];
    expect(paths).toEqual(expect.arrayContaining(needed));
  });

  it('brings no Node and nothing of development', () => {
    const manifest = JSON.parse(readFromTarball('package.json'));
    expect(manifest.engines.node).toBe('>=22');
    expect(manifest.dependencies).toEqual(JSON.parse(readManifest()).dependencies);
    expect(manifest.optionalDependencies).toEqual({});
    expect(Object.keys(manifest.scripts)).toEqual(['prepack', 'postpack']);
    expect(manifest).not.toHaveProperty('devDependencies');
  });

  it('leaves package.json as it was', () => {
    expect(readManifest()).toBe(readFileSync(join(REPOSITORY, 'package.json'), 'utf8'));
    expect(existsSync(join(clone, 'package.json.original'))).toBe(false);
  });
});

describe('a pack that was killed midway', () => {
  const script = (name: string) =>
    spawnSync(process.execPath, [join(clone, 'scripts', name)], { cwd: clone, encoding: 'utf8' });

  /** What prepack leaves when nothing comes after it. */
  function leavePacked(): string {
    const before = readManifest();
    writeFileSync(join(clone, 'package.json.original'), before);
    writeFileSync(join(clone, 'package.json'), toPackedManifest(before));
    return before;
  }

  it('is undone by the next one', () => {
    const before = leavePacked();
    expect(npm(['pack'], clone).status).toBe(0);
    expect(readManifest()).toBe(before);
    leavePacked();
    expect(script('postpack.ts').status).toBe(0);
    expect(readManifest()).toBe(before);
  });

  it('is never undone over the head of someone who edited package.json since', () => {
    const before = leavePacked();
    writeFileSync(join(clone, 'package.json'), before.replace('"0.1.0"', '"0.2.0"'));
    const again = script('prepack.ts');
    expect(again.status).not.toBe(0);
    expect(again.stderr).toContain('package.json.original');
    expect(readManifest()).toContain('"0.2.0"');
    writeFileSync(join(clone, 'package.json'), before);
    expect(script('postpack.ts').status).toBe(0);
  });
});

describe.skipIf(!isInstalled)('installed into an empty folder (FLOWHOUND_TEST_PACKAGE=1)', () => {
  let app: string;
  let refusal: string | undefined;

  /** False where the registry is out of reach; any other failure of npm is one. */
  function install(folder: string, packages: readonly string[]): boolean {
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
    const outcome = npm(['install', '--no-audit', '--no-fund', '--prefer-offline', ...packages], folder);
    if (outcome.status === 0) return true;
    if (!OFFLINE.test(outcome.stderr)) throw new Error(outcome.stderr);
    refusal = 'the package registry is out of reach';
    return false;
  }

  function runUnder(node: string, args: readonly string[]) {
    const env = { ...process.env, PATH: [node, process.env.PATH].join(delimiter) };
    return spawnSync('npx', args, { cwd: app, env, encoding: 'utf8', shell: process.platform === 'win32' });
  }

  function expectDemo(node: string, major: string): void {
    const doctor = runUnder(node, ['flowhound', 'doctor', '--output', 'json']);
    const checks: { check: string; value: string }[] = JSON.parse(doctor.stdout);
    expect(checks.find(({ check }) => check === 'node')?.value.split('.')[0]).toBe(major);
    expect(runUnder(node, ['flowhound', 'demo', '--quiet']).status).toBe(0);
    const report = runUnder(node, ['flowhound', 'report', '--home', '.flowhound/demo', '--out', '-']);
    expect(report.stdout).toMatch(/^<!doctype html>.*<\/html>\n$/s);
    const sightings = runUnder(node, ['flowhound', 'findings', '--sightings', '--home', '.flowhound/demo']);
    const truth: { sightings: unknown[] } = JSON.parse(
      readFileSync(join(REPOSITORY, 'test/data/demo-truth.json'), 'utf8'),
    );
    expect(sightings.stdout.trim().split('\n')).toHaveLength(truth.sightings.length);
  }

  beforeAll(() => {
    app = makeFolder('app');
    mkdirSync(app, { recursive: true });
    install(app, [tarball()]);
  });

  it('runs the demo under Node 24', (context) => {
    if (refusal !== undefined) return context.skip(refusal);
    expect(existsSync(join(app, 'node_modules/.bin/node'))).toBe(false);
    expectDemo(PINNED_NODE, '24');
  });

  it('runs the demo under Node 22', (context) => {
    const platform = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
    if (!['linux-x64', 'linux-arm64', 'win-x64'].includes(platform)) context.skip(`no Node 22 package for ${platform}`);
    const folder = makeFolder('node-22');
    if (refusal !== undefined || !install(folder, [`node-${platform}@${NODE_22}`])) return context.skip(refusal);
    expectDemo(join(folder, 'node_modules', `node-${platform}`, 'bin'), '22');
  });
});
