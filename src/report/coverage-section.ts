/** What was looked at and what could not be: a finding that is not there may be a log that is not there. */
import type { ObjectTrouble } from '../core/execution.ts';
import { formatBytes, formatCount, formatDuration } from '../core/story.ts';
import type { CaseFile } from './case-file.ts';
import type { Coverage, Place, Silence } from './coverage.ts';
import { renderTable } from './data-table.ts';
import { type Html, html } from './html.ts';

export function renderCoverage({ runs, lists }: CaseFile, coverage: Coverage): Html {
  const { totals, places, silences } = coverage;
  const problems = lists.flatMap((list) => list.problems);
  return html`<section id="coverage" aria-labelledby="coverage-title">
<h2 id="coverage-title">Coverage</h2>
${runs.length === 0 ? html`<p>No run was found.</p>` : renderCounts(coverage)}
${runs.length > 1 && html`<p>Sums over ${runs.length} runs, the latest of each batch: an object that came in with two batches counts in both.</p>`}
${renderPlaces(places)}
${silences.length > 0 && renderSilences(silences)}
${totals.trouble.length > 0 && renderTrouble(totals.trouble)}
${problems.length > 0 && html`<p>Lines of the lists that were left out or read otherwise:</p><ul>${problems.slice(0, 20).map(({ source, line, entry, reason }) => html`<li><bdi>${source}</bdi> line ${line}: <code>${entry}</code> <bdi>${reason}</bdi></li>`)}</ul>`}
</section>
`;
}

function renderCounts({ totals }: Coverage): Html {
  const malformed = Object.entries(totals.malformed).filter(([, count]) => count > 0);
  const statuses = Object.entries(totals.statuses).filter(([, count]) => count > 0);
  const counts: readonly (readonly [string, string])[] = [
    [
      'Log objects read',
      `${formatCount(totals.objects)} (${formatBytes(totals.bytes)} packed, ${formatBytes(totals.textBytes)} of text)`,
    ],
    ['Records', formatCount(totals.records)],
    [
      'Damaged, empty, without header',
      [totals.damaged, totals.empty, totals.withoutHeader].map(formatCount).join(', '),
    ],
    [
      'Malformed lines',
      malformed.length === 0 ? 'none' : malformed.map(([kind, count]) => `${formatCount(count)} by ${kind}`).join(', '),
    ],
    [
      'Log-status other than OK',
      statuses.length === 0 ? 'none' : statuses.map(([status, count]) => `${formatCount(count)} ${status}`).join(', '),
    ],
  ];
  return html`<dl class="counts">${counts.map(([term, value]) => html`<div><dt>${term}</dt><dd><bdi>${value}</bdi></dd></div>`)}</dl>
<p><em>NODATA</em>: no traffic on the interface, nothing is missing. <em>SKIPDATA</em>: AWS recorded less than there was. A damaged object counts up to the break.</p>`;
}

function renderPlaces(places: readonly Place[]): Html | false {
  if (places.length === 0) return false;
  return renderTable<Place>({
    id: 'places',
    caption: 'Where the logs are from',
    rows: places,
    printed: 'all',
    columns: [
      { title: 'Account', kind: 'code', text: ({ accountId }) => accountId },
      { title: 'Region', kind: 'text', text: ({ region }) => region },
      {
        title: 'Log objects',
        kind: 'number',
        text: ({ objects }) => formatCount(objects),
        key: ({ objects }) => objects,
      },
      { title: 'Size', kind: 'number', text: ({ bytes }) => formatBytes(bytes), key: ({ bytes }) => bytes },
      {
        title: 'Days (UTC)',
        kind: 'text',
        text: ({ firstDay, lastDay }) => (firstDay === lastDay ? firstDay : `${firstDay} to ${lastDay}`),
      },
    ],
  });
}

function renderSilences(silences: readonly Silence[]): Html {
  return renderTable<Silence>({
    id: 'silences',
    caption: 'Silent: flow logs that delivered nothing for twice their usual time, by the names of their objects',
    rows: silences,
    printed: 'some',
    columns: [
      { title: 'Account', kind: 'code', text: ({ accountId }) => accountId },
      { title: 'Region', kind: 'text', text: ({ region }) => region },
      { title: 'Flow log', kind: 'code', text: ({ flowLogId }) => flowLogId },
      { title: 'From (UTC)', kind: 'text', text: ({ from }) => toMinute(from) },
      { title: 'To (UTC)', kind: 'text', text: ({ to }) => toMinute(to) },
      { title: 'For', kind: 'number', text: (one) => formatDuration(toLength(one)), key: toLength },
    ],
  });
}

function renderTrouble(trouble: readonly ObjectTrouble[]): Html {
  return renderTable<ObjectTrouble>({
    id: 'trouble',
    caption: 'Log objects with trouble',
    rows: trouble,
    printed: 'some',
    columns: [
      { title: 'Log object', kind: 'line', text: ({ object }) => object.slice(object.lastIndexOf('/') + 1) },
      { title: 'What', kind: 'text', text: ({ kind }) => kind },
      { title: 'Why', kind: 'text', text: ({ reason }) => reason },
    ],
  });
}

function toMinute(moment: Date): string {
  return moment.toISOString().slice(0, 16).replace('T', ' ');
}

function toLength({ from, to }: Silence): number {
  return (to.getTime() - from.getTime()) / 1000;
}
