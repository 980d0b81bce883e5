/** Every sighting: one indicator, one local address, one interface. */
import { SEVERITIES } from '../core/severity.ts';
import type { Sighting } from '../core/sighting-document.ts';
import { formatBytes, formatCount, formatSpan } from '../core/story.ts';
import { type Column, renderTable } from './data-table.ts';
import { type Html, html } from './html.ts';
import { cut, nameSeverity, toTimes } from './wording.ts';

const MOST_COMMENT = 200;

const COLUMNS: readonly Column<Sighting>[] = [
  {
    title: 'Severity',
    kind: 'severity',
    text: ({ severity }) => nameSeverity(severity),
    key: ({ severity }) => SEVERITIES.indexOf(severity),
  },
  {
    title: 'Local, interface',
    kind: 'line',
    text: ({ local_ip, interface_id }) => `${local_ip}\n${cut(interface_id, MOST_COMMENT)}`,
  },
  { title: 'Account, region', kind: 'line', text: ({ account_id, region }) => `${account_id}\n${region}` },
  {
    title: 'Indicator, comment',
    kind: 'line',
    text: ({ indicator, comment }) => `${indicator}\n${cut(comment, MOST_COMMENT)}`,
  },
  {
    title: 'Out',
    kind: 'number',
    text: ({ bytes_out }) => formatBytes(bytes_out),
    key: ({ bytes_out }) => Number(bytes_out),
  },
  {
    title: 'In',
    kind: 'number',
    text: ({ bytes_in }) => formatBytes(bytes_in),
    key: ({ bytes_in }) => Number(bytes_in),
  },
  { title: 'Records', kind: 'number', text: (one) => formatCount(toRecords(one)), key: toRecords },
  { title: 'Rejected', kind: 'number', text: ({ rejected }) => formatCount(rejected), key: ({ rejected }) => rejected },
  {
    title: 'Seen (UTC)',
    kind: 'line',
    text: ({ first_seen, last_seen }) => formatSpan(first_seen, last_seen).replace(' → ', ' →\n'),
    key: ({ first_seen }) => first_seen ?? '',
  },
];

export function renderSightings(sightings: readonly Sighting[]): Html {
  if (sightings.length === 0) return html``;
  const gravestFirst = [...sightings].sort(
    (a, b) => SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) || toRecords(b) - toRecords(a),
  );
  return html`<section id="sightings" class="print-none" aria-labelledby="sightings-title">
<h2 id="sightings-title">All sightings</h2>
<p>One indicator with one local address on one interface. The same stream may be seen on several interfaces, so these are not to be added up; a finding counts the leg with most records.</p>
${renderTable<Sighting>({
  id: 'sightings-table',
  caption: 'Sightings, gravest first',
  rows: gravestFirst,
  printed: 'none',
  rest: 'with scripts they are searched and shown here, without npx flowhound findings --sightings prints them',
  time: toTimes,
  columns: COLUMNS,
})}</section>
`;
}

function toRecords({ records_out, records_in }: Sighting): number {
  return records_out + records_in;
}
