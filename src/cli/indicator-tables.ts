/** Lists of indicators, their problems and their changes as lines for people. */
import type { Indicator, ListProblem } from '../core/indicator.ts';
import type { IndicatorChange } from '../core/indicator-change.ts';
import { toPrintable } from './printable.ts';

export const CHANGE_COLUMNS = ['change', 'indicator', 'comment', 'source'] as const;

const SIGNS: Readonly<Record<IndicatorChange['change'], string>> = { added: '+', removed: '-', changed: '~' };

export type ListedIndicator = { readonly indicator: string; readonly comment: string; readonly source: string };

export function toListed({ text, comment, source }: Indicator): ListedIndicator {
  return { indicator: text, comment, source };
}

export function renderIndicators(indicators: readonly ListedIndicator[]): string {
  return indicators.map(renderEntry).join('');
}

export function renderChanges(changes: readonly IndicatorChange[]): string {
  return changes.map((change) => `${SIGNS[change.change]} ${renderEntry(change)}`).join('');
}

export function renderProblems(problems: readonly ListProblem[]): string {
  return problems
    .map(({ source, line, entry, kind, reason }) => `${kind.padEnd(8)} ${source} line ${line}: "${entry}" ${reason}`)
    .map((line) => `${toPrintable(line)}\n`)
    .join('');
}

function renderEntry({ indicator, comment, source }: ListedIndicator): string {
  return `${toPrintable(`${indicator.padEnd(20)} ${source.padEnd(20)} ${comment}`).trimEnd()}\n`;
}
