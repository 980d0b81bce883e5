/**
 * The bench: Flowhound against what one would use instead, in turns, over the same logs and lists.
 *
 *     node bench/run.ts [--quick] [--sections live,lists,…]
 *     node bench/run.ts --logs <folder> --list <file>
 *
 * Fails when hits are wrong or a goal is missed. The full form writes bench/results.md; sections that were not run keep
 * the figures of their last run.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CACHE } from './engines/engine.ts';
import { judgeGoals, judgeHits, type SectionResult } from './judge.ts';
import { findStopwatch } from './measure.ts';
import { toGoalsTable } from './report/goals-table.ts';
import { drawCurves } from './report/growth.ts';
import { readMachine } from './report/machine.ts';
import { toPage } from './report/page.ts';
import { toSectionTable, toSizesTable } from './report/section-table.ts';
import { runSection } from './run-section.ts';
import { SECTIONS } from './sections/all.ts';
import { ownLogs } from './sections/own.ts';
import { SECTION_NAMES, type SectionName, type Stage } from './sections/section.ts';

const FIGURES = join(import.meta.dirname, 'results/figures.json');
const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    sections: { type: 'string' },
    logs: { type: 'string' },
    list: { type: 'string' },
  },
});

process.exitCode = await main();

async function main(): Promise<number> {
  const names =
    values.sections?.split(',') ?? SECTION_NAMES.filter((name) => !values.quick || SECTIONS[name].isInQuick);
  const unknown = names.filter((name) => !SECTION_NAMES.includes(name as SectionName));
  if (unknown.length > 0 || (values.logs === undefined) !== (values.list === undefined)) {
    console.error(`Usage: node bench/run.ts [--quick] [--sections ${SECTION_NAMES.join(',')}]`);
    console.error('       node bench/run.ts --logs <folder> --list <file>');
    return 2;
  }
  const stopwatch = findStopwatch();
  if (stopwatch === undefined) {
    console.error('bench: skipped: neither python3 nor GNU time is on this machine, so CPU time cannot be read');
    return 0;
  }
  const scratch = join(CACHE, `scratch-${process.pid}`);
  const began = Date.now();
  const say = (text: string): void => console.error(`bench ${Math.round((Date.now() - began) / 1000)} s: ${text}`);
  const stage: Stage = { cache: CACHE, scratch, isQuick: values.quick, say };
  mkdirSync(scratch, { recursive: true });
  try {
    if (values.logs !== undefined)
      return report([await runSection('own', ownLogs(values.logs, values.list!), stage, stopwatch)]);
    const results: SectionResult[] = [];
    for (const name of names as SectionName[]) {
      results.push(await runSection(name, SECTIONS[name], stage, stopwatch));
      // After each section, so that a run that is broken off loses only the one it was in.
      if (!values.quick) keep(results.at(-1)!);
    }
    return report(results);
  } catch (error) {
    console.error(`bench: FAILED, ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Prints the tables and returns the exit status. */
function report(results: readonly SectionResult[]): number {
  for (const result of results) {
    console.log(`\n${result.title}. ${result.about}\n\n${toSectionTable(result)}`);
    if (result.sizes.length > 0) console.log(`\n${toSizesTable(result)}`);
  }
  const sections = results.map(({ section }) => section);
  const verdicts = judgeGoals(results, values.quick).filter(({ goal }) => sections.includes(goal.section));
  if (verdicts.length > 0) console.log(`\n${toGoalsTable(verdicts, values.quick)}`);
  const problems = [
    ...results.flatMap(judgeHits),
    ...verdicts.filter(({ state }) => state === 'missed').map(({ goal }) => `missed: ${goal.what}`),
  ];
  for (const problem of problems) console.error(`bench: FAILED, ${problem}`);
  return problems.length === 0 ? 0 : 1;
}

/** Puts a section's result among those of the other sections, and writes page and curves anew. */
function keep(result: SectionResult): void {
  const known: SectionResult[] = existsSync(FIGURES) ? JSON.parse(readFileSync(FIGURES, 'utf8')) : [];
  const all = SECTION_NAMES.flatMap((name) => [result, ...known].find(({ section }) => section === name) ?? []);
  mkdirSync(join(FIGURES, '..'), { recursive: true });
  writeFileSync(FIGURES, `${JSON.stringify(all, null, 1)}\n`);
  writeFileSync(join(import.meta.dirname, 'results.md'), toPage(all, readMachine()));
  for (const { file, svg } of drawCurves(all)) writeFileSync(join(import.meta.dirname, 'results', file), svg);
}
