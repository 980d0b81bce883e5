/** What the stack costs a month, at list prices: work → calls → what AWS bills. docs/operations.md has the formulae in words. */
import { toBytes } from './aws-bytes.ts';
import {
  type AwsCalls,
  addCalls,
  batchCalls,
  type FunctionCalls,
  type FunctionName,
  flushCalls,
  indexCalls,
  matchCalls,
  RESULT_OBJECTS,
  retroHuntCalls,
  sumFunctionCalls,
  sweepCalls,
} from './aws-calls.ts';
import { type Assumptions, toAssumptions } from './cost-assumptions.ts';
import { DAYS, type MonthWork, toMonthWork, toRetroHuntWork, type Workload } from './month-work.ts';
import {
  BILLED_GB,
  BILLED_TB,
  PRICE_NAMES,
  PRICES,
  type PriceName,
  type Prices,
  toBilledBytes,
  toUsd,
} from './prices.ts';

/** One line of the bill. */
export type CostLine = {
  readonly name: PriceName;
  readonly count: number;
  readonly usd: number;
  /** Of the whole. */
  readonly share: number;
};

export type Cost = {
  readonly lines: readonly CostLine[];
  readonly usd: number;
  /** What of it is there without any log object, what the logs add, and what the findings in them add. */
  readonly parts: { readonly fixed: number; readonly logs: number; readonly findings: number };
  /** Undefined where there are no logs. */
  readonly per1000Gb?: number;
  /** The same logs read by queries that somebody types: each day's once, and once all that the days kept brought. */
  readonly byHand: { readonly daily: ReadByHand; readonly lookBack: ReadByHand };
  /** One change of the lists: the retro-hunt for it, without what its findings cost. */
  readonly listChange: number;
  readonly work: MonthWork;
};

export type ReadByHand = { readonly terabytes: number; readonly usd: number };

export type CostOptions = {
  readonly prices?: Prices;
  readonly assumptions?: Readonly<Partial<Assumptions>>;
};

/** MB of each function, as serverless.yml has them. */
export const MEMORY: Readonly<Record<FunctionName, number>> = {
  ...{
    ingest: 1024,
    sweep: 1769,
    indicators: 1769,
    plan: 1769,
    scan: 1769,
    'bind-query': 512,
    'resolve-addresses': 1769,
  },
  ...{ 'plan-data-ratio': 1769, collect: 1769, publish: 1024, 'record-result': 1024 },
};
/** What the stack has of each, whatever comes in: alarms by the metrics they look at. Those of NAT gateways are extra. */
export const KEPT = { key: 1, metric: 11, alarm: 13 } as const;
/** Catch-up and flush each hour, reconcile each day. */
const SCHEDULED = 24 + 24 + 1;
/** Messages that Lambda receives and deletes at a time. */
const QUEUE_BATCH = 10;
/** A bucket key answers for some hundred requests; a queue asks for a data key every five minutes, for each side of it. */
const KEY_SHARE = 0.01;
const KEY_REQUESTS_PER_DAY = (2 * 24 * 60) / 5;

/** A month of this workload. */
export function toCost(workload: Workload, { prices = PRICES, assumptions }: CostOptions = {}): Cost {
  const assumed = toAssumptions(assumptions);
  const work = toMonthWork(workload, assumed);
  const usage = toUsage(work, workload, assumed);
  const usd = toTotal(usage, prices);
  const priced = PRICE_NAMES.map((name) => ({ name, count: usage[name], usd: toUsd(usage[name], prices[name]) }));
  const without = (less: Partial<Workload>) => {
    const smaller = { ...workload, ...less };
    return toTotal(toUsage(toMonthWork(smaller, assumed), smaller, assumed), prices);
  };
  const fixed = without({ gbPerDay: 0, objectsPerDay: 0 });
  const unseen = without({ findingsPerDay: 0 });
  const byHand = (queries: number, bytes: number): ReadByHand => {
    const terabytes = bytes === 0 ? 0 : toBilledBytes(queries, bytes) / BILLED_TB;
    return { terabytes, usd: toUsd(terabytes, prices.athenaRead) };
  };
  return {
    ...{ usd, work, parts: { fixed, logs: unseen - fixed, findings: usd - unseen } },
    listChange: toListChange(workload, prices, assumed),
    lines: priced.map((line) => ({ ...line, share: usd === 0 ? 0 : line.usd / usd })),
    ...(work.bytes === 0 ? {} : { per1000Gb: (usd / work.bytes) * 1e12 }),
    byHand: { daily: byHand(DAYS, work.bytes), lookBack: byHand(1, workload.gbPerDay * 1e9 * workload.retainDays) },
  };
}

/** What of the bill is for one retro-hunt. */
function toListChange(workload: Workload, prices: Prices, assumed: Assumptions): number {
  const { bytes, ...work } = toRetroHuntWork(workload, assumed);
  const calls = retroHuntCalls(work);
  const { invocations, gets, puts, lists } = sumFunctionCalls(calls);
  const results = RESULT_OBJECTS * calls.queries;
  const isByAthena = work.scan === 'athena';
  const used: Partial<Usage> = {
    ...{ lambdaRequest: invocations, transition: calls.transitions, s3Put: puts + lists + results },
    lambdaCompute: sumComputed(calls, { scan: isByAthena ? 0 : toScanSeconds(bytes, work.objects, assumed) }, assumed),
    ...{ s3Get: gets + (isByAthena ? work.objects : 0), event: calls.events + puts + results },
    athenaRead: isByAthena ? toBilledBytes(work.chunks, bytes) / BILLED_TB : 0,
    ...{ logs: (invocations * assumed.logBytesPerCall) / BILLED_GB, trace: work.executions + work.changes },
    keyRequest: KEY_SHARE * (gets + puts + lists),
  };
  return PRICE_NAMES.reduce((total, name) => total + toUsd(used[name] ?? 0, prices[name]), 0);
}

