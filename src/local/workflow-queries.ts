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
import type { QueryInput } from '../tasks/bind-query.ts';
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

/**
 * Makes chunks' evidence in the home queryable as `evidence` and `indicator_addresses`, as if it were all the first chunk's. An
 * address has the same indicator in all chunks of an execution.
 */
export async function createEvidenceTables(
  engine: DuckdbEngine,
  home: string,
  evidence: readonly EvidenceRef[],
): Promise<void> {
  const [{ chunk, objects }] = evidence as [EvidenceRef];
  const createTable = async (name: string, columns: string, paths: readonly string[]): Promise<void> => {
    await engine.setVariable(name, paths);
    const rows = `SELECT ${columns} REPLACE (${chunk} AS chunk) FROM read_${name}(getvariable('${name}'))`;
    await engine.run(`CREATE OR REPLACE TEMP VIEW ${name} AS ${rows}`);
  };
  // Records that are queried where they lie stand in the query itself.
  if (objects === undefined) {
    const records = evidence.map((each) => recordsPath(home, each));
    await createTable('evidence', '*', records);
  }
  const addresses = evidence.map((each) =>
    join(home, 'evidence/indicator_addresses', `${evidencePartition(each)}.json`),
  );
  await createTable('indicator_addresses', 'DISTINCT *', addresses);
}

/** Runs the query to its end; its rows lie under `location` in the store, one JSON object a line. */
export async function runQuery(
  { queryString, parameters }: QueryInput,
  location: string,
  engine: DuckdbEngine,
  store: ObjectStore,
): Promise<void> {
  const values = parameters.map(fromLiteral);
  const result = await engine.query({ sql: queryString, values });
  await store.put(location, Readable.from(toLines(result)));
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
