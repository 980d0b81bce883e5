/** `flowhound cost` as a user runs it: what it prints in each format, and what it refuses. */
import { readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toCost } from '../../src/core/cost.ts';
import { PRICE_NAMES } from '../../src/core/prices.ts';
import { makeWorld, type World } from '../oracle/world.ts';
import { flowhound, linesOf, parseLines } from './command-line.ts';

let world: World;
beforeEach(() => {
  world = makeWorld();
});
afterEach(() => world.remove());

const cost = (...args: string[]) => flowhound(['cost', ...args], { cwd: world.root });
const TEN_GB = ['--gb-per-day', '10', '--accounts', '5', '--findings-per-day', '3', '--retain-days', '90'];

describe('cost', () => {
  it('prints the lines of the bill, their sum, and what stands beside it', async () => {
    const before = readdirSync(world.root);
    const { status, stdout, stderr } = await cost(...TEN_GB);
    expect(status, stderr).toBe(0);
    const documents = parseLines(stdout);
    const workload = { gbPerDay: 10, accounts: 5, regions: 1, findingsPerDay: 3, retainDays: 90 };
    const { usd, byHand } = toCost({ ...workload, scan: 'kernel' });
    const lines = documents.filter(({ kind }) => kind === 'line');
    expect(lines).toHaveLength(PRICE_NAMES.length);
    expect(lines.reduce((total, line) => total + Number(line.usd), 0)).toBeCloseTo(usd, 6);
    for (const { count, price, usd: own } of lines) expect(Number(count) * Number(price)).toBeCloseTo(Number(own), 6);
    expect(documents.find(({ kind }) => kind === 'total')!.usd).toBeCloseTo(usd, 6);
    expect(documents.at(-2)!.usd).toBeCloseTo(byHand.daily.usd, 6);
    expect(linesOf(stderr)).toHaveLength(2);
    expect(stderr).toMatch(/1,440 log objects a day make 960 executions, 72 of them with matches/);
    expect(readdirSync(world.root)).toEqual(before);
  });

  it('says the same as json, csv and table', async () => {
    const [json, csv, table] = await Promise.all(
      ['json', 'csv', 'table'].map((format) => cost(...TEN_GB, '--quiet', '--output', format)),
    );
    const documents = JSON.parse(json!.stdout) as { what: string; usd: number }[];
    const rows = linesOf(csv!.stdout);
    expect(rows[0]).toBe('kind,what,count,unit,price,usd,share');
    expect(rows).toHaveLength(documents.length + 1);
    const shown = linesOf(table!.stdout);
    expect(shown).toHaveLength(documents.length + 1);
    for (const [i, { what, usd }] of documents.entries()) {
      expect(rows[i + 1]).toContain(`,${usd},`);
      expect(shown[i + 1]!.trim().startsWith(what)).toBe(true);
      if (usd >= 0.01) expect(shown[i + 1]).toContain(` ${usd.toFixed(2)}`);
    }
    expect([json!.stderr, csv!.stderr, table!.stderr]).toEqual(['', '', '']);
  });

  it('takes other prices and assumptions, and lists ours', async () => {
    const total = async (...args: string[]) => {
      const { stdout, stderr } = await cost(...TEN_GB, ...args);
      const sum = parseLines(stdout).find(({ kind }) => kind === 'total');
      expect(sum, stderr).toBeDefined();
      return Number(sum!.usd);
    };
    const ours = await total();
    const listed = parseLines((await cost('--list')).stdout);
    const { value } = listed.find(({ name }) => name === 'transition')!;
    expect(await total('--price', `transition=${value}`)).toBe(ours);
    expect(await total('--price', 'transition=0', '--price', 's3Put=0')).toBeLessThan(ours);
    expect(await total('--assume', 'batchSeconds=300', 'scanSpeed=100')).toBeLessThan(ours);
    expect(await total('--scan', 'athena')).toBeGreaterThan(0);
    for (const { name, source } of listed) expect(`${name}: ${source}`).toMatch(/^\w+: \S+/);
  });

  it.each([
    [],
    ['--gb-per-day', 'much'],
    ['--gb-per-day', '-1'],
    ['--gb-per-day', '1e3'],
    ['--gb-per-day', '1', '--accounts', '0'],
    ['--gb-per-day', '1', '--accounts', '1.5'],
    ['--gb-per-day', '1', '--objects-per-day', ''],
    ['--gb-per-day', '1', '--findings-per-day', 'NaN'],
    ['--gb-per-day', '99999999999', '--retain-days', '1'],
    ['--gb-per-day', '1', '--scan', 'duckdb'],
    ['--gb-per-day', '1', '--price', 'bananas=1'],
    ['--gb-per-day', '1', '--price', 's3Get'],
    ['--gb-per-day', '1', '--assume', 'scanSpeed=fast'],
    ['--gb-per-day', '1', '--assume', 'scanSpeed=0'],
    ['--gb-per-day', '1', '--output', 'asff'],
  ])('refuses %s %s %s %s in one line', async (...args) => {
    const { status, stdout, stderr } = await cost(...args.filter((word) => word !== undefined));
    expect(status).toBe(2);
    expect(stdout).toBe('');
    expect(linesOf(stderr)).toHaveLength(1);
    expect(stderr).toMatch(/^flowhound: /);
  });
});
