/** The bench's judge: what fails a run, and that the page leaves no goal out. */
import { describe, expect, it } from 'vitest';
import { GOALS, type Goal } from '../../bench/goals.ts';
import type { Outcome } from '../../bench/interleave.ts';
import { falseHits, judgeGoals, judgeHits, type SectionResult } from '../../bench/judge.ts';
import { toSvg } from '../../bench/report/chart.ts';
import { toPage } from '../../bench/report/page.ts';
import { toSectionTable } from '../../bench/report/section-table.ts';

function outcome(id: string, cpuSeconds: number[], more: Partial<Outcome> = {}): Outcome {
  const runs = cpuSeconds.map((cpu) => ({ cpuSeconds: cpu, wallSeconds: cpu, peakMegabytes: 60 }));
  return { id, name: id, engine: id, finds: 'addresses', counts: 'records', gzBytes: 1e8, runs, hits: [], ...more };
}

function section(outcomes: Outcome[], more: Partial<SectionResult> = {}): SectionResult {
  const about = 'Some logs.';
  return {
    ...{ section: 'live', title: 'Live', about, date: '2026-09-01', rounds: 3 },
    ...{ outcomes, sizes: [], absences: [], ...more },
  };
}

const RATIO: Goal = {
  ...{ what: 'ours against theirs', section: 'live', of: 'ours', by: 'theirs', metric: 'cpu', unit: '×' },
  ...{ bound: 'at most', floor: 0.5, aim: 0.4, quick: 0.8 },
};
const SHARE: Goal = {
  ...{ what: 'what theirs needs', section: 'live', of: 'theirs', by: 'ours', metric: 'cpu', unit: '×' },
  ...{ bound: 'at least', floor: 2, aim: 3 },
};
const stateOf = (goal: Goal, ours: number[], theirs: number[], isQuick = false) =>
  judgeGoals([section([outcome('ours', ours), outcome('theirs', theirs)])], isQuick, [goal])[0]?.state;

describe('goals', () => {
  it('are missed beyond the floor, on either side', () => {
    expect(stateOf(RATIO, [5.1], [10])).toBe('missed');
    expect(stateOf(RATIO, [4.9], [10])).toBe('floor');
    expect(stateOf(RATIO, [3.9], [10])).toBe('aim');
    expect(stateOf(SHARE, [5.1], [10])).toBe('missed');
    expect(stateOf(SHARE, [4.9], [10])).toBe('floor');
    expect(stateOf(SHARE, [3.3], [10])).toBe('aim');
  });

  it('are measured by the best round of each', () => {
    expect(stateOf(RATIO, [9, 3.9], [10, 30])).toBe('aim');
  });

  it('have bounds of their own in the quick form, or no part in it', () => {
    expect(stateOf(RATIO, [7.9], [10], true)).toBe('floor');
    expect(stateOf(RATIO, [8.1], [10], true)).toBe('missed');
    expect(stateOf(SHARE, [9], [10], true)).toBeUndefined();
  });

  it('are not measured where one of the two is absent or failed, and never met by that', () => {
    expect(judgeGoals([], false, [RATIO])).toEqual([{ goal: RATIO, state: 'not measured' }]);
    const failed = section([outcome('ours', [1], { failure: 'killed' }), outcome('theirs', [10])]);
    expect(judgeGoals([failed], false, [RATIO])).toEqual([{ goal: RATIO, state: 'not measured' }]);
  });

  it('know shares of size and peaks of memory', () => {
    const sizes = [{ id: 'written', name: 'index', bytes: 25, ofBytes: 1000 }];
    const size: Goal = { ...RATIO, of: 'written', metric: 'size', floor: 3, aim: 2 };
    const peak: Goal = {
      what: 'peak',
      section: 'live',
      of: 'ours',
      metric: 'peak',
      unit: 'MB',
      bound: 'at most',
      floor: 96,
      aim: 72,
    };
    const verdicts = judgeGoals([section([outcome('ours', [1])], { sizes })], false, [size, peak]);
    expect(verdicts.map(({ measured, state }) => [measured, state])).toEqual([
      [2.5, 'floor'],
      [60, 'aim'],
    ]);
  });
});

describe('hits', () => {
  it('of exact engines must be all and none extra, in every round', () => {
    const judge = (hits: number[]) => judgeHits(section([outcome('ours', [1], { expected: 35, hits })]));
    expect(judge([35, 35])).toEqual([]);
    expect(judge([35, 34])).toEqual(['live: ours found 34 records, 35 are there']);
    expect(judge([36])).toHaveLength(1);
  });

  it('of text search may be more, which is told, but not less', () => {
    const text = (hits: number[]) => outcome('zgrep', [1], { finds: 'text', expected: 47, hits });
    expect(judgeHits(section([text([1196])]))).toEqual([]);
    expect(falseHits(text([1196]))).toBe(1149);
    expect(toSectionTable(section([text([1196])]))).toContain('1,196, 1,149 of them false');
    expect(judgeHits(section([text([46])]))).toHaveLength(1);
  });

  it('must agree where nobody knows the truth', () => {
    const own = (first: number, second: number) =>
      judgeHits(
        section([outcome('a', [1], { hits: [first] }), outcome('b', [1], { hits: [second] })], { section: 'own' }),
      );
    expect(own(7, 7)).toEqual([]);
    expect(own(7, 8)).toEqual(['own: engines differ in the records they found: a 7, b 8']);
  });

  it('of an engine that broke off are a failure', () => {
    expect(judgeHits(section([outcome('ours', [], { failure: 'ended with 1' })]))).toEqual([
      'live: ours failed: ended with 1',
    ]);
  });
});

describe('the page', () => {
  const machine = { name: 'a machine', versions: ['zgrep 1'] };

  it('has a row for every goal, measured or not', () => {
    const page = toPage(
      [section([outcome('kernel', [1]), outcome('igzip', [0.7])], { absences: ['rg (gone)'] })],
      machine,
    );
    for (const goal of GOALS) expect(page).toContain(`| ${goal.what} `);
    expect(page).toMatch(/share of `igzip -d` +\| above the floor \| +0\.700 \|/);
    expect(page).toContain('Left out: rg (gone).');
  });

  it('has goals whose aims lie beyond their floors', () => {
    for (const { bound, floor, aim } of GOALS) expect(bound === 'at least' ? aim > floor : aim < floor).toBe(true);
  });

  it('draws curves with their units', () => {
    const points = [
      { x: 1, y: 0.05 },
      { x: 90, y: 0.1 },
    ];
    const svg = toSvg({
      title: 'Past',
      xLabel: 'days',
      yLabel: 'CPU seconds',
      series: [{ name: 'zgrep <1>', points }],
    });
    expect(svg).toContain('>CPU seconds</text>');
    expect(svg).toContain('zgrep &lt;1>');
    expect(svg).toContain('0.1, × 2 for × 90');
  });
});
