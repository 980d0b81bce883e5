/** Results → bench/results.md. */
import { judgeGoals, type SectionResult } from '../judge.ts';
import { toGoalsTable } from './goals-table.ts';
import { type DrawnCurve, drawCurves } from './growth.ts';
import type { Machine } from './machine.ts';
import { toSectionTable, toSizesTable } from './section-table.ts';

export function toPage(results: readonly SectionResult[], machine: Machine): string {
  const curves = drawCurves(results);
  const sections = results.map((result) => toSection(result, curves));
  return `# Bench

Ratios of whole processes that ran in turns over the same logs and lists, on one machine. Seconds change with the machine and its
neighbours, ratios hardly do. Every goal stands in [goals.ts](goals.ts) with its floor, below which \`npm run bench\` fails, and its aim.

${toGoalsTable(judgeGoals(results, false), false)}

Machine: ${machine.name}. Versions: ${machine.versions.join(', ')}.

CPU is user and system time of a process with all its children, wall the time from its start to its end, both the least of all rounds; peak
memory is the largest resident set of any one process, the greatest of all rounds. Logs lie in the page cache. "Found" is held against
what the generator planted, for lists with networks against a count by other means: a difference fails the bench. Text search
finds listed addresses inside of others; what it finds too much is told.

${sections.join('\n\n')}

## By hand

\`bash bench/peers.sh\` installs the other tools where it can; \`npm run bench -- --sections live,hunt\` runs sections alone and keeps the
others' figures; \`npm run bench -- --logs <folder> --list <file>\` runs the same engines over logs of your own.
`;
}

function toSection(result: SectionResult, curves: readonly DrawnCurve[]): string {
  const { title, about, date, rounds, sizes, absences, section } = result;
  const parts = [`## ${title}`, `${about} At most ${rounds} rounds; ${date}.`, toSectionTable(result)];
  if (sizes.length > 0) parts.push(toSizesTable(result));
  if (absences.length > 0) parts.push(`Left out: ${absences.join('; ')}.`);
  for (const curve of curves.filter((each) => each.section === section))
    parts.push(`![${curve.title}](results/${curve.file})`);
  return parts.join('\n\n');
}
