/**
 * Finding → one message for people and machines. It is JSON, since those who filter and file it by program parse it, and
 * SNS hands attributes on only with a message that is the same for all subscribers
 * (docs.aws.amazon.com/sns/latest/dg/sns-message-attributes.html). Its first lines are whole sentences, since those who
 * get it by e-mail read it on a telephone.
 */
import { toJson } from './exact-json.ts';
import type { Finding } from './finding-document.ts';
import { toNotificationSubject, toNotificationText } from './notification-text.ts';
import { toLine } from './plain-text.ts';
import type { Notice } from './publication.ts';
import { toNextSteps } from './runbook.ts';

/** SNS counts a message's attributes too. */
const MESSAGE_BYTES = 262_144;
const ATTRIBUTE_LENGTH = 256;
/** A month of hours is 100 kB: nothing to have in a mail. */
const MOST_HOURS = 48;
const TEXT_LENGTH = 1024;
/** So long can the lists of a finding be: addresses of a wide network, interfaces, other indicators. */
const LISTS = ['indicator_ip', 'also_in', 'legs'] as const;
export const DIRECTIONS = { local: 'outbound', indicator: 'inbound', unknown: 'unknown' } as const;
/** No XML 1.0 characters, which queues refuse; JSON can spell them out. */
const NONCHARACTERS = /[\uFFFE\uFFFF]/g;

export type NotificationMessage = {
  readonly id: string;
  readonly subject: string;
  readonly body: string;
  /** Of a digest lists. */
  readonly attributes: Readonly<Record<string, string | readonly string[]>>;
  /** Other than the one for all. */
  readonly topic?: string;
};

/** The message about a finding. `notice` gives its id, the same for every repetition, and why it is sent. */
export function toNotification(
  finding: Finding,
  { id, kind }: Pick<Notice, 'id' | 'kind'>,
  topic?: string,
): NotificationMessage {
  const subject = toNotificationSubject(finding);
  const attributes = toAttributes(finding, { id, kind });
  const overhead = Object.entries(attributes).flatMap(([name, value]) => [name, value, 'String']);
  const most = MESSAGE_BYTES - Buffer.byteLength([subject, ...overhead].join(''));
  const text = toNotificationText(finding, kind);
  const body = toBody({ text, next_steps: toNextSteps(finding), notification_id: id, kind }, finding, most);
  return { id, subject, attributes, body, ...(topic === undefined ? {} : { topic }) };
}

/** What subscribers filter by; ten at most reach a queue with raw delivery, and an empty value is refused. */
function toAttributes(finding: Finding, { id, kind }: Pick<Notice, 'id' | 'kind'>): Record<string, string> {
  const { severity, account_id: account, region, indicator, finding_id } = finding;
  const direction = DIRECTIONS[finding.initiator];
  const all = { severity, kind, direction, account, region, indicator, finding_id, notification_id: id };
  return Object.fromEntries(
    Object.entries(all)
      .map(([name, value]) => [name, toCleanValue(value)] as const)
      .filter(([, value]) => value !== ''),
  );
}

/** A value that SNS and queues take for an attribute. */
export function toCleanValue(value: string): string {
  return toLine(value, ATTRIBUTE_LENGTH).replace(NONCHARACTERS, '?');
}

/** As much of the finding as fits: texts and lists are cut, and `left_off` says how many entries of which. */
function toBody(head: Readonly<Record<string, unknown>>, finding: Finding, most: number): string {
  const toCut = (kept: Finding, leftOff: Record<string, number>) =>
    toMessageJson({ ...head, finding: kept, left_off: leftOff, whole: `findings/${finding.finding_id}.json` });
  const hours = finding.hourly.length;
  const hourless = hours > MOST_HOURS ? { hourly: hours } : {};
  const mailed = hours > MOST_HOURS ? { ...finding, hourly: [] } : finding;
  let body = hours > MOST_HOURS ? toCut(mailed, hourless) : toMessageJson({ ...head, finding });
  let entries = Math.max(...LISTS.map((list) => finding[list].length));
  while (Buffer.byteLength(body) > most) {
    const { kept, leftOff } = shorten(mailed, entries);
    body = toCut(kept, { ...hourless, ...leftOff });
    if (entries === 0) break;
    entries = Math.floor(entries / 2);
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

/** JSON without characters that queues refuse. */
export function toMessageJson(message: unknown): string {
  return toJson(message, 2).replace(NONCHARACTERS, (character) => `\\u${character.charCodeAt(0).toString(16)}`);
}
