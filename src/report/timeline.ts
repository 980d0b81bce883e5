/** One lane a finding on one axis of time; the script adds the selection of a span to it. */
import type { Finding } from '../core/finding-document.ts';
import { formatBytes, formatCount } from '../core/story.ts';
import { drawActivity } from './activity-shape.ts';
import { dataIsland, type Html, html } from './html.ts';
import { nameBin, type TimeAxis, toBins, toPercent, toTicks } from './time-axis.ts';
import { cut, nameHost, nameSeverity, plural, toTimes } from './wording.ts';

const MOST_LANES = 16;
const LANE = 52;
const SHAPE = 32;
const AXIS = 22;
const MOST_LABEL = 60;

/** A finding, or the days of one indicator's rejected scans. */
type Lane = { readonly name: string; readonly amounts: string; readonly findings: readonly Finding[] };

export function renderTimeline(findings: readonly Finding[], axis: TimeAxis | undefined): Html {
  if (axis === undefined) return html``;
  const all = toLanes(findings);
  const lanes = all.slice(0, MOST_LANES);
  const height = lanes.length * LANE + AXIS;
  const rest = all.length - lanes.length;
  return html`<section id="timeline" aria-labelledby="timeline-title">
<h2 id="timeline-title">What happened when</h2>
<figure class="timeline" data-timeline data-from="${axis.from.getTime() / 1000}" data-bin="${axis.binSeconds}" data-bins="${axis.bins}">
<svg role="img" aria-label="Activity over time, ${lanes.length} ${plural(lanes.length, 'lane')}; each card says the same in words." width="100%" height="${height}">
${renderGrid(axis, height)}
${lanes.map((lane, i) => renderLane(lane, i, axis))}
<rect class="selection" data-selection x="0" y="0" width="100%" height="${height - AXIS}" visibility="hidden"/>
</svg>
<figcaption>Bytes in each ${nameBin(axis)} (UTC): <span class="key out">out above the line</span>, <span class="key in">in below it</span>. Each lane has its own height (square root), so that rhythms can be compared; amounts are on the cards.${rest > 0 && ` ${formatCount(rest)} more have no lane.`}</figcaption>
<div class="brush" data-brush hidden></div>
</figure>
${dataIsland('timeline', { lanes: lanes.map((lane) => toLaneData(lane, axis)) })}
</section>
`;
}

function toLanes(findings: readonly Finding[]): Lane[] {
  const timed = findings.filter((finding) => toTimes(finding) !== null);
  const key = ({ kind, finding_id, indicator }: Finding) => (kind === 'scans' ? `scans ${indicator}` : finding_id);
  return [...Map.groupBy(timed, key).values()].map((group) => {
    const { indicator, comment, kind, bytes_out, bytes_in } = group[0]!;
    const rejected = group.reduce((sum, finding) => sum + finding.rejected, 0);
    const amounts =
      kind === 'scans'
        ? `${formatCount(rejected)} rejected, nothing answered`
        : `out ${formatBytes(bytes_out)}, in ${formatBytes(bytes_in)}`;
    return { name: cut(`${nameHost(group[0]!)} ↔ ${indicator} ${comment}`, MOST_LABEL), amounts, findings: group };
  });
}

/** Grid lines and their labels at the bottom, each right of its line. */
export function renderGrid(axis: TimeAxis, height: number): Html {
  const mark = ({ percent, label }: { percent: string; label: string }) =>
    html`<line x1="${percent}" x2="${percent}" y1="0" y2="${height - AXIS + 4}"/><text x="${percent}" dx="3" y="${height - 6}">${label}</text>`;
  return html`<g class="grid">${toTicks(axis).map(mark)}</g>`;
}

function renderLane({ name, amounts, findings }: Lane, i: number, axis: TimeAxis): Html {
  const { severity } = findings[0]!;
  const top = i * LANE;
  const shapes = findings.map((finding) =>
    finding.hourly.length > 0 ? drawActivity(toBins(finding.hourly, axis), SHAPE) : drawSpan(finding, axis),
  );
  return html`<g class="lane ${severity.toLowerCase()}"><line x1="0" x2="100%" y1="${top + 18 + SHAPE / 2}" y2="${top + 18 + SHAPE / 2}"/>
<text y="${top + 13}"><tspan class="mark">${nameSeverity(severity)}</tspan> ${name} <tspan class="amount">· ${amounts}</tspan></text>
<svg x="0" y="${top + 18}" width="100%" height="${SHAPE}">${shapes}</svg></g>
`;
}

/** Rejected scans keep no hours: from the first to the last of a day. */
function drawSpan(finding: Finding, axis: TimeAxis): Html {
  const [from, to] = toTimes(finding)!.map((second) => axis.scale(new Date(second * 1000))) as [number, number];
  const width = Math.max(0.2, to - from);
  return html`<rect class="span" x="${toPercent(from)}" width="${toPercent(width)}" y="${SHAPE / 2 - 2}" height="4"/>`;
}

function toLaneData({ name, findings }: Lane, axis: TimeAxis) {
  const bins = toBins(
    findings.flatMap(({ hourly }) => hourly),
    axis,
  );
  return {
    name,
    records: bins.map(({ records }) => records),
    out: bins.map(({ bytesOut }) => bytesOut),
    in: bins.map(({ bytesIn }) => bytesIn),
  };
}
