/** How much comes in → what the stack has to do in a month. Averages are no whole numbers, and need not be. */
import type { BatchWork, FlushWork, IndexWork, MatchWork, RetroHuntWork, ScanEngine, SweepWork } from './aws-calls.ts';
import { MOST } from './batch.ts';
import type { Assumptions } from './cost-assumptions.ts';

/** What comes in, a day. */
export type Workload = {
  /** Gzip, of 1,000,000,000 bytes. */
  readonly gbPerDay: number;
  readonly accounts: number;
  readonly regions: number;
  /** As many as flow logs deliver, unless told. */
  readonly objectsPerDay?: number;
  readonly findingsPerDay: number;
  readonly retainDays: number;
  readonly scan: ScanEngine;
};

export type MonthWork = {
  readonly batch: BatchWork;
  readonly match: MatchWork;
  readonly sweep: SweepWork;
  readonly flush: FlushWork;
  readonly index: IndexWork;
  /** What new environments of functions read once: the format of each flow log, the version of the indicators. */
  readonly onceGets: number;
  /** Bytes of log objects. */
  readonly bytes: number;
  /** What of them queries for data ratios read. */
  readonly lookedBytes: number;
  readonly lookedObjects: number;
};

/** A month is a twelfth of a year, here and in what AWS bills by the month. */
export const DAYS = 365 / 12;
const DAY_SECONDS = 86_400;
/** As serverless.yml has them: maximumConcurrency of the queue's event source, then params. */
export const STACK = { pollers: 2, looks: 5, lookedBytes: 10e9, retroHuntDays: 90, unindexedDays: 7 } as const;
/** Objects whose paths one query can name. */
const QUERY_OBJECTS = 500;
/** Days of objects that a sweep reads the manifests of, whole and in part: hourly over three hours, at 3:15 over two days. */
const HOURLY = { sweeps: 24, days: 1 + 3 / 24, manifestDays: 1 / 2 + 3 / 24 };
const DAILY = { sweeps: 1, days: 3, manifestDays: 2 + 3.25 / 24 };
/** Keys of a listing's page. */
const PAGE = 1000;
/** Days of the address index that lie in parts still. */
const OPEN_DAYS = 2;

/** A month of it. */
export function toMonthWork(workload: Workload, assumed: Assumptions): MonthWork {
  const { gbPerDay, accounts, regions, scan } = workload;
  const bytes = gbPerDay * 1e9;
  const objects = countObjects(workload, assumed);
  const batches = countBatches(objects, assumed);
  const flowLogs = objects === 0 ? 0 : accounts * regions;
  const chunks = countChunks(scan, batches, objects, bytes);
  const batch = { scan, batches, objects, chunks, flowLogs: Math.min(objects, batches * flowLogs) };
  const match = toMatchWork(batch, workload, assumed);
  // Each over the objects of five minutes.
  const looked = match.looks / assumed.deliveriesPerDay;
  const sweep = toSweepWork(batch, { accounts: objects === 0 ? 0 : accounts, flowLogs });
  // Where Athena reads the logs, nobody else sees their addresses.
  const index = scan === 'kernel' ? { parts: chunks, partitions: flowLogs } : { parts: 0, partitions: 0 };
  return {
    ...{ batch: times(batch), match: times(match), sweep: times(sweep), index: times(index) },
    flush: times({ flushes: HOURLY.sweeps, updates: Math.min(match.updated, HOURLY.sweeps * workload.findingsPerDay) }),
    onceGets: DAYS * assumed.environmentsPerDay * (1 + flowLogs),
    ...{ bytes: DAYS * bytes, lookedBytes: DAYS * Math.min(looked * bytes, STACK.lookedBytes) },
    lookedObjects: DAYS * looked * objects,
  };
}

/** Days that a retro-hunt takes as one step. */
const STEP_DAYS = 7;

