/** The adapter, and the command that uses it, against a real Trino. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { QueryFailed } from '../../src/core/errors.ts';
import { flowhound } from '../e2e/command-line.ts';
import { CASES, DAYS, DIRECTIONAL_CASE, fillFolder } from '../golden/cases.ts';
import { LogFolder } from '../golden/log-folder.ts';
import { openWarehouse, type Warehouse } from './warehouse.ts';

const servers = inject('servers');
/** Runs for minutes if nobody ends it. */
const ENDLESS = `SELECT a.sequential_number FROM TABLE(sequence(0, 100000)) a
  CROSS JOIN TABLE(sequence(0, 100000)) b WHERE a.sequential_number + b.sequential_number < 0`;

describe.skipIf(servers === undefined)('the adapter', () => {
  let warehouse: Warehouse;
  const stateOf = async (text: string): Promise<string[]> => {
    const answer = await fetch(`${servers!.trinoUrl}/v1/query`, { headers: { 'X-Trino-User': 'test' } });
    const queries = (await answer.json()) as { query: string; state: string; errorCode?: { name: string } }[];
    return queries.filter(({ query }) => query.includes(text)).map(({ state, errorCode }) => errorCode?.name ?? state);
  };
  const readAll = async (sql: string, values: readonly (string | bigint)[] = []): Promise<unknown[]> =>
    Array.fromAsync((await warehouse.engine.query({ sql, values })).rows);

  beforeAll(async () => {
    warehouse = await openWarehouse(servers!, 'adapter');
  });
  afterAll(() => warehouse?.close());

  it('gives each type as text, exactly', async () => {
    const sql = `SELECT 9223372036854775807 AS big, CAST('-99999999999999999999999999999999999.99' AS DECIMAL(38, 2)) AS exact,
      CAST(1.5 AS DOUBLE) AS real, TIMESTAMP '2026-09-01 00:00:00.5' AS moment, DATE '2026-09-01' AS day, true AS truth,
      'Größe "x", 1' AS text, CAST(NULL AS BIGINT) AS nothing`;
    const { columns, rows } = await warehouse.engine.query({ sql, values: [] });
    expect(columns.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
      ...['big number', 'exact number', 'real number', 'moment text', 'day text', 'truth boolean', 'text text'],
      'nothing number',
    ]);
    expect(await Array.fromAsync(rows)).toEqual([
      [
        ...['9223372036854775807', '-99999999999999999999999999999999999.99', '1.5', '2026-09-01 00:00:00.500'],
        ...['2026-09-01', 'true', 'Größe "x", 1', null],
      ],
    ]);
  });

  it('hands values over as values', async () => {
    const values = ["'; DROP TABLE x --", 'é ?', 7n, -1n];
    expect(await readAll("SELECT ?, ? || '''?''', ? - ?", values)).toEqual([["'; DROP TABLE x --", "é ?'?'", '8']]);
  });

  it('reads as many pages as there are', async () => {
    const rows = await readAll('SELECT sequential_number FROM TABLE(sequence(1, 200000))');
    expect(new Set(rows.map((row) => (row as string[])[0])).size).toBe(200_000);
  });

  it('tells what is wrong in one line', async () => {
    const failureOf = async (sql: string) => {
      const error = await readAll(sql).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(QueryFailed);
      return (error as QueryFailed).message;
    };
    expect(await failureOf('SELECT * FROM nowhere')).toBe(
      "The query failed in Trino: TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.adapter.nowhere' does not exist",
    );
    expect(await failureOf('SELEC 1')).toMatch(/^The query failed in Trino: SYNTAX_ERROR: line 1:1: .*$/);
    expect(await failureOf('SELECT 1 / (SELECT 0)')).toBe(
      'The query failed in Trino: DIVISION_BY_ZERO: Division by zero',
    );
  });

  it('ends a query on the server when it is aborted', async () => {
    const stop = new AbortController();
    const running = warehouse.engine.query({ sql: `${ENDLESS} -- aborted`, values: [] }, stop.signal);
    const ended = expect(running.then(({ rows }) => Array.fromAsync(rows))).rejects.toThrow(/abort/i);
    while (!(await stateOf('-- aborted')).includes('RUNNING')) await sleep(100);
    stop.abort();
    await ended;
    for (let tries = 0; tries < 50 && (await stateOf('-- aborted')).includes('RUNNING'); tries++) await sleep(100);
    expect(await stateOf('-- aborted')).toEqual(['USER_CANCELED']);
  });

  it('ends a query on the server when its reader has seen enough', async () => {
    const sql =
      'SELECT a.sequential_number FROM TABLE(sequence(0, 100000)) a CROSS JOIN TABLE(sequence(0, 100000)) -- enough';
    for await (const row of (await warehouse.engine.query({ sql, values: [] })).rows) {
      expect(row).toHaveLength(1);
      break;
    }
    expect(await stateOf('-- enough')).toEqual(['USER_CANCELED']);
  });
});

