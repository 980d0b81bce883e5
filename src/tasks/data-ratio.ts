/**
 * PlanDataRatio and BindDataRatio: for the hosts of the graver findings, what the rest of their traffic looks like. The
 * query reads raw logs, so it is rationed: a finding once in six hours, and so many bytes a day; what is left out is
 * recorded with its reason.
 */
import type { StoredLogObject } from '../core/batch.ts';
import type { ExecutionInput } from '../core/execution.ts';
import { type Finding, foldFindings } from '../core/finding.ts';
import { toMatch } from '../core/match.ts';
import { bindQuery, type QueryDefinition } from '../core/query.ts';
import { isAtLeast } from '../core/severity.ts';
import { Tallies } from '../core/sighting.ts';
import type { ObjectStore, QueryResults } from '../ports.ts';
import { type QueryInput, toQueryInput } from './bind-match.ts';
import { readManifest } from './plan.ts';

/** A host to look at, and the partitions it takes. */
export type DataRatioHost = {
  readonly findingId: string;
  readonly ip: string;
  readonly accountId: string;
  readonly region: string;
  readonly dateFrom: string;
  readonly dateTo: string;
};

export type DataRatioRation = { readonly bytesPerDay: number; readonly hosts: number };

export type DataRatioInput = Pick<ExecutionInput, 'manifest' | 'clock'> & {
  readonly matched: { readonly locations: readonly string[] };
};

export type DataRatioPlan = {
  readonly hosts: readonly DataRatioHost[];
  readonly skipped: readonly { readonly findingId: string; readonly reason: string }[];
};

/** What was spent on one day: bytes, and when each finding was last looked at. */
type Spent = { bytes: number; readonly at: Record<string, string> };

const HOURS_BETWEEN = 6;
const DAY_MILLISECONDS = 24 * 3_600_000;

/** Picks the hosts within the ration and books them. */
export async function planDataRatio(
  input: DataRatioInput,
  ration: DataRatioRation,
  store: ObjectStore,
  results: QueryResults,
): Promise<DataRatioPlan> {
  const findings = (await foldBatch(input.matched.locations, results)).filter(
    (finding) => isAtLeast(finding.severity, 'MEDIUM') && finding.local_ip !== '-' && finding.first_seen !== null,
  );
  if (findings.length === 0) return { hosts: [], skipped: [] };
  const { objects } = await readManifest(input.manifest, store);
  const today = await readSpent(input.clock, store);
  const yesterday = await readSpent(new Date(Date.parse(input.clock) - DAY_MILLISECONDS).toISOString(), store);
  const hosts: DataRatioHost[] = [];
  const skipped: { findingId: string; reason: string }[] = [];
  for (const finding of findings) {
    const { host, bytes } = toHost(finding, objects);
    const lastLook = today.at[finding.finding_id] ?? yesterday.at[finding.finding_id];
    const isSeen = hosts.some(({ ip, accountId, region }) => isSameHost(host, { ip, accountId, region }));
    const reason = isSeen
      ? 'the host was looked at for a graver finding'
      : refuse(today.bytes + bytes, hosts.length, lastLook, input.clock, ration);
    if (reason !== undefined) skipped.push({ findingId: finding.finding_id, reason });
    else {
      hosts.push(host);
      today.bytes += bytes;
      today.at[finding.finding_id] = input.clock;
    }
  }
  await store.put(spentKey(input.clock), JSON.stringify(today));
  return { hosts, skipped };
}

/** Whether two of a plan are one host: private addresses are unique in an account's region at best. */
function isSameHost(a: HostParts, b: HostParts): boolean {
  return a.ip === b.ip && a.accountId === b.accountId && a.region === b.region;
}

type HostParts = Pick<DataRatioHost, 'ip' | 'accountId' | 'region'>;

/** The data-ratio query of one host. */
export function bindDataRatio(host: DataRatioHost, definition: QueryDefinition): QueryInput {
  const { ip, accountId, region, dateFrom, dateTo } = host;
  const parameters = { ip, date_from: dateFrom, date_to: dateTo, regions: region, accounts: accountId };
  return toQueryInput(bindQuery(definition, parameters));
}

async function foldBatch(locations: readonly string[], results: QueryResults): Promise<readonly Finding[]> {
  const tallies = new Tallies();
  for (const location of locations) for await (const row of results.rows(location)) tallies.add(toMatch(row));
  return foldFindings(tallies.sorted()).findings;
}

/** Records may lie a day beside the partition of their time. */
function toHost(finding: Finding, objects: readonly StoredLogObject[]): { host: DataRatioHost; bytes: number } {
  const { account_id: accountId, region } = finding;
  const dateFrom = shiftDay(finding.first_seen!, -1);
  const dateTo = shiftDay(finding.last_seen ?? finding.first_seen!, 1);
  const bytes = objects
    .filter((object) => object.accountId === accountId && object.region === region)
    .filter(({ date }) => date >= dateFrom && date <= dateTo)
    .reduce((total, { sizeBytes }) => total + sizeBytes, 0);
  return { host: { findingId: finding.finding_id, ip: finding.local_ip, accountId, region, dateFrom, dateTo }, bytes };
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

async function readSpent(clock: string, store: ObjectStore): Promise<Spent> {
  const text = await store.get(spentKey(clock));
  return text === undefined ? { bytes: 0, at: {} } : (JSON.parse(text) as Spent);
}

function spentKey(clock: string): string {
  return `runs/data-ratio/${clock.slice(0, 10)}.json`;
}

function shiftDay(iso: string, days: number): string {
  return new Date(Date.parse(iso) + days * DAY_MILLISECONDS).toISOString().slice(0, 10);
}
