/** Rejected scans: what is one finding a day is one card for all days of an indicator. */
import type { Finding } from '../core/finding-document.ts';
import { formatCount, formatSpan, tellFinding } from '../core/story.ts';
import { type Html, html } from './html.ts';
import { cut, MOST_SENTENCE, plural, renderIndicator, renderSeverity } from './wording.ts';

const MOST_HOSTS = 8;

export function renderNoise(scans: readonly Finding[]): Html[] {
  return [...Map.groupBy(scans, ({ indicator }) => indicator).values()].map(renderGroup);
}

function renderGroup(days: readonly Finding[]): Html {
  const ordered = [...days].sort((a, b) => ((a.day ?? '') < (b.day ?? '') ? -1 : 1));
  const first = ordered[0]!;
  const hosts = [...new Set(ordered.flatMap((day) => day.hosts))].sort();
  const count = Math.max(hosts.length, ...ordered.map(({ host_count }) => host_count));
  const rejected = ordered.reduce((total, day) => total + day.rejected, 0);
  const more = count - Math.min(MOST_HOSTS, hosts.length);
  return html`<article class="card noise ${first.severity.toLowerCase()}" id="${first.finding_id}" aria-labelledby="${first.finding_id}-title" data-search data-times="${first.first_seen ?? ''} ${ordered.at(-1)!.last_seen ?? ''}">
<h3 id="${first.finding_id}-title">${renderSeverity(first.severity)} ${formatCount(count)} ${plural(count, 'host')} <span class="with">scanned by</span> ${renderIndicator(first)}</h3>
<p class="story">${formatCount(rejected)} rejected ${plural(rejected, 'record')} on ${ordered.length} ${plural(ordered.length, 'day')}; ${cut(first.severity_reason, MOST_SENTENCE)}.</p>
<p class="place">At ${hosts.slice(0, MOST_HOSTS).map((host, i) => html`${i > 0 && ', '}<code>${host}</code>`)}${more > 0 && ` and ${formatCount(more)} more`}</p>
<table><caption>Day by day</caption><thead><tr><th scope="col">Day (UTC)</th><th scope="col">What happened</th><th scope="col">When</th></tr></thead>
<tbody>${ordered.map((day) => html`<tr><th scope="row">${day.day}</th><td><bdi>${cut(tellFinding(day), MOST_SENTENCE)}</bdi></td><td>${formatSpan(day.first_seen, day.last_seen)}</td></tr>`)}</tbody></table>
</article>
`;
}
