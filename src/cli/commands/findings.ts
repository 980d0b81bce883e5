/** `flowhound findings`: what the home or the stack knows, findings or the sightings behind them. */
import type { Command } from 'commander';
import { bySeverity, foldFindings } from '../../core/finding.ts';
import type { Finding } from '../../core/finding-document.ts';
import { isAtLeast, parseSeverity, type Severity } from '../../core/severity.ts';
import { type Sighting, toSightings } from '../../core/sighting-document.ts';
import type { ObjectStore } from '../../ports.ts';
import { applyFailOn, failOnOption } from '../fail-on.ts';
import { FINDING_COLUMNS } from '../finding-columns.ts';
import { toFindingForms, toSightingForms } from '../finding-forms.ts';
import { renderFindings } from '../findings-table.ts';
import { writeDocuments } from '../output.ts';
import { type CommandSettings, readSettings } from '../settings.ts';
import { SIGHTING_COLUMNS } from '../sighting-output.ts';
import { renderSightings } from '../sightings-table.ts';
import { openTalk } from '../talk.ts';

type FindingsOptions = { sightings?: true; aws?: true; severity?: Severity; failOn?: Severity };

export function registerFindings(program: Command): void {
  program
    .command('findings')
    .description('show the findings in the home, or of the deployed stack, severest first')
    .option('--aws', 'those of the deployed stack')
    .option('--sightings', 'show the stored sightings instead, as sweep prints them')
    .option('--severity <least>', 'only findings at or above', parseSeverity)
    .addOption(failOnOption())
    .action(async (options: FindingsOptions, command: Command) => {
      const settings = readSettings(command);
      const store = await openStore(options, settings);
      const least = options.severity ?? 'INFORMATIONAL';
      const isShown = ({ severity }: { readonly severity: Severity }) => isAtLeast(severity, least);
      const { findings, sightings } = await readStored(options, store);
      if (findings.length === 0) openTalk(settings.isQuiet).say(`flowhound: ${tellNone(options, settings)}`);
      const shown = findings.filter(isShown);
      if (options.sightings === true) {
        await writeDocuments(sightings.filter(isShown), settings.format, {
          columns: SIGHTING_COLUMNS,
          toTable: renderSightings,
          ...toSightingForms(),
        });
      } else await writeFindings(shown, settings.format);
      applyFailOn(shown, options.failOn);
    });
}

async function openStore({ aws }: FindingsOptions, settings: CommandSettings): Promise<ObjectStore> {
  if (aws === true) return (await (await import('../cloud/stack-connection.ts')).connectStack(settings)).store;
  return (await import('../../local/folder-store.ts')).openFolderStore(settings.home);
}

/** The stack's findings are read as they are stored: folding them anew would read the totals of every month. */
async function readStored(
  { aws, sightings }: FindingsOptions,
  store: ObjectStore,
): Promise<{ findings: readonly Finding[]; sightings: readonly Sighting[] }> {
  if (aws === true && sightings !== true) {
    const { readFindings } = await import('../../tasks/fold.ts');
    return { findings: [...(await readFindings(store)).values()].sort(bySeverity), sightings: [] };
  }
  const { readTallies } = await import('../../tasks/totals.ts');
  const tallies = await readTallies(store);
  const { readSeverityTable } = await import('../../tasks/severity-table.ts');
  const fold = foldFindings(tallies, await readSeverityTable(store));
  return { findings: fold.findings, sightings: toSightings(tallies, fold) };
}

function tellNone({ aws }: FindingsOptions, { home, stage }: CommandSettings): string {
  return aws === true
    ? `no findings in the stack flowhound-${stage}. Has it a list? npx flowhound indicators list --aws`
    : `no findings in ${home}. Sweep first: npx flowhound sweep <folder> --iocs <list>`;
}

async function writeFindings(
  findings: readonly Finding[],
  format: Parameters<typeof writeDocuments>[1],
): Promise<void> {
  await writeDocuments(findings, format, {
    columns: FINDING_COLUMNS,
    toTable: (rows) => renderFindings(rows),
    ...toFindingForms(findings),
  });
}