type Usage = Readonly<Record<PriceName, number>>;

function toTotal(usage: Usage, prices: Prices): number {
  return PRICE_NAMES.reduce((total, name) => total + toUsd(usage[name], prices[name]), 0);
}

/** Units of everything that has a price. */
function toUsage(work: MonthWork, workload: Workload, assumed: Assumptions): Usage {
  const calls = toCalls(work);
  const { invocations, gets, puts, lists } = sumFunctionCalls(calls);
  const { batch, match, sweep, flush } = work;
  const own = gets + puts + lists;
  const results = RESULT_OBJECTS * calls.queries;
  const minutes = DAYS * 24 * 60;
  return {
    ...{ lambdaRequest: invocations, lambdaCompute: toComputed(calls, work, assumed), transition: calls.transitions },
    s3Put: puts + lists + results,
    s3Get: gets + toQueryGets(work) + work.onceGets,
    s3Storage: toStored(work, workload, assumed) / BILLED_GB,
    // What is made is removed in the end, which is an event as well.
    event: calls.events + puts + results,
    schedule: SCHEDULED * DAYS,
    sqsRequest: calls.messages * (1 + 2 / QUEUE_BATCH) + assumed.idlePolls * minutes,
    athenaRead: toQueriedBytes(work) / BILLED_TB,
    ...{ securityHub: calls.imports, snsPublish: calls.publishes, snsMail: calls.publishes },
    logs: (toBytes(batch, match).history + invocations * assumed.logBytesPerCall) / BILLED_GB,
    trace: 2 * batch.batches + sweep.sweeps + flush.flushes,
    keyRequest: KEY_SHARE * own + KEY_REQUESTS_PER_DAY * DAYS,
    ...KEPT,
  };
}

function toCalls({ batch, match, sweep, flush, index }: MonthWork): AwsCalls {
  return addCalls(batchCalls(batch), matchCalls(match), sweepCalls(sweep), flushCalls(flush), indexCalls(index));
}

/** GB-seconds. */
function toComputed(calls: AwsCalls, { batch, bytes, index }: MonthWork, assumed: Assumptions): number {
  const indexed = index.parts === 0 ? 0 : (assumed.indexWritten + assumed.indexCompacted) * bytes;
  const extra = {
    scan: batch.scan === 'kernel' ? toScanSeconds(bytes, batch.objects, assumed) : 0,
    sweep: toScanSeconds(indexed, 0, assumed),
  };
  return sumComputed(calls, extra, assumed);
}

function toScanSeconds(bytes: number, objects: number, { scanSpeed, objectSeconds }: Assumptions): number {
  return bytes / (scanSpeed * 1e6) + objects * objectSeconds;
}

/** Of all functions; `extra` seconds are those that no call tells. */
function sumComputed(
  { functions }: AwsCalls,
  extra: Readonly<Partial<Record<FunctionName, number>>>,
  assumed: Assumptions,
): number {
  return Object.entries(functions).reduce((total, [key, calls]) => {
    const name = key as FunctionName;
    return total + (toSeconds(calls, assumed) + (extra[name] ?? 0)) * (MEMORY[name] / 1024);
  }, 0);
}

function toSeconds({ invocations, gets, puts, lists, deletes }: FunctionCalls, assumed: Assumptions): number {
  return invocations * assumed.callSeconds + (gets + puts + lists + deletes) * assumed.requestSeconds;
}

/** Of matches, of data ratios, and of everything that comes in where Athena reads it. */
function toQueriedBytes({ batch, match, bytes, lookedBytes }: MonthWork): number {
  const looked = toBilledBytes(match.looks, lookedBytes);
  // Evidence is smaller than the least that is billed.
  if (batch.scan === 'kernel') return looked + toBilledBytes(match.matchedChunks, 0);
  const again = batch.chunks === 0 ? 0 : (bytes * match.matchedChunks) / batch.chunks;
  return looked + toBilledBytes(batch.chunks, bytes) + toBilledBytes(match.matchedChunks, again);
}

/** Athena's own requests: records and addresses of a chunk with matches; log objects. */
function toQueryGets({ batch, match, lookedObjects }: MonthWork): number {
  if (batch.scan === 'kernel') return lookedObjects + 2 * match.matchedChunks;
  const again = batch.chunks === 0 ? 0 : (batch.objects * match.matchedChunks) / batch.chunks;
  return lookedObjects + batch.objects + again + match.matchedChunks;
}

/** Bytes of state that lie there once as much goes as comes. */
function toStored({ batch, match, index, bytes }: MonthWork, { retainDays }: Workload, assumed: Assumptions): number {
  const { indexCompacted, indexWritten, replacedDays } = assumed;
  // Compacted, the parts are removed, and kept like everything that was replaced.
  const indexed = index.parts === 0 ? 0 : bytes * (indexCompacted * retainDays + indexWritten * replacedDays);
  return (indexed + toBytes(batch, match).state * retainDays) / DAYS;
}
