/** `flowhound findings`: what the home knows, findings or the sightings behind them. */
import type { Command } from 'commander';
import { type Finding, foldFindings } from '../../core/finding.ts';
import { isAtLeast, parseSeverity, type Severity } from '../../core/severity.ts';
import { toSightings } from '../../core/sighting-document.ts';
import { toAsffForm } from '../asff-form.ts';
import { applyFailOn, failOnOption } from '../fail-on.ts';
import { renderFindings, renderSightings } from '../findings-table.ts';
import { writeDocuments } from '../output.ts';
import { readSettings } from '../settings.ts';
import { SIGHTING_COLUMNS } from '../sighting-output.ts';
import { openTalk } from '../talk.ts';

const FINDING_COLUMNS = [
  ...['finding_id', 'severity', 'severity_reason', 'account_id', 'region', 'local_ip', 'instance_id', 'interface_id'],
  ...[
    'indicator',
    'indicator_ip',
    'comment',
    'source',
    'month',
    'initiator',
    'records_out',
    'bytes_out',
    'packets_out',
  ],
  ...['records_in', 'bytes_in', 'packets_in', 'accepted', 'rejected', 'first_seen', 'last_seen'],
] as (keyof Finding & string)[];

export function registerFindings(program: Command): void {
  program
    .command('findings')
    .description('show the findings in the home, severest first')
    .option('--sightings', 'show the stored sightings instead, as sweep prints them')
    .option('--severity <least>', 'only findings at or above', parseSeverity)
    .addOption(failOnOption())
    .action(async (options: { sightings?: true; severity?: Severity; failOn?: Severity }, command: Command) => {
      const settings = readSettings(command);
      const { openFolderStore } = await import('../../local/folder-store.ts');
      const { readTallies } = await import('../../tasks/sightings.ts');
      const tallies = await readTallies(openFolderStore(settings.home));
      const fold = foldFindings(tallies);
      const findings = fold.findings.filter(({ severity }) => isAtLeast(severity, options.severity ?? 'INFORMATIONAL'));
      if (tallies.length === 0) {
        openTalk(settings.isQuiet).say(
          `flowhound: no findings in ${settings.home}. Sweep first: npx flowhound sweep <folder> --iocs <list>`,
        );
      }
      if (options.sightings === true) {
        const sightings = toSightings(tallies, fold).filter(({ severity }) =>
          isAtLeast(severity, options.severity ?? 'INFORMATIONAL'),
        );
        await writeDocuments(sightings, settings.format, { columns: SIGHTING_COLUMNS, toTable: renderSightings });
      } else await writeFindings(findings, settings.format);
      applyFailOn(findings, options.failOn);
    });
}

async function writeFindings(
  findings: readonly Finding[],
  format: Parameters<typeof writeDocuments>[1],
): Promise<void> {
  await writeDocuments(findings, format, {
    columns: FINDING_COLUMNS,
    toTable: (rows) => renderFindings(rows),
    toAsff: toAsffForm(findings),
  });
}
