/** Partition projection, Athena's own table properties on real Trino: nothing is registered, and what a query names is all it reads. */
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { FLOW_COLUMNS } from '../../src/core/flow-table.ts';
import { type DuckdbEngine, openDuckdb } from '../../src/local/duckdb.ts';
import { createLogTable } from '../../src/local/log-table.ts';
import { findLogObjects } from '../../src/local/query-input.ts';
import { readCatalogue } from '../../src/local/sql-files.ts';
import { CASES, DAYS, DIRECTIONAL_CASE, fillFolder } from '../golden/cases.ts';
import { EU, LogFolder, type Place, US } from '../golden/log-folder.ts';
import { openWarehouse, toCsv, type Warehouse } from './warehouse.ts';

const servers = inject('servers');
const ACCOUNTS = '111122223333,444455556666';
const REGIONS = 'eu-west-1,us-east-1';

describe.skipIf(servers === undefined)('the table of the playbook, as sql/tables declares it', () => {
  let warehouse: Warehouse;
  let duckdb: DuckdbEngine;
  let folder: LogFolder;

  beforeAll(async () => {
    folder = new LogFolder();
    for (const place of [US, EU, { ...US, day: '2026/09/02' }]) folder.addBytes(place, toObject(place));
    warehouse = await openWarehouse(servers!, 'playbook');
    await warehouse.putFolder(folder.path, 'central/');
    await warehouse.createTable('vpcflow', {
      ...{ bucket: 'playbook', prefix: 'central/', first_date: '2026/08/01', regions: REGIONS, accounts: ACCOUNTS },
    });
    duckdb = await openDuckdb();
    await createLogTable(duckdb, (await findLogObjects([folder.path], folder.path)).objects);
  });
  afterAll(async () => {
    await warehouse?.close();
    await duckdb?.close();
    folder?.remove();
  });

  it('answers every query as DuckDB does', async () => {
    for (const { name, table, parameters } of await readCatalogue()) {
      if (table !== 'vpcflow') continue;
      const own = parameters.some(({ type }) => type === 'ip') ? { ip: '203.0.113.7' } : {};
      const statement = warehouse.bind(name, { ...DAYS, ...own });
      const inOrder = (lines: readonly string[]) => (name === 'sample' ? lines.toSorted() : lines);
      const expected = inOrder(await toCsv(await duckdb.query(statement)));
      expect(inOrder((await warehouse.run(statement)).lines), name).toEqual(expected);
      expect(expected.length, name).toBeGreaterThan(1);
    }
  });

  it('reads the partitions that a query names, and none that no object is in', async () => {
    const ask = async (given: Record<string, string>) =>
      (await warehouse.ask('row_count', { ...DAYS, ...given })).bytes;
    expect(await ask({})).toBe(warehouse.sizeOf('/AWSLogs/'));
    expect(await ask({ date_from: '2026-09-02' })).toBe(warehouse.sizeOf('/2026/09/02/'));
    expect(await ask({ accounts: '111122223333', date_to: '2026-09-01' })).toBe(
      warehouse.sizeOf('/111122223333/', '/01/'),
    );
    expect(await ask({ date_from: '2026-08-02', date_to: '2026-08-03' })).toBe(0);
    // Outside of what is projected there is nothing to read, and no error.
    expect(await ask({ regions: 'ap-south-1' })).toBe(0);
    expect(await ask({ date_from: '2026-07-01', date_to: '2026-07-02' })).toBe(0);
  });
});

describe.skipIf(servers === undefined)('log tables made with projection', () => {
  let warehouse: Warehouse;

  beforeAll(async () => {
    warehouse = await openWarehouse(servers!, 'projected');
    const folder = new LogFolder();
    fillFolder(folder);
    await warehouse.putFolder(folder.path);
    folder.remove();
    await warehouse.put('iocs/iocs.csv', DIRECTIONAL_CASE.table);
    const lists = { accounts: ACCOUNTS.split(','), regions: REGIONS.split(',') };
    await warehouse.ingest({ ...lists, firstDate: '2026/08/01' });
  });
  afterAll(() => warehouse?.close());

  it('give the rows of the golden cases', async () => {
    for (const { name, parameters = {}, rows } of CASES.filter(({ name: of }) => !of.startsWith('VpcFlowLogs')))
      expect((await warehouse.ask(name, { ...DAYS, ...parameters })).lines, name).toEqual(rows);
    const { name, parameters, rows } = DIRECTIONAL_CASE;
    expect((await warehouse.ask(name, { ...DAYS, ...parameters })).lines).toEqual(rows);
  });

  it('look into each folder that a query names, once for each format', async () => {
    const { bytes } = await warehouse.ask('row_count', { ...DAYS, accounts: '444455556666' });
    expect(bytes).toBe(2 * warehouse.sizeOf('/444455556666/'));
  });
});

/** All 29 fields, in the playbook's order, with every absent value that AWS writes. */
function toObject({ account, region, day }: Place): Buffer {
  const start = Date.parse(`${day.replaceAll('/', '-')}T00:00:00Z`) / 1000;
  const header = FLOW_COLUMNS.map(({ field }) => field).join(' ');
  const row = (source: string, target: string, port: number, action: string): string =>
    `5 ${account} eni-1 ${source} ${target} ${port} 22 6 10 9000000000 ${start} ${start + 60} ${action} OK vpc-1 IPv4 2 subnet-1 ` +
    `- - ${region} ${source} ${target} i-1 use1-az1 - AMAZON egress 8`;
  const rows = [
    row('10.0.0.5', '203.0.113.7', 50_000, 'ACCEPT'),
    row('203.0.113.7', '10.0.0.5', 443, 'REJECT'),
    row('2001:db8::1', '203.0.113.7', 22, 'ACCEPT').replace('IPv4', 'IPv6'),
    `5 ${account} eni-2 - - - - - - - ${start} ${start + 60} - NODATA - - - - - - - - - - - - - - -`,
  ];
  return gzipSync(`${[header, ...rows].join('\n')}\n`);
}
