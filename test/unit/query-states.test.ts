/** Match queries that wait for the engine are run as one: each record once, whichever chunk it and its addresses are of. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { evidencePartition } from '../../src/core/evidence.ts';
import { openFolderStore } from '../../src/local/folder-store.ts';
import { logFiles } from '../../src/local/log-files.ts';
import { openQueryStates } from '../../src/local/query-states.ts';
import { openQueryResults } from '../../src/local/workflow-queries.ts';
import type { ObjectStore } from '../../src/ports.ts';

const BATCH = 'b'.repeat(32);
const ADDRESSES = ['203.0.113.7', '203.0.113.8'];
let home: string;
let store: ObjectStore;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'flowhound-test-'));
  store = openFolderStore(home);
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

/** Evidence of a chunk: some records, each between the two addresses. */
async function keep(chunk: number, records: number, line = ''): Promise<void> {
  const path = evidencePartition({ batch: BATCH, chunk });
  const [srcaddr, dstaddr] = ADDRESSES;
  const rows = Array.from({ length: records }, (_, line_number) => ({
    ...{ object: `object-${chunk}`, line_number, srcaddr, dstaddr, line: `${line}${line_number}` },
  }));
  const addresses = ADDRESSES.map((address) => ({ address, indicator: address, comment: '', source: '', also_in: '' }));
  await store.put(`evidence/records/${path}.json.gz`, gzipSync(toLines(rows)));
  await store.put(`evidence/indicator_addresses/${path}.json`, toLines(addresses));
}

function toLines(rows: readonly unknown[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}

/** Runs the match queries of the chunks at once; the rows of each location, as object, line and direction. */
async function match(chunks: readonly number[]): Promise<string[][]> {
  const states = openQueryStates({ home, store, logs: logFiles, onMatch: () => {} });
  try {
    const locations = await Promise.all(
      chunks.map(async (chunk) => {
        const bound = await states.bind({ execution: 'x', query: 'match', evidence: { batch: BATCH, chunk } });
        const run = { QueryString: bound.queryString, ExecutionParameters: bound.parameters };
        return (await states.run(run)).QueryExecution.ResultConfiguration.OutputLocation;
      }),
    );
    const { rows } = openQueryResults(home);
    const found = await Promise.all(locations.map((location) => Array.fromAsync(rows(location))));
    return found.map((own) => own.map((row) => `${row.object} ${row.line_number} ${row.direction}`));
  } finally {
    await states.close();
  }
}

function expected(chunk: number, records: number): string[] {
  return Array.from({ length: records }, (_, line) =>
    ['in', 'out'].map((way) => `object-${chunk} ${line} ${way}`),
  ).flat();
}

describe('match queries that wait', () => {
  it('find in one what each would find', async () => {
    await keep(3, 2);
    await keep(4, 1);
    await keep(7, 3);
    const found = await match([3, 4, 7]);
    expect(found.flat().sort()).toEqual([...expected(3, 2), ...expected(4, 1), ...expected(7, 3)].sort());
    expect(found.map((rows) => rows.length)).toEqual([12, 0, 0]);
  });

  it('are run by themselves where there is much evidence', async () => {
    const noise = Array.from({ length: 300_000 }, (_, i) => ((i * 2_654_435_761) % 4_294_967_296).toString(36)).join(
      '',
    );
    await keep(1, 1, noise.slice(0, 60_000));
    await keep(2, 1, noise.slice(60_000, 120_000));
    await keep(5, 2, noise);
    const found = await match([1, 5, 2]);
    expect(found.map((rows) => rows.length)).toEqual([2, 4, 2]);
    expect(found.flat().sort()).toEqual([...expected(1, 1), ...expected(5, 2), ...expected(2, 1)].sort());
  });

  it('fail together', async () => {
    await keep(3, 2);
    await store.put(`evidence/records/${evidencePartition({ batch: BATCH, chunk: 4 })}.json.gz`, 'no gzip');
    await expect(match([3, 4])).rejects.toMatchObject({ name: 'States.TaskFailed' });
    expect(await match([3])).toEqual([expect.arrayContaining(expected(3, 2))]);
  });

  it('fail where their evidence is gone', async () => {
    await expect(match([9])).rejects.toMatchObject({ name: 'States.TaskFailed' });
  });
});
