/** Bytes out and in over time, for each host that exchanged any, all findings of the host together. */
import type { Finding } from '../core/finding-document.ts';
import { formatBytes } from '../core/story.ts';
import { drawActivity, findPeak } from './activity-shape.ts';
import { type Html, html } from './html.ts';
import { nameBin, type TimeAxis, toBins } from './time-axis.ts';
import { renderGrid } from './timeline.ts';
import { cut } from './wording.ts';

const MOST_HOSTS = 6;
const HEIGHT = 120;
const MOST_NAME = 60;
const AXIS = 22;

export function renderHostTraffic(findings: readonly Finding[], axis: TimeAxis | undefined): Html {
  const hosts = [
    ...Map.groupBy(
      findings.filter(({ hourly }) => hourly.length > 0),
      toHost,
    ).values(),
  ].slice(0, MOST_HOSTS);
  if (axis === undefined || hosts.length === 0) return html``;
  return html`<section id="traffic" aria-labelledby="traffic-title">
<h2 id="traffic-title">Bytes out and in</h2>
<p>With indicators only, in each ${nameBin(axis)} (UTC): <span class="key out">out above the line</span>, <span class="key in">in below it</span>, on one square-root scale for each host.</p>
<div class="hosts">${hosts.map((own) => renderHost(own, axis))}</div>
</section>
`;
}

function toHost({ account_id, local_ip }: Finding): string {
  return `${account_id} ${local_ip}`;
}

function renderHost(findings: readonly Finding[], axis: TimeAxis): Html {
  const { local_ip, account_id, instance_id } = findings[0]!;
  const bins = toBins(
    findings.flatMap(({ hourly }) => hourly),
    axis,
  );
  const peak = findPeak(bins);
  const [out, back] = [
    bins.reduce((sum, bin) => sum + bin.bytesOut, 0),
    bins.reduce((sum, bin) => sum + bin.bytesIn, 0),
  ];
  const told = `${local_ip}: ${formatBytes(out)} out and ${formatBytes(back)} in, at most ${formatBytes(peak)} one way in one ${nameBin(axis)}`;
  return html`<figure><h3><code>${local_ip}</code> <small>${cut(instance_id ?? account_id, MOST_NAME)} · full height ${formatBytes(peak)}</small></h3>
<svg role="img" class="traffic" width="100%" height="${HEIGHT + AXIS}" aria-label="${told}">${renderGrid(axis, HEIGHT + AXIS)}
<line class="zero" x1="0" x2="100%" y1="${HEIGHT / 2}" y2="${HEIGHT / 2}"/>
${drawActivity(bins, HEIGHT, peak)}</svg>
<figcaption>${told}.</figcaption></figure>
`;
}
