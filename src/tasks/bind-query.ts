/**
 * BindMatch, BindDataRatio, BindAddresses: what a query state runs. Built inside its own Map iteration, so that states stay
 * small. Parameters are SQL literals in the order of the text's `?`, as Athena wants them.
 */
import { toAthenaStatement } from '../core/athena-statement.ts';
import type { StoredLogObject } from '../core/batch.ts';
import { ExecutionFailed } from '../core/errors.ts';
import type { Chunk, EvidenceRef } from '../core/execution.ts';
import { type BoundQuery, bindQuery, type QueryDefinition, withTable } from '../core/query.ts';
import { joinRawEvidence } from '../core/raw-evidence.ts';
import type { ObjectStore } from '../ports.ts';
import type { DataRatioHost } from './data-ratio.ts';

export type QueryInput = { readonly queryString: string; readonly parameters: readonly string[] };

export type BindInput =
  | { readonly query: 'match'; readonly evidence: EvidenceRef }
  | { readonly query: 'data ratio'; readonly host: DataRatioHost }
  | { readonly query: 'addresses'; readonly chunk: Chunk };

/** The texts of sql/workflow/, by name. */
export type WorkflowQueries = Readonly<
  Record<'ioc_matches' | 'raw_evidence' | 'distinct_addresses' | 'host_data_ratio', QueryDefinition>
>;

export async function bind(input: BindInput, queries: WorkflowQueries, store: ObjectStore): Promise<QueryInput> {
  switch (input.query) {
    case 'match':
      return toQueryInput(await bindMatch(input.evidence, queries, store));
    case 'data ratio':
      return toQueryInput(await bindDataRatio(input.host, queries, store));
    case 'addresses': {
      const { objects, table } = input.chunk;
      const parameters = toObjectParameters(await readObjects(objects, store));
      return toQueryInput(bindQuery(withTable(queries.distinct_addresses, table!), parameters));
    }
  }
}

async function bindMatch(evidence: EvidenceRef, queries: WorkflowQueries, store: ObjectStore): Promise<BoundQuery> {
  const place = { batch: evidence.batch, chunk: String(evidence.chunk) };
  if (evidence.table === undefined) return bindQuery(queries.ioc_matches, place);
  const raw = joinRawEvidence(withTable(queries.raw_evidence, evidence.table), queries.ioc_matches);
  return bindQuery(raw, { ...place, ...toObjectParameters(await readObjects(evidence.objects!, store)) });
}

async function bindDataRatio(host: DataRatioHost, queries: WorkflowQueries, store: ObjectStore): Promise<BoundQuery> {
  const { objects } = toObjectParameters(await readObjects(host.objects, store));
  const { ip, accountId, region, dateFrom, dateTo } = host;
  const parameters = { ip, date_from: dateFrom, date_to: dateTo, regions: region, accounts: accountId, objects };
  return bindQuery(withTable(queries.host_data_ratio, host.table), parameters);
}

/** The objects, and the partitions that they lie in: naming only paths would still list every partition. */
function toObjectParameters(objects: readonly StoredLogObject[]) {
  const dates = objects.map(({ date }) => date).sort();
  const distinct = (values: readonly string[]) => [...new Set(values)].sort().join(',');
  return {
    date_from: dates[0]!,
    date_to: dates.at(-1)!,
    regions: distinct(objects.map(({ region }) => region)),
    accounts: distinct(objects.map(({ accountId }) => accountId)),
    objects: objects.map(({ key }) => key),
  };
}

async function readObjects(key: string, store: ObjectStore): Promise<StoredLogObject[]> {
  const text = await store.get(key);
  if (text === undefined) throw new ExecutionFailed(`the list ${key} is gone; run the sweep again`);
  return JSON.parse(text) as StoredLogObject[];
}

function toQueryInput(bound: BoundQuery): QueryInput {
  const { sql, values } = toAthenaStatement(bound);
  return { queryString: sql, parameters: values.map(toLiteral) };
}

/** A bound value as Athena takes it. */
export function toLiteral(value: string | bigint): string {
  return typeof value === 'bigint' ? String(value) : `'${value.replaceAll("'", "''")}'`;
}
