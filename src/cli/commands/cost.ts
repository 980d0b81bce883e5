/** `flowhound cost`: what the stack would cost a month, reckoned on this machine from list prices. */
import { type Command, Option } from 'commander';
import { type Cost, toCost } from '../../core/cost.ts';
import { ASSUMPTION_NAMES } from '../../core/cost-assumptions.ts';
import { UsageError } from '../../core/errors.ts';
import { DAYS, type Workload } from '../../core/month-work.ts';
import { PRICE_NAMES, PRICE_REGION, PRICES, PRICES_NOTED, type Prices } from '../../core/prices.ts';
import { formatCount } from '../../core/story.ts';
import {
  COST_COLUMNS,
  FIGURE_COLUMNS,
  renderCost,
  renderFigures,
  toCostDocuments,
  toFigureDocuments,
} from '../cost-table.ts';
import { writeDocuments } from '../output.ts';
import { readSettings } from '../settings.ts';
import { openTalk } from '../talk.ts';

type CostOptions = {
  readonly gbPerDay?: string;
  readonly accounts: string;
  readonly regions: string;
  readonly objectsPerDay?: string;
  readonly findingsPerDay: string;
  readonly retainDays: string;
  readonly scan: Workload['scan'];
  readonly price?: readonly string[];
  readonly assume?: readonly string[];
  readonly list?: true;
};

/** More than anybody has, and less than arithmetic minds. */
const MOST = 1e9;

export function registerCost(program: Command): void {
  program
    .command('cost')
    .description('what the stack in AWS would cost a month; no account is asked, and nothing is deployed')
    .option('--gb-per-day <number>', 'logs that come in, gzip')
    .option('--accounts <number>', 'accounts that deliver them', '1')
    .option('--regions <number>', 'regions of each account', '1')
    .option('--objects-per-day <number>', 'log objects (default: one for each account and region every five minutes)')
    .option('--findings-per-day <number>', 'new findings', '10')
    .option('--retain-days <number>', 'how long the address index, evidence and runs are kept', '400')
    .addOption(new Option('--scan <engine>', 'who reads the logs').choices(['kernel', 'athena']).default('kernel'))
    .option('--price <name=value...>', 'another price than ours, per what --list says')
    .option('--assume <name=value...>', 'another figure than we take for granted')
    .option('--list', 'our prices and assumptions, each with its name and where it comes from')
    .action(runCost);
}

async function runCost(options: CostOptions, command: Command): Promise<void> {
  const { format, isQuiet } = readSettings(command);
  if (options.list === true) {
    return writeDocuments(toFigureDocuments(), format, { columns: FIGURE_COLUMNS, toTable: renderFigures });
  }
  const workload = toWorkload(options);
  const prices = toPrices(options.price ?? []);
  const assumptions = readNamed('--assume', options.assume ?? [], ASSUMPTION_NAMES);
  const cost = toCost(workload, { prices, assumptions });
  if (!Number.isFinite(cost.usd)) throw new UsageError('--assume: with that nothing would ever come to an end.');
  await writeDocuments(toCostDocuments(cost, prices), format, { columns: COST_COLUMNS, toTable: renderCost });
  const { say } = openTalk(isQuiet);
  for (const line of tellBasis(workload, cost)) say(`flowhound: ${line}`);
}

function toWorkload(options: CostOptions): Workload {
  if (options.gbPerDay === undefined) {
    throw new UsageError('how much comes in? Use: npx flowhound cost --gb-per-day 10 --accounts 5, or --list');
  }
  const { objectsPerDay } = options;
  return {
    gbPerDay: toNumber('--gb-per-day', options.gbPerDay),
    accounts: toWhole('--accounts', options.accounts),
    regions: toWhole('--regions', options.regions),
    ...(objectsPerDay === undefined ? {} : { objectsPerDay: toNumber('--objects-per-day', objectsPerDay) }),
    findingsPerDay: toNumber('--findings-per-day', options.findingsPerDay),
    retainDays: toNumber('--retain-days', options.retainDays),
    scan: options.scan,
  };
}

function toNumber(option: string, text: string): number {
  const number = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (number <= MOST) return number;
  throw new UsageError(`${option} ${text} is no number from 0 to ${formatCount(MOST)}.`);
}

function toWhole(option: string, text: string): number {
  const number = toNumber(option, text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new UsageError(`${option} ${text} is no whole number from 1 on.`);
}

function toPrices(given: readonly string[]): Prices {
  const prices = Object.entries(readNamed('--price', given, PRICE_NAMES)).map(([name, usd]) => {
    return [name, { ...PRICES[name as keyof Prices], usd }];
  });
  return { ...PRICES, ...(Object.fromEntries(prices) as Partial<Prices>) };
}

function readNamed<Name extends string>(
  option: string,
  given: readonly string[],
  names: readonly Name[],
): Partial<Record<Name, number>> {
  const found: Partial<Record<Name, number>> = {};
  for (const text of given) {
    const equals = text.indexOf('=');
    const name = names.find((known) => known === text.slice(0, equals));
    if (name === undefined)
      throw new UsageError(`${option} ${text} is not name=value with one of ${names.join(', ')}.`);
    found[name] = toNumber(`${option} ${name}`, text.slice(equals + 1));
  }
  return found;
}

function tellBasis({ scan }: Workload, { work: { batch, match } }: Cost): string[] {
  const perDay = (count: number) => formatCount(Math.round(count / DAYS));
  return [
    `${perDay(batch.objects)} log objects a day make ${perDay(batch.batches)} executions, ${perDay(match.executions)} of them with matches (scan=${scan})`,
    `list prices of ${PRICE_REGION} noted ${PRICES_NOTED}, free tiers not deducted; delivery and storage of the logs are not in it: --list, docs/operations.md`,
  ];
}
