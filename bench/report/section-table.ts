/** Outcomes of a section → its table of figures. */

import { type Outcome, toFigures } from '../interleave.ts';
import { falseHits, type SectionResult } from '../judge.ts';
import { formatCount, formatNumber, toTable } from './table.ts';

/** Peaks below this are not told apart: Python's stopwatch takes as much itself. */
const LEAST_PEAK = 15;

/** Ratios are to the first entry that ran. */
export function toSectionTable({ outcomes }: SectionResult): string {
  const ran = outcomes.filter((outcome) => toFigures(outcome) !== undefined);
  const base = ran.length === 0 ? undefined : toFigures(ran[0]!);
  if (base === undefined) return 'Nobody took part.';
  const head = ['engine', 'CPU ÷ first', 'CPU s', 'wall s', 'peak MB', 'gz MB/s/core', 'found'];
  const body = ran.map((outcome) => {
    const { cpu, wall, peak } = toFigures(outcome)!;
    return [
      outcome.name,
      formatNumber(cpu / base.cpu),
      formatNumber(cpu),
      formatNumber(wall),
      peak < LEAST_PEAK ? `< ${LEAST_PEAK}` : peak.toFixed(0),
      formatNumber(outcome.gzBytes / 1e6 / cpu),
      toFound(outcome),
    ];
  });
  return toTable(head, body);
}

function toFound(outcome: Outcome): string {
  if (outcome.finds === 'nothing' || outcome.hits.length === 0) return '–';
  const wrong = falseHits(outcome);
  const found = [...new Set(outcome.hits)].map(formatCount).join(' or ');
  const unit = outcome.counts === 'records' ? '' : outcome.hits[0] === 1 ? ' object' : ' objects';
  return wrong === 0 ? `${found}${unit}` : `${found}, ${formatCount(wrong)} of them false`;
}

export function toSizesTable({ sizes }: SectionResult): string {
  return toTable(
    ['what', 'MB', '% of gz'],
    sizes.map(({ name, bytes, ofBytes }) => [name, formatNumber(bytes / 1e6), formatNumber((100 * bytes) / ofBytes)]),
  );
}
