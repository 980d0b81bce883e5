/** The first lines: is there anything to do, what is the gravest, and how much was looked at. */
import type { Finding } from '../core/finding-document.ts';
import { SEVERITIES, type Severity } from '../core/severity.ts';
import { formatCount, formatSpan, tellFinding } from '../core/story.ts';
import type { CaseFile } from './case-file.ts';
import type { Coverage } from './coverage.ts';
import { type Html, html } from './html.ts';
import { cut, MOST_SENTENCE, nameHost, nameSeverity, plural, renderIndicator, renderSeverity } from './wording.ts';

/** Told in the letter; the cards tell all. */
const MOST_TOLD = 4;

export function renderVerdict(file: CaseFile, coverage: Coverage): Html {
  const grave = file.findings.filter(({ severity }) => severity !== 'INFORMATIONAL');
  return html`<header class="verdict">
<p class="eyebrow">Flowhound report · written ${file.writtenAt.toISOString().slice(0, 16).replace('T', ' ')} UTC</p>
<h1>${tellVerdict(file.findings, coverage)}</h1>
${tellLooked(file, coverage)}
${grave.length > 0 && html`<ul class="lead">${grave.slice(0, MOST_TOLD).map(renderLead)}</ul>`}
${tellRest(grave.slice(MOST_TOLD), file.findings)}
${tellUnknown(coverage)}
</header>`;
}

function tellVerdict(findings: readonly Finding[], { totals }: Coverage): string {
  const count = (...severities: Severity[]) => findings.filter(({ severity }) => severities.includes(severity)).length;
  const [urgent, other] = [count('CRITICAL', 'HIGH'), count('MEDIUM', 'LOW')];
  if (urgent > 0) {
    const hosts = new Set(
      findings.filter(({ severity }) => severity === 'CRITICAL' || severity === 'HIGH').map(toHostKey),
    ).size;
    return `${formatCount(hosts)} ${plural(hosts, 'host needs', 'hosts need')} someone now: ${countRest(findings.filter(({ severity }) => severity === 'CRITICAL' || severity === 'HIGH'))}.`;
  }
  if (other > 0)
    return `Nothing urgent: ${formatCount(other)} ${plural(other, 'finding')} to look at when there is time.`;
  const isBlocked = findings.every(({ accepted, rejected }) => accepted === 0 && rejected > 0);
  if (findings.length > 0 && isBlocked) return 'Nothing got through: all attempts were rejected.';
  if (findings.length > 0) return 'Nothing grave: what was found is only worth knowing.';
  // Who looked at nothing has found nothing, which must not read as good news.
  if (totals.objects === 0) return 'Nothing was looked at, so nothing can be said.';
  return 'No traffic with a known-bad address was found.';
}

function toHostKey({ account_id, local_ip }: Finding): string {
  return `${account_id} ${local_ip}`;
}

/** `3 critical and 1 high findings` */
function countRest(findings: readonly Finding[]): string {
  const counts = SEVERITIES.map((severity) => ({
    severity,
    count: findings.filter((one) => one.severity === severity).length,
  }))
    .filter(({ count }) => count > 0)
    .reverse()
    .map(({ severity, count }) => `${formatCount(count)} ${nameSeverity(severity).toLowerCase()}`);
  const list = new Intl.ListFormat('en').format(counts);
  return `${list} ${plural(findings.length, 'finding')}`;
}

function tellLooked({ objects, lists, runs }: CaseFile, { totals, places }: Coverage): Html {
  if (runs.length === 0) return html`<p>The store holds no runs, so what was looked at is not known.</p>`;
  const days = objects.map(({ date }) => date).sort();
  const accounts = new Set(places.map(({ accountId }) => accountId)).size;
  const regions = new Set(places.map(({ region }) => region)).size;
  const indicators = lists.reduce((most, list) => Math.max(most, list.indicators), 0);
  const against = indicators === 0 ? '' : ` against ${formatCount(indicators)} ${plural(indicators, 'indicator')}`;
  return html`<p>Looked through ${formatCount(totals.records)} flow records in ${formatCount(totals.objects)} log ${plural(totals.objects, 'object')}
of ${accounts} ${plural(accounts, 'account')} and ${regions} ${plural(regions, 'region')}, ${days[0] ?? 'no day'} to ${days.at(-1) ?? 'no day'} (UTC),${against}:
${formatCount(totals.matches)} ${plural(totals.matches, 'record touches one', 'records touch one')}.</p>`;
}

function renderLead(finding: Finding): Html {
  const { severity, finding_id, first_seen, last_seen } = finding;
  return html`<li>${renderSeverity(severity)} <a href="#${finding_id}"><code>${nameHost(finding)}</code></a> and ${renderIndicator(finding)}:
<bdi>${cut(tellFinding(finding), MOST_SENTENCE)}</bdi>, ${formatSpan(first_seen, last_seen)}.</li>`;
}

function tellRest(untold: readonly Finding[], findings: readonly Finding[]): Html | false {
  const noise = findings.filter(({ severity }) => severity === 'INFORMATIONAL');
  if (untold.length + noise.length === 0) return false;
  const rejected = noise.reduce((total, finding) => total + finding.rejected, 0);
  return html`<p>${untold.length > 0 && `Besides, ${countRest(untold)}. `}${noise.length > 0 && `Noise, put last: ${formatCount(rejected)} rejected ${plural(rejected, 'record')} in ${formatCount(noise.length)} informational ${plural(noise.length, 'finding')}.`}</p>`;
}

function tellUnknown({ totals, silences }: Coverage): Html | false {
  const malformed = Object.values(totals.malformed).reduce((sum, count) => sum + count, 0);
  const { SKIPDATA = 0 } = totals.statuses;
  const parts = [
    [totals.damaged, `damaged ${plural(totals.damaged, 'object')}`],
    [malformed, `malformed ${plural(malformed, 'line')}`],
    [SKIPDATA, `SKIPDATA ${plural(SKIPDATA, 'record')} (AWS dropped flows)`],
    [silences.length, `${plural(silences.length, 'silence')} of a flow log${tellOnly(silences)}`],
  ] as const;
  const told = parts.filter(([count]) => count > 0).map(([count, what]) => `${formatCount(count)} ${what}`);
  if (told.length === 0) return false;
  return html`<p>What this cannot tell: ${new Intl.ListFormat('en').format(told)}; see <a href="#coverage">coverage</a>.</p>`;
}

/** Where there is but one, where and when. */
function tellOnly([only, ...others]: Coverage['silences']): string {
  if (only === undefined || others.length > 0) return '';
  const [from, to] = [only.from, only.to].map((moment) => moment.toISOString().slice(0, 19));
  return ` (account ${only.accountId} ${only.region}, ${formatSpan(from!, to!)})`;
}
