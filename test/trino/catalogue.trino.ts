/** Every query of the catalogue on real Trino: the rows that the golden cases ask of DuckDB, in the same CSV. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { CASES, DAYS, DIRECTIONAL_CASE, fillFolder, JSON_CASES } from '../golden/cases.ts';
import { LogFolder } from '../golden/log-folder.ts';
import { openWarehouse, readSql, type Warehouse } from './warehouse.ts';

const servers = inject('servers');

describe.skipIf(servers === undefined)('the catalogue over log tables', () => {
  let warehouse: Warehouse;

  beforeAll(async () => {
    warehouse = await openWarehouse(servers!, 'golden');
    const folder = new LogFolder();
    fillFolder(folder);
    await warehouse.putFolder(folder.path);
    folder.remove();
    await warehouse.put('iocs/iocs.csv', DIRECTIONAL_CASE.table);
    await warehouse.ingest();
  });
  afterAll(() => warehouse?.close());

  for (const { name, parameters = {}, rows } of CASES) {
    const given = Object.entries(parameters).map(([key, value]) => `${key}=${value}`);
    it(`${name} ${given.join(' ')}`, async () => {
      expect((await warehouse.ask(name, { ...DAYS, ...parameters })).lines).toEqual(rows);
    });
  }

  it('incident_vpc_flow_directional', async () => {
    const { name, parameters, rows } = DIRECTIONAL_CASE;
    expect((await warehouse.ask(name, { ...DAYS, ...parameters })).lines).toEqual(rows);
  });
});

describe.skipIf(servers === undefined)('the catalogue over the JSON table', () => {
  let warehouse: Warehouse;

  beforeAll(async () => {
    warehouse = await openWarehouse(servers!, 'golden_json');
    const folder = new LogFolder();
    fillFolder(folder);
    await warehouse.put('json/records.json', readFileSync(join(folder.path, 'records.json')));
    folder.remove();
    await warehouse.run({ sql: readSql('views/vpc_flow_log_records.sql'), values: [] });
  });
  afterAll(() => warehouse?.close());

  for (const { name, parameters = {}, rows } of JSON_CASES) {
    it(name, async () => {
      expect((await warehouse.ask(name, parameters)).lines).toEqual(rows);
    });
  }
});
