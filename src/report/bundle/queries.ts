/** Which queries the runs made, of which text, and where they left their rows: `queries.ndjson`. */
import { fromJson, toJson } from '../../core/exact-json.ts';
import type { ObjectStore } from '../../ports.ts';
import { readHostDataRatios } from '../../tasks/record-data-ratio.ts';
import { openText } from './folder.ts';
import type { Execution } from './partitions.ts';

/** Athena names a result by the query: s3://bucket/folder/<query id>.csv */
const QUERY_ID = /\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.\w+$/;

export async function writeQueries(
  folder: string,
  executions: readonly Execution[],
  store: ObjectStore,
): Promise<void> {
  const file = await openText(folder, 'queries.ndjson');
  for (const { name, clock } of executions) {
    const tell = (query: string, result: string, more: object = {}) => {
      const [, id = null] = QUERY_ID.exec(result) ?? [];
      const text = `sql/workflow/${query}.sql`;
      return file.add(toJson({ execution: name, clock, query, text, ...more, result, query_id: id }));
    };
    for (const result of await readMatchResults(name, store)) await tell('ioc_matches', result);
    for (const { findingId, results = [] } of await readHostDataRatios(name, store)) {
      for (const result of results) await tell('host_data_ratio', result, { finding_id: findingId });
    }
  }
  await file.close();
}

async function readMatchResults(execution: string, store: ObjectStore): Promise<readonly string[]> {
  const text = await store.get(`runs/${execution}/changes.json`);
  // What ran before results were noted says nothing of them.
  return text === undefined ? [] : (fromJson<{ results?: readonly string[] }>(text).results ?? []);
}
