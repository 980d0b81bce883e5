import { execFileSync, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { constants, gunzipSync, gzipSync } from 'node:zlib';
import { strToU8, unzipSync, zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Evidence } from '../../src/core/evidence.ts';
import { fromJson } from '../../src/core/exact-json.ts';
import type { Finding } from '../../src/core/finding-document.ts';
import { verifyBundle } from '../../src/report/bundle/verify.ts';
import { makeWorld, writeFileAt } from '../oracle/world.ts';
import { problemsOf } from '../unit/ocsf-schema.ts';
import { flowhound, linesOf } from './command-line.ts';

const DEMO = fileURLToPath(new URL('../../demo/', import.meta.url));
const world = makeWorld();
const at = (name: string) => join(world.root, name);
const run = (...args: string[]) => flowhound(args, { cwd: world.root });
const bundle = (path: string, ...args: string[]) => run('report', '--home', 'home', '--bundle', path, ...args);
const readLines = <Document>(path: string) =>
  linesOf(readFileSync(at(path), 'utf8')).map((line) => fromJson<Document>(line));

async function tellDifferences(name: string): Promise<string[]> {
  return (await verifyBundle(at(name))).differences.map(({ kind, path }) => `${kind} ${path}`);
}

/** Where an object of the demo lies, by its name. */
const demoObjects = new Map(
  readdirSync(join(DEMO, 'logs'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => [entry.name, join(entry.parentPath, entry.name)]),
);

beforeAll(async () => {
  const halves = ['111122223333', 'aws-account-id=444455556666'].map((account) => join(DEMO, 'logs/AWSLogs', account));
  // Twice over, cut differently: objects come in with several batches.
  for (const logs of [...halves, join(DEMO, 'logs')]) {
    expect((await run('sweep', logs, '--iocs', join(DEMO, 'iocs.csv'), '--home', 'home')).status).toBe(0);
  }
  expect((await bundle('whole')).stderr).toContain('4,161 records');
});
afterAll(() => world.remove());

describe('a bundle', () => {
  it('is what sha256sum, unzip and Python take for one', async () => {
    expect((await bundle('whole.zip')).status).toBe(0);
    const checked = execFileSync('sha256sum', ['--strict', '-c', 'MANIFEST.sha256'], {
      cwd: at('whole'),
      encoding: 'utf8',
    });
    expect(linesOf(checked).filter((line) => !line.endsWith(': OK'))).toEqual([]);
    expect(linesOf(checked).length).toBeGreaterThan(200);
    execFileSync('unzip', ['-q', 'whole.zip', '-d', 'unzipped'], { cwd: world.root });
    expect(spawnSync('diff', ['-r', 'whole', 'unzipped'], { cwd: world.root, encoding: 'utf8' }).stdout).toBe('');
    const python =
      'import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); print(z.testzip(), len(z.namelist()), {i.date_time for i in z.infolist()})';
    const told = execFileSync('python3', ['-c', python, 'whole.zip'], { cwd: world.root, encoding: 'utf8' });
    expect(told.trim()).toBe(`None ${linesOf(checked).length + 1} {(1980, 1, 1, 12, 0, 0)}`);
  });

  it('is the same, byte for byte, whenever and wherever it is written', async () => {
    cpSync(at('home'), at('elsewhere'), { recursive: true });
    await bundle('again.zip');
    await flowhound(['report', '--home', 'elsewhere', '--bundle', 'far.zip'], {
      cwd: world.root,
      env: { TZ: 'Asia/Kolkata' },
    });
    for (const other of ['again.zip', 'far.zip'])
      expect(readFileSync(at(other))).toEqual(readFileSync(at('whole.zip')));
  });

  it('has each record once, as it stands in its log object', () => {
    const records = readLines<Evidence>('whole/records/records.ndjson');
    expect(new Set(records.map(({ object, line_number }) => `${object}:${line_number}`)).size).toBe(4161);
    const texts = new Map<string, string[]>();
    for (const { object, line_number, line } of records) {
      if (!texts.has(object)) texts.set(object, readObject(demoObjects.get(object)!));
      expect(texts.get(object)![line_number - 1]).toBe(line);
    }
    const objects = readLines<{ object: string; lines: string; records: number; etag: string }>(
      'whole/records/objects.ndjson',
    );
    expect(objects.length).toBe(texts.size);
    for (const { object, lines, records: count, etag } of objects) {
      const own = records.filter((record) => record.object === object).map(({ line }) => line);
      expect(linesOf(readFileSync(at(`whole/${lines}`), 'utf8'))).toEqual(own);
      expect(own).toHaveLength(count);
      expect(etag).not.toBe('');
    }
  });

  it('has the findings in each form, and OCSF as its schema wants it', async () => {
    const findings = readLines<Finding>('whole/findings/findings.ndjson');
    expect(findings).toEqual(
      (await run('findings', '--home', 'home')).stdout
        .split('\n')
        .filter(Boolean)
        .map((line) => fromJson(line)),
    );
    const asff = readLines<{ Id: string }>('whole/findings/findings.asff.ndjson');
    expect(asff.map(({ Id }) => Id)).toEqual(findings.map(({ finding_id }) => `flowhound/${finding_id}`));
    const forms = ['findings/findings', 'findings/sightings', 'records/network-activity'];
    const events = forms.map((form) => readLines<{ class_uid: number }>(`whole/${form}.ocsf.ndjson`));
    expect(events.map((all) => all.length)).toEqual([findings.length, 15, 4161]);
    expect(events.flat().flatMap(problemsOf)).toEqual([]);
    for (const { finding_id } of findings) {
      const kept = fromJson<Finding>(readFileSync(at(`whole/store/findings/${finding_id}.json`), 'utf8'));
      expect(kept).toEqual(findings.find((one) => one.finding_id === finding_id));
    }
  });

  it('says what each of its files is, and has what runs and lists said', () => {
    const told = readFileSync(at('whole/README.txt'), 'utf8');
    const files = readdirSync(at('whole'), { recursive: true, encoding: 'utf8' }).filter(
      (path) => /\w\.\w+$/.test(path) && path !== 'README.txt',
    );
    const folders = ['sql/', 'records/lines/', 'store/'];
    const untold = files.filter((path) => !told.includes(path) && !folders.some((folder) => path.startsWith(folder)));
    expect(untold).toEqual([]);
    for (const path of [
      'store/runs',
      'store/manifests',
      'store/indicators/lists',
      'store/contexts',
      'sql/workflow/ioc_matches.sql',
    ])
      expect(existsSync(at(`whole/${path}`))).toBe(true);
  });

  it('names each query that ran, and what it said', () => {
    const queries = readLines<{ text: string; result: string; query: string }>('whole/queries.ndjson');
    expect(new Set(queries.map(({ query }) => query))).toEqual(new Set(['ioc_matches', 'host_data_ratio']));
    for (const { text, result } of queries) {
      expect(existsSync(at(`whole/${text}`))).toBe(true);
      expect(existsSync(at(`whole/store/${result}`))).toBe(true);
    }
  });

  it('of one finding has what that one rests on, and no more', async () => {
    const [first] = readLines<Finding>('whole/findings/findings.ndjson');
    expect((await bundle('one', '--finding', first!.finding_id)).status).toBe(0);
    expect(readLines<Finding>('one/findings/findings.ndjson')).toEqual([first]);
    expect(readdirSync(at('one/store/findings'))).toEqual([`${first!.finding_id}.json`]);
    const records = readLines<Evidence>('one/records/records.ndjson');
    const legs = first!.legs.reduce((sum, leg) => sum + leg.records, 0);
    expect(records).toHaveLength(legs);
    expect((await run('report', '--verify', 'one')).status).toBe(0);
  });

  it('never goes among other files, and leaves none behind where it fails', async () => {
    const { status, stderr } = await bundle('home');
    expect([status, linesOf(stderr).length]).toEqual([2, 1]);
    expect((await bundle('whole', '--out', 'x')).status).toBe(2);
    writeFileSync(at('file'), '');
    expect((await bundle('file/below')).status).not.toBe(0);
    expect(readdirSync(world.root).filter((name) => name.includes('unfinished'))).toEqual([]);
  });
});

describe('--output ocsf', () => {
  it.each([
    [['findings'], 2004],
    [['findings', '--sightings'], 4001],
    [['hunt', '--ip', '203.0.113.66'], 2004],
  ])('%j prints events of the schema', async (words, uid) => {
    const { status, stdout } = await run(...words, '--home', 'home', '--output', 'ocsf');
    const events = linesOf(stdout).map((line) => fromJson<{ class_uid: number }>(line));
    expect([status, new Set(events.map(({ class_uid }) => class_uid))]).toEqual([0, new Set([uid])]);
    expect(events.flatMap(problemsOf)).toEqual([]);
  });

  it('is no form of rows', async () => {
    const { status, stdout, stderr } = await run('query', 'top_ips', '--home', 'home', '--output', 'ocsf');
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain('--output ocsf is for findings. Use table, ndjson, json or csv.');
  });
});

describe('a changed bundle', () => {
  const changes: [string, string, (folder: string) => void][] = [
    ['a byte more', 'changed README.txt', (folder) => appendFileSync(join(folder, 'README.txt'), ' ')],
    ['a file gone', 'missing sql/dialect/duckdb.sql', (folder) => rmSync(join(folder, 'sql/dialect/duckdb.sql'))],
    ['a file more', 'extra store/more.json', (folder) => writeFileSync(join(folder, 'store/more.json'), '')],
    ['no manifest', 'missing MANIFEST.sha256', (folder) => rmSync(join(folder, 'MANIFEST.sha256'))],
    [
      'a link to the same text',
      'changed README.txt',
      (folder) => {
        writeFileSync(at('same.txt'), readFileSync(join(folder, 'README.txt')));
        rmSync(join(folder, 'README.txt'));
        symlinkSync(at('same.txt'), join(folder, 'README.txt'));
      },
    ],
    [
      'a line of the manifest that says nothing',
      'unreadable MANIFEST.sha256: ../../etc/passwd',
      (folder) => appendFileSync(join(folder, 'MANIFEST.sha256'), '../../etc/passwd\n'),
    ],
    [
      'a file that is nowhere below',
      'missing ../outside',
      (folder) => appendFileSync(join(folder, 'MANIFEST.sha256'), `${'0'.repeat(64)}  ../outside\n`),
    ],
  ];

  it.each(changes)('%s is told in one line: %s', async (_, told, change) => {
    rmSync(at('changed'), { recursive: true, force: true });
    cpSync(at('whole'), at('changed'), { recursive: true });
    change(at('changed'));
    expect(await tellDifferences('changed')).toEqual([told]);
  });

  it('fails the command, which says nothing that acts', async () => {
    rmSync(at('changed'), { recursive: true, force: true });
    cpSync(at('whole'), at('changed'), { recursive: true });
    writeFileSync(at('changed/store/\u001b[2J'), '');
    const { status, stdout, stderr } = await run('report', '--verify', 'changed');
    expect([status, stdout]).toEqual([1, 'extra store/?[2J\n']);
    expect(linesOf(stderr).at(-1)).toMatch(/^flowhound: changed is not as its manifest says/);
  });

  it('zipped, too, and what is no zip', async () => {
    const entries = unzipSync(readFileSync(at('whole.zip')));
    const verify = (bytes: Uint8Array) => {
      writeFileSync(at('changed.zip'), bytes);
      return tellDifferences('changed.zip');
    };
    expect(await verify(zipSync({ ...entries, 'README.txt': strToU8('other') }))).toEqual(['changed README.txt']);
    expect(await verify(zipSync({ ...entries, 'x/y': strToU8('') }))).toEqual(['extra x/y']);
    expect(await verify(zipSync({ ...entries, '../../out.txt': strToU8('') }))).toContainEqual(
      expect.stringMatching(/^unreadable .*changed\.zip: .*\.\.\/\.\.\/out\.txt/),
    );
    expect(existsSync(join(world.root, '../out.txt'))).toBe(false);
    const whole = readFileSync(at('whole.zip'));
    expect((await verify(whole.subarray(0, whole.length / 2))).join()).toMatch(/unreadable .*changed\.zip: /);
    // The first entry is the manifest: wherever its compressed bytes are bent, it says nothing any more.
    for (let at = 100; at < 1000; at += 60) {
      const bent = Buffer.from(whole);
      bent[at]! ^= 0xff;
      expect([at, await verify(bent)]).toEqual([at, ['unreadable MANIFEST.sha256']]);
    }
    await expect(tellDifferences('nowhere')).rejects.toThrow('there is no such folder or file');
  });
});

describe('names from logs', () => {
  it('do not lead out of the bundle, and are told in full', async () => {
    const name = 'AWSLogs/111122223333/vpcflowlogs/us-east-1/2026/09/01/CON .. evil;$(x).log.gz';
    const text = 'srcaddr dstaddr start end\n10.0.0.5 203.0.113.66 1788220800 1788220860\n';
    writeFileAt(at('odd'), name, gzipSync(text));
    await run('sweep', 'odd', '--iocs', join(DEMO, 'iocs.csv'), '--home', 'odd-home');
    expect((await run('report', '--home', 'odd-home', '--bundle', 'odd-bundle')).status).toBe(0);
    const [{ object, lines }] = readLines<{ object: string; lines: string }>('odd-bundle/records/objects.ndjson') as [
      { object: string; lines: string },
    ];
    expect(object).toContain('CON .. evil;$(x).log.gz');
    expect(lines).toMatch(/^records\/lines\/[0-9a-f]{16}-[0-9a-z_=-]+\.txt$/);
    expect(readFileSync(at(`odd-bundle/${lines}`), 'utf8')).toBe('10.0.0.5 203.0.113.66 1788220800 1788220860\n');
    expect(spawnSync('sha256sum', ['--quiet', '-c', 'MANIFEST.sha256'], { cwd: at('odd-bundle') }).status).toBe(0);
  });

  it('a home without findings gives a bundle that says so', async () => {
    mkdirSync(at('empty'));
    expect((await run('report', '--home', 'empty', '--bundle', 'none.zip')).status).toBe(0);
    expect((await run('report', '--verify', 'none.zip')).status).toBe(0);
  });
});

/** Lines of a log object, as far as it can be unpacked. */
function readObject(path: string): string[] {
  return gunzipSync(readFileSync(path), { finishFlush: constants.Z_SYNC_FLUSH }).toString().split('\n');
}
