/**
 * The query states of the workflow on one machine: what Athena's `startQueryExecution.sync` does, DuckDB does. Binding tells
 * which tables a query needs; they are made when it runs.
 */
import { statSync } from 'node:fs';
import type { StoredLogObject } from '../core/batch.ts';
import { Interrupted } from '../core/errors.ts';
import { limitConcurrency } from '../core/limit-concurrency.ts';
import type { LogStore, ObjectStore } from '../ports.ts';
import { type BindInput, bind, type QueryInput } from '../tasks/bind-query.ts';
import type { DataRatioPlan } from '../tasks/data-ratio.ts';
import type { DuckdbEngine } from './duckdb.ts';
import { createLogTable } from './log-table.ts';
import { copyHere } from './remote-logs.ts';
import { readWorkflowQueries } from './sql-files.ts';
import { createEvidenceTables, recordsPath, runQuery, type StartQueryExecution } from './workflow-queries.ts';

type Options = {
  readonly home: string;
  readonly store: ObjectStore;
  readonly logs: LogStore;
  readonly onMatch: () => void;
  readonly signal?: AbortSignal;
};

/** Up to here, some 10,000 records of evidence, a second thread saves no time and costs 3 % of a hunt. */
const ONE_THREAD_BYTES = 1024 * 1024;

/** What a `.sync` state fails with, whatever ailed the query. */
class TaskFailed extends Error {
  override readonly name = 'States.TaskFailed';
}

/** A bound query: where its rows go, and what of the logs or the evidence it reads. */
type Prepared = { readonly location: string; readonly input: BindInput };

/** The bind and run states of one execution. DuckDB is opened with the first query: without matches it is never needed. */
export function openQueryStates({ home, store, logs, onMatch, signal }: Options) {
  let opened: Promise<DuckdbEngine> | undefined;
  let hosts: DataRatioPlan['hosts'] = [];
  let inTable = '';
  const prepared = new Map<string, Prepared>();

  const createTables = async (engine: DuckdbEngine, { input }: Prepared): Promise<void> => {
    const ofLogs = async (name: string, read: () => Promise<readonly StoredLogObject[]>) => {
      if (inTable !== name) await createTableOf(await read(), engine, logs, signal);
      inTable = name;
    };
    if (input.query === 'addresses') return ofLogs(input.chunk.objects, () => readLists([input.chunk.objects], store));
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
    await createEvidenceTables(engine, home, input.evidence);
  };

  return {
    bind: async (input: BindInput & { readonly execution: string }): Promise<QueryInput> => {
      if (input.query === 'match') onMatch();
      const bound = await bind(input, await readWorkflowQueries(), store);
      const location = toLocation(input);
      prepared.set(toQueryKey(bound.queryString, bound.parameters), { location, input });
      return bound;
    },
    keepHosts: (planned: DataRatioPlan): DataRatioPlan => {
      hosts = planned.hosts;
      return planned;
    },
    run: limitConcurrency(1, async (input: StartQueryExecution) => {
      const query = prepared.get(toQueryKey(input.QueryString, input.ExecutionParameters))!;
      opened ??= import('./duckdb.ts').then(({ openDuckdb }) => openDuckdb({ tempParent: `${home}/tmp`, threads: 1 }));
      const engine = await opened;
      try {
        if (!isSmall(query, home)) await engine.useAllThreads();
        await createTables(engine, query);
        return await runQuery(input, query.location, engine, store);
      } catch (error) {
        throw error instanceof Interrupted ? error : new TaskFailed((error as Error).message, { cause: error });
      }
    }),
    close: async () => (await opened)?.close(),
  };
}

/** Evidence that Scan kept, and not much of it. */
function isSmall({ input }: Prepared, home: string): boolean {
  if (input.query !== 'match' || input.evidence.objects !== undefined) return false;
  return statSync(recordsPath(home, input.evidence)).size <= ONE_THREAD_BYTES;
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
