/**
 * PlanDataRatio: for the hosts of the graver findings, what the rest of their traffic looks like. The
 * query reads raw logs, so it is rationed: a finding once in six hours, and so many bytes a day; what is left out is
 * recorded with its reason.
 */
import type { StoredLogObject } from '../core/batch.ts';
import type { ExecutionInput } from '../core/execution.ts';
import { foldFindings } from '../core/finding.ts';
import type { Finding } from '../core/finding-document.ts';
import { toMatch } from '../core/match.ts';
import { isAtLeast } from '../core/severity.ts';
import { Tallies } from '../core/sighting.ts';
import { shiftDay } from '../core/utc-day.ts';
import type { ObjectStore, QueryResults } from '../ports.ts';
import { readManifest } from './manifest.ts';
import { readChunkResults } from './scan.ts';
import { readSeverityTable } from './severity-table.ts';

/** A host to look at, in one table, and the partitions and objects it takes. */
export type DataRatioHost = {
  readonly findingId: string;
  readonly indicator: string;
  readonly ip: string;
  readonly accountId: string;
  readonly region: string;
  readonly dateFrom: string;
  readonly dateTo: string;
  /** Key of the list of objects to read. */
  readonly objects: string;
  readonly table: string;
};

/** The table that an object is in; undefined if it is in none. */
export type TableOf = (object: StoredLogObject) => Promise<string | undefined>;

export type DataRatioRation = { readonly bytesPerDay: number; readonly hosts: number };

export type DataRatioInput = Pick<ExecutionInput, 'execution' | 'mode' | 'manifest' | 'clock'> & {
  readonly matched: { readonly locations: readonly string[] };
};

export type DataRatioPlan = {
  readonly hosts: readonly DataRatioHost[];
  /** The first of them; all are in runs/<execution>/data-ratio/skipped.json. */
  readonly skipped: readonly { readonly findingId: string; readonly reason: string }[];
};

/** What was spent on one day: bytes, and when and by which execution each finding was last looked at. */
type Spent = { bytes: number; readonly at: Record<string, string>; readonly by: Record<string, string> };

const HOURS_BETWEEN = 6;

/** A query stays under 150 KB: `"$path" IN (…)` may take this much of it. */
export const MOST_PATHS = { bytes: 100_000, objects: 500 };
/**
 * A state carries 262,144 bytes, and no Catch takes the error of one that would carry more: some 900 bytes for each query and
 * its result, 100 for each finding that is skipped. https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 */
const MOST_QUERIES = 100;
const MOST_TOLD = 20;

export type DataRatioPorts = {
  readonly store: ObjectStore;
  readonly results: QueryResults;
  readonly tableOf: TableOf;
  /** Where queries may be longer. */
  readonly mostPaths?: typeof MOST_PATHS;
};

/** Picks the hosts within the ration, books them, and writes the list of objects of each look. */
export async function planDataRatio(
  input: DataRatioInput,
  ration: DataRatioRation,
  ports: DataRatioPorts,
): Promise<DataRatioPlan> {
  // A hunt prints sightings; the day's budget is for findings that are published.
  if (input.mode === 'hunt') return { hosts: [], skipped: [] };
  const { store, results } = ports;
  const findings = (await foldBatch(input.matched.locations, results, store)).filter(
    (finding) => isAtLeast(finding.severity, 'MEDIUM') && finding.local_ip !== '-' && finding.first_seen !== null,
  );
  if (findings.length === 0) return { hosts: [], skipped: [] };
  const objects = await readQueryable(input, store);
  const { looks, skipped } = await book(findings, objects, { ...input, ration }, store);
  const hosts: DataRatioHost[] = [];
  const allSkipped = [...skipped];
  for (const look of looks) {
    const queries = await toQueries(look, ports);
    const { findingId } = look.host;
    if (hosts.length + queries.length <= MOST_QUERIES) hosts.push(...(await writeLook(look, queries, input, store)));
    else allSkipped.push({ findingId, reason: `${queries.length} queries more than the ${MOST_QUERIES} at most` });
  }
  await store.put(`runs/${input.execution}/data-ratio/skipped.json`, JSON.stringify(allSkipped));
  return { hosts, skipped: allSkipped.slice(0, MOST_TOLD) };
}

/** Trouble that makes a query over the object fail, or last for ever. */
const UNQUERYABLE: ReadonlySet<string> = new Set(['damaged', 'made to burst']);

/** A gzip that breaks off fails Athena's whole query: what Scan found damaged is left out. */
async function readQueryable({ execution, manifest }: DataRatioInput, store: ObjectStore): Promise<StoredLogObject[]> {
  const unqueryable = new Set<string>();
  for await (const { trouble } of readChunkResults(execution, store)) {
    for (const { object, kind } of trouble) if (UNQUERYABLE.has(kind)) unqueryable.add(object);
  }
  return (await readManifest(manifest, store)).objects.filter(({ key }) => !unqueryable.has(key));
}

type Booked = { readonly looks: readonly Look[]; readonly skipped: DataRatioPlan['skipped'] };

