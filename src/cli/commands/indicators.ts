/** `flowhound indicators check`: what a list would give, line by line, before it is used. */
import type { Command } from 'commander';
import type { ListProblem } from '../../core/indicator.ts';
import { writeDocuments } from '../output.ts';
import { readSettings } from '../settings.ts';
import { openTalk } from '../talk.ts';

const COLUMNS = ['source', 'line', 'entry', 'kind', 'reason'] as const;

export function registerIndicators(program: Command): void {
  const indicators = program.command('indicators').description('look after IOC lists');
  indicators
    .command('check')
    .description('check IOC lists; prints the lines that are invalid, refused or were changed')
    .argument('<list...>', 'IOC lists')
    .option('--own <cidr...>', 'your own public ranges: no list may name them')
    .action(async (lists: string[], _options: unknown, command: Command) => {
      const settings = readSettings(command);
      const { loadIndicators } = await import('../../local/indicator-versions.ts');
      const loaded = await loadIndicators({ iocs: lists, allow: [], own: settings.own ?? [] });
      const count = (kind: ListProblem['kind']) => loaded.problems.filter((problem) => problem.kind === kind).length;
      await writeDocuments(loaded.problems, settings.format, { columns: COLUMNS, toTable: renderProblems });
      openTalk(settings.isQuiet).say(
        `flowhound: ${loaded.indicators.length} indicators usable, ${count('refused')} refused, ${count('invalid')} invalid, ${count('masked')} read as their network`,
      );
    });
}

function renderProblems(problems: readonly ListProblem[]): string {
  return problems
    .map(({ source, line, entry, kind, reason }) => `${kind.padEnd(8)} ${source} line ${line}: "${entry}" ${reason}\n`)
    .join('');
}
