/** The indicators that were met, with who says that they are bad. */
import type { Finding } from '../core/finding-document.ts';
import { formatCount } from '../core/story.ts';
import { renderTable } from './data-table.ts';
import { type Html, html } from './html.ts';
import { cut, tellFew } from './wording.ts';

type Met = {
  readonly finding: Finding;
  readonly findings: number;
  readonly records: number;
  readonly addresses: readonly string[];
};

/** Longer than anyone writes: the list has the whole. */
const MOST_TEXT = 2000;

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
    { title: 'Comment', kind: 'text', text: ({ finding }) => cut(finding.comment, MOST_TEXT) },
    { title: 'Source', kind: 'text', text: ({ finding }) => cut(finding.source, MOST_TEXT) },
    { title: 'Also in', kind: 'text', text: ({ finding }) => tellFew(finding.also_in) },
    {
      title: 'Addresses seen',
      kind: 'code',
      text: ({ addresses }) => tellFew(addresses),
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
