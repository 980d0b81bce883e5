/**
 * Finding → one message for people and machines. It is JSON, since those who filter and file it by program parse it, and
 * SNS hands attributes on only with a message that is the same for all subscribers
 * (docs.aws.amazon.com/sns/latest/dg/sns-message-attributes.html). Its first lines are whole sentences, since those who
 * get it by e-mail read it on a telephone.
 */
import { toJson } from './exact-json.ts';
import type { Finding } from './finding-document.ts';
import { toAsciiLine, toLine } from './plain-text.ts';
import type { Notice } from './publication.ts';
import { formatSpan, tellFinding } from './story.ts';

/** "Less than 100 characters", says SNS. */
const SUBJECT_LENGTH = 99;
/** SNS counts a message's attributes too. */
const MESSAGE_BYTES = 262_144;
const LINE_LENGTH = 300;
const ATTRIBUTE_LENGTH = 256;
const TEXT_LENGTH = 1024;
/** So long can the lists of a finding be: addresses of a wide network, interfaces, other indicators. */
const LISTS = ['indicator_ip', 'also_in', 'legs'] as const;
const DIRECTIONS = { local: 'outbound', indicator: 'inbound', unknown: 'unknown' } as const;
const ARROWS = { local: '->', indicator: '<-', unknown: '<->' } as const;
/** No XML 1.0 characters, which queues refuse; JSON can spell them out. */
const NONCHARACTERS = /[\uFFFE\uFFFF]/g;

export type NotificationMessage = {
  readonly id: string;
  readonly subject: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
};

/** The message about a finding. `notice` gives its id, the same for every repetition, and why it is sent. */
export function toNotification(finding: Finding, { id, kind }: Pick<Notice, 'id' | 'kind'>): NotificationMessage {
  const subject = toSubject(finding);
  const attributes = toAttributes(finding, { id, kind });
  const overhead = Object.entries(attributes).flatMap(([name, value]) => [name, value, 'String']);
  const most = MESSAGE_BYTES - Buffer.byteLength([subject, ...overhead].join(''));
  const head = { text: toText(finding, kind), notification_id: id, kind };
  return { id, subject, attributes, body: toBody(head, finding, most) };
}

/** `[HIGH] 10.0.0.5 -> 203.0.113.7 (C2)`: the arrow is from whoever opened the conversation. */
function toSubject({ severity, local_ip, initiator, indicator, comment }: Finding): string {
  const about = toLine(comment, SUBJECT_LENGTH);
  const ends = `[${severity}] ${local_ip} ${ARROWS[initiator]} ${indicator}`;
  return toAsciiLine(about === '' ? ends : `${ends} (${about})`, SUBJECT_LENGTH);
}

function toText(finding: Finding, kind: Notice['kind']): string[] {
  const { severity, severity_reason, local_ip, indicator, comment, source } = finding;
  const about = toLine(comment, LINE_LENGTH) || 'no comment';
  const host = [finding.instance_id, finding.interface_id, finding.subnet_id, finding.vpc_id];
  const lines = [
    `${severity}${kind === 'escalated' ? ', graver than before' : ''}: ${local_ip} and ${indicator}`,
    `${severity_reason[0]?.toUpperCase()}${severity_reason.slice(1)}.`,
    tellFinding(finding),
    `When: ${formatSpan(finding.first_seen, finding.last_seen)} UTC`,
    `Host: ${host.filter((name) => name !== null && name !== '-').join(', ') || local_ip}`,
    `Account: ${finding.account_id}, ${finding.region}`,
    `Indicator: ${indicator}, ${about} (${source})`,
    `Finding: ${finding.finding_id}`,
  ];
  return lines.map((line) => toLine(line, LINE_LENGTH));
}

/** What subscribers filter by; ten at most reach a queue with raw delivery, and an empty value is refused. */
function toAttributes(finding: Finding, { id, kind }: Pick<Notice, 'id' | 'kind'>): Record<string, string> {
  const { severity, account_id: account, region, indicator, finding_id } = finding;
  const direction = DIRECTIONS[finding.initiator];
  const all = { severity, kind, direction, account, region, indicator, finding_id, notification_id: id };
  return Object.fromEntries(
    Object.entries(all)
      .map(([name, value]) => [name, toLine(value, ATTRIBUTE_LENGTH).replace(NONCHARACTERS, '?')] as const)
      .filter(([, value]) => value !== ''),
  );
}

/** As much of the finding as fits: texts and lists are cut, and `left_off` says how many entries of which. */
function toBody(head: Readonly<Record<string, unknown>>, finding: Finding, most: number): string {
  const longest = Math.max(...LISTS.map((list) => finding[list].length));
  let body = toMessageJson({ ...head, finding });
  for (let entries = longest; Buffer.byteLength(body) > most; entries = Math.floor(entries / 2)) {
    const { kept, leftOff } = shorten(finding, entries);
    body = toMessageJson({ ...head, finding: kept, left_off: leftOff, whole: `findings/${finding.finding_id}.json` });
  }
  return body;
}

function shorten(finding: Finding, entries: number): { kept: Finding; leftOff: Record<string, number> } {
  const kept: Record<string, unknown> = { ...finding };
  const leftOff: Record<string, number> = {};
  for (const [name, value] of Object.entries(finding)) if (typeof value === 'string') kept[name] = toShort(value);
  for (const list of LISTS) {
    const all: readonly unknown[] = finding[list];
    kept[list] = all.slice(0, entries).map((entry) => (typeof entry === 'string' ? toShort(entry) : entry));
    if (all.length > entries) leftOff[list] = all.length - entries;
  }
  return { kept: kept as Finding, leftOff };
}

function toShort(text: string): string {
  return text.length <= TEXT_LENGTH ? text : toLine(text, TEXT_LENGTH);
}

function toMessageJson(message: unknown): string {
  return toJson(message, 2).replace(NONCHARACTERS, (character) => `\\u${character.charCodeAt(0).toString(16)}`);
}
