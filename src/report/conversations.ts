/** Who talked to whom: hosts left, indicators right, a line for each pair; the same as a table. */
import { scalePow } from 'd3-scale';
import { curveBumpX, link } from 'd3-shape';
import type { Finding } from '../core/finding-document.ts';
import { SEVERITIES } from '../core/severity.ts';
import { formatBytes, formatCount } from '../core/story.ts';
import { renderTable } from './data-table.ts';
import { type Html, html } from './html.ts';
import { cut, nameHost, nameSeverity, plural, toTimes } from './wording.ts';

/** More lines than these are a tangle. */
const MOST_PAIRS = 24;
const ROW = 34;
const MOST_NAME = 32;
const ARROWS = { local: '→', indicator: '←', unknown: '—' } as const;

type Pair = {
  readonly host: string;
  readonly indicator: string;
  readonly comment: string;
  readonly finding: Finding;
  readonly bytes: number;
};

export function renderConversations(findings: readonly Finding[]): Html {
  if (findings.length === 0) return html``;
  const pairs = toPairs(findings);
  return html`<section id="conversations" aria-labelledby="conversations-title">
<h2 id="conversations-title">Who talked to whom</h2>
${renderGraph(pairs.slice(0, MOST_PAIRS), pairs.length)}
${renderPairs(findings)}
</section>
`;
}

/** A pair of several months, or of several days of scans, is one line, of its gravest finding. */
function toPairs(findings: readonly Finding[]): Pair[] {
  const accounts = Map.groupBy(findings, nameHost);
  const pairs = new Map<string, Pair>();
  for (const finding of findings) {
    const { account_id, indicator, comment } = finding;
    // The same private address may be a host in each of several accounts.
    const isOne = accounts.get(nameHost(finding))!.every((other) => other.account_id === account_id);
    const host =
      isOne || finding.kind === 'scans' ? nameHost(finding) : `${nameHost(finding)} ${cut(account_id, MOST_NAME)}`;
    const key = `${host} ${indicator}`;
    const bytes = Number(finding.bytes_out + finding.bytes_in) + (pairs.get(key)?.bytes ?? 0);
    pairs.set(key, { host, indicator, comment, finding: pairs.get(key)?.finding ?? finding, bytes });
  }
  return [...pairs.values()];
}

function renderGraph(pairs: readonly Pair[], all: number): Html {
  const hosts = [...Map.groupBy(pairs, ({ host }) => host).keys()];
  const remotes = [...Map.groupBy(pairs, ({ indicator }) => indicator).values()].sort(
    (a, b) => middleOf(a, hosts) - middleOf(b, hosts),
  );
  const height = Math.max(hosts.length, remotes.length) * ROW;
  const place = (count: number) => (i: number) => ((i + 0.5) * height) / count;
  const [hostY, remoteY] = [place(hosts.length), place(remotes.length)];
  const width = scalePow([0, Math.max(1, ...pairs.map(({ bytes }) => bytes))], [1.5, 14]).exponent(0.25);
  const draw = link(curveBumpX);
  const lines = pairs.map(({ host, indicator, finding, bytes }) => {
    const source: [number, number] = [0, hostY(hosts.indexOf(host))];
    const target: [number, number] = [1000, remoteY(remotes.findIndex(([one]) => one?.indicator === indicator))];
    return html`<path class="link ${finding.severity.toLowerCase()}" d="${draw({ source, target })}" stroke-width="${width(bytes).toFixed(1)}"/>`;
  });
  const dropped = all - pairs.length;
  return html`<figure class="graph"><div class="scroll" role="region" tabindex="0" aria-label="Picture of the conversations"><svg role="img" width="100%" height="${height}" aria-label="${formatCount(hosts.length)} ${plural(hosts.length, 'host')} and ${formatCount(remotes.length)} ${plural(remotes.length, 'indicator')} joined by ${formatCount(pairs.length)} ${plural(pairs.length, 'line')}; the table that follows says the same.">
<svg x="30%" width="36%" height="${height}" viewBox="0 0 1000 ${height}" preserveAspectRatio="none">${lines}</svg>
${hosts.map((host, i) => html`<text x="29%" y="${hostY(i) + 4}" text-anchor="end">${cut(host, MOST_NAME)}</text>`)}
${remotes.map(([one], i) => html`<text x="67%" y="${remoteY(i) + 4}">${cut(one!.indicator, MOST_NAME)} <tspan class="amount">${cut(one!.comment, MOST_NAME)}</tspan></text>`)}
</svg></div>
<figcaption>A line for each pair, wider for more bytes. Colour is the severity, which the table says in words.${dropped > 0 && ` ${formatCount(dropped)} more pairs are in the table only.`}</figcaption></figure>`;
}

/** Where its hosts stand on average: so sorted, lines cross less. */
function middleOf(pairs: readonly Pair[], hosts: readonly string[]): number {
  return pairs.reduce((sum, { host }) => sum + hosts.indexOf(host), 0) / pairs.length;
}

function renderPairs(findings: readonly Finding[]): Html {
  return renderTable<Finding>({
    id: 'pairs',
    caption: 'Findings as pairs: an arrow points away from who began',
    rows: findings,
    printed: 'none',
    rest: 'npx flowhound findings',
    time: toTimes,
    columns: [
      { title: 'Host', kind: 'code', text: nameHost },
      { title: 'Began', kind: 'text', text: ({ initiator }) => `${ARROWS[initiator]}\u00a0${initiator}` },
      { title: 'Indicator', kind: 'code', text: ({ indicator }) => indicator },
      {
        title: 'Severity',
        kind: 'severity',
        text: ({ severity }) => nameSeverity(severity),
        key: ({ severity }) => SEVERITIES.indexOf(severity),
      },
      {
        title: 'Records',
        kind: 'number',
        text: (one) => formatCount(one.records_out + one.records_in),
        key: (one) => one.records_out + one.records_in,
      },
      {
        title: 'Out',
        kind: 'number',
        text: ({ bytes_out }) => formatBytes(bytes_out),
        key: ({ bytes_out }) => Number(bytes_out),
      },
      {
        title: 'In',
        kind: 'number',
        text: ({ bytes_in }) => formatBytes(bytes_in),
        key: ({ bytes_in }) => Number(bytes_in),
      },
      {
        title: 'Rejected',
        kind: 'number',
        text: ({ rejected }) => formatCount(rejected),
        key: ({ rejected }) => rejected,
      },
    ],
  });
}
