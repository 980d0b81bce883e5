/** Records as the log objects have them, with object and line, so that anyone can look for themselves. */
import type { Finding } from '../core/finding-document.ts';
import { formatBytes, formatCount } from '../core/story.ts';
import type { CaseFile } from './case-file.ts';
import { renderTable } from './data-table.ts';
import type { EvidenceRow } from './evidence-rows.ts';
import { type Html, html } from './html.ts';
import { cut, nameHost, renderIndicator } from './wording.ts';

/** Lines longer than AWS writes them are cut: the object has the whole. */
const MOST_LINE = 1500;

export function renderEvidence({ findings, evidence }: CaseFile): Html {
  const shown = findings.filter(({ finding_id }) => (evidence.get(finding_id)?.length ?? 0) > 0);
  return html`<section id="evidence" aria-labelledby="evidence-title">
<h2 id="evidence-title">Evidence</h2>
${shown.length === 0 ? html`<p>The store keeps no evidence of these findings: their records are in the log objects only.</p>` : html`<p>Of each finding the first ten records, the last ten and the ten with most bytes, verbatim, with the log object and the line they stand in. All of them lie in <code>evidence/</code> of the store.</p>`}
${shown.map((finding) => renderRows(finding, evidence.get(finding.finding_id)!))}
</section>
`;
}

function renderRows(finding: Finding, rows: readonly EvidenceRow[]): Html {
  const all = finding.records_out + finding.records_in;
  return html`<div class="${finding.kind === 'scans' ? 'print-none' : 'records'}"><h3><code>${nameHost(finding)}</code> and ${renderIndicator(finding)}${finding.day !== null && `, ${finding.day}`}</h3>
${renderTable<EvidenceRow>({
  id: `evidence-${finding.finding_id}`,
  caption: `Of ${formatCount(all)} records`,
  rows,
  printed: 'few',
  time: (row) => toTimes(row),
  columns: [
    {
      title: 'Start (UTC)',
      kind: 'code',
      text: ({ start_time }) => toMoment(start_time),
      key: ({ start_time }) => Number(start_time ?? 0),
    },
    { title: 'Way', kind: 'text', text: ({ direction }) => direction },
    { title: 'From', kind: 'code', text: (row) => toEnd(row.pkt_srcaddr ?? row.srcaddr, row.srcport) },
    { title: 'To', kind: 'code', text: (row) => toEnd(row.pkt_dstaddr ?? row.dstaddr, row.dstport) },
    {
      title: 'Bytes',
      kind: 'number',
      text: ({ bytes }) => (bytes === null ? '-' : formatBytes(bytes)),
      key: ({ bytes }) => Number(bytes ?? 0),
    },
    { title: 'Action', kind: 'text', text: ({ action }) => action ?? '-' },
    { title: 'The line, verbatim; below it log object : line', kind: 'line', text: toPlace },
  ],
})}</div>`;
}

function toPlace({ line, object, line_number }: EvidenceRow): string {
  return `${cut(line, MOST_LINE)}\n${object}:${line_number}`;
}

function toTimes({ start_time, end_time }: EvidenceRow): [number, number] | null {
  const [from, to] = [start_time ?? end_time, end_time ?? start_time];
  return from === null || to === null ? null : [Number(from), Number(to)];
}

function toMoment(second: number | bigint | null): string {
  const moment = new Date(Number(second ?? Number.NaN) * 1000);
  return Number.isNaN(moment.getTime()) ? '-' : moment.toISOString().slice(0, 19).replace('T', ' ');
}

/** `10.0.4.17:443`, `[2001:db8::1]:443` */
function toEnd(address: string | null, port: number | bigint | null): string {
  const host = address ?? '-';
  if (port === null) return host;
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
