/** Holds figures against goals, and hits against what must be found. */
import { GOALS, type Goal } from './goals.ts';
import { type Outcome, toFigures } from './interleave.ts';
import type { SectionName, Size } from './sections/section.ts';

/** What came of a section; plain data, kept between runs of the bench. */
export type SectionResult = {
  readonly section: SectionName | 'own';
  readonly title: string;
  readonly about: string;
  /** Day it was run. */
  readonly date: string;
  readonly rounds: number;
  readonly outcomes: readonly Outcome[];
  readonly sizes: readonly Size[];
  /** Who did not take part, and why. */
  readonly absences: readonly string[];
};

export type Verdict = {
  readonly goal: Goal;
  readonly measured?: number;
  readonly state: 'aim' | 'floor' | 'missed' | 'not measured';
};

/** One verdict for each goal of the form, whether it could be measured or not. */
export function judgeGoals(results: readonly SectionResult[], isQuick: boolean, goals = GOALS): Verdict[] {
  return goals
    .filter((goal) => !isQuick || goal.quick !== undefined)
    .map((goal) => {
      const measured = measureGoal(goal, results);
      if (measured === undefined) return { goal, state: 'not measured' };
      const isWithin = (limit: number): boolean => (goal.bound === 'at least' ? measured >= limit : measured <= limit);
      if (!isWithin(isQuick ? goal.quick! : goal.floor)) return { goal, measured, state: 'missed' };
      return { goal, measured, state: isWithin(goal.aim) ? 'aim' : 'floor' };
    });
}

function measureGoal({ section, of, by, metric }: Goal, results: readonly SectionResult[]): number | undefined {
  const result = results.find((each) => each.section === section);
  if (result === undefined) return undefined;
  if (metric === 'size') {
    const size = result.sizes.find(({ id }) => id === of);
    return size && (100 * size.bytes) / size.ofBytes;
  }
  const find = (id: string): number | undefined => {
    const outcome = result.outcomes.find((each) => each.id === id);
    return outcome && toFigures(outcome)?.[metric];
  };
  const [dividend, divisor] = [find(of), by === undefined ? 1 : find(by)];
  return dividend === undefined || divisor === undefined ? undefined : dividend / divisor;
}

/** One line for each engine that broke off or found what is not so. */
export function judgeHits({ section, outcomes }: SectionResult): string[] {
  const tell = (outcome: Outcome, problem: string): string => `${section}: ${outcome.name} ${problem}`;
  const problems = outcomes.flatMap((outcome) => {
    if (outcome.failure !== undefined) return [tell(outcome, `failed: ${outcome.failure}`)];
    const wrong = outcome.hits.filter((hits) => !isRight(hits, outcome));
    if (wrong.length === 0) return [];
    return [
      tell(outcome, `found ${[...new Set(wrong)].join(' or ')} ${outcome.counts}, ${outcome.expected} are there`),
    ];
  });
  return [...problems, ...judgeAgreement(section, outcomes)];
}

/** Text search also finds what is no address of the list; it must not find less. */
function isRight(hits: number, { expected, finds }: Outcome): boolean {
  if (expected === undefined) return true;
  return finds === 'text' ? hits >= expected : hits === expected;
}

/** Where nobody knows the truth, all who look for addresses must tell the same. */
function judgeAgreement(section: string, outcomes: readonly Outcome[]): string[] {
  const unknown = outcomes.filter(
    ({ finds, counts, expected, isPart }) =>
      finds === 'addresses' && counts === 'records' && expected === undefined && isPart === undefined,
  );
  if (new Set(unknown.flatMap(({ hits }) => hits)).size < 2) return [];
  const found = unknown.map(({ name, hits }) => `${name} ${[...new Set(hits)].join(' or ')}`).join(', ');
  return [`${section}: engines differ in the records they found: ${found}`];
}

/** False hits of a text search: what it found beyond what is there. */
export function falseHits({ finds, hits, expected }: Outcome): number {
  return finds === 'text' && expected !== undefined ? Math.max(0, ...hits.map((found) => found - expected)) : 0;
}