/** One change of the lists. Where Athena reads the logs, there is no index that would tell what it touches. */
export function toRetroHuntWork(workload: Workload, assumed: Assumptions): RetroHuntWork & { readonly bytes: number } {
  const { gbPerDay, accounts, regions, scan } = workload;
  const { retroHuntDays, unindexedDays } = STACK;
  const isByAthena = scan === 'athena';
  const perDay = countObjects(workload, assumed);
  const flowLogs = perDay === 0 ? 0 : accounts * regions;
  const steps = Math.ceil(retroHuntDays / STEP_DAYS);
  const objects = isByAthena ? unindexedDays * perDay : Math.min(assumed.touchedObjects, retroHuntDays * perDay);
  const executions = Math.min(isByAthena ? 1 : steps, objects);
  const chunks = isByAthena ? Math.max(executions, objects / QUERY_OBJECTS) : executions;
  const pages = Math.max(flowLogs, perDay / PAGE);
  const older = isByAthena || objects === 0 ? 0 : steps * (1 + accounts) + (retroHuntDays - unindexedDays) * pages;
  const parts = countBatches(perDay, assumed);
  return {
    ...{ scan, changes: 1, lists: assumed.listsInForce, steps, executions, objects, chunks },
    flowLogs: Math.min(objects, flowLogs),
    indexDays: retroHuntDays,
    // A file's directory and its blocks.
    indexGets: isByAthena ? 0 : 2 * (retroHuntDays - OPEN_DAYS) * flowLogs + OPEN_DAYS * parts,
    logPages: unindexedDays * (perDay === 0 ? 1 : 1 + accounts + pages) + older,
    bytes: perDay === 0 ? 0 : (objects / perDay) * gbPerDay * 1e9,
  };
}

/** Every number of it, for all days of the month. */
function times<Work extends object>(work: Work): Work {
  const entries = Object.entries(work).map(([name, each]) => [name, typeof each === 'number' ? DAYS * each : each]);
  return Object.fromEntries(entries) as Work;
}

function countObjects({ gbPerDay, accounts, regions, objectsPerDay }: Workload, assumed: Assumptions): number {
  if (objectsPerDay !== undefined) return objectsPerDay;
  if (gbPerDay === 0) return 0;
  const { deliveriesPerDay, mostObjectMegabytes } = assumed;
  return Math.max(accounts * regions * deliveriesPerDay, (gbPerDay * 1000) / mostObjectMegabytes);
}

/** A poller gathers from its first message on, and then waits for the next one: objects are taken to come at any time. */
function countBatches(objects: number, { batchSeconds }: Assumptions): number {
  return objects === 0 ? 0 : 1 / (batchSeconds / (STACK.pollers * DAY_SECONDS) + 1 / objects);
}

function countChunks(scan: ScanEngine, batches: number, objects: number, bytes: number): number {
  if (scan === 'athena') return Math.max(batches, objects / QUERY_OBJECTS);
  return Math.max(batches, bytes / MOST.chunkBytes, objects / MOST.chunkObjects);
}

/** Each match of a finding in one object of an execution, each finding of its own indicator: none share anything. */
function toMatchWork(batch: BatchWork, { findingsPerDay }: Workload, assumed: Assumptions): MatchWork {
  const { scan, batches, objects, chunks } = batch;
  const matches = findingsPerDay * Math.min(assumed.matchesPerFinding, batches);
  const executions = Math.min(batches, matches);
  const share = batches === 0 ? 0 : executions / batches;
  const told = findingsPerDay * Math.min(1, batches);
  const looks = Math.min(findingsPerDay * Math.min(assumed.looksPerFinding, batches), STACK.looks * executions);
  return {
    ...{ scan, executions, objects: share * objects, chunks: share * chunks },
    ...{ matchedObjects: Math.min(objects, matches), matchedChunks: Math.min(chunks, matches) },
    ...{ groups: matches, totals: matches, changedTotals: matches, findings: matches },
    ...{ told, updated: Math.max(0, matches - told), looks, lookedFlowLogs: looks },
    // A directory and a block of each day of one account and region; parts hold all of them together.
    indexGets: scan === 'athena' ? 0 : looks * (2 * (STACK.retroHuntDays - OPEN_DAYS) + OPEN_DAYS * batches),
  };
}

function toSweepWork(
  { batches, objects }: BatchWork,
  { accounts, flowLogs }: { readonly accounts: number; readonly flowLogs: number },
): SweepWork {
  const sweeps = HOURLY.sweeps + DAILY.sweeps;
  const days = HOURLY.sweeps * HOURLY.days + DAILY.days;
  const manifestDays = HOURLY.sweeps * HOURLY.manifestDays + DAILY.manifestDays;
  return {
    ...{ sweeps, manifests: manifestDays * batches, flowLogs: sweeps * flowLogs },
    // A manifest has a mark beside it once it is done.
    manifestPages: Math.max(days, (manifestDays * 2 * batches) / PAGE),
    // AWSLogs/, each account, each day of each region.
    logPages: sweeps * (1 + accounts) + Math.max(days * flowLogs, (manifestDays * objects) / PAGE),
  };
}
