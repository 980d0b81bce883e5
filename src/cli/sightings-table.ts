/** Sightings as columns where they fit the terminal, else on lines of their own. */
import type { Sighting } from '../core/sighting-document.ts';
import { formatBytes, formatCount, formatSpan } from '../core/story.ts';
import { toPrintable } from './printable.ts';
import { cutText, padText, toWidth, wrapText } from './text-width.ts';

const HEAD = [
  'INDICATOR',
  'ACCOUNT',
  'REGION',
  'INTERFACE',
  'LOCAL',
  'OUT',
  'IN',
  'ACCEPTED',
  'REJECTED',
  'SEEN (UTC)',
];
/** How many of them say which sighting it is; the others what there was. */
const NAMES = 5;
const USUAL = 80;
const NARROWEST = 40;
const MOST_NAME = 64;

/** With a line break at its end; empty for no sightings. No line is wider than `columns`, of 40 and more. */
export function renderSightings(sightings: readonly Sighting[], columns = process.stdout.columns ?? USUAL): string {
  if (sightings.length === 0) return '';
  const width = Math.max(NARROWEST, columns);
  const rows = sightings.map(toCells);
  const widths = HEAD.map((title, i) => rows.reduce((most, row) => Math.max(most, toWidth(row[i]!)), title.length));
  const isWide = widths.reduce((sum, cells) => sum + cells + 2, -2) <= width;
  const lines = isWide
    ? [HEAD, ...rows].map((row) => joinRow(row, widths))
    : rows.flatMap((row) => toBlock(row, width));
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}

function toCells(one: Sighting): string[] {
  const names = [one.indicator, one.account_id, one.region, one.interface_id, one.local_ip];
  return [
    ...names.map((name) => cutText(toPrintable(name), MOST_NAME)),
    `${formatCount(one.records_out)} (${formatBytes(one.bytes_out)})`,
    `${formatCount(one.records_in)} (${formatBytes(one.bytes_in)})`,
    ...[formatCount(one.accepted), formatCount(one.rejected), formatSpan(one.first_seen, one.last_seen)],
  ];
}

function joinRow(row: readonly string[], widths: readonly number[]): string {
  return row.map((cell, i) => padText(cell, widths[i]!)).join('  ');
}

function toBlock(row: readonly string[], width: number): string[] {
  const [out, back, accepted, rejected, seen] = row.slice(NAMES);
  const counts = [`out ${out}`, `in ${back}`, `${accepted} accepted`, `${rejected} rejected`, seen];
  const indented = wrapText(counts.join('  '), width - 2, '  ').map((line) => `  ${line}`);
  return [...wrapText(row.slice(0, NAMES).join('  '), width, '  '), ...indented];
}
