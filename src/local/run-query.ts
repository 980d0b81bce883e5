/** One query of the catalogue over log objects on this machine: find, check, bind, run; rows are streamed. */
import { overlaps } from '../core/address.ts';
import { Interrupted, UsageError } from '../core/errors.ts';
import { FLOW_FIELDS } from '../core/flow-field.ts';
import type { ListProblem } from '../core/indicator.ts';
import { bindQuery, findDefinition, type QueryDefinition, readsAddressIndex } from '../core/query.ts';
import { noteLimit, type QueryRows } from '../core/query-rows.ts';
import { type DuckdbEngine, openDuckdb } from './duckdb.ts';
import { runOverIndex } from './index-query.ts';
import { loadIndicators } from './indicator-versions.ts';
import { createIocTable } from './ioc-table.ts';
import { createJsonTable } from './json-table.ts';
import { createLogTable, type LogTableSummary } from './log-table.ts';
import { listIngested } from './manifests.ts';
import { findJsonFiles, findLogObjects, selectPartitions, toDateSpan } from './query-input.ts';
import { copyHere, isRemote, openLogs, type RemoteLogs } from './remote-logs.ts';
import { createViews, readCatalogue } from './sql-files.ts';

export type QueryRequest = {
  readonly name: string;
  readonly logs: readonly string[];
  readonly parameters: Readonly<Record<string, string>>;
  readonly iocs: readonly string[];
  readonly allow: readonly string[];
  readonly own: readonly string[];
  readonly home: string;
  /** How `s3://` is read, where it may be named. */
  readonly remote?: RemoteLogs;
  readonly signal?: AbortSignal;
  /** A remark for the person at the terminal: one line. */
  readonly onNote?: (note: string) => void;
  readonly onListProblems?: (problems: readonly ListProblem[], indicators: number) => void;
};

const JSON_TABLE = 'vpc_flow_logs';
const IOC_VIEW = 'directional_flow_records';

/** Runs the query and hands its rows to `use`. Nothing is handed over where there is nothing to read. */
export async function runQuery(request: QueryRequest, use: (rows: QueryRows) => Promise<void>): Promise<void> {
  const definition = findDefinition(await readCatalogue(), request.name);
  const note = request.onNote ?? (() => {});
  const isOfIndex = readsAddressIndex(definition);
  const copies = !isOfIndex && (await isAnyRemote(request));
  const engine = await openDuckdb(copies ? { tempParent: `${request.home}/tmp` } : {});
  try {
    const run = isOfIndex ? runOverIndex : definition.table === JSON_TABLE ? runOverJson : runOverLogs;
    const rows = await run(definition, request, engine, note);
    if (rows !== undefined) await use(noteLimit(definition, request.parameters, rows, note));
  } catch (error) {
    if (request.signal?.aborted) throw new Interrupted('stopped by the user');
    throw error;
  } finally {
    await engine.close();
  }
}

/** Copies of remote objects may need more room than the machine's folder for temporary files has. */
async function isAnyRemote({ logs, home }: QueryRequest): Promise<boolean> {
  return logs.length > 0 ? logs.some(isRemote) : (await listIngested(home)).some(({ key }) => isRemote(key));
}

/** What is not on this machine is copied to it, for as long as the query runs. */
async function fetch<Keyed extends { readonly key: string }>(
  objects: readonly Keyed[],
  { remote, signal, onNote }: QueryRequest,
  engine: DuckdbEngine,
): Promise<Keyed[]> {
  const count = objects.filter(({ key }) => isRemote(key)).length;
  if (count > 0) onNote?.(`${plural(count, 'object')} to copy from S3 first; the copies are removed at the end`);
  return copyHere(objects, openLogs(remote), engine.tempDirectory, signal);
}

async function runOverJson(
  definition: QueryDefinition,
  request: QueryRequest,
  engine: DuckdbEngine,
  note: (line: string) => void,
): Promise<QueryRows | undefined> {
  const { logs, parameters, signal, remote } = request;
  const statement = bindQuery(definition, parameters);
  if (logs.length === 0) {
    note(`no JSON files: ${definition.name} reads files of JSON lines, which nothing ingests. Name their folder.`);
    return undefined;
  }
  const { files, foreign } = await findJsonFiles(logs, remote, signal);
  if (files.length === 0) {
    note(
      `no JSON files under ${logs.join(', ')}: ${foreign} other files. Expected .json, .ndjson or .jsonl, perhaps .gz.`,
    );
    return undefined;
  }
  const here = await fetch(files, request, engine);
  const summary = await createJsonTable(
    engine,
    here.map(({ key }) => key),
  );
  note(
    `${plural(files.length, 'file')}, ${plural(summary.rows, 'record')}; ${describeTrouble({ ...summary, foreign })}`,
  );
  await createViews(engine, [JSON_TABLE]);
  return engine.query(statement, signal);
}

