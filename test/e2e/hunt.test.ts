/** `flowhound hunt` over a home: what a sweep with the same list would print, and nothing that stays. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeWorld, type World, writeFileAt } from '../oracle/world.ts';
import { DEMO_IOCS, DEMO_LOGS } from './aws-terminal.ts';
import { flowhound, linesOf, type Outcome, parseLines } from './command-line.ts';

let world: World;
let swept: Outcome;

beforeAll(async () => {
  world = makeWorld();
  swept = await run(['sweep', DEMO_LOGS, '--iocs', DEMO_IOCS]);
  expect(swept.status, swept.stderr).toBe(0);
});
afterAll(() => world.remove());

function run(args: readonly string[]): Promise<Outcome> {
  return flowhound(args, { cwd: world.root });
}

/** Every file of the home that a hunt must leave as it was. */
function remembered(): Record<string, string> {
  const home = join(world.root, '.flowhound');
  const folders = ['findings', 'sightings', 'totals', 'manifests', 'evidence', 'outbox'];
  const files = readdirSync(home, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map(({ parentPath, name }) => join(parentPath, name).slice(home.length + 1));
  const kept = paths.filter((path) => folders.includes(path.split('/')[0]!));
  return Object.fromEntries(kept.map((path) => [path, readFileSync(join(home, path), 'latin1')]));
}

describe('flowhound hunt', () => {
  it('finds with a list what a sweep finds with it, and leaves findings and evidence alone', async () => {
    const before = remembered();
    expect(Object.keys(before).length).toBeGreaterThan(10);
    const hunted = await run(['hunt', '--iocs', DEMO_IOCS]);
    expect(hunted.stdout).toBe(swept.stdout);
    const narrow = await run(['hunt', '--ip', '203.0.113.66']);
    expect(parseLines(narrow.stdout).map(({ indicator }) => indicator)).toContain('203.0.113.66');
    expect(Object.keys(remembered())).toEqual(expect.arrayContaining(Object.keys(before)));
    for (const [path, text] of Object.entries(before)) expect(remembered()[path] === text, path).toBe(true);
  });

  it('reads only what holds the address, and says what it left out', async () => {
    const { stderr } = await run(['hunt', '--ip', '203.0.113.66']);
    const [, all, held, unknown, others] = /of (\d+) objects (\d+) hold .*, (\d+) are not in it .*, (\d+) need no/.exec(
      stderr,
    )!;
    expect([Number(held) + Number(others), Number(unknown)]).toEqual([Number(all), 0]);
    expect(Number(others)).toBeGreaterThan(Number(held));
    expect(stderr).toContain(`flowhound: ${held} objects read, `);
    const absent = await run(['hunt', '--ip', '198.51.100.253']);
    expect(absent.stdout).toBe('');
    expect(absent.stderr).toContain(`of ${all} objects 0 hold such an address (0 B)`);
    expect(absent.stderr).toContain('flowhound: 0 objects read, ');
  });

  it('takes addresses and CIDRs, and shows the records of a window only', async () => {
    const hunted = await run(['hunt', '--ip', '203.0.113.66,2001:db8:77::/48', '--from', '2026-09-02']);
    const swept = await run(['hunt', '--ip', '203.0.113.66', '--ip', '2001:db8:77::/48', '--to', '2026-09-02']);
    for (const { last_seen } of parseLines(hunted.stdout)) expect(String(last_seen) >= '2026-09-02').toBe(true);
    for (const { first_seen } of parseLines(swept.stdout)) expect(String(first_seen) < '2026-09-02').toBe(true);
    expect(parseLines(hunted.stdout).length + parseLines(swept.stdout).length).toBeGreaterThan(2);
  });

  it('reads only the accounts that are asked for', async () => {
    const { stdout } = await run(['hunt', '--iocs', DEMO_IOCS, '--accounts', '444455556666']);
    expect(new Set(parseLines(stdout).map(({ account_id }) => account_id))).toEqual(new Set(['444455556666']));
  });

  it('exits with 3 on findings as grave as asked', async () => {
    expect((await run(['hunt', '--ip', '203.0.113.66', '--fail-on', 'high'])).status).toBe(3);
    expect((await run(['hunt', '--ip', '198.51.100.253', '--fail-on', 'high'])).status).toBe(0);
  });

  it.each([
    [[], 'which indicators? Use: npx flowhound hunt --ip 203.0.113.7'],
    [['--ip', '10.0.0.1'], '--ip 10.0.0.1 overlaps private space'],
    [['--ip', '203.0.113.300'], '--ip 203.0.113.300 is no address or CIDR'],
    [['--ip', '203.0.113.7', '--from', 'yesterday'], '--from yesterday is not a date'],
  ])('%j is bad usage, in one line', async (args, message) => {
    const { status, stderr } = await run(['hunt', ...args]);
    expect({ status, lines: linesOf(stderr).length }).toEqual({ status: 2, lines: 1 });
    expect(stderr).toContain(message);
  });

  it('in an empty home says what to do', async () => {
    const { status, stdout, stderr } = await run(['hunt', '--ip', '203.0.113.66', '--home', 'empty']);
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
    expect(stderr).toContain('no log objects in empty. Sweep first');
  });

  it('takes a list of the settings only where no address is given', async () => {
    writeFileAt(world.root, 'flowhound.json', JSON.stringify({ iocs: [DEMO_IOCS] }));
    const named = await run(['hunt', '--ip', '198.51.100.253']);
    expect(named.stdout).toBe('');
    expect((await run(['hunt'])).stdout).toBe(swept.stdout);
  });
});
