/** A bill as documents for programs, and as lines for people. */
import type { Cost } from '../core/cost.ts';
import { ASSUMPTION_NAMES, ASSUMPTIONS } from '../core/cost-assumptions.ts';
import { PRICE_NAMES, PRICE_REGION, PRICES, PRICES_NOTED, type Price, type Prices } from '../core/prices.ts';
import { formatCount } from '../core/story.ts';

/** `line`: of the bill. `part`: of the total, cut another way. `beside`: not in it. */
export type CostDocument = {
  readonly kind: 'line' | 'total' | 'part' | 'beside';
  readonly what: string;
  /** A month. */
  readonly count: number | null;
  readonly unit: string | null;
  /** USD for one unit. */
  readonly price: number | null;
  readonly usd: number;
  readonly share: number | null;
};

export const COST_COLUMNS = ['kind', 'what', 'count', 'unit', 'price', 'usd', 'share'] as const;

/** Dearest first, then the total and its parts, then what stands beside it. */
export function toCostDocuments(cost: Cost, prices: Prices): CostDocument[] {
  const lines = cost.lines
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.usd - a.usd)
    .map(({ name, count, usd, share }): CostDocument => {
      const { what, unit, usd: price, per } = prices[name];
      return {
        kind: 'line',
        what,
        count: round(count),
        unit,
        price: price / per,
        usd: round(usd),
        share: round(share),
      };
    });
  const sum = (kind: CostDocument['kind'], what: string, usd: number, of = cost.usd): CostDocument => {
    const share = kind === 'beside' || of === 0 ? null : round(usd / of);
    return { kind, what, count: null, unit: null, price: null, usd: round(usd), share };
  };
  const { fixed, logs, findings } = cost.parts;
  const byHand = (what: string, { terabytes, usd }: Cost['byHand']['daily']): CostDocument => {
    const { usd: price, unit } = prices.athenaRead;
    return { ...sum('beside', what, usd), count: round(terabytes), unit, price };
  };
  return [
    ...lines,
    sum('total', 'together', cost.usd),
    sum('part', 'without any logs', fixed),
    sum('part', 'for the logs', logs),
    sum('part', 'for findings in them', findings),
    ...(cost.per1000Gb === undefined ? [] : [sum('beside', 'for 1,000 GB of logs', cost.per1000Gb)]),
    sum('beside', 'a change of the lists, sought in 90 days', cost.listChange),
    byHand("a query by hand in Athena over each day's logs", cost.byHand.daily),
    byHand('one such query over all days kept', cost.byHand.lookBack),
  ];
}

/** Enough digits for any amount, without those that arithmetic leaves. */
function round(value: number): number {
  return Number(value.toPrecision(10));
}

/** Columns for a terminal. */
export function renderCost(documents: readonly CostDocument[]): string {
  const rows = documents.map(({ kind, what, count, unit, price, usd, share }) => [
    kind === 'part' ? `  ${what}` : what,
    count === null ? '' : `${formatAmount(count)} ${toPlural(unit!, count)}`,
    price === null ? '' : formatPrice(price),
    formatUsd(usd),
    share === null ? '' : `${(100 * share).toFixed(share < 0.0995 ? 1 : 0)} %`,
  ]);
  const all = [['what', 'a month', 'USD each', 'USD', 'share'], ...rows];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...all.map((row) => row[column]!.length)));
  const toLine = (row: readonly string[]) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  ');
  return all.map((row) => `${toLine(row).trimEnd()}\n`).join('');
}

/** Units that are signs have no plural. */
function toPlural(unit: string, count: number): string {
  return formatAmount(count) === '1' || /[A-Z]$/.test(unit) ? unit : `${unit}s`;
}

/** `12,345`, `12.3`, `0.012` */
function formatAmount(count: number): string {
  if (count >= 100 || count === Math.round(count)) return formatCount(Math.round(count));
  return count >= 10 ? count.toFixed(1) : String(Number(count.toPrecision(2)));
}

/** A tenth of a millionth of a dollar is told, and not as 1e-7. */
function formatPrice(price: number): string {
  return price.toFixed(12).replace(/\.?0+$/, '');
}

function formatUsd(usd: number): string {
  return usd > 0 && usd < 0.005 ? '< 0.01' : usd.toFixed(2).replace(/\B(?=(\d{3})+(?!\d)\.)/g, ',');
}

/** A price or an assumption, and where it comes from. */
export type FigureDocument = {
  readonly name: string;
  readonly kind: 'price' | 'assumption';
  readonly value: number;
  readonly unit: string;
  readonly source: string;
};

export const FIGURE_COLUMNS = ['name', 'kind', 'value', 'unit', 'source'] as const;

/** Everything that `--price` and `--assume` can change. */
export function toFigureDocuments(): FigureDocument[] {
  const prices = PRICE_NAMES.map((name): FigureDocument => {
    const { usd: value, page }: Price = PRICES[name];
    const source = `${page}, ${PRICE_REGION}, noted ${PRICES_NOTED}`;
    return { name, kind: 'price', value, unit: `USD ${toPer(PRICES[name])}`, source };
  });
  const assumptions = ASSUMPTION_NAMES.map((name): FigureDocument => {
    const { value, unit, why } = ASSUMPTIONS[name];
    return { name, kind: 'assumption', value, unit, source: why };
  });
  return [...prices, ...assumptions];
}

/** `per 1,000 requests` */
export function toPer({ per, unit }: Pick<Price, 'per' | 'unit'>): string {
  return per === 1 ? `per ${unit}` : `per ${formatCount(per)} ${toPlural(unit, per)}`;
}

export function renderFigures(figures: readonly FigureDocument[]): string {
  const rows = figures.map(({ name, value, unit, source }) => [name, formatPrice(value), unit, source]);
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map(([name, value, unit, source]) => {
      return `${name!.padEnd(widths[0]!)}  ${value!.padStart(widths[1]!)} ${unit!.padEnd(widths[2]!)}  ${source}\n`;
    })
    .join('');
}
