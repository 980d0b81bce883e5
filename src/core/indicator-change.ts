/** Two versions of the indicators → what the second one changes. */
import type { Indicator } from './indicator.ts';

export type IndicatorChange = {
  readonly change: 'added' | 'removed' | 'changed';
  readonly indicator: string;
  readonly comment: string;
  readonly source: string;
};

/** By indicator; an entry is changed if its comment or the list that names it is another. */
export function compareIndicators(before: Iterable<Indicator>, after: Iterable<Indicator>): IndicatorChange[] {
  const gone = new Map<string, Indicator>();
  for (const indicator of before) gone.set(indicator.text, indicator);
  const changes: IndicatorChange[] = [];
  for (const indicator of after) {
    const old = gone.get(indicator.text);
    gone.delete(indicator.text);
    const isSame = old?.comment === indicator.comment && old.source === indicator.source;
    if (!isSame) changes.push(toChange(old === undefined ? 'added' : 'changed', indicator));
  }
  for (const indicator of gone.values()) changes.push(toChange('removed', indicator));
  return changes.sort((a, b) => (a.indicator < b.indicator ? -1 : 1));
}

function toChange(change: IndicatorChange['change'], { text, comment, source }: Indicator): IndicatorChange {
  return { change, indicator: text, comment, source };
}
