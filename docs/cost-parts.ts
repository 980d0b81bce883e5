/** The parts of README.md and docs/operations.md that `flowhound cost` reckons: whoever changes a price or a formula writes them anew. */
import { renderCost, toCostDocuments, toPer } from '../src/cli/cost-table.ts';
import {
  type AwsCalls,
  batchCalls,
  flushCalls,
  indexCalls,
  type MatchWork,
  matchCalls,
  type RetroHuntWork,
  retroHuntCalls,
  sumFunctionCalls,
  sweepCalls,
} from '../src/core/aws-calls.ts';
import { type Cost, type CostOptions, toCost } from '../src/core/cost.ts';
import { ASSUMPTION_NAMES, ASSUMPTIONS } from '../src/core/cost-assumptions.ts';
import type { Workload } from '../src/core/month-work.ts';
import { PRICE_NAMES, PRICE_REGION, PRICES, PRICES_NOTED } from '../src/core/prices.ts';
import { formatCount } from '../src/core/story.ts';

type Size = Pick<Workload, 'gbPerDay' | 'accounts' | 'findingsPerDay'>;

const SIZES: readonly Size[] = [
  { gbPerDay: 1, accounts: 1, findingsPerDay: 1 },
  { gbPerDay: 10, accounts: 5, findingsPerDay: 10 },
  { gbPerDay: 100, accounts: 20, findingsPerDay: 20 },
  { gbPerDay: 1000, accounts: 100, findingsPerDay: 50 },
];
const [, USUAL, , LARGE] = SIZES as [Size, Size, Size, Size];

/** Parts of docs/operations.md, by their names there. */
export function toCostParts(): Readonly<Record<string, string>> {
  return {
    'cost of sizes': toSizesTable(),
    'cost of one': toBill(),
    'cost by calls': toCallsTable(),
    prices: toPriceTable(),
    assumptions: toAssumptionTable(),
  };
}

function costOf(size: Size, more: Partial<Workload> = {}, options: CostOptions = {}): Cost {
  return toCost({ ...{ regions: 1, retainDays: 400, scan: 'kernel' }, ...size, ...more }, options);
}

/** README.md: two sentences. */
export function tellCosts(): string {
  const [usual, large] = [costOf(USUAL), costOf(LARGE)];
  const slower = costOf(USUAL, {}, { assumptions: { batchSeconds: 300 } });
  return [
    `In AWS: some ${toDollars(usual.usd)} USD a month for ${USUAL.gbPerDay} GB of logs a day from ${USUAL.accounts} accounts with ${USUAL.findingsPerDay} findings,`,
    `${toDollars(usual.parts.fixed)} of them before any log comes; some ${toDollars(large.usd)} for ${formatCount(LARGE.gbPerDay)} GB a day from ${LARGE.accounts} accounts with ${LARGE.findingsPerDay}.`,
    `A query a day that somebody types into Athena reads the same logs for ${toDollars(usual.byHand.daily.usd)} and ${toDollars(large.byHand.daily.usd)}, and one over the 400 days kept`,
    `for ${toDollars(usual.byHand.lookBack.usd)} and ${toDollars(large.byHand.lookBack.usd)}. Small amounts cost executions more than bytes: gathering for 300 seconds instead of 60 makes it ${toDollars(slower.usd)} instead of ${toDollars(usual.usd)}.`,
  ].join('\n');
}

/** What stacks of several sizes cost. */
function toSizesTable(): string {
  const head = ['GB a day', 'accounts', 'findings a day', 'log objects a day', 'executions a day', 'USD a month'];
  const more = [
    'before any log',
    'for 1,000 GB',
    'scan=athena',
    'batches of 300 s',
    'each change of the lists',
    '… scan=athena',
    "by hand: each day's logs once",
    '… 400 days once',
  ];
  const rows = SIZES.map((size) => {
    const cost = costOf(size);
    const { batch } = cost.work;
    const perDay = (count: number) => formatCount(Math.round((count * 12) / 365));
    return [
      ...[formatCount(size.gbPerDay), String(size.accounts), String(size.findingsPerDay)],
      ...[perDay(batch.objects), perDay(batch.batches), `**${toDollars(cost.usd)}**`, toDollars(cost.parts.fixed)],
      ...[toDollars(cost.per1000Gb!), toDollars(costOf(size, { scan: 'athena' }).usd)],
      toDollars(costOf(size, {}, { assumptions: { batchSeconds: 300 } }).usd),
      ...[toDollars(cost.listChange), toDollars(costOf(size, { scan: 'athena' }).listChange)],
      ...[toDollars(cost.byHand.daily.usd), toDollars(cost.byHand.lookBack.usd)],
    ];
  });
  return toTable([...head, ...more], rows, 'r');
}

/** One bill as the command prints it. */
function toBill(): string {
  return `\`\`\`text\n${renderCost(toCostDocuments(costOf(USUAL), PRICES))}\`\`\``;
}

