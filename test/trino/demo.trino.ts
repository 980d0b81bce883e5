/**
 * The demo's logs on real Trino and on DuckDB: six formats, plain and Hive-compatible keys, three days of an incident. Both give the
 * same rows to every query. Damaged objects stay out: what becomes of them differs, and docs/operations.md says how.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { readsAddressIndex } from '../../src/core/query.ts';
import { type DuckdbEngine, openDuckdb } from '../../src/local/duckdb.ts';
import { createIocTable } from '../../src/local/ioc-table.ts';
import { createLogTable } from '../../src/local/log-table.ts';
import { findLogObjects } from '../../src/local/query-input.ts';
import { createViews, readCatalogue } from '../../src/local/sql-files.ts';
import { copyCleanObjects } from './clean-objects.ts';
import { openWarehouse, toCsv, type Warehouse } from './warehouse.ts';

const servers = inject('servers');
const DEMO = fileURLToPath(new URL('../../demo/logs', import.meta.url));
const FORMATS = 6;
const IOCS = ['203.0.113.66', '203.0.113.129', '2001:db8:77::1', '198.51.100.23'];
/** The day on which most of it happens; each object is a request to a slow S3. */
const DAY = { date_from: '2026-09-02', date_to: '2026-09-02' };
const ALL = { date_from: '2026-09-01', date_to: '2026-09-03' };
const IPS = ['10.0.9.8', '2001:db8:77::1'];

describe.skipIf(servers === undefined)('the demo on Trino and on DuckDB', () => {
  let warehouse: Warehouse;
  let duckdb: DuckdbEngine;
  let logs: string;

  beforeAll(async () => {
    logs = mkdtempSync(join(tmpdir(), 'flowhound-clean-'));
    await copyCleanObjects(DEMO, logs);
    duckdb = await openDuckdb({ tempParent: logs });
    await createLogTable(duckdb, (await findLogObjects([logs], logs)).objects);
    await createIocTable(
      duckdb,
      IOCS.map((address) => ({ address, comment: '' })),
    );
    await createViews(duckdb, ['vpcflow', 'incident_iocs']);
    warehouse = await openWarehouse(servers!, 'demo');
    await warehouse.putFolder(logs);
    await warehouse.put('iocs/iocs.csv', IOCS.map((address) => `"${address}",""\n`).join(''));
    expect(new Set((await warehouse.ingest()).values()).size).toBe(FORMATS);
  });
  afterAll(async () => {
    await duckdb?.close();
    await warehouse?.close();
    rmSync(logs, { recursive: true, force: true });
  });

  const compare = async (name: string, parameters: Record<string, string>): Promise<number> => {
    const statement = warehouse.bind(name, parameters);
    const local = await toCsv(await duckdb.query(statement));
    const { lines } = await warehouse.run(statement);
    // A sample comes in any order.
    const inOrder = (rows: readonly string[]) => (name === 'sample' ? rows.toSorted() : rows);
    expect(inOrder(lines), `${name} ${JSON.stringify(parameters)}`).toEqual(inOrder(local));
    return lines.length - 1;
  };

  it('every query gives the same rows over a day', { timeout: 300_000 }, async () => {
    const silent: string[] = [];
    for (const definition of await readCatalogue()) {
      const { name, table, parameters } = definition;
      if (table === 'vpc_flow_logs' || readsAddressIndex(definition)) continue;
      const hasIp = parameters.some(({ type }) => type === 'ip');
      let rows = 0;
      for (const own of hasIp ? IPS.map((ip) => ({ ip })) : [name === 'sample' ? { limit: '1000000' } : {}])
        rows += await compare(name, { ...DAY, ...own });
      if (rows === 0) silent.push(name);
    }
    expect(silent).toEqual([]);
  });

  it('and over all of them, and some regions and accounts', async () => {
    for (const part of [ALL, { ...ALL, accounts: '444455556666' }, { ...ALL, regions: 'eu-west-1,us-west-2' }])
      for (const name of ['row_count', 'incident_vpc_flow_directional']) await compare(name, part);
  });
});
