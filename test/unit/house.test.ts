/** Rules of the house that no linter knows: sizes, names, what must be there, and what must never be. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { fillLockGaps, findLockGaps, type Lock } from '../../scripts/lock-gaps.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const NOT_OURS = new Set(['.git', 'node_modules', 'dist', '.flowhound', 'coverage']);
const BINARY = /\.(gz|wasm|png|parquet)$/;
const MOST_LINES = 300;
/** Files that are one long table. */
const DATA_TABLES: readonly string[] = [];
const CATCH_ALLS = new Set(['utils', 'helpers', 'common', 'managers', 'shared', 'lib', 'misc']);
/** Put together here so that this file does not find itself. */
const MACHINE_PATHS = ['work', 'tmp', 'root', 'home', 'Users', 'var/folders'].map((folder) => `/${folder}/`);
const REGISTRY = new RegExp(['"reso', 'lved":|registry', '\\.[a-z]|npm', 'js\\.(org|com)'].join(''));

const files = walk('');

function walk(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    if (NOT_OURS.has(entry.name)) return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? walk(path) : [path];
  });
}

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const isCode = (path: string) => /^(src|functions|bin)\/.*\.[jt]s$/.test(path.replaceAll('\\', '/'));
const readLock = () => JSON.parse(read('package-lock.json')) as Lock;

describe('code', () => {
  it(`has no file over ${MOST_LINES} lines`, () => {
    const code = files.filter((path) => isCode(path) && !DATA_TABLES.includes(path));
    expect(code.length).toBeGreaterThan(30);
    expect(code.filter((path) => read(path).split('\n').length - 1 > MOST_LINES)).toEqual([]);
  });

  it('has no folder that takes in anything', () => {
    expect(files.filter((path) => path.split(/[\\/]/).some((name) => CATCH_ALLS.has(name)))).toEqual([]);
  });

  it('has no file that only hands on', () => {
    const code = files.filter(isCode);
    expect(code.filter((path) => /^index\.[jt]s$/.test(basename(path)))).toEqual([]);
    expect(code.filter((path) => /^export (\*|\{[^}]*\}) from/m.test(read(path)))).toEqual([]);
  });
});

describe('the repository', () => {
  it('names no place of the machine it was made on, and no registry', () => {
    const texts = files.filter((path) => !BINARY.test(path));
    const naming = texts.filter((path) => {
      const text = read(path);
      return MACHINE_PATHS.some((place) => text.includes(place)) || REGISTRY.test(text);
    });
    expect(naming).toEqual([]);
  });

  it('is licensed under Apache 2.0, and says so everywhere', () => {
    expect(read('LICENSE')).toMatch(/Apache License\s+Version 2\.0/);
    expect(JSON.parse(read('package.json')).license).toBe('Apache-2.0');
    expect(read('README.md')).toContain('[Apache-2.0](LICENSE)');
  });

  it('has one version, in package.json, its lock and the changelog', () => {
    const { version } = JSON.parse(read('package.json')) as { version: string };
    expect(readLock()).toMatchObject({ version });
    expect(read('CHANGELOG.md')).toContain(`## ${version} `);
  });

  it('pins exact versions, and one major of Node', () => {
    const manifest = JSON.parse(read('package.json'));
    const { dependencies, devDependencies, optionalDependencies } = manifest;
    const versions: string[] = Object.values({ ...dependencies, ...devDependencies, ...optionalDependencies });
    expect(
      versions.filter((version) => !/^(npm:[a-z]+@)?\d+\.\d+\.\d+$/.test(version.replace(/-r\.\d+$/, ''))),
    ).toEqual([]);
    for (const version of Object.values<string>(optionalDependencies)) {
      expect(version.split('.')[0]).toBe(read('.nvmrc').trim());
    }
  });
});

describe('package-lock.json', () => {
  it('has every platform, so that npm ci works on each (npm run lock)', () => {
    expect(findLockGaps(readLock())).toEqual([]);
  });

  it('shows a gap where a platform is missing, and can fill it', () => {
    const lock = readLock();
    const name = '@duckdb/node-bindings-linux-arm64-musl';
    const { [`node_modules/${name}`]: removed, ...rest } = lock.packages;
    const [gap, ...others] = findLockGaps({ ...lock, packages: rest });
    expect(others).toEqual([]);
    expect(gap?.entry).toEqual({
      version: removed?.version,
      cpu: ['arm64'],
      libc: ['musl'],
      optional: true,
      os: ['linux'],
    });
    expect(findLockGaps(fillLockGaps({ ...lock, packages: rest }, [gap!]))).toEqual([]);
  });
});
