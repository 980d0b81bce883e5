/** `flowhound report`, and `--report` of sweep and hunt, as a user calls them. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { flowhound } from './command-line.ts';

const DEMO = fileURLToPath(new URL('../../demo/', import.meta.url));

let cwd: string;
const run = (...args: string[]) => flowhound(args, { cwd });
const read = (file: string) => readFileSync(join(cwd, file), 'utf8');
const countCards = (html: string) => html.match(/<article /g)?.length ?? 0;

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'flowhound-report-'));
  const { status, stdout, stderr } = await run(
    'sweep',
    `${DEMO}logs`,
    '--iocs',
    `${DEMO}iocs.csv`,
    '--report',
    'case/swept.html',
  );
  expect(status, stderr).toBe(0);
  expect(stdout.trim().split('\n')).toHaveLength(15);
  expect(stderr).toMatch(/flowhound: report: case\/swept\.html \(8 findings, \d+ kB\)/);
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

describe('report', () => {
  it('is what a sweep with --report writes, and leaves nothing half done beside it', async () => {
    const { status, stdout, stderr } = await run('report', '--out', 'told.html');
    expect([status, stdout]).toEqual([0, '']);
    expect(stderr).toMatch(/^flowhound: report: told\.html \(8 findings, \d+ kB\)\n$/);
    const withoutTime = (html: string) => html.replace(/written \d{4}-\d\d-\d\d \d\d:\d\d/, '');
    expect(withoutTime(read('told.html'))).toBe(withoutTime(read('case/swept.html')));
    expect(readdirSync(join(cwd, 'case'))).toEqual(['swept.html']);
  });

  it('lies in the home unless told otherwise, or goes to stdout', async () => {
    const { stderr } = await run('report');
    expect(stderr).toContain('flowhound: report: .flowhound/report.html');
    const { stdout } = await run('report', '--out', '-');
    expect(stdout).toMatch(/^<!doctype html>.*<\/html>\n$/s);
  });

  it('tells the findings that were asked for, by the beginning of their ids', async () => {
    const [first] = (await run('findings', '--output', 'ndjson')).stdout
      .split('\n')
      .map((line) => line !== '' && JSON.parse(line));
    await run('report', '--finding', first.finding_id.slice(0, 12), '--out', 'one.html');
    expect(countCards(read('one.html'))).toBe(1);
    expect(read('one.html')).toContain(`id="${first.finding_id}"`);
    const unknown = await run('report', '--finding', 'fh-none', '--out', 'none.html');
    expect([unknown.status, existsSync(join(cwd, 'none.html'))]).toEqual([2, false]);
    expect(unknown.stderr).toBe('flowhound: --finding fh-none: no such finding. See: npx flowhound findings\n');
  });

  it('of a hunt tells what the hunt saw, and what it read', async () => {
    const { stdout } = await run('hunt', '--ip', '203.0.113.66', '--report', 'hunt.html');
    const html = read('hunt.html');
    expect(countCards(html)).toBe(2);
    expect(html.match(/<section id="sightings".*?<\/section>/s)?.[0].match(/<tr><th scope="row"/g)).toHaveLength(
      stdout.trim().split('\n').length,
    );
    expect(html).toContain('hunt_');
    expect(html).not.toContain('sweep_');
  });

  it('of an empty home does not say that all is well', async () => {
    const { status, stderr } = await run('report', '--home', 'empty', '--out', 'empty.html');
    expect(status).toBe(0);
    expect(stderr).toContain('no findings in empty');
    expect(read('empty.html')).toContain('<h1>Nothing was looked at, so nothing can be said.</h1>');
  });
});
