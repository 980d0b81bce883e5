/** `flowhound hunt`: given indicators sought in what was ingested, in the home or by the deployed stack. It only looks. */
import type { Command } from 'commander';
import { UsageError } from '../../core/errors.ts';
import type { Severity } from '../../core/severity.ts';
import { formatCount } from '../../core/story.ts';
import type { LoadedIndicators } from '../../tasks/indicator-versions.ts';
import type { IndexAnswer } from '../../tasks/objects-by-index.ts';
import type { Executed } from '../../tasks/read-executed.ts';
import { applyFailOn, failOnOption } from '../fail-on.ts';
import { withInterrupt } from '../interrupt.ts';
import { finishedLine, openProgress } from '../progress.ts';
import { openRemoteLogs } from '../remote-logs.ts';
import { applyReport, type ReportOption, reportOption } from '../report-option.ts';
import {
  addListOptions,
  addSelectionOptions,
  type Selection,
  splitCommas,
  toSelection,
  type WindowOptions,
} from '../selection.ts';
import { type CommandSettings, readSettings } from '../settings.ts';
import { writeSightings } from '../sighting-output.ts';
import { sayCoverage, sayExecuted, sayIndex } from '../summary.ts';
import { openTalk, sayListProblems } from '../talk.ts';
import { toDays } from '../window.ts';

type HuntOptions = WindowOptions & ReportOption & { readonly ip?: readonly string[]; readonly failOn?: Severity };

/** A hunt on AWS that says nothing of times looks back so far: what the index does not know is read, and costs. */
const STACK_DAYS = 7;

export function registerHunt(program: Command): void {
  const hunt = program
    .command('hunt')
    .description('look for indicators in what was ingested, and store nothing; prints one sighting a line')
    .option('--ip <address...>', 'addresses and CIDRs to look for', splitCommas)
    .option('--aws', 'let the deployed stack look through its logs');
  addSelectionOptions(addListOptions(hunt))
    .addOption(reportOption())
    .addOption(failOnOption())
    .action(async (options: HuntOptions, command: Command) => {
      const settings = readSettings(command);
      const clock = new Date();
      const selection = toSelection(options, settings, clock);
      if ((options.ip ?? []).length === 0 && (settings.iocs ?? []).length === 0) {
        throw new UsageError('which indicators? Use: npx flowhound hunt --ip 203.0.113.7, or --iocs <list>');
      }
      const run = options.aws === true ? huntInStack : huntInHome;
      const { executed, fail } = await run(options.ip ?? [], selection, settings, clock);
      await writeSightings(executed, settings.format);
      await applyReport({ ...executed, huntedAt: clock }, options, settings);
      applyFailOn(executed.findings, options.failOn);
      fail?.();
    });
}

type Hunted = { readonly executed: Executed; readonly fail?: () => void };

async function huntInHome(
  ips: readonly string[],
  selection: Selection,
  settings: CommandSettings,
  clock: Date,
): Promise<Hunted> {
  const { iocs = [], allow = [], own = [], home } = settings;
  const talk = openTalk(settings.isQuiet);
  const progress = openProgress(settings.isQuiet);
  const { hunt } = await import('../../local/hunt.ts');
  const { from } = selection;
  let index: IndexAnswer | undefined;
  const executed = await withInterrupt((signal) =>
    hunt({
      ...{ home, ips, allow, own, clock, signal, ...selection },
      iocs: listsFor(ips, iocs, settings),
      ...(from === undefined ? {} : { days: toDays({ ...selection, from }, clock) }),
      remote: openRemoteLogs(settings),
      onProgress: (step) => {
        if (step.step === 'indicators') sayIndicators(step, settings);
        if (step.step === 'notice' && step.objects === 0) {
          talk.say(`flowhound: no log objects in ${home}. Sweep first: npx flowhound sweep <folder> --iocs <list>`);
        }
        if (step.step === 'index') index = step;
        progress.onProgress(step);
      },
    }),
  );
  const { matches } = executed.summary;
  progress.done(
    finishedLine('match', `${formatCount(matches)} matches  →  ${formatCount(executed.sightings.length)} sightings`),
  );
  if (index !== undefined) sayIndex(talk, index, home);
  sayExecuted(talk, executed, home);
  sayCoverage(talk, executed.summary);
  return { executed };
}

async function huntInStack(
  ips: readonly string[],
  selection: Selection,
  settings: CommandSettings,
  clock: Date,
): Promise<Hunted> {
  const { iocs = [], allow = [], own = [] } = settings;
  const { loadIndicators } = await import('../../local/indicator-versions.ts');
  const loaded = await loadIndicators({ ips, iocs: listsFor(ips, iocs, settings), allow, own });
  sayIndicators({ indicators: loaded.indicators.length, problems: loaded.problems }, settings);
  const { connectStack } = await import('../cloud/stack-connection.ts');
  const { runInStack, sinceDaysAgo, throwFailures } = await import('../cloud/stack-run.ts');
  const { storeIndicators } = await import('../../tasks/indicator-versions.ts');
  const connection = await connectStack(settings);
  const indicators = await storeIndicators(loaded, connection.store);
  const since = sinceDaysAgo(STACK_DAYS, selection, clock, settings);
  const { executed, failures } = await runInStack(
    { mode: 'hunt', indicators, selection: since, clock },
    connection,
    settings,
  );
  return { executed, fail: () => throwFailures(failures) };
}

/** Lists of the settings are for sweeps: who names an address wants that address. */
function listsFor(ips: readonly string[], iocs: readonly string[], { origins }: CommandSettings): readonly string[] {
  return ips.length > 0 && origins.iocs !== 'option' ? [] : iocs;
}

/** An address that was given by hand and cannot be used is bad usage; in a list it is one line of many. */
function sayIndicators(
  { indicators, problems }: { readonly indicators: number; readonly problems: LoadedIndicators['problems'] },
  settings: CommandSettings,
): void {
  const given = problems.find(({ source, kind }) => source === '--ip' && kind !== 'masked');
  if (given !== undefined) throw new UsageError(`--ip ${given.entry} ${given.reason}.`);
  const talk = openTalk(settings.isQuiet);
  sayListProblems(talk, problems, indicators);
  if (indicators === 0) talk.say('flowhound: no indicator is in use: nothing can match. Look at the list.');
}
