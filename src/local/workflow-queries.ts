/** The query states of the workflow on one machine: what Athena's `startQueryExecution.sync` does, DuckDB does. */
import { createReadStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { evidencePartition } from '../core/evidence.ts';
import { fromJson } from '../core/exact-json.ts';
import type { EvidenceRef } from '../core/execution.ts';
import type { ResultRow } from '../core/match.ts';
import type { QueryRows } from '../core/query-rows.ts';
import { readLines } from '../core/text-lines.ts';
import type { ObjectStore, QueryResults } from '../ports.ts';
import type { DuckdbEngine } from './duckdb.ts';

/** Parameters of the query states, as sweep.asl.json passes them. */
export type StartQueryExecution = { readonly QueryString: string; readonly ExecutionParameters: readonly string[] };

/** The part of Athena's answer that the state machine reads. */
export type QueryExecution = {
  readonly QueryExecution: { readonly ResultConfiguration: { readonly OutputLocation: string } };
};

/** Makes a chunk's evidence in the home queryable as `evidence` and `indicator_addresses`. */
export async function createEvidenceTables(engine: DuckdbEngine, home: string, evidence: EvidenceRef): Promise<void> {
  const partition = evidencePartition(evidence);
  for (const [table, folder, ending] of [
    ['evidence', 'records', 'json.gz'],
    ['indicator_addresses', 'indicator_addresses', 'json'],
  ] as const) {
    // Records that are queried where they lie stand in the query itself.
    if (table === 'evidence' && evidence.objects !== undefined) continue;
    await engine.setVariable(table, [join(home, 'evidence', folder, `${partition}.${ending}`)]);
    const reader = table === 'evidence' ? 'read_evidence' : 'read_indicator_addresses';
    await engine.run(`CREATE OR REPLACE TEMP VIEW ${table} AS FROM ${reader}(getvariable('${table}'))`);
  }
}

/** Runs the query to its end; its rows lie under `location` in the store, one JSON object a line. */
export async function runQuery(
  input: StartQueryExecution,
  location: string,
  engine: DuckdbEngine,
  store: ObjectStore,
): Promise<QueryExecution> {
  const values = input.ExecutionParameters.map(fromLiteral);
  const result = await engine.query({ sql: input.QueryString, values });
  await store.put(location, Readable.from(toLines(result)));
  return { QueryExecution: { ResultConfiguration: { OutputLocation: location } } };
}

/** Reads results back from the home, line by line. */
export function openQueryResults(home: string): QueryResults {
  return {
    async *rows(location) {
      const path = join(home, location);
      if (!existsSync(path)) return;
      for await (const line of readLines(createReadStream(path))) yield fromJson<ResultRow>(line);
    },
  };
}

async function* toLines({ columns, rows }: QueryRows): AsyncGenerator<Uint8Array> {
  for await (const row of rows) {
    const document = Object.fromEntries(columns.map(({ name }, i) => [name, row[i] ?? null]));
    yield Buffer.from(`${JSON.stringify(document)}\n`);
  }
}

function fromLiteral(literal: string): string | bigint {
  return literal.startsWith("'") ? literal.slice(1, -1).replaceAll("''", "'") : BigInt(literal);
}