const NO_MATCH: MatchWork = {
  ...{ scan: 'kernel', executions: 0, objects: 0, chunks: 0, matchedObjects: 0, matchedChunks: 0, groups: 0 },
  ...{ totals: 0, changedTotals: 0, findings: 0, told: 0, updated: 0, looks: 0, lookedFlowLogs: 0, indexGets: 0 },
};
const NO_BATCH = { scan: 'kernel', batches: 0, objects: 0, chunks: 0, flowLogs: 0 } as const;
const NO_SWEEP = { sweeps: 0, manifests: 0, manifestPages: 0, logPages: 0, flowLogs: 0 };

const NO_CHANGE: RetroHuntWork = {
  ...{ scan: 'kernel', changes: 0, lists: 0, steps: 0, indexDays: 0, indexGets: 0, logPages: 0 },
  ...{ executions: 0, objects: 0, chunks: 0, flowLogs: 0 },
};

/** What each thing asks of AWS, by the formulae themselves: all of them are sums. */
function toCallsTable(): string {
  const seen = { matchedObjects: 1, groups: 1, totals: 1, changedTotals: 1, findings: 1 };
  const things: readonly (readonly [string, AwsCalls])[] = [
    ['log object', batchCalls({ ...NO_BATCH, objects: 1 })],
    ['batch, which is an execution', batchCalls({ ...NO_BATCH, batches: 1 })],
    ['its chunks, each', batchCalls({ ...NO_BATCH, chunks: 1 })],
    ['… with `scan=athena`', batchCalls({ ...NO_BATCH, scan: 'athena', chunks: 1 })],
    ['part of the address index, one for each chunk', indexCalls({ parts: 1, partitions: 0 })],
    ['compacted index of an account, region and day', indexCalls({ parts: 0, partitions: 1 })],
    ['execution with matches, in addition', matchCalls({ ...NO_MATCH, executions: 1 })],
    ['its log objects, each', matchCalls({ ...NO_MATCH, objects: 1 })],
    ['its chunks with matches, each', matchCalls({ ...NO_MATCH, matchedChunks: 1, chunks: 1 })],
    ['finding in it that is new or graver', matchCalls({ ...NO_MATCH, ...seen, told: 1 })],
    ['finding in it that goes on', matchCalls({ ...NO_MATCH, ...seen, updated: 1 })],
    ['… and is told of by the hourly flush', flushCalls({ flushes: 0, updates: 1 })],
    ['query for a data ratio', matchCalls({ ...NO_MATCH, looks: 1, lookedFlowLogs: 1 })],
    ['scheduled sweep', sweepCalls({ ...NO_SWEEP, sweeps: 1 })],
    ['… each manifest of the days it looks at', sweepCalls({ ...NO_SWEEP, manifests: 1 })],
    ['change of the lists', retroHuntCalls({ ...NO_CHANGE, changes: 1 })],
    ['… each list in force', retroHuntCalls({ ...NO_CHANGE, lists: 1 })],
    ['… each week that is looked up', retroHuntCalls({ ...NO_CHANGE, steps: 1 })],
    ['… each day of it', retroHuntCalls({ ...NO_CHANGE, indexDays: 1 })],
    ['… execution over what it touches', retroHuntCalls({ ...NO_CHANGE, executions: 1 })],
    ['… its log objects, each', retroHuntCalls({ ...NO_CHANGE, objects: 1 })],
    ['scheduled flush', flushCalls({ flushes: 1, updates: 0 })],
  ];
  const rows = things.map(([what, calls]) => {
    const { invocations, gets, puts, lists } = sumFunctionCalls(calls);
    const counts = [invocations, gets, puts, lists, calls.transitions, calls.queries, calls.events, calls.messages];
    return [what, ...[...counts, calls.imports, calls.publishes].map((count) => (count === 0 ? '' : String(count)))];
  });
  const head = ['', 'Lambda', 'GET', 'PUT', 'LIST', 'transitions', 'queries', 'events', 'messages', 'imports', 'SNS'];
  return toTable(head, rows, 'r');
}

function toPriceTable(): string {
  const rows = PRICE_NAMES.map((name) => {
    const { what, usd, page } = PRICES[name];
    return [name, what, String(usd), toPer(PRICES[name]), page];
  });
  const table = toTable(['name', 'what', 'USD', '', 'price page'], rows, 'l');
  return `As noted on ${PRICES_NOTED} for ${PRICE_REGION}:\n\n${table}`;
}

function toAssumptionTable(): string {
  const rows = ASSUMPTION_NAMES.map((name) => {
    const { value, unit, why } = ASSUMPTIONS[name];
    return [name, String(value), unit, why];
  });
  return toTable(['name', 'value', '', 'why'], rows, 'l');
}

function toTable(head: readonly string[], rows: readonly (readonly string[])[], align: 'l' | 'r'): string {
  const rule = head.map((_cell, i) => (i === 0 || align === 'l' ? '---' : '---:'));
  return [head, rule, ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** Cents where they are some, dollars else. */
function toDollars(usd: number): string {
  return usd < 10 ? usd.toFixed(2) : formatCount(Math.round(usd));
}
