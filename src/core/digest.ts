/**
 * Notices that are due → messages: one each, or one digest for many of a topic, severest first. A digest has an id of its
 * own, the same for the same notices, and names the id of each of them.
 */
import { createHash } from 'node:crypto';
import { toJson } from './exact-json.ts';
import type { Finding } from './finding-document.ts';
import type { NoticeRules, NoticeWay } from './notice-rules.ts';
import { DIRECTIONS, type NotificationMessage, toCleanValue, toMessageJson } from './notification.ts';
import { ARROWS } from './notification-text.ts';
import { toAsciiLine, toLine } from './plain-text.ts';
import type { Notice } from './publication.ts';
import { SEVERITIES, type Severity } from './severity.ts';
import { formatBytes, formatCount, formatSpan } from './story.ts';

/** One notice in a digest. */
export type DigestEntry = ReturnType<typeof toDigestEntry>;

export type DueNotice = {
  readonly notice: Notice;
  readonly severity: Severity;
  readonly way: Exclude<NoticeWay, 'hold'>;
  readonly entry: DigestEntry;
};

export type Digest<Due extends DueNotice> = { readonly topic: string | undefined; readonly notices: readonly Due[] };

/** "Less than 100 characters", says SNS. */
const SUBJECT_LENGTH = 99;
const LINE_LENGTH = 160;
const TEXT_LENGTH = 256;
/** What a telephone shows without scrolling for long, and what a mail program opens at once. */
const MOST_LINES = 12;
const MOST_ENTRIES = 100;
/** SNS takes 256 KB, attributes among them: this much for the body, and for each of five lists of values. */
const MOST_BODY_BYTES = 140_000;
const MOST_VALUES_BYTES = 20_000;

/** What of a finding a digest says. Texts of logs and lists are cut. */
export function toDigestEntry(finding: Finding, { id, kind }: Pick<Notice, 'id' | 'kind'>) {
  return {
    ...{ finding_id: finding.finding_id, notification_id: id, kind, severity: finding.severity },
    ...{ severity_reason: finding.severity_reason, severity_line: finding.severity_line, technique: finding.technique },
    ...{ account_id: toLine(finding.account_id, TEXT_LENGTH), region: toLine(finding.region, TEXT_LENGTH) },
    ...{ local_ip: finding.local_ip, host_count: finding.host_count, indicator: finding.indicator },
    ...{ comment: toLine(finding.comment, TEXT_LENGTH), initiator: finding.initiator },
    ...{ bytes_out: finding.bytes_out, bytes_in: finding.bytes_in },
    ...{ accepted: finding.accepted, rejected: finding.rejected },
    ...{ first_seen: finding.first_seen, last_seen: finding.last_seen },
  };
}

/** Which of them go by themselves, and which together. One that is alone in its digest needs none. */
export function planMessages<Due extends DueNotice>(
  due: readonly Due[],
  { topics, digestAbove }: Pick<NoticeRules, 'topics' | 'digestAbove'>,
): { singles: Due[]; digests: Digest<Due>[] } {
  const singles: Due[] = [];
  const digests: Digest<Due>[] = [];
  for (const [topic, notices] of Map.groupBy(due, ({ severity }) => topics[severity])) {
    const [held, prompt] = [
      notices.filter(({ way }) => way === 'digest'),
      notices.filter(({ way }) => way !== 'digest'),
    ];
    const isFlood = prompt.length > digestAbove;
    const together = isFlood ? notices : held;
    if (!isFlood) singles.push(...prompt);
    if (together.length > 1) digests.push({ topic, notices: together.toSorted(severestFirst) });
    else singles.push(...together);
  }
  return { singles: singles.toSorted(severestFirst), digests };
}

function severestFirst(a: DueNotice, b: DueNotice): number {
  return SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) || (a.notice.id < b.notice.id ? -1 : 1);
}

/** The message about all of them. */
export function toDigestMessage({ topic, notices }: Digest<DueNotice>): NotificationMessage {
  const entries = notices.map(({ entry }) => entry);
  const ids = entries.map(({ notification_id }) => notification_id).sort();
  const id = `digest-${createHash('sha256').update(ids.join('\n')).digest('hex').slice(0, 32)}`;
  const severities = countSeverities(notices);
  const head = { text: toText(entries, severities), notification_id: id, kind: 'digest', count: entries.length };
  const subject = toAsciiLine(`[${notices[0]!.severity}] ${tellCounts(severities, entries.length)}`, SUBJECT_LENGTH);
  const attributes = { ...toAttributes(entries), kind: 'digest', notification_id: id };
  const body = toBody({ ...head, severities }, entries);
  return { id, subject, attributes, body, ...(topic === undefined ? {} : { topic }) };
}

