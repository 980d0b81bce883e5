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

/** Where the records of a chunk's evidence lie. */
export function recordsPath(home: string, evidence: EvidenceRef): string {
  return join(home, 'evidence/records', `${evidencePartition(evidence)}.json.gz`);
}

/** Makes a chunk's evidence in the home queryable as `evidence` and `indicator_addresses`. */
export async function createEvidenceTables(engine: DuckdbEngine, home: string, evidence: EvidenceRef): Promise<void> {
  // Records that are queried where they lie stand in the query itself.
  if (evidence.objects === undefined) await createTable(engine, 'evidence', recordsPath(home, evidence));
  const addresses = join(home, 'evidence/indicator_addresses', `${evidencePartition(evidence)}.json`);
  await createTable(engine, 'indicator_addresses', addresses);
}

async function createTable(
  engine: DuckdbEngine,
  name: 'evidence' | 'indicator_addresses',
  path: string,
): Promise<void> {
  await engine.setVariable(name, [path]);
  await engine.run(`CREATE OR REPLACE TEMP VIEW ${name} AS FROM read_${name}(getvariable('${name}'))`);
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
