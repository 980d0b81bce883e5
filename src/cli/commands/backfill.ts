/** `flowhound backfill`: what lay in the log buckets before the stack was there is registered and swept, day by day. */
import type { Command } from 'commander';
import { UsageError } from '../../core/errors.ts';
import { writeDocuments } from '../output.ts';
import { addSelectionOptions, toSelection, type WindowOptions } from '../selection.ts';
import { readSettings } from '../settings.ts';

type BackfillOptions = WindowOptions & { readonly dryRun?: true };

/** Each day costs some requests: those of a mistyped century take hours. */
const FLOW_LOGS_BEGAN = new Date('2015-06-01T00:00:00Z');

const COLUMNS = ['day', 'objects', 'bytes', 'started', 'failed', 'records', 'matches', 'sightings', 'opened'] as const;

export function registerBackfill(program: Command): void {
  const backfill = program
    .command('backfill')
    .description('let the deployed stack register and sweep the days before it; what is done is skipped')
    .option('--dry-run', 'only count objects and bytes, and estimate');
  const window = { from: 'first day of objects', to: 'only days before this (default: until now)' };
  addSelectionOptions(backfill, window).action(async (options: BackfillOptions, command: Command) => {
    const settings = readSettings(command);
    const clock = new Date();
    const { from, to = clock, ...selection } = toSelection(options, settings, clock);
    if (from === undefined) {
      throw new UsageError('since when? Use: npx flowhound backfill --from 2026-09-01 [--to 2026-10-01] [--dry-run]');
    }
    if (from < FLOW_LOGS_BEGAN) throw new UsageError('--from is before there were VPC Flow Logs (June 2015).');
    if (from >= to) throw new UsageError('--from is not in the past.');
    const { backfillStack, estimateBackfill } = await import('../cloud/backfill-stack.ts');
    const { throwFailures } = await import('../cloud/stack-run.ts');
    const run = options.dryRun === true ? estimateBackfill : backfillStack;
    const { days, failures } = await run({ ...selection, from, to }, settings);
    await writeDocuments(days, settings.format, { columns: COLUMNS, toTable: renderDays });
    throwFailures(failures);
  });
}

function renderDays(days: readonly Partial<Record<(typeof COLUMNS)[number], unknown>>[]): string {
  const present = COLUMNS.filter((column) => days.some((day) => day[column] !== undefined));
  const cells = [present, ...days.map((day) => present.map((column) => String(day[column] ?? '')))];
  const widths = present.map((_column, i) => Math.max(...cells.map((row) => row[i]!.length)));
  return cells.map((row) => `${row.map((cell, i) => cell.padStart(widths[i]!)).join('  ')}\n`).join('');
}
