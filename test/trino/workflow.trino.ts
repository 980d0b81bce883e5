/**
 * The queries of the workflow on real Trino: over the evidence of a sweep on one machine, and over the raw log objects themselves.
 * Both ways find the same records, and both read no more than they name.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { StoredLogObject } from '../../src/core/batch.ts';
import { evidencePartition } from '../../src/core/evidence.ts';
import type { EvidenceRef } from '../../src/core/execution.ts';
import { compileIndicators, type IndicatorSet } from '../../src/core/indicator-set.ts';
import type { BoundQuery } from '../../src/core/query.ts';
import { type DuckdbEngine, openDuckdb } from '../../src/local/duckdb.ts';
import { openFolderStore } from '../../src/local/folder-store.ts';
import { loadIndicators } from '../../src/local/indicator-versions.ts';
import { createLogTable } from '../../src/local/log-table.ts';
import { findLogObjects } from '../../src/local/query-input.ts';
import { readWorkflowQueries } from '../../src/local/sql-files.ts';
import { sweep } from '../../src/local/sweep.ts';
import { createEvidenceTables } from '../../src/local/workflow-queries.ts';
import { type BindInput, bind } from '../../src/tasks/bind-query.ts';
import { resolveAddresses } from '../../src/tasks/resolve-addresses.ts';
import { copyCleanObjects } from './clean-objects.ts';
import { openWarehouse, toCsv, type Warehouse } from './warehouse.ts';

const servers = inject('servers');
const DEMO = fileURLToPath(new URL('../../demo', import.meta.url));
/** The demo has 4,161; four of them stand in damaged objects. */
const MATCHES = 4157;
/** What the workflow calls a chunk that is queried and not read. */
type RawChunk = EvidenceRef & { readonly objects: string; readonly table: string };

