/** What is read from elsewhere gives what the same objects give as files, and leaves nothing behind. */
import { createReadStream, existsSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LogObjectUnavailable, LogObjectUnreadable } from '../../src/core/errors.ts';
import { toJson } from '../../src/core/exact-json.ts';
import { listLogFiles } from '../../src/local/log-files.ts';
import { copyHere, type RemoteLogs } from '../../src/local/remote-logs.ts';
import { runQuery } from '../../src/local/run-query.ts';
import { sweep } from '../../src/local/sweep.ts';
import type { LogStore } from '../../src/ports.ts';
import { makeWorld, type World, writeFileAt } from '../oracle/world.ts';

const DEMO = fileURLToPath(new URL('../../demo', import.meta.url));
const LOGS = join(DEMO, 'logs');
const IOCS = [join(DEMO, 'iocs.csv')];

/** The demo's logs as a bucket named `logs` would hold them. */
const bucket: RemoteLogs = {
  async *list(path) {
    const prefix = path.slice('s3://logs/'.length);
    for await (const listed of listLogFiles([LOGS])) {
      const key = relative(LOGS, listed.key);
      if (key.startsWith(prefix)) yield { ...listed, key: `s3://logs/${key}`, etag: 'an ETag' };
    }
  },
  logs: { open: (key) => createReadStream(join(LOGS, key.slice('s3://logs/'.length))) },
};

let world: World;
beforeEach(() => {
  world = makeWorld();
});
afterEach(() => world.remove());

const request = () => ({ iocs: IOCS, home: world.home, clock: new Date('2026-09-04T00:00:00Z'), remote: bucket });

describe('a sweep', () => {
  it('finds elsewhere what it finds in files, and the other place changes nothing', async () => {
    const files = await sweep({ ...request(), logs: [LOGS] });
    expect(files.sightings.length).toBeGreaterThan(3);
    const elsewhere = await sweep({ ...request(), home: join(world.root, 'other'), logs: ['s3://logs/'] });
    const both = await sweep({ ...request(), logs: [LOGS, 's3://logs/AWSLogs/'] });
    for (const result of [elsewhere, both]) {
      expect(toJson(result.sightings)).toBe(toJson(files.sightings));
      expect(toJson(result.findings)).toBe(toJson(files.findings));
    }
    // Where the rows lie has the execution's name in it.
    const rows = ({ dataRatios }: typeof files) => dataRatios.map(({ results: _, ...ratio }) => ratio);
    expect(rows(elsewhere)).toEqual(rows(files));
    expect(both.summary).toMatchObject({ objects: files.summary.objects, opened: 0, updated: 0, withdrawn: 0 });
    expect(readdirSync(join(world.root, 'other/tmp'))).toEqual([]);
  });

  it('without a way to read elsewhere says so', async () => {
    const { remote: _remote, ...alone } = request();
    await expect(sweep({ ...alone, logs: ['s3://logs/'] })).rejects.toThrow('s3://logs/');
  });
});

describe('a query', () => {
  const count = async (logs: string[]) => {
    const rows: unknown[] = [];
    const asked = { ...request(), name: 'row_count', logs, parameters: {}, iocs: [], allow: [], own: [] };
    await runQuery(asked, async (result) => void rows.push(...(await Array.fromAsync(result.rows))));
    return rows;
  };

  it('counts elsewhere what it counts in files, and removes its copies', async () => {
    const rows = await count([LOGS]);
    expect(await count(['s3://logs/'])).toEqual(rows);
    expect(readdirSync(join(world.home, 'tmp'))).toEqual([]);
  });

  it('reads again what was swept there', async () => {
    await sweep({ ...request(), logs: ['s3://logs/'] });
    expect(await count([])).toEqual(await count([LOGS]));
  });
});

describe('a copy', () => {
  const store: LogStore = {
    async *open(key) {
      if (key.endsWith('forbidden.gz')) throw new LogObjectUnreadable('access denied');
      yield Buffer.from('the first bytes');
      if (key.endsWith('broken.gz')) throw new LogObjectUnavailable('reset');
      if (key.endsWith('odd.gz')) throw new RangeError('ours');
    },
  };
  const copyOf = async (key: string) => (await copyHere([{ key }], store, world.root))[0]!.key;

  it('is made of what lies elsewhere only', async () => {
    const file = writeFileAt(world.logs, 'a.gz', 'x');
    expect(await copyOf(file)).toBe(file);
    expect(await copyOf('s3://logs/a b/x.log.gz')).toBe(join(world.root, 'copy-0.log.gz'));
  });

  it('keeps what came before a break, and is no file where nothing came', async () => {
    expect(existsSync(await copyOf('s3://logs/forbidden.gz'))).toBe(false);
    expect(existsSync(await copyOf('s3://logs/broken.gz'))).toBe(true);
    await expect(copyOf('s3://logs/odd.gz')).rejects.toThrow('ours');
  });
});
