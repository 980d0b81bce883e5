/** Which curves of growth are drawn, and from which outcomes. */
import { type Figures, type Outcome, toFigures } from '../interleave.ts';
import type { SectionResult } from '../judge.ts';
import type { SectionName } from '../sections/section.ts';
import { type Chart, type Series, toSvg } from './chart.ts';

type Curve = Pick<Chart, 'title' | 'xLabel' | 'yLabel'> & {
  readonly file: string;
  readonly section: SectionName;
  readonly metric: keyof Figures;
};

const CURVES: readonly Curve[] = [
  {
    ...{ file: 'rows-cpu.svg', section: 'rows', metric: 'cpu' },
    ...{ title: 'More rows: CPU time', xLabel: 'flow records', yLabel: 'CPU seconds' },
  },
  {
    ...{ file: 'rows-memory.svg', section: 'rows', metric: 'peak' },
    ...{ title: 'More rows: peak memory', xLabel: 'flow records', yLabel: 'peak resident set, MB' },
  },
  {
    ...{ file: 'indicators.svg', section: 'lists', metric: 'cpu' },
    ...{ title: 'More indicators: CPU time over one day of logs', xLabel: 'indicators', yLabel: 'CPU seconds' },
  },
  {
    ...{ file: 'history.svg', section: 'history', metric: 'cpu' },
    ...{ title: 'A longer past: CPU time to look for one address', xLabel: 'days of logs', yLabel: 'CPU seconds' },
  },
  {
    ...{ file: 'objects.svg', section: 'objects', metric: 'cpu' },
    ...{ title: 'More tiny objects: CPU time', xLabel: 'log objects of 2 KB', yLabel: 'CPU seconds' },
  },
];

export type DrawnCurve = {
  readonly file: string;
  readonly title: string;
  readonly section: SectionName;
  readonly svg: string;
};

/** The curves that the results have points for. */
export function drawCurves(results: readonly SectionResult[]): DrawnCurve[] {
  return CURVES.flatMap(({ file, section, metric, ...chart }) => {
    const outcomes = results.find((result) => result.section === section)?.outcomes ?? [];
    const series = toSeries(outcomes, metric);
    return series.length === 0 ? [] : [{ file, title: chart.title, section, svg: toSvg({ ...chart, series }) }];
  });
}

function toSeries(outcomes: readonly Outcome[], metric: keyof Figures): Series[] {
  const drawn = outcomes.filter((outcome) => outcome.at !== undefined && toFigures(outcome) !== undefined);
  return [...Map.groupBy(drawn, ({ engine }) => engine)].map(([name, points]) => ({
    name,
    points: points.map((outcome) => ({ x: outcome.at!, y: toFigures(outcome)![metric] })).sort((a, b) => a.x - b.x),
  }));
}
