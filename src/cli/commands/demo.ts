/** `flowhound demo`: the bundled incident, swept for real, told in a minute. */
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { FINDING_COLUMNS } from '../finding-columns.ts';
import { toFindingForms } from '../finding-forms.ts';
import { renderFindings } from '../findings-table.ts';
import { write, writeDocuments } from '../output.ts';
import { renderPeers } from '../peers-table.ts';
import { readSettings } from '../settings.ts';
import { openTalk } from '../talk.ts';
import { VERSION } from '../version.ts';
import { runSweep } from './sweep.ts';

const DEMO = new URL('../../../demo/', import.meta.url);

export function registerDemo(program: Command): void {
  program
    .command('demo')
    .description('sweep the bundled incident and tell its story')
    .action(async (_options: unknown, command: Command) => {
      const settings = readSettings(command);
      // Demo findings do not belong among real ones: a home of their own, made anew.
      const home = settings.origins.home === 'default' ? `${settings.home}/demo` : settings.home;
      if (settings.origins.home === 'default') await rm(home, { recursive: true, force: true });
      const talk = openTalk(settings.isQuiet);
      talk.say(`Flowhound ${VERSION} · demo: 3 days, 2 accounts, 2 regions of bundled VPC Flow Logs\n`);
      const logs = fileURLToPath(new URL('logs', DEMO));
      const iocs = fileURLToPath(new URL('iocs.csv', DEMO));
      const result = await runSweep({ logs: [logs], iocs: [iocs], home, clock: new Date() }, { ...settings, home });
      if (settings.format !== 'table') {
        return writeDocuments(result.findings, settings.format, {
          ...{ columns: FINDING_COLUMNS, toTable: () => '' },
          ...toFindingForms(result.findings),
        });
      }
      await write(`\n${renderFindings(result.findings)}\n${renderPeers(result.findings, result.dataRatios)}\n`);
      talk.say(tellNext(home));
    });
}

function tellNext(home: string): string {
  const next = [
    [`npx flowhound report --home ${home} --open`, 'the same as a page, with the evidence'],
    [`npx flowhound findings --home ${home} --output json`, 'every number, as documents'],
    [`npx flowhound findings --home ${home} --sightings`, 'per interface, NAT legs apart'],
    ['npx flowhound query --list', 'the catalogue of queries'],
    ['npx flowhound sweep <your logs> --iocs <your list>', 'the same on your logs'],
  ] as const;
  const width = Math.max(...next.map(([command]) => command.length));
  return next
    .map(([command, purpose], i) => `${i === 0 ? 'Next' : '    '}   ${command.padEnd(width)}   ${purpose}`)
    .join('\n');
}
