/** The hosts of the gravest findings and whom else they talked to, by bytes per record: exfiltration stands out. */
import type { Finding } from '../core/finding-document.ts';
import type { ResultRow } from '../core/match.ts';
import { formatBytes, formatCount } from '../core/story.ts';
import type { HostDataRatio } from '../tasks/record-data-ratio.ts';
import { toPrintable } from './printable.ts';

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

/** Columns are as wide as what stands in them, so that two IPv6 addresses still fit 80 cells. */
function renderHost(host: string, rows: readonly ResultRow[]): string {
  const cells = rows.slice(0, MOST_PEERS).map((row) => toCells(host, row));
  const [peer = 0, bytes = 0, ratio = 0, records = 0] = cells[0]!.map((_, column) =>
    Math.max(...cells.map((row) => row[column]!.length)),
  );
  const lines = cells.map(
    ([name = '', total = '', mean = '', count = '']) =>
      `  ${name.padEnd(peer)}  ${total.padStart(bytes)}  ${mean.padStart(ratio)}  ${count.padStart(records)}\n`,
  );
  return `${host}\n${lines.join('')}`;
}

function toCells(host: string, row: ResultRow): string[] {
  const isOut = row.sourceaddress === host;
  const records = Number(row.record_count ?? 0);
  return [
    toPrintable(`${isOut ? 'to  ' : 'from'} ${isOut ? row.destinationaddress : row.sourceaddress}`),
    formatBytes(BigInt(row.total_bytes ?? 0)),
    `${formatBytes(Number(row.data_ratio ?? 0))}/record`,
    `${formatCount(records)} ${records === 1 ? 'record' : 'records'}`,
  ];
}
