/** The address index on real Trino: the rows that DuckDB gives, of the days that a query names, and each file read twice. */
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { encodeAddressIndex } from '../../src/core/address-index-writer.ts';
import { createAddressTable, findAddressFiles } from '../../src/local/address-table.ts';
import { type DuckdbEngine, openDuckdb } from '../../src/local/duckdb.ts';
import { createViews } from '../../src/local/sql-files.ts';
import { ADDRESSES, INDEX_CASES, indexFiles } from '../golden/address-cases.ts';
import { LogFolder } from '../golden/log-folder.ts';
import { toObject, toSeen } from '../property/seen.ts';
import { openWarehouse, toCsv, VIEW_TEXTS, type Warehouse } from './warehouse.ts';

const servers = inject('servers');
/** Each projected day is a request to a slow S3. */
const SOME_DAYS = { date_from: '2026-08-30', date_to: '2026-09-04' };

async function createIndexViews(warehouse: Warehouse): Promise<void> {
  for (const name of ['addresses_by_line', 'addresses'] as const)
    await warehouse.run({ sql: VIEW_TEXTS[name], values: [] });
}

describe.skipIf(servers === undefined)('the address index', () => {
  let warehouse: Warehouse;

  beforeAll(async () => {
    warehouse = await openWarehouse(servers!, 'addresses');
    for (const [key, bytes] of await indexFiles()) await warehouse.put(`state/${key}`, bytes);
    await createIndexViews(warehouse);
  });
  afterAll(() => warehouse?.close());

  it('says each address once for each side and object', async () => {
    const { lines } = await warehouse.run({ sql: "SELECT * FROM addresses WHERE date < '2026-09-04'", values: [] });
    expect(lines.slice(1).sort()).toEqual(ADDRESSES);
  });

  for (const { name, parameters = {}, rows } of INDEX_CASES) {
    it(`${name} ${JSON.stringify(parameters)}`, async () => {
      expect((await warehouse.ask(name, { ...SOME_DAYS, ...parameters })).lines).toEqual(rows);
    });
  }

  it('is read day by day: once for the addresses and once for the objects', async () => {
    const ask = async (given: Record<string, string>) =>
      (await warehouse.ask('address_history', { ip: '203.0.113.7', ...given })).bytes;
    expect(await ask({})).toBe(2 * warehouse.sizeOf('state/addresses/'));
    expect(await ask({ date_from: '2026-09-02' })).toBe(2 * warehouse.sizeOf('/date=2026-09-02/'));
    expect(await ask({ date_from: '2026-09-03' })).toBe(0);
    // Before what is projected there is nothing to read, and no error.
    expect(await ask({ date_to: '2020-01-01' })).toBe(0);
  });
});

/** Blocks by the dozen, each a gzip member; lines as long as they come. */
describe.skipIf(servers === undefined)('files of many members', () => {
  const COUNT = 60_000;
  let warehouse: Warehouse;
  let duckdb: DuckdbEngine;
  let home: LogFolder;

  beforeAll(async () => {
    const words = Array.from({ length: COUNT }, (_, i): [number, number] => [
      Math.imul(i, 0x9e3779b1) >>> 0,
      (i % 3) + 1,
    ]);
    const texts = words
      .slice(0, COUNT / 4)
      .map(([word, sides]): [string, number] => [`20010db8${word.toString(16).padStart(24, '0')}`, sides]);
    const objects = [0, 3, 6].map((serial, i) => ({
      ...toObject(serial),
      seen: toSeen(words.slice(i * 1000), texts.slice(i * 1000)),
    }));
    const file = Buffer.concat(await Array.fromAsync(encodeAddressIndex(objects)));
    warehouse = await openWarehouse(servers!, 'members');
    await warehouse.put('state/addresses/date=2026-09-01/large.gz', file);
    await createIndexViews(warehouse);
    home = new LogFolder();
    home.addIndexFile('date=2026-09-01/large.gz', file);
    duckdb = await openDuckdb();
    await createAddressTable(duckdb, (await findAddressFiles(home.path, { from: '2026', to: '2027' }))!.whole);
    await createViews(duckdb, ['address_index']);
  });
  afterAll(async () => {
    await warehouse?.close();
    await duckdb?.close();
    home?.remove();
  });

  it('are read to their end, by both engines alike', async () => {
    const sql = `SELECT object, side, COUNT(*), COUNT(DISTINCT address), MIN(address), MAX(address), SUM(length(address)), MIN(first_seen)
      FROM addresses WHERE date BETWEEN '2026-09-01' AND '2026-09-02' GROUP BY object, side ORDER BY object, side`;
    const { lines } = await warehouse.run({ sql, values: [] });
    expect(lines.slice(1)).toEqual((await toCsv(await duckdb.query({ sql, values: [] }))).slice(1));
    expect(lines).toHaveLength(1 + 6);
    const counts = lines.slice(1).map((line) => Number(line.split(',')[2]));
    // Two sides of three, of the addresses of the three objects.
    const all = [0, 1, 2].reduce((sum, i) => sum + COUNT + COUNT / 4 - 2 * i * 1000, 0);
    expect(Math.abs(counts.reduce((sum, count) => sum + count, 0) - (all * 4) / 3)).toBeLessThan(9);
  });
});