/** As many entries as fit; `left_off` says how many do not. */
function toBody(head: object, entries: readonly DigestEntry[]): string {
  for (let most = MOST_ENTRIES; ; most = Math.floor(most / 2)) {
    const findings = entries.slice(0, most);
    const leftOff = entries.length - findings.length;
    const cut = leftOff === 0 ? {} : { left_off: { findings: leftOff }, whole: 'findings/' };
    const body = toMessageJson({ ...head, ...cut, findings });
    if (most === 0 || Buffer.byteLength(body) <= MOST_BODY_BYTES) return body;
  }
}

/** `{"CRITICAL": 2, "HIGH": 5}`, severest first. */
function countSeverities(notices: readonly DueNotice[]): Partial<Record<Severity, number>> {
  const counts = SEVERITIES.toReversed().map(
    (severity) => [severity, notices.filter((notice) => notice.severity === severity).length] as const,
  );
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}

function tellCounts(severities: Partial<Record<Severity, number>>, count: number): string {
  const counts = Object.entries(severities).map(([severity, of]) => `${formatCount(of)} ${severity}`);
  return `${formatCount(count)} findings: ${counts.join(', ')}`;
}

function toText(entries: readonly DigestEntry[], severities: Partial<Record<Severity, number>>): string[] {
  const times = entries.flatMap(({ first_seen, last_seen }) => [first_seen, last_seen]).filter((time) => time !== null);
  const [first = null, last = null] = times.length === 0 ? [] : [times.reduce(least), times.reduce(greatest)];
  const rest = entries.length - MOST_LINES;
  return [
    `${tellCounts(severities, entries.length)}.`,
    `Their traffic was seen ${formatSpan(first, last)} UTC.`,
    ...entries.slice(0, MOST_LINES).map(tellEntry),
    ...(rest > 0 ? [`and ${formatCount(rest)} more`] : []),
  ].map((line) => toLine(line, LINE_LENGTH));
}

const least = (a: string, b: string) => (a < b ? a : b);
const greatest = (a: string, b: string) => (a > b ? a : b);

/** `HIGH: 10.0.0.5 -> 203.0.113.7, out 8.4 kB in 5.0 kB (C2)` */
function tellEntry(entry: DigestEntry): string {
  const { severity, kind, local_ip, host_count, initiator, indicator, comment, accepted, rejected } = entry;
  const graver = kind === 'escalated' ? ', graver' : '';
  const hosts = host_count > 1 ? `${formatCount(host_count)} hosts` : local_ip;
  const isBlocked = accepted === 0 && rejected > 0;
  const passed = `out ${formatBytes(entry.bytes_out)} in ${formatBytes(entry.bytes_in)}`;
  const flow = isBlocked ? `${formatCount(rejected)} records, all rejected` : passed;
  return `${severity}${graver}: ${hosts} ${ARROWS[initiator]} ${indicator}, ${flow}${comment === '' ? '' : ` (${comment})`}`;
}

/**
 * As a single message has them, as lists: a filter lets a digest through that holds one of its values
 * (docs.aws.amazon.com/sns/latest/dg/sns-message-attributes.html#SNSMessageAttributes.DataTypes).
 */
function toAttributes(entries: readonly DigestEntry[]): Record<string, readonly string[]> {
  const valuesOf = (read: (entry: DigestEntry) => string) =>
    [...new Set(entries.map((entry) => toCleanValue(read(entry))))].filter((value) => value !== '').sort();
  const all = {
    severity: valuesOf(({ severity }) => severity),
    direction: valuesOf(({ initiator }) => DIRECTIONS[initiator]),
    account: valuesOf(({ account_id }) => account_id),
    region: valuesOf(({ region }) => region),
    indicator: valuesOf(({ indicator }) => indicator),
  };
  return Object.fromEntries(
    Object.entries(all).filter(
      ([, values]) => values.length > 0 && Buffer.byteLength(JSON.stringify(values)) <= MOST_VALUES_BYTES,
    ),
  );
}

/** A digest that is under way: outbox/digests/<id>.json. */
export type PendingDigest = {
  readonly id: string;
  /** When it was claimed; null if the claim was given up. */
  readonly at: string | null;
  readonly state: 'pending' | 'sent';
  readonly message: NotificationMessage;
  readonly notices: readonly { readonly finding_id: string; readonly severity: Severity; readonly notice: Notice }[];
};

/** The digest as it is kept until all of it is settled; its message is said again word for word. */
export function toPendingDigest(digest: Digest<DueNotice>, clock: string): PendingDigest {
  const message = toDigestMessage(digest);
  const notices = digest.notices.map(({ notice, severity, entry: { finding_id } }) => ({
    finding_id,
    severity,
    notice,
  }));
  return { id: message.id, at: clock, state: 'pending', message, notices };
}

export function toDigestText(digest: PendingDigest): string {
  return `${toJson(digest, 2)}\n`;
}
