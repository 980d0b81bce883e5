/** The folder `sql/`: its definitions, read and checked. */
import { readdir, readFile } from 'node:fs/promises';
import { FLOW_RECORDS_VIEWS, type ViewTexts } from '../core/flow-records-view.ts';
import { parseDefinition, type QueryDefinition } from '../core/query.ts';
import type { WorkflowQueries } from '../tasks/bind-query.ts';
import type { DuckdbEngine } from './duckdb.ts';

const SQL = new URL('../../sql/', import.meta.url);

/** Definitions of one folder of `sql/`, in the order of their names. */
export async function readDefinitions(
  folder: 'tables' | 'views' | 'detections' | 'activity',
): Promise<QueryDefinition[]> {
  const files = (await readdir(new URL(`${folder}/`, SQL))).filter((file) => file.endsWith('.sql')).sort();
  return Promise.all(
    files.map(async (file) => parseDefinition(await readFile(new URL(`${folder}/${file}`, SQL), 'utf8'))),
  );
}

/** Texts of the views that stand on a catalogue's log tables. */
export async function readViewTexts(): Promise<ViewTexts> {
  const read = async (name: string) => [name, await readFile(new URL(`views/${name}.sql`, SQL), 'utf8')] as const;
  return Object.fromEntries(await Promise.all(FLOW_RECORDS_VIEWS.map(read))) as ViewTexts;
}

/** The texts that the workflow binds. */
export async function readWorkflowQueries(): Promise<WorkflowQueries> {
  const read = async (name: keyof WorkflowQueries) =>
    parseDefinition(await readFile(new URL(`workflow/${name}.sql`, SQL), 'utf8'));
  const [ioc_matches, raw_evidence, distinct_addresses, host_data_ratio] = await Promise.all([
    read('ioc_matches'),
    read('raw_evidence'),
    read('distinct_addresses'),
    read('host_data_ratio'),
  ]);
  return { ioc_matches, raw_evidence, distinct_addresses, host_data_ratio };
}

/** All texts of `sql/`, with their places in it. */
export async function readSqlTexts(): Promise<{ path: string; text: string }[]> {
  const files = await readdir(SQL, { recursive: true });
  const paths = files.filter((file) => file.endsWith('.sql')).map((file) => file.replaceAll('\\', '/'));
  return Promise.all(paths.sort().map(async (path) => ({ path, text: await readFile(new URL(path, SQL), 'utf8') })));
}

/** Every query a user can run: detections, then activity. */
export async function readCatalogue(): Promise<QueryDefinition[]> {
  return [...(await readDefinitions('detections')), ...(await readDefinitions('activity'))];
}

/** Creates those views whose tables exist; views over views come after them. */
export async function createViews(engine: DuckdbEngine, tables: readonly string[]): Promise<void> {
  const present = new Set(tables);
  let waiting = await readDefinitions('views');
  for (;;) {
    const ready = waiting.filter((view) => view.table.split(' ').every((table) => present.has(table)));
    if (ready.length === 0) return;
    for (const view of ready) {
      await engine.run(view.sql);
      present.add(view.name);
    }
    waiting = waiting.filter((view) => !ready.includes(view));
  }
}