async function runOverLogs(
  definition: QueryDefinition,
  request: QueryRequest,
  engine: DuckdbEngine,
  note: (line: string) => void,
): Promise<QueryRows | undefined> {
  const { logs, home, remote, signal } = request;
  // Before anything is read: a wrong parameter must not cost the reading.
  bindQuery(definition, { ...toDateSpan([], request.parameters), ...request.parameters });
  await createIocs(definition, request, engine, note);
  const { objects, foreign } = await findLogObjects(logs, home, remote, signal);
  if (objects.length === 0) {
    const where =
      logs.length === 0 ? `in ${home}: nothing was ingested yet` : `under ${logs.join(', ')}: ${foreign} other files`;
    note(`no log objects ${where}. Expected …/AWSLogs/<account>/vpcflowlogs/<region>/…`);
    return undefined;
  }
  const parameters = { ...toDateSpan(objects, request.parameters), ...request.parameters };
  const selected = selectPartitions(objects, parameters);
  const summary = await createLogTable(engine, await fetch(selected, request, engine), {
    onObject: () => signal?.throwIfAborted(),
  });
  note(
    `${plural(selected.length, 'log object')}, ${plural(summary.rows, 'record')}; ${describeTrouble({ ...summary, foreign })}`,
  );
  checkFields(definition, summary, note);
  await createViews(engine, ['vpcflow', 'incident_iocs']);
  return engine.query(bindQuery(definition, parameters), signal);
}

/** Fills `incident_iocs` with the exact addresses of the lists. SQL compares text, so a CIDR cannot be in it. */
async function createIocs(
  { name, table }: QueryDefinition,
  { iocs, allow, own, onListProblems }: QueryRequest,
  engine: DuckdbEngine,
  note: (line: string) => void,
): Promise<void> {
  const isNeeded = table === IOC_VIEW;
  if (isNeeded && iocs.length === 0) throw new UsageError(`${name} needs a list of indicators: --iocs <list>`);
  const { indicators, allowed, problems } = await loadIndicators({
    iocs: isNeeded ? iocs : [],
    allow: isNeeded ? allow : [],
    own: isNeeded ? own : [],
  });
  const addresses = [...indicators].filter(({ text }) => !text.includes('/'));
  const networks = indicators.length - addresses.length;
  const used = addresses.filter(({ network }) => !allowed.some((range) => overlaps(range, network)));
  onListProblems?.(problems, indicators.length);
  if (networks > 0)
    note(`${plural(networks, 'CIDR')} left out: ${name} compares exact addresses. flowhound sweep matches CIDRs.`);
  if (used.length < addresses.length)
    note(`${plural(addresses.length - used.length, 'address', 'es')} left out by --allow.`);
  await createIocTable(
    engine,
    used.map(({ text, comment }) => ({ address: text, comment })),
  );
}

/** Refuses a query whose fields no object has; says where only some lack one. */
function checkFields(
  { name, fields }: QueryDefinition,
  { formats }: LogTableSummary,
  note: (line: string) => void,
): void {
  if (formats.length === 0) return;
  const all = formats.reduce((sum, { objects }) => sum + objects, 0);
  for (const field of fields) {
    const lacking = formats.filter(({ format }) => !format.fields.includes(field));
    const objects = lacking.reduce((sum, format) => sum + format.objects, 0);
    if (objects === all)
      throw new UsageError(`${name} needs the field ${describeField(field)}, and no log object has it.`);
    if (objects > 0) note(`${objects} of ${plural(all, 'log object')} have no ${field}; ${name} cannot see it there.`);
  }
}

/** `instance-id (since log version 3)`: what to choose when the next flow log is made. */
function describeField(field: string): string {
  const known = FLOW_FIELDS.get(field);
  return known === undefined ? field : `${field} (since log version ${known.sinceVersion})`;
}

function describeTrouble(counts: {
  damaged: number;
  empty: number;
  unreadable: number;
  malformedLines: number;
  foreign: number;
  withoutUsableHeader?: number;
}): string {
  const { damaged, empty, unreadable, malformedLines, foreign, withoutUsableHeader } = counts;
  const header = withoutUsableHeader === undefined ? '' : `${withoutUsableHeader} without usable header, `;
  return `${damaged} damaged, ${empty} empty, ${unreadable} unreadable, ${header}${foreign} foreign; ${plural(malformedLines, 'line')} malformed`;
}

function plural(count: number, noun: string, ending = 's'): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : ending}`;
}