describe.skipIf(servers === undefined)('flowhound query --engine trino', () => {
  let warehouse: Warehouse;
  let folder: LogFolder;
  const query = (name: string, parameters: Record<string, string>, ...options: string[]) =>
    flowhound(
      [
        ...['query', name, '--output', 'csv', ...options],
        ...Object.entries({ ...DAYS, ...parameters }).flatMap(([key, value]) => ['--param', `${key}=${value}`]),
      ],
      { cwd: folder.path, env: { FLOWHOUND_TRINO_CATALOG: 'awsdatacatalog' } },
    );
  const toTrino = () => ['--engine', 'trino', '--trino-url', servers!.trinoUrl, '--trino-schema', 'command'];

  beforeAll(async () => {
    warehouse = await openWarehouse(servers!, 'command');
    folder = new LogFolder();
    fillFolder(folder);
    await warehouse.putFolder(folder.path);
    await warehouse.put('iocs/iocs.csv', DIRECTIONAL_CASE.table);
    await warehouse.ingest();
  });
  afterAll(async () => {
    await warehouse?.close();
    folder?.remove();
  });

  it('writes what the same command writes on this machine', async () => {
    for (const { name, parameters = {} } of CASES.filter(({ name: of }) => /^(data_ratio|top_ips)$/.test(of))) {
      const here = await query(name, parameters, folder.path);
      const there = await query(name, parameters, ...toTrino());
      expect(there).toMatchObject({ status: 0, stdout: here.stdout });
      expect(there.stderr).toMatch(/^flowhound: [\d.]+ \w+ read$/m);
    }
    const { name, parameters, rows } = DIRECTIONAL_CASE;
    expect((await query(name, parameters, ...toTrino())).stdout.trimEnd().split('\n')).toEqual(rows);
  });

  it('says where it was sent wrongly, in one line', async () => {
    const lost = await query('row_count', {}, '--engine', 'trino', '--trino-url', 'http://127.0.0.1:9');
    expect(lost).toMatchObject({ status: 1, stdout: '' });
    expect(lost.stderr).toMatch(/^flowhound: Trino at http:\/\/127\.0\.0\.1:9 gives no answer: .*\n$/);
    const missing = await query('row_count', {}, ...toTrino().slice(0, 4), '--trino-schema', 'nowhere');
    expect(missing.stderr).toMatch(/^flowhound: The query failed in Trino: SCHEMA_NOT_FOUND: .*\n$/);
    expect(missing.status).toBe(1);
  });

  it.each([
    [['--engine', 'trino'], /needs --trino-url/],
    [['--engine', 'trino', '--trino-url', 'nonsense'], /is no URL of a Trino/],
    [['--engine', 'trino', '--trino-url', 'http://127.0.0.1:9', '--iocs', 'list.txt'], /incident_iocs/],
    [['.', '--engine', 'trino', '--trino-url', 'http://127.0.0.1:9'], /tables of that Trino/],
    [['--engine', 'trino', '--aws'], /--aws is Athena/],
    [['--trino-url', 'http://127.0.0.1:9'], /is for --engine trino/],
    [['--engine', 'spark'], /--engine/],
  ])('refuses %j', async (options, message) => {
    const { status, stdout, stderr } = await query('row_count', {}, ...options);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });
});
