/** `flowhound sweep`: log objects and IOC lists in, sightings out. */
import type { Command } from 'commander';
import { UsageError } from '../../core/errors.ts';
import type { Severity } from '../../core/severity.ts';
import { formatCount } from '../../core/story.ts';
import type { SweepRequest, SweepResult } from '../../local/sweep.ts';
import { applyFailOn, failOnOption } from '../fail-on.ts';
import { withInterrupt } from '../interrupt.ts';
import { finishedLine, openProgress } from '../progress.ts';
import { openRemoteLogs } from '../remote-logs.ts';
import { applyReport, type ReportOption, reportOption } from '../report-option.ts';
import { addListOptions, addSelectionOptions, toSelection, type WindowOptions } from '../selection.ts';
import { type CommandSettings, readSettings } from '../settings.ts';
import { writeSightings } from '../sighting-output.ts';
import { sayCoverage, saySummary } from '../summary.ts';
import { openTalk, sayListProblems } from '../talk.ts';

export function registerSweep(program: Command): void {
  const sweep = program
    .command('sweep')
    .description('find traffic with indicators in log objects; prints one sighting a line')
    .argument('[logs...]', 'folders, files or s3://bucket/prefix, laid out as S3 delivers VPC Flow Logs');
  addSelectionOptions(addListOptions(sweep))
    .option('--aws', 'let the deployed stack sweep its logs with the lists in force')
    .addOption(reportOption())
    .addOption(failOnOption())
    .action(async (logs: string[], options: SweepOptions, command: Command) => {
      const settings = readSettings(command);
      if (options.aws === true) return runSweepInStack(logs, options, settings, new Date());
      const result = await runSweep(toRequest(logs, options, settings, new Date()), settings);
      await writeSightings(result, settings.format);
      await applyReport(result, options, settings);
      applyFailOn(result.findings, options.failOn);
    });
}

type SweepOptions = WindowOptions & ReportOption & { failOn?: Severity };

async function runSweepInStack(
  logs: readonly string[],
  options: SweepOptions,
  settings: CommandSettings,
  clock: Date,
): Promise<void> {
  const { sweepInStack } = await import('../cloud/sweep-stack.ts');
  const { throwFailures } = await import('../cloud/stack-run.ts');
  const selection = toSelection(options, settings, clock);
  const { executed, failures } = await sweepInStack(logs, selection, settings, clock);
  await writeSightings(executed, settings.format);
  await applyReport(executed, options, settings);
  applyFailOn(executed.findings, options.failOn);
  throwFailures(failures);
}

/** Runs a sweep with progress and talk on stderr. */
export async function runSweep(request: SweepRequest, settings: CommandSettings): Promise<SweepResult> {
  const talk = openTalk(settings.isQuiet);
  const progress = openProgress(settings.isQuiet);
  const { sweep } = await import('../../local/sweep.ts');
  const onProgress: SweepRequest['onProgress'] = (step) => {
    if (step.step === 'indicators') {
      sayListProblems(talk, step.problems, step.indicators);
      if (step.indicators === 0) talk.say('flowhound: no indicator is in use: nothing can match. Look at the list.');
    }
    progress.onProgress(step);
  };
  const result = await withInterrupt((signal) => sweep({ ...request, onProgress, signal }));
  const { summary, sightings, findings } = result;
  progress.done(
    finishedLine('match', `${formatCount(summary.matches)} matches  →  ${formatCount(sightings.length)} sightings`),
  );
  progress.done(finishedLine('publish', `${formatCount(findings.length)} findings  →  ${settings.home}/findings/`));
  saySummary(talk, result, request.logs, settings.home);
  sayCoverage(talk, summary);
  return result;
}

function toRequest(logs: string[], options: SweepOptions, settings: CommandSettings, clock: Date): SweepRequest {
  const { iocs = [], allow = [], own = [], home } = settings;
  if (logs.length === 0) throw new UsageError('which logs? Use: npx flowhound sweep <folder> --iocs <list>');
  if (iocs.length === 0) throw new UsageError('which indicators? Use: npx flowhound sweep <folder> --iocs <list>');
  const selection = toSelection(options, settings, clock);
  return { logs, iocs, allow, own, home, clock, ...selection, remote: openRemoteLogs(settings, selection, clock) };
}