/** Two executions at once must not both spend the rest of the day's budget. */
async function book(
  findings: readonly Finding[],
  objects: readonly StoredLogObject[],
  { execution, clock, ration }: Pick<DataRatioInput, 'execution' | 'clock'> & { readonly ration: DataRatioRation },
  store: ObjectStore,
): Promise<Booked> {
  const yesterday = toSpent(await store.get(spentKey(shiftDay(clock.slice(0, 10), -1))));
  for (;;) {
    const stored = await store.read(spentKey(clock));
    const today = toSpent(stored?.text);
    const looks: Look[] = [];
    const skipped: { findingId: string; reason: string }[] = [];
    for (const finding of findings) {
      const id = finding.finding_id;
      const look = toLook(finding, objects);
      const lastLook = today.at[id] ?? yesterday.at[id];
      // A second attempt at the same plan finds its own booking. Executions that were started together share their clock.
      const isBooked = lastLook === clock && today.by[id] === execution;
      const reason = looks.some(({ host }) => isSameHost(look.host, host))
        ? 'the host was looked at for a graver finding'
        : isBooked
          ? undefined
          : refuse(today.bytes + look.bytes, looks.length, lastLook, clock, ration);
      if (reason !== undefined) skipped.push({ findingId: id, reason });
      else {
        looks.push(look);
        today.bytes += isBooked ? 0 : look.bytes;
        today.at[id] = clock;
        today.by[id] = execution;
      }
    }
    if (await store.replace(spentKey(clock), JSON.stringify(today), stored?.version)) return { looks, skipped };
  }
}

type Host = Omit<DataRatioHost, 'objects' | 'table'>;
type Look = { readonly host: Host; readonly objects: readonly StoredLogObject[]; readonly bytes: number };

type LookQuery = { readonly table: string; readonly list: readonly StoredLogObject[] };

/** One query for each table, and for each list of objects that a query can name. */
async function toQueries({ objects }: Look, { tableOf, mostPaths }: DataRatioPorts): Promise<LookQuery[]> {
  const byTable = new Map<string, StoredLogObject[]>();
  for (const object of objects) {
    const table = await tableOf(object);
    if (table === undefined) continue;
    const own = byTable.get(table) ?? [];
    byTable.set(table, own);
    own.push(object);
  }
  return [...byTable].flatMap(([table, own]) => toPathLists(own, mostPaths).map((list) => ({ table, list })));
}

function writeLook(
  { host }: Look,
  queries: readonly LookQuery[],
  { execution }: DataRatioInput,
  store: ObjectStore,
): Promise<DataRatioHost[]> {
  return Promise.all(
    queries.map(async ({ table, list }, at) => {
      const key = `runs/${execution}/data-ratio/${host.findingId}.${at}.objects.json`;
      await store.put(key, JSON.stringify(list));
      return { ...host, objects: key, table };
    }),
  );
}

/** Objects cut into lists that one query can name. */
export function toPathLists(objects: readonly StoredLogObject[], most = MOST_PATHS): StoredLogObject[][] {
  const lists: StoredLogObject[][] = [];
  let bytes = 0;
  for (const object of objects) {
    const own = Buffer.byteLength(object.key) + "'', ".length;
    const list = lists.at(-1);
    const isFull = list === undefined || list.length >= most.objects || bytes + own > most.bytes;
    if (isFull) lists.push([object]);
    else list.push(object);
    bytes = isFull ? own : bytes + own;
  }
  return lists;
}

/** Whether two of a plan are one host: private addresses are unique in an account's region at best. */
function isSameHost(a: Host, b: Host): boolean {
  return a.ip === b.ip && a.accountId === b.accountId && a.region === b.region;
}

async function foldBatch(
  locations: readonly string[],
  results: QueryResults,
  store: ObjectStore,
): Promise<readonly Finding[]> {
  const tallies = new Tallies();
  for (const location of locations) for await (const row of results.rows(location)) tallies.add(toMatch(row));
  return foldFindings(tallies.sorted(), await readSeverityTable(store)).findings;
}

/** Records may lie a day beside the partition of their time. */
function toLook(finding: Finding, all: readonly StoredLogObject[]): Look {
  const { account_id: accountId, region } = finding;
  const dateFrom = shiftDay(finding.first_seen!.slice(0, 10), -1);
  const dateTo = shiftDay((finding.last_seen ?? finding.first_seen!).slice(0, 10), 1);
  const objects = all
    .filter((object) => object.accountId === accountId && object.region === region)
    .filter(({ date }) => date >= dateFrom && date <= dateTo);
  const bytes = objects.reduce((total, { sizeBytes }) => total + sizeBytes, 0);
  const { finding_id: findingId, indicator, local_ip: ip } = finding;
  const host = { findingId, indicator, ip, accountId, region, dateFrom, dateTo };
  return { host, objects, bytes };
}

function refuse(
  bytes: number,
  hosts: number,
  lastLook: string | undefined,
  clock: string,
  ration: DataRatioRation,
): string | undefined {
  if (lastLook !== undefined && Date.parse(clock) - Date.parse(lastLook) < HOURS_BETWEEN * 3_600_000) {
    return `looked at ${lastLook}, again after ${HOURS_BETWEEN} hours`;
  }
  if (hosts >= ration.hosts) return `${ration.hosts} graver hosts came first`;
  return bytes > ration.bytesPerDay ? `over the day's budget of ${ration.bytesPerDay} bytes` : undefined;
}

function toSpent(text: string | undefined): Spent {
  return { bytes: 0, at: {}, by: {}, ...(text === undefined ? {} : (JSON.parse(text) as Partial<Spent>)) };
}

function spentKey(clock: string): string {
  return `runs/data-ratio/${clock.slice(0, 10)}.json`;
}
