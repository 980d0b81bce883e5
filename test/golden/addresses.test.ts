/** The address index as a table: its views, its query, and what is said of files that are damaged, gone or not there. */
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseIpv4 } from '../../src/core/address.ts';
import { QueryFailed, UsageError } from '../../src/core/errors.ts';
import { findDefinition } from '../../src/core/query.ts';
import { createAddressTable, findAddressFiles } from '../../src/local/address-table.ts';
import { type DuckdbEngine, openDuckdb } from '../../src/local/duckdb.ts';
import { runOverIndex } from '../../src/local/index-query.ts';
import { createViews, readCatalogue } from '../../src/local/sql-files.ts';
import { ADDRESSES, INDEX_CASES, writeIndex } from './address-cases.ts';
import { ask } from './log-folder.ts';

const EVER = { from: '0000-01-01', to: '9999-12-31' };

describe('the address index', () => {
  let home: string;
  let engine: DuckdbEngine;
  const rowsOf = async (sql: string): Promise<string[]> => {
    const lines: string[] = [];
    for await (const row of (await engine.query({ sql, values: [] })).rows)
      lines.push(row.map((cell) => cell ?? '').join(','));
    return lines.sort();
  };
  const askIndex = (parameters: Record<string, string>, from = home) =>
    ask('address_history', [], parameters, [], from);

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'flowhound-index-'));
    await writeIndex(home);
    engine = await openDuckdb();
    await createAddressTable(engine, (await findAddressFiles(home, EVER))!.whole);
    await createViews(engine, ['address_index']);
  });
  afterAll(async () => {
    await engine.close();
    rmSync(home, { recursive: true, force: true });
  });

  it('says each address once for each side and object, by the latest content of the object', async () => {
    expect(await rowsOf('SELECT * FROM addresses')).toEqual(ADDRESSES);
  });

  it('of one day, and of one address by way of its line', async () => {
    expect(await rowsOf("SELECT * FROM addresses WHERE date = '2026-09-02'")).toEqual(
      ADDRESSES.filter((row) => row.startsWith('2026-09-02')),
    );
    const ofLine = `SELECT DISTINCT date, account_id, region, address, side, object, first_seen, last_seen
      FROM addresses_by_line WHERE address = '203.0.113.7' AND 3405803783 BETWEEN line_least AND line_greatest`;
    expect(await rowsOf(ofLine)).toEqual(ADDRESSES.filter((row) => row.includes(',203.0.113.7,')));
  });

  it('tells of each line between which numbers it lies', async () => {
    const spans: number[] = [];
    for (const row of await rowsOf('SELECT DISTINCT line_least, line_greatest, address FROM addresses_by_line')) {
      const [least, greatest, address] = row.split(',');
      const number = parseIpv4(address!) ?? -1;
      expect(number >= Number(least) && number <= Number(greatest), row).toBe(true);
      spans.push(Number(greatest) - Number(least));
    }
    // IPv6; first digits that change on the way, which makes other numbers than powers of 16; narrow lines.
    expect(spans.filter((span) => span === 0)).toHaveLength(1);
    expect(spans.some((span) => !Number.isInteger(Math.log2(span + 1) / 4))).toBe(true);
    expect(spans.some((span) => span > 0 && span < 2 ** 16)).toBe(true);
  });

  for (const { name, parameters, rows } of INDEX_CASES) {
    it(`${name} ${JSON.stringify(parameters)}`, async () => {
      expect((await askIndex(parameters!)).lines).toEqual(rows);
    });
  }

  it('reads the files of the days that are asked for', async () => {
    expect((await askIndex({ ip: '10.0.0.5' })).notes).toEqual(['files of the address index: 4 read, 0 damaged']);
    const { lines, notes } = await askIndex({ ip: '10.0.0.5', date_from: '2026-09-02', date_to: '2026-09-03' });
    expect(notes).toEqual(['files of the address index: 1 read, 0 damaged']);
    expect(lines).toHaveLength(1);
    const none = await askIndex({ ip: '10.0.0.5', date_from: '2027-01-01' });
    expect(none.notes).toEqual(['files of the address index: 0 read, 0 damaged']);
    expect(none.lines).toEqual(['account_id,region,side,first_seen,last_seen,object_count']);
  });

  it('leaves out a file that breaks off, and says so', async () => {
    const torn = mkdtempSync(join(tmpdir(), 'flowhound-index-'));
    await writeIndex(torn);
    truncateSync(join(torn, 'addresses/date=2026-09-02/next.gz'), 150);
    writeFileSync(join(torn, 'addresses/date=2026-09-02/empty.gz'), '');
    const { lines, notes } = await askIndex({ ip: '203.0.113.7', accounts: '111122223333' }, torn);
    expect(notes).toEqual(['files of the address index: 3 read, 2 damaged']);
    expect(lines.slice(1).map((line) => line.split(',').at(-1))).toEqual(['1', '1']);
    rmSync(torn, { recursive: true });
  });

  it('is listed again where a file is replaced before it is read', async () => {
    const changing = mkdtempSync(join(tmpdir(), 'flowhound-index-'));
    const day = join(changing, 'addresses/date=2026-09-02');
    await writeIndex(changing);
    let lists = 0;
    const slow: DuckdbEngine = {
      ...engine,
      async setVariable(name, values) {
        if (++lists === 1) renameSync(join(day, 'next.gz'), join(day, 'compacted.gz'));
        await engine.setVariable(name, values);
      },
    };
    const { parameters, rows } = INDEX_CASES[0]!;
    const definition = findDefinition(await readCatalogue(), 'address_history');
    const answer = await runOverIndex(
      definition,
      { logs: [], parameters: parameters!, home: changing },
      slow,
      () => {},
    );
    const lines = (await Array.fromAsync(answer!.rows)).map((row) => row.join(','));
    expect({ lists, lines }).toEqual({ lists: 2, lines: rows.slice(1) });
    rmSync(changing, { recursive: true });
  });

  it('fails where the query does, and does not try for ever', async () => {
    const definition = findDefinition(await readCatalogue(), 'address_history');
    const wrong = { ...definition, sql: definition.sql.replace('COUNT(DISTINCT object)', 'COUNT(DISTINCT nothing)') };
    const request = { logs: [], parameters: { ip: '203.0.113.7' }, home };
    await expect(runOverIndex(wrong, request, engine, () => {})).rejects.toThrow(QueryFailed);
  });

  it('is not there: one line says so, and nothing is made', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'flowhound-index-'));
    const { lines, notes } = await askIndex({ ip: '203.0.113.7' }, empty);
    expect(lines).toEqual([]);
    expect(notes).toEqual([`no address index in ${empty}: nothing was swept into it yet.`]);
    expect(readdirSync(empty)).toEqual([]);
    mkdirSync(join(empty, 'addresses'));
    expect((await askIndex({ ip: '203.0.113.7' }, empty)).notes).toEqual(notes);
    rmSync(empty, { recursive: true });
  });

  it('is no query of logs', async () => {
    await expect(ask('address_history', ['logs'], { ip: '203.0.113.7' }, [], home)).rejects.toThrow(
      new UsageError('address_history reads the address index in the home, no logs. Leave logs out; sweep it first.'),
    );
    await expect(askIndex({ ip: '203.0.113.0/24' })).rejects.toThrow(/is not an IP address/);
    await expect(askIndex({ ip: '10.0.0.5', date_from: 'yesterday' })).rejects.toThrow(/is not a date/);
  });
});
