/** Sightings as plain columns. */
import Table from 'cli-table3';
import type { Sighting } from '../core/sighting-document.ts';
import { formatBytes, formatCount, formatSpan } from '../core/story.ts';
import { toPrintable } from './printable.ts';

const HEAD = [
  ...['INDICATOR', 'ACCOUNT', 'REGION', 'INTERFACE', 'LOCAL'],
  ...['OUT', 'IN', 'ACCEPTED', 'REJECTED', 'SEEN (UTC)'],
];
const BORDERLESS = {
  ...{ top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '', 'bottom-left': '' },
  ...{ 'bottom-right': '', left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: ' ' },
};

/** With a line break at its end; empty for no sightings. */
export function renderSightings(sightings: readonly Sighting[]): string {
  if (sightings.length === 0) return '';
  const style = { head: [], border: [], 'padding-left': 0, 'padding-right': 1 };
  const table = new Table({ head: HEAD, chars: BORDERLESS, style });
  for (const one of sightings) {
    table.push([
      ...[one.indicator, one.account_id, one.region, one.interface_id, one.local_ip].map(toPrintable),
      `${formatCount(one.records_out)} (${formatBytes(one.bytes_out)})`,
      `${formatCount(one.records_in)} (${formatBytes(one.bytes_in)})`,
      ...[formatCount(one.accepted), formatCount(one.rejected), formatSpan(one.first_seen, one.last_seen)],
    ]);
  }
  return `${table.toString().replace(/ +$/gm, '')}\n`;
}
