/** `--report FILE` of `sweep` and `hunt`: what they found as a page beside the sightings on stdout. */
import { Option } from 'commander';
import type { Told } from './report-file.ts';
import type { CommandSettings } from './settings.ts';
import { openTalk } from './talk.ts';

export type ReportOption = { readonly report?: string; readonly aws?: true };

export function reportOption(): Option {
  return new Option('--report <file>', 'write the findings with their evidence as one HTML page, too');
}

/** Nothing happens without the option; what writes a report is loaded only for one. */
export async function applyReport(told: Told, { report, aws }: ReportOption, settings: CommandSettings): Promise<void> {
  if (report === undefined) return;
  const { openStateStore, writeReport } = await import('./report-file.ts');
  await writeReport(told, await openStateStore(aws === true, settings), report, openTalk(settings.isQuiet));
}
