/** What a sweep leaves in the address index is what the log objects hold: each address of the demo, its sides, objects and times. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { canonicalAddress } from '../../src/core/address.ts';
import { createAddressTable, findAddressFiles } from '../../src/local/address-table.ts';
import { type DuckdbEngine, openDuckdb } from '../../src/local/duckdb.ts';
import { createLogTable } from '../../src/local/log-table.ts';
import { findLogObjects } from '../../src/local/query-input.ts';
import { createViews } from '../../src/local/sql-files.ts';
import { DEMO_IOCS, DEMO_LOGS } from './aws-terminal.ts';
import { flowhound, parseLines } from './command-line.ts';

const EVER = { from: '0000-01-01', to: '9999-12-31' };
const ANSWER = `SELECT account_id, region, address, side, date_format(MIN(first_seen), '%Y/%m/%d %H:%i:%s') AS first_seen,
    date_format(MAX(last_seen), '%Y/%m/%d %H:%i:%s') AS last_seen, COUNT(DISTINCT object) AS object_count`;
const GROUPED = 'GROUP BY account_id, region, address, side ORDER BY account_id, region, address, side';
/** The same from the records themselves. */
const FROM_LOGS = `
  WITH records AS (
    SELECT *, from_unixtime(MIN(starttime) OVER (PARTITION BY "$path")) AS first_seen,
      from_unixtime(MAX(endtime) OVER (PARTITION BY "$path")) AS last_seen
    FROM vpcflow WHERE COALESCE(logstatus, 'OK') = 'OK'
  ),
  ends AS (
    SELECT account_partition AS account_id, region_partition AS region, "$path" AS object, first_seen, last_seen, side,
      unnest(CASE side WHEN 'source' THEN [sourceaddress, pktsrcaddr] ELSE [destinationaddress, pktdstaddr] END) AS address
    FROM records CROSS JOIN (VALUES ('source'), ('destination')) AS s (side)
  )
  ${ANSWER} FROM ends WHERE address <> '-' ${GROUPED}`;

let home: string;
let engine: DuckdbEngine;
const rowsOf = async (sql: string) => Array.fromAsync((await engine.query({ sql, values: [] })).rows);

const toLines = (rows: readonly (readonly unknown[])[]) => rows.map((row) => row.join(' ')).sort();

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'flowhound-history-'));
  const { status, stderr } = await flowhound(['sweep', DEMO_LOGS, '--iocs', DEMO_IOCS, '--home', home], { cwd: home });
  expect(status, stderr).toBe(0);
  engine = await openDuckdb({ tempParent: home });
}, 60_000);
afterAll(async () => {
  await engine?.close();
  rmSync(home, { recursive: true, force: true });
});

it('all addresses, with the times and the number of their objects', async () => {
  await createLogTable(engine, (await findLogObjects([DEMO_LOGS], home)).objects);
  // The logs may write an IPv6 address in any of its forms; the index has one for all.
  const wanted = (await rowsOf(FROM_LOGS)).map((row) =>
    row.map((cell, i) => (i === 2 ? canonicalAddress(cell!) : cell)),
  );
  await createAddressTable(engine, (await findAddressFiles(home, EVER))!.whole);
  await createViews(engine, ['address_index']);
  const told = await rowsOf(`${ANSWER} FROM addresses ${GROUPED}`);
  expect(toLines(told)).toEqual(toLines(wanted));
  expect(wanted.length).toBeGreaterThan(1000);
});

it('one address, as the command line tells it', async () => {
  const words = ['query', 'address_history', '--param', 'ip=203.0.113.66', '--home', home];
  const { stdout, stderr } = await flowhound(words, { cwd: home });
  expect(stderr).toMatch(/^flowhound: files of the address index: \d+ read, 0 damaged\n$/);
  const rows = await rowsOf(FROM_LOGS.replace("address <> '-'", "address = '203.0.113.66'"));
  expect(parseLines(stdout).map((row) => Object.values(row).map(String))).toEqual(
    rows.map(([account, region, , ...rest]) => [account, region, ...rest]),
  );
  expect(rows).toHaveLength(2);
});
