/** The hosts of the gravest findings and whom else they talked to, by bytes per record: exfiltration stands out. */
import type { Finding } from '../core/finding-document.ts';
import type { ResultRow } from '../core/match.ts';
import { formatBytes, formatCount } from '../core/story.ts';
import type { HostDataRatio } from '../tasks/record-result.ts';

const MOST_HOSTS = 3;
const MOST_PEERS = 4;

/** Empty where no host was looked at. */
export function renderPeers(findings: readonly Finding[], dataRatios: readonly HostDataRatio[]): string {
  const blocks = findings
    .map((finding) => ({ finding, rows: dataRatios.find(({ findingId }) => findingId === finding.finding_id)?.rows }))
    .filter(({ rows }) => rows !== undefined && rows.length > 0)
    .slice(0, MOST_HOSTS)
    .map(({ finding, rows }) => renderHost(finding.local_ip, rows ?? []));
  return blocks.length === 0 ? '' : `DATA RATIO of these hosts, most bytes first\n${blocks.join('')}`;
}

function renderHost(host: string, rows: readonly ResultRow[]): string {
  return rows
    .slice(0, MOST_PEERS)
    .map((row, i) => `${(i === 0 ? host : '').padEnd(20)} ${renderRow(host, row)}\n`)
    .join('');
}

function renderRow(host: string, row: ResultRow): string {
  const isOut = row.sourceaddress === host;
  const peer = `${isOut ? 'to  ' : 'from'} ${isOut ? row.destinationaddress : row.sourceaddress}`;
  const bytes = formatBytes(BigInt(row.total_bytes ?? 0)).padStart(9);
  const ratio = `${formatBytes(Number(row.data_ratio ?? 0))} a record`.padStart(18);
  const records = Number(row.record_count ?? 0);
  return `${peer.padEnd(28)}${bytes} ${ratio}   ${formatCount(records)} ${records === 1 ? 'record' : 'records'}`;
}
