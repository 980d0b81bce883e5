/** The indicators that were met, with who says that they are bad. */
import type { Finding } from '../core/finding-document.ts';
import { formatCount } from '../core/story.ts';
import { renderTable } from './data-table.ts';
import { type Html, html } from './html.ts';

type Met = {
  readonly finding: Finding;
  readonly findings: number;
  readonly records: number;
  readonly addresses: readonly string[];
};

const MOST_ADDRESSES = 6;

export function renderIndicators(findings: readonly Finding[]): Html {
  if (findings.length === 0) return html``;
  const met = [...Map.groupBy(findings, ({ indicator }) => indicator).values()].map((group) => ({
    finding: group[0]!,
    findings: group.length,
    records: group.reduce((sum, { records_out, records_in }) => sum + records_out + records_in, 0),
    addresses: [...new Set(group.flatMap(({ indicator_ip }) => indicator_ip))].sort(),
  }));
  return html`<section id="indicators" aria-labelledby="indicators-title">
<h2 id="indicators-title">Indicators met</h2>
${renderTable<Met>({
  id: 'indicators-table',
  caption: 'Indicators with traffic',
  rows: met,
  printed: 'all',
  columns: [
    { title: 'Indicator', kind: 'code', text: ({ finding }) => finding.indicator },
    { title: 'Comment', kind: 'text', text: ({ finding }) => finding.comment },
    { title: 'Source', kind: 'text', text: ({ finding }) => finding.source },
    { title: 'Also in', kind: 'text', text: ({ finding }) => finding.also_in.join(', ') },
    {
      title: 'Addresses seen',
      kind: 'code',
      text: ({ addresses }) => tellAddresses(addresses),
      key: ({ addresses }) => addresses.length,
    },
    {
      title: 'Findings',
      kind: 'number',
      text: ({ findings }) => formatCount(findings),
      key: ({ findings }) => findings,
    },
    { title: 'Records', kind: 'number', text: ({ records }) => formatCount(records), key: ({ records }) => records },
  ],
})}</section>
`;
}

function tellAddresses(addresses: readonly string[]): string {
  const more = addresses.length - MOST_ADDRESSES;
  return `${addresses.slice(0, MOST_ADDRESSES).join(' ')}${more > 0 ? ` and ${formatCount(more)} more` : ''}`;
}
