/** Two versions of the indicators → what the second one changes. */
import type { Indicator } from './indicator.ts';

export type IndicatorChange = {
  readonly change: 'added' | 'removed' | 'changed';
  readonly indicator: string;
  readonly comment: string;
  readonly source: string;
};

/** By indicator; an entry is changed if its comment or the list that names it is another. */
export function compareIndicators(before: readonly Indicator[], after: readonly Indicator[]): IndicatorChange[] {
  const old = new Map(before.map((indicator) => [indicator.text, indicator]));
  const now = new Map(after.map((indicator) => [indicator.text, indicator]));
  const toChange = (change: IndicatorChange['change'], { text, comment, source }: Indicator): IndicatorChange => ({
    ...{ change, indicator: text, comment, source },
  });
  const coming = after.flatMap((indicator) => {
    const other = old.get(indicator.text);
    if (other === undefined) return [toChange('added', indicator)];
    const isSame = other.comment === indicator.comment && other.source === indicator.source;
    return isSame ? [] : [toChange('changed', indicator)];
  });
  const going = before.filter(({ text }) => !now.has(text)).map((indicator) => toChange('removed', indicator));
  return [...coming, ...going].sort((a, b) => (a.indicator < b.indicator ? -1 : 1));
}
