/** The rest of the hosts' traffic by bytes per record: the playbook's data ratio, which makes bulk transfers stand out. */
import type { FindingContext, Peer } from '../core/finding-context.ts';
import type { Finding } from '../core/finding-document.ts';
import { formatBytes, formatCount, formatSpan } from '../core/story.ts';
import type { CaseFile } from './case-file.ts';
import { renderTable } from './data-table.ts';
import { type Html, html } from './html.ts';
import { plural } from './wording.ts';

type Row = Peer & { readonly host: string; readonly isIndicator: boolean };

export function renderPeers({ findings, contexts }: CaseFile): Html {
  const known = findings.filter(({ finding_id }) => (contexts.get(finding_id)?.peers.length ?? 0) > 0);
  return html`<section id="peers" aria-labelledby="peers-title">
<h2 id="peers-title">What else these hosts did</h2>
${known.length === 0 ? html`<p>No host's other traffic was asked for: it is rationed, and a hunt asks none. <code>npx flowhound query data_ratio &lt;logs…&gt; --param ip=&lt;host&gt;</code> asks now.</p>` : renderKnown(known, contexts)}
</section>
`;
}

function renderKnown(findings: readonly Finding[], contexts: ReadonlyMap<string, FindingContext>): Html {
  const rows = findings.flatMap((finding) =>
    contexts.get(finding.finding_id)!.peers.map((peer) => toRow(finding, peer)),
  );
  const table = renderTable<Row>({
    id: 'peers-table',
    caption: 'Top ten peers of each host in the logs of the window, most bytes first',
    rows,
    printed: 'some',
    columns: [
      { title: 'Host', kind: 'code', text: ({ host }) => host },
      { title: 'From', kind: 'code', text: ({ from }) => from },
      { title: 'To', kind: 'code', text: ({ to }) => to },
      { title: 'Bytes', kind: 'number', text: ({ bytes }) => formatBytes(bytes), key: ({ bytes }) => Number(bytes) },
      { title: 'Records', kind: 'number', text: ({ records }) => formatCount(records), key: ({ records }) => records },
      {
        title: 'Data ratio',
        kind: 'number',
        text: ({ data_ratio }) => `${formatBytes(Number(data_ratio))} a record`,
        key: ({ data_ratio }) => Number(data_ratio),
      },
      { title: 'Note', kind: 'text', text: ({ isIndicator }) => (isIndicator ? 'the indicator' : '') },
      {
        title: 'First and last (UTC)',
        kind: 'text',
        text: ({ first_seen, last_seen }) => `${toMinute(first_seen)} – ${toMinute(last_seen)}`,
      },
    ],
  });
  return html`<p>The data ratio is bytes per flow record: a pair that carries far more a record than a host's other pairs is a bulk transfer. Inner hosts that feed an outgoing stream show up here as well.</p>
${tellEver(findings, contexts)}
${table}`;
}

function toMinute(time: string | null): string {
  return time === null ? '?' : time.slice(0, 16).replaceAll('/', '-');
}

function toRow(finding: Finding, peer: Peer): Row {
  const remotes = new Set([finding.indicator, ...finding.indicator_ip]);
  return { ...peer, host: finding.local_ip, isIndicator: remotes.has(peer.from) || remotes.has(peer.to) };
}

/** First and last seen ever, in all logs that the address index knows. */
function tellEver(findings: readonly Finding[], contexts: ReadonlyMap<string, FindingContext>): Html | false {
  const known = [...Map.groupBy(findings, ({ indicator }) => indicator).values()]
    .map((group) => ({ indicator: group[0]!.indicator, ever: contexts.get(group[0]!.finding_id)!.ever }))
    .filter(({ ever }) => ever !== null);
  if (known.length === 0) return false;
  return html`<ul>${known.map(({ indicator, ever }) => html`<li>The address index has <code>${indicator}</code> in ${formatCount(ever!.objects)} log ${plural(ever!.objects, 'object')}, ${formatSpan(ever!.first_seen, ever!.last_seen)} (UTC, as exactly as objects go).</li>`)}</ul>`;
}
