/** stderr is talk: one line a thing, silent with --quiet. */
import { styleText } from 'node:util';
import type { ListProblem } from '../core/indicator.ts';
import { toPrintable } from './printable.ts';

export type Talk = {
  readonly isQuiet: boolean;
  readonly say: (line: string) => void;
};

/** At most this many lines of one kind; the rest is a count. */
const MOST_LINES = 10;

export function openTalk(isQuiet: boolean): Talk {
  return {
    isQuiet,
    say: (text) => void (isQuiet || process.stderr.write(`${text.split('\n').map(toPrintable).join('\n')}\n`)),
  };
}

/** Lines that were refused or could not be read, each with what was wrong. */
export function sayListProblems(talk: Talk, problems: readonly ListProblem[], indicators: number): void {
  for (const problem of problems.slice(0, MOST_LINES)) {
    const fate = problem.kind === 'masked' ? '' : `; left out (${indicators} indicators in use)`;
    talk.say(`flowhound: ${problem.source} line ${problem.line}: "${problem.entry}" ${problem.reason}${fate}.`);
  }
  const more = problems.length - MOST_LINES;
  if (more > 0) talk.say(`flowhound: ${more} more such lines. All of them: npx flowhound indicators check <list>`);
}

/** The first lines of many, and how many more there are. */
export function sayFirst(talk: Talk, lines: readonly string[], where: string): void {
  for (const line of lines.slice(0, MOST_LINES)) talk.say(`flowhound: ${line}`);
  if (lines.length > MOST_LINES) talk.say(`flowhound: ${lines.length - MOST_LINES} more; all of them in ${where}`);
}

/** Colour carries severity and nothing else, and only on a terminal that wants it. */
export function paint(text: string, severity: string, stream: NodeJS.WriteStream): string {
  const styles = { CRITICAL: ['red', 'bold'], HIGH: ['red'], MEDIUM: ['yellow'] } as const;
  const style = styles[severity as keyof typeof styles];
  return style === undefined ? text : styleText([...style], text, { stream });
}
