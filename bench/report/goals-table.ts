/** Verdicts → the table of ratios. */
import type { Goal } from '../goals.ts';
import type { Verdict } from '../judge.ts';
import { formatNumber, toTable } from './table.ts';

const MARKS = {
  aim: 'aim met',
  floor: 'above the floor',
  missed: '**MISSED**',
  'not measured': 'not measured',
} as const;

export function toGoalsTable(verdicts: readonly Verdict[], isQuick: boolean): string {
  const head = isQuick ? ['goal', '', 'measured', 'quick floor'] : ['goal', '', 'measured', 'floor', 'aim'];
  const body = verdicts.map(({ goal, measured, state }) => {
    const bounds = isQuick ? [goal.quick!] : [goal.floor, goal.aim];
    const reached = isQuick && state === 'aim' ? 'floor' : state;
    return [
      goal.what,
      isQuick && reached === 'floor' ? 'met' : MARKS[reached],
      measured === undefined ? '–' : withUnit(measured, goal),
      ...bounds.map((bound) => `${goal.bound === 'at least' ? '≥' : '≤'} ${withUnit(bound, goal)}`),
    ];
  });
  return toTable(head, body, 2);
}

function withUnit(value: number, { unit }: Goal): string {
  return unit === '' ? formatNumber(value) : `${formatNumber(value)} ${unit}`;
}
