/** `flowhound report`: what the home or the stack knows as one HTML page that opens anywhere, offline. */
import type { Command } from 'commander';
import { UsageError } from '../../core/errors.ts';
import type { ObjectStore } from '../../ports.ts';
import { openFile } from '../open-file.ts';
import { readTold, writeReport } from '../report-file.ts';
import { type CommandSettings, readSettings } from '../settings.ts';
import { openTalk } from '../talk.ts';

type ReportOptions = {
  readonly out?: string;
  readonly finding?: readonly string[];
  readonly open?: true;
  readonly aws?: true;
};

export function registerReport(program: Command): void {
  program
    .command('report')
    .description('write the findings with their evidence as one HTML page that opens offline')
    .option('--out <file>', 'where to write it, - for stdout (default: report.html in the home)')
    .option('--finding <id...>', 'only these findings, by id or its beginning')
    .option('--open', 'show it when it is written')
    .option('--aws', 'those of the deployed stack')
    .action(async (options: ReportOptions, command: Command) => {
      const settings = readSettings(command);
      const talk = openTalk(settings.isQuiet);
      const path = options.out ?? `${settings.home}/report.html`;
      if (path === '-' && options.open === true) throw new UsageError('--open needs a file: give --out <file>.');
      const store = await openStore(options, settings);
      const told = await readTold(store, options.finding ?? []);
      if (told.findings.length === 0) talk.say(`flowhound: no findings in ${settings.home}: the report says so.`);
      await writeReport(told, store, path, talk);
      if (options.open === true) openFile(path, talk);
    });
}

async function openStore({ aws }: ReportOptions, settings: CommandSettings): Promise<ObjectStore> {
  if (aws === true) return (await (await import('../cloud/stack-connection.ts')).connectStack(settings)).store;
  return (await import('../../local/folder-store.ts')).openFolderStore(settings.home);
}
