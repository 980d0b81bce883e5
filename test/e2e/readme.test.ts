/** Every command in README.md and docs/ runs, in a copy of the clone, with the demo's logs where the reader's would be. */
import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyClone, REPOSITORY } from './clone-copy.ts';

type Block = { readonly page: string; readonly line: number; readonly info: string; readonly commands: string };

/** This test run itself, and what made it possible. */
const RUN_BEFORE = /\bnpm (ci|test)\b/g;
/** What npx ends up doing here, without the second it takes. The first command a reader types runs as it is. */
const SHORT_NPX = 'npx() { shift; node bin/flowhound.js "$@"; }\n';
const NEEDS_AWS =
  /^(aws |output\(\)|npx serverless |npm run package$|npx flowhound (deploy|backfill)\b|npx flowhound .*( --aws\b| s3:))/m;
const ONLY_RUN_BEFORE = /^(npm (ci|test)( && )?)+$/;

const pages = ['README.md', ...readdirSync(join(REPOSITORY, 'docs')).map((file) => `docs/${file}`)];
const blocks = pages.filter((page) => page.endsWith('.md')).flatMap(findBlocks);
let clone: string;

function findBlocks(page: string): Block[] {
  const text = readFileSync(join(REPOSITORY, page), 'utf8');
  return [...text.matchAll(/^```sh(.*)\n([\s\S]*?)^```$/gm)].map((found) => {
    const line = text.slice(0, found.index).split('\n').length;
    return { page, line, info: found[1]!.trim(), commands: found[2]! };
  });
}

beforeAll(() => {
  clone = copyClone();
  cpSync(join(clone, 'demo/logs'), join(clone, 'flow-logs'), { recursive: true });
  cpSync(join(clone, 'demo/iocs.csv'), join(clone, 'iocs.csv'));
  writeFileSync(join(clone, 'allow.txt'), '192.0.2.0/24 our own scanner\n');
});

afterAll(() => rmSync(clone, { recursive: true, force: true }));

describe('commands for the shell', () => {
  it('are found, those for AWS marked', () => {
    expect(blocks.filter(({ info }) => info === '').length).toBeGreaterThan(4);
    expect(new Set(blocks.map(({ info }) => info))).toEqual(new Set(['', 'needs-aws']));
    // test/stack/docs.test.ts holds those against what they would call.
    for (const { info, commands } of blocks) expect(NEEDS_AWS.test(commands), commands).toBe(info === 'needs-aws');
  });

  // In the order of the pages: later commands build on what earlier ones left.
  it.each(blocks.filter(({ info, commands }) => info === '' && !ONLY_RUN_BEFORE.test(commands.trim())))(
    '$page line $line',
    ({ commands }) => {
      const isFirst = commands.includes('npm ci');
      const script = `${isFirst ? '' : SHORT_NPX}${commands.replaceAll(RUN_BEFORE, 'true')}`;
      const env = { ...process.env, PATH: [join(clone, 'node_modules/.bin'), process.env.PATH].join(delimiter) };
      const { status, stderr } = spawnSync('bash', ['-e', '-o', 'pipefail', '-c', script], {
        cwd: clone,
        env,
        encoding: 'utf8',
      });
      expect(status, stderr).toBe(0);
      expect(stderr).not.toContain('--verbose shows where it happened');
    },
  );
});
