/** `flowhound indicators`: IOC lists before they are used, and those that the deployed stack uses. */
import type { Command } from 'commander';
import { UsageError } from '../../core/errors.ts';
import type { Indicator, ListProblem } from '../../core/indicator.ts';
import { compareIndicators } from '../../core/indicator-change.ts';
import { CHANGE_COLUMNS, renderChanges, renderIndicators, renderProblems, toListed } from '../indicator-tables.ts';
import { writeDocuments } from '../output.ts';
import { type CommandSettings, readSettings } from '../settings.ts';
import { openTalk } from '../talk.ts';

const PROBLEM_COLUMNS = ['source', 'line', 'entry', 'kind', 'reason'] as const;
const LISTED_COLUMNS = ['indicator', 'comment', 'source'] as const;

type StackOptions = { readonly aws?: true; readonly allow?: true; readonly dryRun?: true };

export function registerIndicators(program: Command): void {
  const indicators = program.command('indicators').description('look after IOC lists, yours and those of the stack');
  registerCheck(indicators);
  indicators
    .command('list')
    .description('the indicators of lists; with --aws, those in force in the deployed stack')
    .argument('[list...]', 'IOC lists (default: those of the settings)')
    .option('--aws', 'the deployed stack')
    .action(list);
  indicators
    .command('diff')
    .description('what the second list changes; with --aws, what importing the lists into the stack would change')
    .argument('<list...>', 'an old and a new list; with --aws, lists to import')
    .option('--aws', 'the deployed stack')
    .option('--allow', 'with --aws: they are lists of what never matches')
    .action((lists: string[], options: StackOptions, command: Command) =>
      options.aws === true ? change(lists, { ...options, dryRun: true }, command) : diff(lists, command),
    );
  indicators
    .command('import')
    .description('bring lists into force in the deployed stack, which then looks back for what is new')
    .argument('<list...>', 'IOC lists; one of the same name is replaced')
    .option('--aws', 'the deployed stack')
    .option('--allow', 'they are lists of what never matches')
    .option('--dry-run', 'only show what would change')
    .action(change);
  indicators
    .command('remove')
    .description('take lists out of force in the deployed stack')
    .argument('<name...>', 'names of lists, as indicators list --aws shows them')
    .option('--aws', 'the deployed stack')
    .option('--allow', 'they are lists of what never matches')
    .option('--dry-run', 'only show what would change')
    .action(remove);
}

function registerCheck(indicators: Command): void {
  indicators
    .command('check')
    .description('check IOC lists; prints the lines that are invalid, refused or were changed')
    .argument('<list...>', 'IOC lists')
    .option('--own <cidr...>', 'your own public ranges: no list may name them')
    .action(async (lists: string[], _options: unknown, command: Command) => {
      const settings = readSettings(command);
      const loaded = await load(lists, settings);
      const count = (kind: ListProblem['kind']) => loaded.problems.filter((problem) => problem.kind === kind).length;
      await writeDocuments(loaded.problems, settings.format, { columns: PROBLEM_COLUMNS, toTable: renderProblems });
      openTalk(settings.isQuiet).say(
        `flowhound: ${loaded.indicators.length} indicators usable, ${count('refused')} refused, ${count('invalid')} invalid, ${count('masked')} read as their network`,
      );
    });
}

async function load(lists: readonly string[], { own = [] }: CommandSettings) {
  const { loadIndicators } = await import('../../local/indicator-versions.ts');
  return loadIndicators({ iocs: lists, allow: [], own });
}

async function list(lists: string[], { aws }: StackOptions, command: Command): Promise<void> {
  const settings = readSettings(command);
  const files = lists.length > 0 ? lists : (settings.iocs ?? []);
  if (aws !== true && files.length === 0) {
    throw new UsageError('which lists? Use: npx flowhound indicators list <list>, or --aws for those of the stack');
  }
  const { indicators } = aws === true ? await readInForce(settings) : await load(files, settings);
  const documents = Array.from(indicators, toListed);
  await writeDocuments(documents, settings.format, { columns: LISTED_COLUMNS, toTable: renderIndicators });
  const where = aws === true ? ` in force in flowhound-${settings.stage}` : '';
  openTalk(settings.isQuiet).say(`flowhound: ${documents.length} indicators${where}`);
}

async function readInForce(settings: CommandSettings): Promise<{ readonly indicators: Iterable<Indicator> }> {
  const { connectStack } = await import('../cloud/stack-connection.ts');
  const { readIndicators } = await import('../../tasks/indicator-versions.ts');
  const { currentIndicators } = await import('../../tasks/indicators-in-force.ts');
  const { store } = await connectStack(settings);
  return readIndicators((await currentIndicators(store)).indicators, store);
}

async function diff(lists: readonly string[], command: Command): Promise<void> {
  const settings = readSettings(command);
  if (lists.length !== 2) {
    throw new UsageError('diff compares an old and a new list, or with --aws the lists with those in force.');
  }
  const [before, after] = [await load([lists[0]!], settings), await load([lists[1]!], settings)];
  const changes = compareIndicators(before.indicators, after.indicators);
  await writeDocuments(changes, settings.format, { columns: CHANGE_COLUMNS, toTable: renderChanges });
}

async function change(lists: string[], options: StackOptions, command: Command): Promise<void> {
  const { importLists } = await import('../cloud/stack-lists.ts');
  await importLists(lists, demandStack(options), readSettings(command));
}

async function remove(names: string[], options: StackOptions, command: Command): Promise<void> {
  const { removeLists } = await import('../cloud/stack-lists.ts');
  await removeLists(names, demandStack(options), readSettings(command));
}

function demandStack({ aws, allow, dryRun }: StackOptions): { isAllow: boolean; isDryRun: boolean } {
  if (aws !== true) {
    throw new UsageError(
      'on one machine lists are named with each sweep (--iocs, or "iocs" in flowhound.json); add --aws for the stack.',
    );
  }
  return { isAllow: allow === true, isDryRun: dryRun === true };
}
