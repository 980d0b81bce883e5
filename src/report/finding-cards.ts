/** The findings: one card each, gravest first; noise is one card for each indicator. */
import type { Finding } from '../core/finding-document.ts';
import { formatBytes, formatCount, formatDuration, formatSpan, tellFinding } from '../core/story.ts';
import { drawActivity, findPeak } from './activity-shape.ts';
import { MOST_FINDINGS } from './evidence-rows.ts';
import { type Html, html } from './html.ts';
import { renderNoise } from './noise-cards.ts';
import { nameBin, type TimeAxis, toBins } from './time-axis.ts';
import { cut, MOST_SENTENCE, nameHost, renderIndicator, renderSeverity, tellFew } from './wording.ts';

const SPARKLINE_HEIGHT = 44;
/** Longer than AWS makes them: whoever wrote such a thing wants it to be in the way. */
const MOST_NAME = 60;

export type NextSteps = (finding: Finding) => readonly string[];

export function renderFindings(findings: readonly Finding[], axis: TimeAxis | undefined, next: NextSteps): Html {
  const shown = findings.slice(0, MOST_FINDINGS);
  const scans = shown.filter(({ kind }) => kind === 'scans');
  const hosts = shown.filter(({ kind }) => kind === 'host');
  const rest = findings.length - shown.length;
  return html`<section id="findings" aria-labelledby="findings-title">
<h2 id="findings-title">Findings</h2>
${findings.length === 0 && html`<p>None.</p>`}
<div class="cards">${hosts.map((finding) => renderCard(finding, axis, next))}${renderNoise(scans)}</div>
${rest > 0 && html`<p>${formatCount(rest)} more findings, none graver than these: <code>npx flowhound findings</code> lists them, and every one has its sightings below.</p>`}
</section>
`;
}

function renderCard(finding: Finding, axis: TimeAxis | undefined, next: NextSteps): Html {
  const { finding_id, severity, account_id, region, instance_id, interface_id } = finding;
  const steps = next(finding).map((step) => cut(step, MOST_SENTENCE));
  return html`<article class="card ${severity.toLowerCase()}" id="${finding_id}" aria-labelledby="${finding_id}-title" data-search data-times="${toRange(finding)}">
<h3 id="${finding_id}-title">${renderSeverity(severity)} <code>${nameHost(finding)}</code> <span class="with">and</span> ${renderIndicator(finding)}</h3>
<p class="place"><code>${cut(instance_id ?? interface_id, MOST_NAME)}</code> · account <code>${cut(account_id, MOST_NAME)}</code> · ${cut(region, MOST_NAME)}</p>
<p class="story"><bdi>${cut(tellFinding(finding), MOST_SENTENCE)}</bdi></p>
${axis !== undefined && finding.hourly.length > 0 && renderSparkline(finding, axis)}
${renderFacts(finding)}
${steps.length > 0 && html`<h4>Next</h4><ol class="next">${steps.map((step) => (step.startsWith('npx ') ? html`<li><code>${step}</code></li>` : html`<li><bdi>${step}</bdi></li>`))}</ol>`}
</article>
`;
}

function toRange({ first_seen, last_seen }: Finding): string {
  return `${first_seen ?? ''} ${last_seen ?? ''}`;
}

function renderSparkline(finding: Finding, axis: TimeAxis): Html {
  const bins = toBins(finding.hourly, axis);
  const busiest = bins.reduce(
    (most, bin, i) => (bin.bytesOut + bin.bytesIn > most.bytes ? { i, bytes: bin.bytesOut + bin.bytesIn } : most),
    { i: 0, bytes: -1 },
  );
  const at = new Date(axis.from.getTime() + busiest.i * axis.binSeconds * 1000).toISOString();
  const active = bins.filter(({ records }) => records > 0).length;
  const told = `Active in ${active} of ${bins.length} ${nameBin(axis, false)}; busiest from ${at.slice(0, 16).replace('T', ' ')} UTC with ${formatBytes(busiest.bytes)}.`;
  return html`<figure class="spark"><svg role="img" width="100%" height="${SPARKLINE_HEIGHT}" aria-label="${told}"><line x1="0" x2="100%" y1="${SPARKLINE_HEIGHT / 2}" y2="${SPARKLINE_HEIGHT / 2}"/>${drawActivity(bins, SPARKLINE_HEIGHT, findPeak(bins))}</svg>
<figcaption>${told}</figcaption></figure>`;
}

function renderFacts(finding: Finding): Html {
  const facts = toFacts(finding).filter(([, value]) => value !== undefined);
  return html`<dl>${facts.map(([term, value]) => html`<div><dt>${term}</dt><dd><bdi>${cut(value ?? '', MOST_SENTENCE)}</bdi></dd></div>`)}</dl>`;
}

function toFacts(finding: Finding): readonly (readonly [string, string | undefined])[] {
  const { duration_seconds, beacon, longest_connection, technique, legs } = finding;
  const span = formatSpan(finding.first_seen, finding.last_seen);
  return [
    ['Why this severity', `${finding.severity_reason} (line ${finding.severity_line})`],
    ['Who began', `${finding.initiator}: ${finding.initiator_reason}`],
    ['When (UTC)', duration_seconds === null ? span : `${span}, ${formatDuration(duration_seconds)}`],
    ['Out', tellWay(finding.records_out, finding.packets_out, finding.bytes_out, finding.data_ratio_out)],
    ['In', tellWay(finding.records_in, finding.packets_in, finding.bytes_in, finding.data_ratio_in)],
    ['Let through', `${formatCount(finding.accepted)} accepted, ${formatCount(finding.rejected)} rejected`],
    ['Rhythm', beacon === null ? undefined : tellRhythm(beacon)],
    ['Longest connection', longest_connection === null ? undefined : tellLongest(longest_connection)],
    ['AWS services', finding.aws_services.length === 0 ? undefined : tellFew(finding.aws_services)],
    ['Seen on', legs.length < 2 ? undefined : tellFew(legs.map(nameLeg))],
    ['Network', [finding.vpc_id, finding.subnet_id].filter((id) => id !== null).join(', ') || undefined],
    ['ATT&CK', `${technique.id} ${technique.name}`],
  ];
}

function nameLeg({ interface_id, is_outer }: Finding['legs'][number]): string {
  return `${cut(interface_id, MOST_NAME)}${is_outer ? ' (gateway)' : ''}`;
}

function tellWay(records: number, packets: bigint, bytes: bigint, ratio: string | null): string {
  if (records === 0) return 'nothing';
  const mean = ratio === null ? '' : `, ${formatBytes(Number(ratio))} a record`;
  return `${formatBytes(bytes)} in ${formatCount(packets)} packets and ${formatCount(records)} records${mean}`;
}

function tellRhythm({
  contacts,
  interval_seconds,
  jitter_seconds,
  is_regular,
}: NonNullable<Finding['beacon']>): string {
  const regular = is_regular ? 'regular, as a clock keeps it' : 'irregular';
  return `${formatCount(contacts)} contacts, every ${formatDuration(interval_seconds)} ± ${formatDuration(jitter_seconds)}: ${regular}`;
}

function tellLongest({
  seconds,
  service,
  remote_ip,
  first_seen,
  last_seen,
}: NonNullable<Finding['longest_connection']>): string {
  return `${formatDuration(seconds)} ${service} with ${remote_ip}, ${formatSpan(first_seen, last_seen)}`;
}
