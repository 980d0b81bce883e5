/**
 * The query states of the workflow on one machine: what Athena's `startQueryExecution.sync` does, DuckDB does. Binding tells
 * which tables a query needs; they are made when it runs.
 */
import { statSync } from 'node:fs';
import type { StoredLogObject } from '../core/batch.ts';
import { Interrupted } from '../core/errors.ts';
import type { LogStore, ObjectStore } from '../ports.ts';
import { type BindInput, bind, type QueryInput, type WorkflowQueries } from '../tasks/bind-query.ts';
import type { DataRatioPlan } from '../tasks/data-ratio.ts';
import type { DuckdbEngine } from './duckdb.ts';
import { createLogTable } from './log-table.ts';
import { copyHere } from './remote-logs.ts';
import { serveTogether } from './serve-together.ts';
import { readWorkflowQueries } from './sql-files.ts';
import {
  createEvidenceTables,
  type QueryExecution,
  recordsPath,
  runQuery,
  type StartQueryExecution,
} from './workflow-queries.ts';

type Options = {
  readonly home: string;
  readonly store: ObjectStore;
  readonly logs: LogStore;
  readonly onMatch: () => void;
  readonly signal?: AbortSignal;
};

/**
 * Up to here, some 10,000 records of evidence, a second thread saves no time and costs 3 % of a hunt; and match queries that
 * wait are run as one, since planning one takes 10 ms.
 */
const SMALL_BYTES = 1024 * 1024;

/** What a `.sync` state fails with, whatever ailed the query. */
class TaskFailed extends Error {
  override readonly name = 'States.TaskFailed';
}

/** A bound query: where its rows go, and what of the logs or the evidence it reads. */
type Prepared = { readonly bound: QueryInput; readonly location: string; readonly input: BindInput };

/** The bind and run states of one execution. DuckDB is opened with the first query: without matches it is never needed. */
export function openQueryStates(options: Options) {
  const { home, store, onMatch } = options;
  let opened: Promise<DuckdbEngine> | undefined;
  let texts: Promise<WorkflowQueries> | undefined;
  const prepared = new Map<string, Prepared>();
  const tables = openTables(options);
  const run = async (queries: readonly Prepared[]): Promise<void> => {
    const [first] = queries as [Prepared];
    opened ??= import('./duckdb.ts').then(({ openDuckdb }) => openDuckdb({ tempParent: `${home}/tmp`, threads: 1 }));
    const engine = await opened;
    try {
      if (sizeOf(first, home) > SMALL_BYTES) await engine.useAllThreads();
      await tables.create(engine, queries);
      await runQuery(first.bound, first.location, engine, store);
    } catch (error) {
      throw error instanceof Interrupted ? error : new TaskFailed((error as Error).message, { cause: error });
    }
  };
  const runTogether = serveTogether((queries) => countTogether(queries, home), run);

  return {
    bind: async (input: BindInput & { readonly execution: string }): Promise<QueryInput> => {
      if (input.query === 'match') onMatch();
      texts ??= readWorkflowQueries();
      const bound = await bind(input, await texts, store);
      const location = toLocation(input);
      prepared.set(toQueryKey(bound.queryString, bound.parameters), { bound, location, input });
      return bound;
    },
    keepHosts: tables.keepHosts,
    run: async (input: StartQueryExecution): Promise<QueryExecution> => {
      const query = prepared.get(toQueryKey(input.QueryString, input.ExecutionParameters))!;
      await runTogether(query);
      return { QueryExecution: { ResultConfiguration: { OutputLocation: query.location } } };
    },
    close: async () => (await opened)?.close(),
  };
}

/** What the queries read, made when they run. */
function openTables({ home, store, logs, signal }: Options) {
  let hosts: DataRatioPlan['hosts'] = [];
  let inTable = '';
  return {
    keepHosts: (planned: DataRatioPlan): DataRatioPlan => {
      hosts = planned.hosts;
      return planned;
    },
    /** For the first; match queries that are run as one read the evidence of all. */
    create: async (engine: DuckdbEngine, queries: readonly Prepared[]): Promise<void> => {
      const [{ input }] = queries as [Prepared];
      const ofLogs = async (name: string, read: () => Promise<readonly StoredLogObject[]>) => {
        if (inTable !== name) await createTableOf(await read(), engine, logs, signal);
        inTable = name;
      };
      if (input.query === 'addresses')
        return ofLogs(input.chunk.objects, () => readLists([input.chunk.objects], store));
      // One table serves all hosts: checking the objects costs more than asking them.
      if (input.query === 'data ratio')
        return ofLogs('hosts', () =>
          readLists(
            hosts.map(({ objects }) => objects),
            store,
          ),
        );
      const { objects } = input.evidence;
      if (objects !== undefined) await ofLogs(objects, () => readLists([objects], store));
      const evidence = queries.flatMap(({ input }) => (input.query === 'match' ? [input.evidence] : []));
      await createEvidenceTables(engine, home, evidence);
    },
  };
}

/** Bytes of evidence that Scan kept; of all else, nothing is known. */
function sizeOf({ input }: Prepared, home: string): number {
  if (input.query !== 'match' || input.evidence.objects !== undefined) return Number.POSITIVE_INFINITY;
  // Evidence that is gone fails its own query.
  return statSync(recordsPath(home, input.evidence), { throwIfNoEntry: false })?.size ?? Number.POSITIVE_INFINITY;
}

/** Match queries that are small even together are run as one: all rows lie at the first's location then. */
function countTogether(waiting: readonly Prepared[], home: string): number {
  let bytes = 0;
  const left = waiting.findIndex((query) => {
    bytes += sizeOf(query, home);
    return bytes > SMALL_BYTES;
  });
  return left < 0 ? waiting.length : Math.max(1, left);
}

function toQueryKey(text: string, parameters: readonly string[]): string {
  return [text, ...parameters].join('\u0000');
}

function toLocation(input: BindInput & { readonly execution: string }): string {
  const run = `runs/${input.execution}`;
  switch (input.query) {
    case 'match':
      return `${run}/matches/${input.evidence.chunk}.json`;
    case 'addresses':
      return `${run}/addresses/${input.chunk.chunk}.json`;
    case 'data ratio':
      return input.host.objects.replace(/objects\.json$/, 'rows.json');
  }
}

async function createTableOf(
  objects: readonly StoredLogObject[],
  engine: DuckdbEngine,
  logs: LogStore,
  signal: AbortSignal | undefined,
): Promise<void> {
  const keys = new Map(objects.map(({ identity, key }) => [identity, key]));
  const here = await copyHere(objects, logs, engine.tempDirectory, signal);
  await createLogTable(engine, here, { keyOf: ({ identity }) => keys.get(identity)! });
}

async function readLists(keys: readonly string[], store: ObjectStore): Promise<StoredLogObject[]> {
  const objects = new Map<string, StoredLogObject>();
  for (const key of new Set(keys)) {
    const list = JSON.parse((await store.get(key)) ?? '[]') as StoredLogObject[];
    for (const object of list) objects.set(object.identity, object);
  }
  return [...objects.values()];
}
