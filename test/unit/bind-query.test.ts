/** What the query states run: the texts of sql/workflow with their values, as SQL literals in their order. */
import { beforeEach, describe, expect, it } from 'vitest';
import { ExecutionFailed } from '../../src/core/errors.ts';
import { readWorkflowQueries } from '../../src/local/sql-files.ts';
import type { ObjectStore } from '../../src/ports.ts';
import { type BindInput, bind } from '../../src/tasks/bind-query.ts';
import { openMemoryStore } from '../property/memory-store.ts';
import { toObjectKey, toStoredObject } from './cloud-world.ts';

const QUERIES = await readWorkflowQueries();
const LIST = 'runs/x/chunks/3.objects.json';
const TABLE = 'flow_0a1b2c3d4e5f6071';
const BATCH = 'b'.repeat(32);
const PLACES = [
  { day: '2026-09-02' },
  { serial: 2, accountId: '444455556666' },
  { serial: 3, root: "s3://it's/AWSLogs/" },
];
let store: ObjectStore;
beforeEach(async () => {
  store = openMemoryStore(new Map());
  await store.put(LIST, JSON.stringify(PLACES.map((place) => toStoredObject(place))));
});

const QUOTED = PLACES.map((place) => `'${toObjectKey(place).replace("'", "''")}'`);
const DAYS = ["'2026/09/01'", "'2026/09/02'"];
const REGION = "'us-east-1'";
const ACCOUNTS = ["'111122223333'", "'444455556666'"];

/** The statement without comments and text, where each `?` and each literal is seen. */
function bare(sql: string): string {
  return sql.replaceAll(/--[^\n]*|\/\*[\s\S]*?\*\//g, '').replaceAll(/\s+/g, ' ');
}

async function bound(input: BindInput) {
  const { queryString, parameters } = await bind(input, QUERIES, store);
  const text = bare(queryString);
  expect(text.replaceAll(/'[^']*'/g, '').match(/\?/g) ?? []).toHaveLength(parameters.length);
  return { text, parameters };
}

describe('bind', () => {
  it('the match query, by batch and chunk', async () => {
    const { text, parameters } = await bound({ query: 'match', evidence: { batch: BATCH, chunk: 3 } });
    expect(text).toContain('FROM evidence AS e');
    expect(parameters).toEqual([`'${BATCH}'`, '3', `'${BATCH}'`, '3']);
  });

  it('the match query over raw objects: their paths, and the partitions that they are in', async () => {
    const evidence = { batch: BATCH, chunk: 3, objects: LIST, table: TABLE };
    const { text, parameters } = await bound({ query: 'match', evidence });
    expect(text).toContain(`'${BATCH}' AS batch, 3 AS chunk FROM ${TABLE} WHERE`);
    expect(text).toContain('"$path" IN (?, ?, ?)');
    expect(text).not.toContain('vpcflow ');
    expect(parameters).toEqual([
      ...[...DAYS, REGION, REGION, ...ACCOUNTS, ...ACCOUNTS, ...QUOTED],
      ...[`'${BATCH}'`, '3', `'${BATCH}'`, '3'],
    ]);
  });

  it('the distinct addresses of raw objects', async () => {
    const { text, parameters } = await bound({ query: 'addresses', chunk: { chunk: 3, objects: LIST, table: TABLE } });
    expect(text).toContain(`FROM ${TABLE} `);
    expect(parameters).toEqual([...DAYS, REGION, REGION, ...ACCOUNTS, ...ACCOUNTS, ...QUOTED]);
  });

  it('the other traffic of a host, in its own days, account and region', async () => {
    const host = {
      ...{
        findingId: 'fh-1',
        indicator: '2001:db8:bad::1',
        ip: '2001:db8::7',
        accountId: '111122223333',
        region: 'us-east-1',
      },
      ...{ dateFrom: '2026-08-31', dateTo: '2026-09-02', objects: LIST, table: TABLE },
    };
    const { text, parameters } = await bound({ query: 'data ratio', host });
    expect(text).toContain(`FROM ${TABLE} `);
    expect(parameters).toEqual([
      ...["'2026/08/31'", "'2026/09/02'", REGION, REGION, ACCOUNTS[0], ACCOUNTS[0]],
      ...[...QUOTED, "'2001:db8::7'", "'2001:db8::7'"],
    ]);
  });

  it('fails where the list of objects is gone', async () => {
    const input = {
      query: 'addresses',
      chunk: { chunk: 9, objects: 'runs/x/chunks/9.objects.json', table: TABLE },
    } as const;
    await expect(bind(input, QUERIES, store)).rejects.toThrow(ExecutionFailed);
  });
});
