/** Finding → what people read first, on a telephone: a subject, then short lines, of which the first are whole sentences. */
import type { Finding } from './finding-document.ts';
import { toAsciiLine, toLine } from './plain-text.ts';
import type { Notice } from './publication.ts';
import { toNextSteps } from './runbook.ts';
import { formatCount, formatDuration, formatSpan, tellFinding } from './story.ts';

/** "Less than 100 characters", says SNS. */
const SUBJECT_LENGTH = 99;
const LINE_LENGTH = 240;
const COMMENT_LENGTH = 80;
/** The arrow is from whoever opened the conversation. */
export const ARROWS = { local: '->', indicator: '<-', unknown: '<->' } as const;

/** `[HIGH] 10.0.0.5 -> 203.0.113.7 (C2)` */
export function toNotificationSubject({
  severity,
  local_ip,
  host_count,
  initiator,
  indicator,
  comment,
}: Finding): string {
  const about = toLine(comment, SUBJECT_LENGTH);
  const hosts = host_count > 1 ? `${formatCount(host_count)} hosts` : local_ip;
  const ends = `[${severity}] ${hosts} ${ARROWS[initiator]} ${indicator}`;
  return toAsciiLine(about === '' ? ends : `${ends} (${about})`, SUBJECT_LENGTH);
}

/** Who did what to whom, why it is this severe, how much, when, where, what it is called, what to do, under which id. */
export function toNotificationText(finding: Finding, kind: Notice['kind']): string[] {
  const { severity, severity_reason, severity_line, technique } = finding;
  const lasted = finding.duration_seconds ? `, for ${formatDuration(finding.duration_seconds)}` : '';
  const lines = [
    `${severity}${kind === 'escalated' ? ', graver than before' : ''}: ${tellEnds(finding)}.`,
    `It is ${severity}: ${severity_reason.replace(/\.$/, '')} (${severity_line}).`,
    `What: ${tellFinding(finding)}`,
    `When: ${formatSpan(finding.first_seen, finding.last_seen)} UTC${lasted}`,
    `Where: ${tellPlace(finding)}`,
    `Technique: ${technique.id} ${technique.name}`,
    `Next: ${toNextSteps(finding)[0] ?? 'look at the host'}`,
    `Finding: ${finding.finding_id}, by the list ${toLine(finding.source, COMMENT_LENGTH) || 'without a name'}`,
  ];
  return lines.map((line) => toLine(line, LINE_LENGTH));
}

function tellEnds({ kind, local_ip, host_count, day, initiator, ...finding }: Finding): string {
  const about = toLine(finding.comment, COMMENT_LENGTH) || 'no comment';
  const indicator = `${finding.indicator} (${about})`;
  const hosts = host_count > 1 ? `${formatCount(host_count)} hosts` : local_ip;
  if (kind === 'scans') return `${indicator} tried ${hosts} on ${day ?? 'one day'}, and nothing got in`;
  if (initiator === 'local') return `${hosts} reached out to ${indicator}`;
  if (initiator === 'indicator') return `${indicator} came to ${hosts} from outside`;
  return `${hosts} and ${indicator} talked; who began is unknown`;
}

function tellPlace(finding: Finding): string {
  const { instance_id, interface_id, subnet_id, vpc_id, account_id, region } = finding;
  const host = [instance_id, interface_id, subnet_id, vpc_id].filter((name) => name !== null && name !== '-');
  return [...host, `account ${account_id}`, region].join(', ');
}