describe.skipIf(servers === undefined)('the workflow', () => {
  let warehouse: Warehouse;
  let duckdb: DuckdbEngine;
  let folder: string;
  let home: string;
  let evidence: EvidenceRef;
  const raw: RawChunk[] = [];

  const toS3 = (path: string): string => `s3://workflow${path.slice(folder.length)}`;
  const store = () => openFolderStore(home);
  const bindTo = async (input: BindInput): Promise<BoundQuery> => {
    const { queryString, parameters } = await bind(input, await readWorkflowQueries(), store());
    const values = parameters.map((text) =>
      text.startsWith("'") ? text.slice(1, -1).replaceAll("''", "'") : BigInt(text),
    );
    return { sql: queryString, values };
  };
  const onTrino = async (input: BindInput) => warehouse.run(await bindTo(input));
  const onDuckdb = async (input: BindInput) => toCsv(await duckdb.query(await bindTo(input)));

  beforeAll(async () => {
    const scratch = mkdtempSync(join(tmpdir(), 'flowhound-workflow-'));
    [folder, home] = [join(scratch, 'bucket'), join(scratch, 'home')];
    await copyCleanObjects(join(DEMO, 'logs'), folder);
    const iocs = [join(DEMO, 'iocs.csv')];
    const { summary } = await sweep({ logs: [folder], iocs, home, clock: new Date('2026-09-04T00:00:00Z') });
    expect(summary).toMatchObject({ matches: MATCHES, damaged: 0 });
    duckdb = await openDuckdb({ tempParent: scratch });
    const { objects } = await findLogObjects([folder], home);
    await createLogTable(duckdb, objects, { keyOf: ({ key }) => toS3(key) });

    warehouse = await openWarehouse(servers!, 'workflow');
    await warehouse.putFolder(folder);
    const tables = await warehouse.ingest();
    const key = await firstOf(store().list('evidence/records/'));
    evidence = { batch: /batch=(\w+)/.exec(key)![1]!, chunk: Number(/chunk=(\d+)/.exec(key)![1]) };
    const byTable = Map.groupBy(objects as StoredLogObject[], ({ flowLogId }) => tables.get(flowLogId!)!);
    for (const [table, own] of byTable) {
      // Numbers that no Scan of this sweep has.
      const chunk = { ...evidence, chunk: 100 + raw.length, objects: `runs/trino/${table}.json`, table };
      await store().put(chunk.objects, JSON.stringify(own.map((object) => ({ ...object, key: toS3(object.key) }))));
      raw.push(chunk);
    }
    await warehouse.putFolder(join(home, 'evidence'), 'state/evidence/');
  });
  afterAll(async () => {
    await warehouse?.close();
    await duckdb?.close();
    rmSync(join(folder, '..'), { recursive: true, force: true });
  });

  it('ioc_matches over the evidence of one chunk', async () => {
    await createEvidenceTables(duckdb, home, [evidence]);
    const input: BindInput = { query: 'match', evidence };
    const { lines, bytes } = await onTrino(input);
    expect(lines[0]).toBe((await onDuckdb(input))[0]);
    expect(lines.toSorted()).toEqual((await onDuckdb(input)).toSorted());
    expect(lines).toHaveLength(1 + MATCHES);
    const records = warehouse.sizeOf('state/evidence/records/');
    // Each end is looked up in the addresses: two small reads.
    expect(bytes).toBe(records + 2 * warehouse.sizeOf('state/evidence/indicator_addresses/'));
  });

  it('ioc_matches reads no other batch and no other chunk', async () => {
    const { lines, bytes } = await onTrino({ query: 'match', evidence: { ...evidence, chunk: 199 } });
    expect({ rows: lines.length - 1, bytes }).toEqual({ rows: 0, bytes: 0 });
    const other = await onTrino({ query: 'match', evidence: { ...evidence, batch: '0'.repeat(32) } });
    expect({ rows: other.lines.length - 1, bytes: other.bytes }).toEqual({ rows: 0, bytes: 0 });
  });

  it('distinct_addresses, raw evidence and its matches give what Scan gives', { timeout: 300_000 }, async () => {
    const { indicators, allowed } = await loadIndicators({ iocs: [join(DEMO, 'iocs.csv')], allow: [], own: [] });
    const set = compileIndicators(indicators, allowed);
    const matches: string[] = [];
    expect(raw).toHaveLength(6);
    for (const chunk of raw) {
      const input: BindInput = { query: 'addresses', chunk };
      const addresses = await onTrino(input);
      expect(addresses.bytes).toBe(await sizeOfObjects(chunk));
      const local = await onDuckdb({ ...input, chunk: { ...chunk, table: 'vpcflow' } });
      expect(addresses.lines.toSorted()).toEqual(local.toSorted());
      const found = await resolve(chunk, set, addresses.lines.slice(1));
      if (!found) continue;
      const match: BindInput = { query: 'match', evidence: chunk };
      const { lines, bytes } = await onTrino(match);
      expect(bytes).toBe(
        (await sizeOfObjects(chunk)) + 2 * warehouse.sizeOf(`indicator_addresses/`, `chunk=${chunk.chunk}/`),
      );
      await createEvidenceTables(duckdb, home, [chunk]);
      const raw = await onDuckdb({ ...match, evidence: { ...chunk, table: 'vpcflow' } });
      expect(lines.toSorted()).toEqual(raw.toSorted());
      matches.push(...lines.slice(1));
    }
    const scanned = (await onTrino({ query: 'match', evidence })).lines.slice(1);
    expect(matches.map(withoutLineNumber).sort()).toEqual(scanned.map(withoutLineNumber).sort());
  });

  it('host_data_ratio over the objects that it is given', async () => {
    const place = {
      findingId: 'fh-1',
      indicator: '203.0.113.66',
      ip: '10.0.9.8',
      accountId: '111122223333',
      region: 'us-east-1',
    };
    let answers = 0;
    for (const { objects, table } of raw) {
      const host = { ...place, dateFrom: '2026/09/02', dateTo: '2026/09/03', objects };
      const { lines } = await onTrino({ query: 'data ratio', host: { ...host, table } });
      expect(lines).toEqual(await onDuckdb({ query: 'data ratio', host: { ...host, table: 'vpcflow' } }));
      answers += lines.length - 1;
    }
    expect(answers).toBeGreaterThan(5);
  });

  /** What ResolveAddresses does with the addresses of a chunk; true if any is of interest. */
  async function resolve(chunk: RawChunk, set: IndicatorSet, addresses: readonly string[]): Promise<boolean> {
    const results = {
      async *rows() {
        for (const address of addresses) yield { address };
      },
    };
    const { batch, ...rest } = chunk;
    const input = { execution: 'trino', indicators: '', batch, chunk: rest, addresses: { location: '' } };
    const { found } = await resolveAddresses(input, { store: store(), results, indicatorSet: async () => set });
    const key = `evidence/indicator_addresses/${evidencePartition(chunk)}.json`;
    if (found) await warehouse.put(`state/${key}`, (await store().get(key))!);
    return found;
  }

  async function sizeOfObjects({ objects }: RawChunk): Promise<number> {
    const list = JSON.parse((await store().get(objects))!) as StoredLogObject[];
    return list.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  }
});

async function firstOf<T>(items: AsyncIterable<T>): Promise<T> {
  for await (const item of items) return item;
  throw new Error('there is none');
}

/** Where a record stands in its object, only Scan knows. */
function withoutLineNumber(line: string): string {
  const [object, , ...rest] = line.split(',');
  return [object, ...rest].join(',');
}
