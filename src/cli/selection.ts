/** Options by which several verbs choose lists, objects and times. */
import type { Command } from 'commander';
import { UsageError } from '../core/errors.ts';
import { parseMoment } from '../core/moment.ts';
import type { CommandSettings } from './settings.ts';

/** Which objects are read, by what their key says, and which records are shown, by their end. */
export type Selection = {
  readonly accounts: readonly string[];
  readonly regions: readonly string[];
  readonly from?: Date;
  readonly to?: Date;
};

export type WindowOptions = { readonly from?: string; readonly to?: string };

export function addListOptions(command: Command): Command {
  return command
    .option('--iocs <list...>', 'IOC lists: CSV threat_ip,threat_comment or one address or CIDR a line')
    .option('--allow <list...>', 'addresses and CIDRs that never match, whatever a list says')
    .option('--own <cidr...>', 'your own public ranges: no list may name them');
}

const RECORD_WINDOW = { from: 'show records that end at or after', to: 'show records that end before' };

export function addSelectionOptions(command: Command, { from, to } = RECORD_WINDOW): Command {
  return command
    .option('--accounts <id...>', 'only log objects of these accounts', splitCommas)
    .option('--regions <name...>', 'only log objects of these regions', splitCommas)
    .option('--from <time>', `${from}: 2026-12-01, 2026-12-01T06:00Z or 7d`)
    .option('--to <time>', to);
}

/** The options, checked. */
export function toSelection(options: WindowOptions, settings: CommandSettings, clock: Date): Selection {
  const { accounts = [], regions = [] } = settings;
  const wrong = accounts.find((account) => !/^\d{12}$/.test(account));
  if (wrong !== undefined) throw new UsageError(`--accounts ${wrong} is no account number. Use 12 digits.`);
  const from = options.from === undefined ? undefined : parseMoment(options.from, '--from', clock);
  const to = options.to === undefined ? undefined : parseMoment(options.to, '--to', clock);
  if (from !== undefined && to !== undefined && from >= to) throw new UsageError('--from is not before --to.');
  return { accounts, regions, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
}

export function splitCommas(text: string, before: string[] = []): string[] {
  return [...before, ...text.split(',').map((item) => item.trim())];
}
