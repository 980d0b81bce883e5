/** One lane a finding on one axis of time; the script adds the selection of a span to it. */
import type { Finding } from '../core/finding-document.ts';
import { formatBytes, formatCount, formatDuration } from '../core/story.ts';
import { drawActivity } from './activity-shape.ts';
import { dataIsland, type Html, html } from './html.ts';
import { type TimeAxis, toBins, toPercent, toTicks } from './time-axis.ts';
import { cut, nameHost, nameSeverity, toTimes } from './wording.ts';

const MOST_LANES = 16;
const LANE = 52;
const SHAPE = 32;
const AXIS = 22;
const MOST_LABEL = 60;

export function renderTimeline(findings: readonly Finding[], axis: TimeAxis | undefined): Html {
  if (axis === undefined) return html``;
  const lanes = findings.filter((finding) => finding.kind === 'host' || toTimes(finding) !== null).slice(0, MOST_LANES);
  const height = lanes.length * LANE + AXIS;
  const rest = findings.length - lanes.length;
  return html`<section id="timeline" aria-labelledby="timeline-title">
<h2 id="timeline-title">What happened when</h2>
<figure class="timeline" data-timeline data-from="${axis.from.getTime() / 1000}" data-bin="${axis.binSeconds}" data-bins="${axis.bins}">
<svg role="img" aria-label="Activity of ${lanes.length} findings over time; the same in words is in the table of the selected time below and on each card." width="100%" height="${height}">
${renderGrid(axis, height)}
${lanes.map((finding, i) => renderLane(finding, i, axis))}
<rect class="selection" data-selection x="0" y="0" width="100%" height="${height - AXIS}" visibility="hidden"/>
</svg>
<figcaption>Bytes an interval of ${formatDuration(axis.binSeconds)}: <span class="key out">out above the line</span>, <span class="key in">in below it</span>. Each lane has its own height (square root), so that lanes show rhythm; amounts are beside their names. Times are UTC.${rest > 0 && ` ${formatCount(rest)} more findings have no lane.`}</figcaption>
<div class="brush" data-brush hidden></div>
</figure>
${dataIsland('timeline', { lanes: lanes.map((finding) => toLaneData(finding, axis)) })}
</section>
`;
}

/** Grid lines and their labels at the bottom; the first stands right of its line, so that none is cut off. */
export function renderGrid(axis: TimeAxis, height: number): Html {
  const ticks = toTicks(axis).slice(0, -1);
  return html`<g class="grid">${ticks.map(({ percent, label }) => html`<line x1="${percent}" x2="${percent}" y1="0" y2="${height - AXIS + 4}"/><text x="${percent}" dx="3" y="${height - 6}">${label}</text>`)}</g>`;
}

function renderLane(finding: Finding, i: number, axis: TimeAxis): Html {
  const { severity, indicator, comment, bytes_out, bytes_in } = finding;
  const name = cut(`${nameHost(finding)} ↔ ${indicator} ${comment}`, MOST_LABEL);
  const amounts = `out ${formatBytes(bytes_out)}, in ${formatBytes(bytes_in)}`;
  const shape = finding.hourly.length > 0 ? drawActivity(toBins(finding.hourly, axis), SHAPE) : drawSpan(finding, axis);
  return html`<g class="lane ${severity.toLowerCase()}"><line x1="0" x2="100%" y1="${i * LANE + 18 + SHAPE / 2}" y2="${i * LANE + 18 + SHAPE / 2}"/>
<text y="${i * LANE + 13}"><tspan class="mark">${nameSeverity(severity)}</tspan> ${name} <tspan class="amount">· ${amounts}</tspan></text>
<svg x="0" y="${i * LANE + 18}" width="100%" height="${SHAPE}">${shape}</svg></g>
`;
}

/** Rejected scans keep no hours: from the first to the last. */
function drawSpan(finding: Finding, axis: TimeAxis): Html {
  const times = toTimes(finding);
  if (times === null) return html``;
  const [x1, x2] = times.map((second) => axis.scale(new Date(second * 1000))) as [number, number];
  return html`<rect class="span" x="${toPercent(x1)}" width="${toPercent(Math.max(0.2, x2 - x1))}" y="${SHAPE / 2 - 2}" height="4"/>`;
}

function toLaneData(finding: Finding, axis: TimeAxis) {
  const bins = toBins(finding.hourly, axis);
  return {
    id: finding.finding_id,
    name: `${nameHost(finding)} ↔ ${cut(`${finding.indicator} ${finding.comment}`, MOST_LABEL)}`,
    records: bins.map(({ records }) => records),
    out: bins.map(({ bytesOut }) => bytesOut),
    in: bins.map(({ bytesIn }) => bytesIn),
    times: toTimes(finding),
  };
}
