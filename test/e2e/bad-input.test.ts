/**
 * Every bad input of the contract, through the command line. Beside each bad thing lies one good object with one hit:
 * it must be found whatever happens to its neighbour, stdout stays pure data, and stderr counts the trouble by kind.
 */
import { type ChildProcess, execFileSync } from 'node:child_process';
import { globSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { breakAfter, makeWorld, type World, writeFileAt } from '../oracle/world.ts';
import { flowhound, linesOf, type Outcome, parseLines, STACK_TRACE } from './command-line.ts';

const FOLDER = 'AWSLogs/111122223333/vpcflowlogs/us-east-1/2026/09/01';
const HEADER =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status';
const START = 1788220800; // 2026-09-01T00:00:00Z

function keyOf(hash: string): string {
  return `${FOLDER}/111122223333_vpcflowlogs_us-east-1_fl-0a1b2c3d4e5f60001_20260901T0005Z_${hash}.log.gz`;
}

function rowTo(indicator: string, from = '10.0.0.5', bytes = '1000'): string {
  return `2 111122223333 eni-0a1 ${from} ${indicator} 51234 443 6 10 ${bytes} ${START} ${START + 60} ACCEPT OK`;
}

function textOf(...lines: string[]): string {
  return [HEADER, ...lines, ''].join('\n');
}

/** Incompressible but repeatable bytes: a linear congruential generator is enough for noise. */
function noise(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = 12345;
  for (let i = 0; i < length; i++) {
    state = (state * 1103515245 + 12345) % 2147483648;
    bytes[i] = state >>> 16;
  }
  return bytes;
}

/** No gzip at all: damage or text without a header, the contract leaves open which. */
const UNREADABLE = /\b1 (objects? )?(damaged|(without (a )?usable )?header)/i;

let world: World;
const run = (...args: string[]) => flowhound([...args, '--home', world.home], { cwd: world.root });
const sweep = (...more: string[]) => run('sweep', 'logs', '--iocs', 'iocs.csv', ...more);
const put = (hash: string, content: string | Uint8Array) => writeFileAt(world.logs, keyOf(hash), content);

beforeEach(() => {
  world = makeWorld();
  writeFileAt(world.root, 'iocs.csv', 'threat_ip,threat_comment\n203.0.113.7,C2\n198.51.100.0/24,drop site\n');
  put('600d', gzipSync(textOf(rowTo('203.0.113.7'))));
});
afterEach(() => world.remove());

function expectCalm(outcome: Outcome): void {
  expect(outcome.stderr).not.toMatch(STACK_TRACE);
  expect(outcome.stderr).not.toMatch(/UnhandledPromise|uncaught|node:internal|DeprecationWarning/i);
}

/** The run went through and the good object's sighting is there. */
function expectGood(outcome: Outcome): Record<string, unknown>[] {
  expectCalm(outcome);
  expect(outcome.status, outcome.stderr).toBe(0);
  const sightings = parseLines(outcome.stdout);
  const good = sightings.find(({ indicator, local_ip }) => indicator === '203.0.113.7' && local_ip === '10.0.0.5');
  expect(good).toMatchObject({ records_out: 1, bytes_out: 1000, comment: 'C2', source: 'iocs.csv' });
  return sightings;
}

function expectUsage(outcome: Outcome, message: RegExp): void {
  expect(outcome.status, outcome.stderr).toBe(2);
  expect(outcome.stdout).toBe('');
  expect(linesOf(outcome.stderr)).toHaveLength(1);
  expect(outcome.stderr).toMatch(message);
  expectCalm(outcome);
}

describe('objects', () => {
  const others = (sightings: Record<string, unknown>[]) =>
    sightings
      .filter(({ local_ip }) => local_ip !== '10.0.0.5')
      .map(({ local_ip, records_out }) => [local_ip, records_out]);

  it('truncated gzip: the rows before the break count, an open last line does not', async () => {
    const rows = Array.from({ length: 5000 }, (_, i) => rowTo('198.51.100.9', '10.0.0.66', String(i * 7919)));
    const bytes = gzipSync(textOf(...rows));
    put('bad', bytes.subarray(0, Math.floor(bytes.length / 2)));
    const outcome = await sweep();
    const [[host, records] = []] = others(expectGood(outcome));
    expect(host).toBe('10.0.0.66');
    expect(records).toBeGreaterThan(1000);
    expect(records).toBeLessThan(4000);
    expect(outcome.stderr).toMatch(/\b1 (objects? )?damaged|damaged (objects?)?:? ?1\b/i);
  });

  it('gzip corrupt in the middle: every row before the break counts', async () => {
    put('bad', breakAfter(textOf(rowTo('198.51.100.9', '10.0.0.66'), rowTo('198.51.100.9', '10.0.0.66'), 'open line')));
    const outcome = await sweep();
    expect(others(expectGood(outcome))).toEqual([['10.0.0.66', 2]]);
    expect(outcome.stderr).toMatch(/\b1 (objects? )?damaged/i);
  });

  it('gzip whose checksum does not fit', async () => {
    const bytes = gzipSync(textOf(rowTo('198.51.100.9', '10.0.0.66')));
    bytes[bytes.length - 6]! ^= 0xff;
    put('bad', bytes);
    const outcome = await sweep();
    expect(others(expectGood(outcome))).toEqual([['10.0.0.66', 1]]);
    expect(outcome.stderr).toMatch(/\b1 (objects? )?damaged/i);
  });

  it.each([
    ['noise', noise(500)],
    ['zeros', new Uint8Array(500)],
    ['many zeros', new Uint8Array(500_000)],
  ])('sound members, then %s', async (_, tail) => {
    put('bad', Buffer.concat([gzipSync(textOf(rowTo('198.51.100.9', '10.0.0.66'))), tail]));
    expect(others(expectGood(await sweep()))).toEqual([['10.0.0.66', 1]]);
  });

  it.each([
    ['no bytes at all', new Uint8Array(), /\b1 (objects? )?empty/i],
    ['gzip of nothing', gzipSync(''), /\b1 (objects? )?empty/i],
    ['zero bytes', new Uint8Array(5000), UNREADABLE],
    ['binary noise', noise(100_000), UNREADABLE],
    ['half a gzip header', Uint8Array.of(0x1f, 0x8b, 8), /\b1 (objects? )?damaged/i],
    ['a wrong header', gzipSync('timestamp message\n1 2\n'), /\b1 (objects? )?(without (a )?usable )?header/i],
    ['noise inside gzip', gzipSync(noise(300_000)), /\b1 (objects? )?(without (a )?usable )?header/i],
  ])('%s', async (_, content, counted) => {
    put('bad', content);
    const outcome = await sweep();
    expect(expectGood(outcome)).toHaveLength(1);
    expect(outcome.stderr).toMatch(counted);
  });

  it('malformed lines of every kind', async () => {
    const good = rowTo('198.51.100.9', '10.0.0.66');
    const bad = ['-7', '1e3', '0x1F', '12.5', '9223372036854775808', ''].map((text) =>
      good.replace(' 1000 ', ` ${text} `),
    );
    bad.push(HEADER, `${good} x`, good.slice(2), good.replace('10.0.0.66', '10.0.0.066'), 'a\u0000b', '\u00ff\ufffd');
    const fine = [
      good,
      '',
      `${good}\r`,
      good.replace(' 1000 ', ' - '),
      good.replace(' 1000 ', ' 9223372036854775807 '),
    ];
    put('bad', gzipSync(textOf(...bad, ...fine)));
    const outcome = await sweep();
    expect(others(expectGood(outcome))).toEqual([['10.0.0.66', 4]]);
    expect(outcome.stdout).toContain('"bytes_out":9223372036854777807,');
    expect(outcome.stderr).toMatch(/\b12 (lines? )?malformed/i);
  });

  it('a line of 10 MB between good rows', async () => {
    const row = rowTo('198.51.100.9', '10.0.0.66');
    put('bad', gzipSync(textOf(row, 'x'.repeat(10_000_000), row, 'y '.repeat(5_000_000), row)));
    const outcome = await sweep();
    expect(others(expectGood(outcome))).toEqual([['10.0.0.66', 3]]);
    expect(outcome.stderr).toMatch(/\b2 (lines? )?malformed/i);
  });

  it.each([
    ['1 GB without line ends', 'A'.repeat(1 << 24), 64],
    ['64 MB of blank lines', '\n'.repeat(1 << 24), 4],
    ['64 MB of short lines', 'A B\n'.repeat(1 << 22), 4],
  ])('a gzip bomb of %s stays in memory', async (_, text, members) => {
    const ordinary = await sweep();
    expectGood(ordinary);
    const bomb = Array<Buffer>(members).fill(gzipSync(text));
    put('bad', Buffer.concat([gzipSync(textOf(rowTo('198.51.100.9', '10.0.0.66'))), ...bomb]));
    const outcome = await sweep();
    expect(others(expectGood(outcome))).toEqual([['10.0.0.66', 1]]);
    expect(outcome.peakMegabytes).toBeLessThan(ordinary.peakMegabytes + 200);
    if (text[0] === 'A') expect(outcome.stderr).toMatch(/\b[1-9]\d* (lines? )?malformed/i);
  });

  it('what cannot be opened: dangling link, pipe, folder named like an object', async () => {
    symlinkSync('/nowhere/at/all', join(world.logs, keyOf('11ff')));
    execFileSync('mkfifo', [join(world.logs, keyOf('f1f0'))]);
    mkdirSync(join(world.logs, keyOf('d1c7')));
    const outcome = await sweep();
    expect(expectGood(outcome)).toHaveLength(1);
    expect(linesOf(outcome.stderr).length).toBeLessThan(8);
  });

  it('times far beyond any calendar', async () => {
    const far = rowTo('198.51.100.9', '10.0.0.66').replaceAll(String(START), '9223372036854775807');
    put('bad', gzipSync(textOf(far, far.replace(String(START + 60), '9223372036854775806'))));
    expectGood(await sweep());
  });

  it('100,000 foreign keys: one line, with the number', async () => {
    for (let folder = 0; folder < 100; folder++) {
      mkdirSync(join(world.logs, `d${folder}`));
      for (let i = 0; i < 1000; i++) writeFileSync(join(world.logs, `d${folder}`, `x${i}.txt`), '');
    }
    const outcome = await sweep();
    expectGood(outcome);
    expect(linesOf(outcome.stderr).filter((line) => /100[,.'  ]?000/.test(line))).toHaveLength(1);
    expect(linesOf(outcome.stderr).length).toBeLessThan(8);
    const onlyForeign = await run('sweep', 'logs/d1', '--iocs', 'iocs.csv');
    expect(onlyForeign.status).toBe(0);
    expect(onlyForeign.stdout).toBe('');
    expect(onlyForeign.stderr).toMatch(/1[,.'  ]?000/);
  }, 180_000);
});

describe('lists', () => {
  it('garbage among good lines is reported by line and stops nothing', async () => {
    const lines = [
      'threat_ip,threat_comment',
      '203.0.113.07,x',
      '10.0.0.0/8,own',
      '0.0.0.0/0,all',
      '"203.0.113.9',
      '\u0000\u0001',
      'a b c',
    ];
    writeFileAt(world.root, 'iocs.csv', [...lines, '203.0.113.7,C2', '<html>'].join('\r\n'));
    const outcome = await sweep();
    expect(expectGood(outcome)).toHaveLength(1);
    for (const line of [2, 3, 4, 6, 7, 9]) expect(outcome.stderr).toMatch(new RegExp(`iocs\\.csv.*line ${line}\\b`));
    expect(outcome.stderr).toMatch(/\b2 (indicators? )?refused/i);
    expect(outcome.stderr).toMatch(/\b5 (indicators? )?invalid/i);
  });

  it('binary noise for a list', async () => {
    writeFileAt(world.root, 'noise.bin', noise(200_000));
    const outcome = await sweep('--iocs', 'noise.bin');
    expectGood(outcome);
    // Hundreds of bad lines are one number and a few examples, not a flood.
    expect(linesOf(outcome.stderr).length).toBeLessThan(60);
  });

  it('a list that names nothing', async () => {
    writeFileAt(world.root, 'iocs.csv', '# nothing yet\n');
    const outcome = await sweep();
    expectCalm(outcome);
    expect(outcome.status).toBe(0);
    expect(outcome.stdout).toBe('');
  });
});

describe('usage', () => {
  it('missing logs', async () =>
    expectUsage(await run('sweep', 'nowhere', '--iocs', 'iocs.csv'), /^flowhound: .*nowhere/));
  it('missing list', async () =>
    expectUsage(await run('sweep', 'logs', '--iocs', 'none.csv'), /^flowhound: .*none\.csv/));
  it('a folder for a list', async () =>
    expectUsage(await run('sweep', 'logs', '--iocs', 'logs'), /^flowhound: .*logs/));
  it('missing allowlist', async () => expectUsage(await sweep('--allow', 'none.txt'), /^flowhound: .*none\.txt/));
  it('missing config', async () => expectUsage(await sweep('--config', 'none.json'), /^flowhound: .*none\.json/));
  it('no list', async () => expectUsage(await run('sweep', 'logs'), /^flowhound: .*--iocs/));
  it('unknown option', async () => expectUsage(await sweep('--bogus'), /^flowhound: .*--bogus/));
  it('unknown verb', async () => expectUsage(await run('sweeep'), /^flowhound: .*sweeep/));
  it('unknown output', async () => expectUsage(await sweep('--output', 'yaml'), /^flowhound: .*yaml/));
  it('unknown severity', async () => expectUsage(await sweep('--fail-on', 'AWFUL'), /^flowhound: .*AWFUL/));
  it.each(['2026-13-01', '2026-02-30', 'yesterday-ish', '12:00', ''])('--from %j', async (text) => {
    expectUsage(await sweep('--from', text), /^flowhound: --from .*is not a date/);
  });
  it.each(['s3:/logs', 'S3://logs/', 'arn:aws:s3:::logs'])('%s, which is nearly a place in S3', async (logs) =>
    expectUsage(await run('sweep', logs, '--iocs', 'iocs.csv'), /^flowhound: .*s3:\/\/bucket\/prefix\//),
  );
  it.each([
    ['--region', 'us east'],
    ['--endpoint-url', 'localhost'],
    ['--stage', 'Prod!'],
  ])('%s %s', async (option, value) =>
    expectUsage(
      await run('findings', '--aws', '--region', 'us-east-1', option, value),
      new RegExp(`${value}.*${option}|${option} ${value}`),
    ),
  );
  it.each([
    ['2999-01-01', /^flowhound: --from is not in the past/],
    ['0026-09-01', /^flowhound: --from is before there were VPC Flow Logs/],
  ])('a backfill from %s', async (from, message) => expectUsage(await run('backfill', '--from', from), message));
  it('own range that is none', async () =>
    expectUsage(await sweep('--own', '10.0.0.0/99'), /^flowhound: .*10\.0\.0\.0\/99/));

  it('a stack trace only with --verbose', async () => {
    const quiet = await run('sweep', 'nowhere', '--iocs', 'iocs.csv');
    const verbose = await run('sweep', 'nowhere', '--iocs', 'iocs.csv', '--verbose');
    const short = await run('sweep', 'nowhere', '--iocs', 'iocs.csv', '-qv');
    expect(quiet.stderr).not.toMatch(STACK_TRACE);
    expect(verbose.stderr).toMatch(STACK_TRACE);
    expect(short.stderr).toBe(verbose.stderr);
    expect([quiet.status, verbose.status, short.status]).toEqual([2, 2, 2]);
  });
});

describe('exit status', () => {
  it('--fail-on', async () => {
    const failed = await sweep('--fail-on', 'MEDIUM');
    expect(failed.status, failed.stderr).toBe(3);
    expect(parseLines(failed.stdout)).toHaveLength(1);
    expectCalm(failed);
    expectGood(await sweep('--fail-on', 'CRITICAL'));
  });

  it('a closed stdout ends the run without a word', async () => {
    const rows = Array.from({ length: 5000 }, (_, i) => rowTo('198.51.100.9', `10.0.${i >> 8}.${i & 255}`));
    put('many', gzipSync(textOf(...rows)));
    const outcome = await flowhound(['sweep', 'logs', '--iocs', 'iocs.csv', '--home', world.home], {
      cwd: world.root,
      onStart: (child) => child.stdout?.destroy(),
    });
    expectCalm(outcome);
    expect(outcome.stderr).not.toMatch(/EPIPE/);
    expect(outcome.signal).toBeNull();
    expect([0, 141]).toContain(outcome.status);
  });
});

describe('Ctrl-C', () => {
  it('midway ends with 130, and the next run is whole', async () => {
    const filler = Array.from({ length: 40_000 }, (_, i) => rowTo(`192.0.2.${i % 256}`, '10.0.0.8', String(i)));
    const bytes = gzipSync(textOf(...filler, rowTo('203.0.113.7', '10.0.0.66')));
    for (let i = 0; i < 120; i++) put(`b${i}`, bytes);
    const began = Date.now();
    const outcome = await flowhound(['sweep', 'logs', '--iocs', 'iocs.csv', '--home', world.home], {
      cwd: world.root,
      onStart: interruptScan,
    });
    expect(outcome.status, outcome.stderr).toBe(130);
    expect(Date.now() - began).toBeLessThan(6000);
    expect(outcome.stdout).toBe('');
    expectCalm(outcome);
    const again = await sweep();
    const found = expectGood(again).find(({ local_ip }) => local_ip === '10.0.0.66');
    expect(found).toMatchObject({ records_out: 120 });
  }, 180_000);

  /** As soon as there are chunks to scan. */
  function interruptScan(child: ChildProcess): void {
    const timer = setInterval(() => {
      if (globSync(join(world.home, 'runs/*/chunks/*')).length > 0) child.kill('SIGINT');
      else if (child.exitCode === null) return;
      clearInterval(timer);
    }, 5);
  }
});
