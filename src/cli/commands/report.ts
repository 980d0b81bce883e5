/** `flowhound report`: what the home or the stack knows as one HTML page that opens anywhere, offline. */
import type { Command } from 'commander';
import { UsageError } from '../../core/errors.ts';
import { openFile } from '../open-file.ts';
import { openStateStore, readTold, writeReport } from '../report-file.ts';
import { readSettings } from '../settings.ts';
import { openTalk, type Talk } from '../talk.ts';

type ReportOptions = {
  readonly out?: string;
  readonly finding?: readonly string[];
  readonly open?: true;
  readonly aws?: true;
  readonly bundle?: string;
  readonly verify?: string;
};

export function registerReport(program: Command): void {
  program
    .command('report')
    .description('write the findings with their evidence as one HTML page that opens offline')
    .option('--out <file>', 'where to write it, - for stdout (default: report.html in the home)')
    .option('--finding <id...>', 'only these findings, by id or its beginning')
    .option('--open', 'show it when it is written')
    .option('--aws', 'those of the deployed stack')
    .option('--bundle <path>', 'write the evidence instead, a folder or a .zip: records, documents, queries, hashes')
    .option('--verify <path>', 'say whether such a bundle is still as it was written')
    .action(async (options: ReportOptions, command: Command) => {
      const settings = readSettings(command);
      const talk = openTalk(settings.isQuiet);
      if (options.verify !== undefined) return verify(options, talk);
      checkBundle(options);
      const path = options.out ?? `${settings.home}/report.html`;
      if (path === '-' && options.open === true) throw new UsageError('--open needs a file: give --out <file>.');
      const store = await openStateStore(options.aws === true, settings);
      const told = await readTold(store, options.finding ?? []);
      if (options.bundle !== undefined) {
        const { writeBundleFile } = await import('../bundle-file.ts');
        return writeBundleFile(told, options.finding === undefined, store, options.bundle, talk);
      }
      if (told.findings.length === 0) talk.say(`flowhound: no findings in ${settings.home}: the report says so.`);
      await writeReport(told, store, path, talk);
      if (options.open === true) openFile(path, talk);
    });
}

async function verify({ verify: path = '', ...others }: ReportOptions, talk: Talk): Promise<void> {
  if (Object.keys(others).length > 0)
    throw new UsageError('--verify looks at a bundle and nothing else: give it alone.');
  const { verifyBundleFile } = await import('../bundle-file.ts');
  await verifyBundleFile(path, talk);
}

function checkBundle({ bundle, out, open }: ReportOptions): void {
  if (bundle !== undefined && (out !== undefined || open === true))
    throw new UsageError('--bundle writes a bundle instead of the page: leave --out and --open away.');
}
