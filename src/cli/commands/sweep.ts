/** `flowhound sweep`: log objects and IOC lists in, sightings out. */
import type { Command } from 'commander';
import { UsageError } from '../../core/errors.ts';
import type { Severity } from '../../core/severity.ts';
import type { Sighting } from '../../core/sighting-document.ts';
import { formatCount } from '../../core/story.ts';
import type { SweepRequest, SweepResult } from '../../local/sweep.ts';
import { toAsffForm } from '../asff-form.ts';
import { applyFailOn, failOnOption } from '../fail-on.ts';
import { renderFindings } from '../findings-table.ts';
import { type Format, writeDocuments } from '../output.ts';
import { renderPeers } from '../peers-table.ts';
import { finishedLine, openProgress } from '../progress.ts';
import { openRemoteLogs } from '../remote-logs.ts';
import { addListOptions, addSelectionOptions, toSelection, type WindowOptions } from '../selection.ts';
import { type CommandSettings, readSettings } from '../settings.ts';
import { sayCoverage, saySummary } from '../summary.ts';
import { openTalk, sayListProblems } from '../talk.ts';

export const SIGHTING_COLUMNS = [
  ...['indicator', 'indicator_ip', 'comment', 'source', 'account_id', 'region', 'interface_id', 'local_ip'],
  ...['records_out', 'bytes_out', 'packets_out', 'records_in', 'bytes_in', 'packets_in', 'accepted', 'rejected'],
  ...['first_seen', 'last_seen', 'initiator', 'initiator_reason', 'severity', 'finding_id', 'also_in'],
] as (keyof Sighting & string)[];

export function registerSweep(program: Command): void {
  const sweep = program
    .command('sweep')
    .description('find traffic with indicators in log objects; prints one sighting a line')
    .argument('[logs...]', 'folders, files or s3://bucket/prefix, laid out as S3 delivers VPC Flow Logs');
  addSelectionOptions(addListOptions(sweep))
    .addOption(failOnOption())
    .action(async (logs: string[], options: SweepOptions, command: Command) => {
      const settings = readSettings(command);
      const result = await runSweep(toRequest(logs, options, settings, new Date()), settings);
      await writeSightings(result, settings.format);
      applyFailOn(result.findings, options.failOn);
    });
}

type SweepOptions = WindowOptions & { failOn?: Severity };

/** Runs a sweep with progress and talk on stderr. */
export async function runSweep(request: SweepRequest, settings: CommandSettings): Promise<SweepResult> {
  const talk = openTalk(settings.isQuiet);
  const progress = openProgress(settings.isQuiet);
  const { sweep } = await import('../../local/sweep.ts');
  const stop = new AbortController();
  // The second time nothing is waited for.
  const onInterrupt = (): void => (stop.signal.aborted ? process.exit(130) : stop.abort());
  process.on('SIGINT', onInterrupt).on('SIGTERM', onInterrupt);
  try {
    const onProgress: SweepRequest['onProgress'] = (step) => {
      if (step.step === 'indicators') {
        sayListProblems(talk, step.problems, step.indicators);
        if (step.indicators === 0) talk.say('flowhound: no indicator is in use: nothing can match. Look at the list.');
      }
      progress.onProgress(step);
    };
    const result = await sweep({ ...request, onProgress, signal: stop.signal });
    const { summary, sightings, findings } = result;
    progress.done(
      finishedLine('match', `${formatCount(summary.matches)} matches  →  ${formatCount(sightings.length)} sightings`),
    );
    progress.done(finishedLine('publish', `${formatCount(findings.length)} findings  →  ${settings.home}/findings/`));
    saySummary(talk, result, request.logs, settings.home);
    sayCoverage(talk, summary);
    return result;
  } finally {
    process.off('SIGINT', onInterrupt).off('SIGTERM', onInterrupt);
  }
}

function toRequest(logs: string[], options: SweepOptions, settings: CommandSettings, clock: Date): SweepRequest {
  const { iocs = [], allow = [], own = [], home } = settings;
  if (logs.length === 0) throw new UsageError('which logs? Use: npx flowhound sweep <folder> --iocs <list>');
  if (iocs.length === 0) throw new UsageError('which indicators? Use: npx flowhound sweep <folder> --iocs <list>');
  const selection = toSelection(options, settings, clock);
  return { logs, iocs, allow, own, home, clock, ...selection, remote: openRemoteLogs(settings, selection, clock) };
}

async function writeSightings(result: SweepResult, format: Format): Promise<void> {
  if (format === 'table' || format === 'asff') {
    return writeDocuments(result.findings, format, {
      columns: [],
      toTable: (findings) =>
        [renderFindings(findings), renderPeers(findings, result.dataRatios)].filter(Boolean).join('\n'),
      toAsff: toAsffForm(result.findings),
    });
  }
  return writeDocuments(result.sightings, format, { columns: SIGHTING_COLUMNS, toTable: () => '' });
}
