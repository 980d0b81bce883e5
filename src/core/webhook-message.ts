/**
 * An SNS message → what a chat's webhook takes: Slack's blocks, or an adaptive card for Teams' workflows. Texts come from logs
 * and lists, so they go into parts that the chat shows as they are, and never into markup.
 */
import { toLine } from './plain-text.ts';
import { SEVERITIES, type Severity } from './severity.ts';

export const WEBHOOK_KINDS = ['slack', 'teams'] as const;
export type WebhookKind = (typeof WEBHOOK_KINDS)[number];

/** What of an SNS message is shown; anybody who may publish to the topic can have written it. */
export type ChatNote = { readonly title: string; readonly lines: readonly string[]; readonly severity?: Severity };

/** docs.slack.dev/reference/block-kit/blocks: 150 characters of a header, 3,000 of a section. */
const TITLE_LENGTH = 150;
const LINE_LENGTH = 300;
/** Slack's 3,000 characters, and Teams' 28 KB a message where each takes four bytes and its JSON. */
const TEXT_LENGTH = 2800;
const MOST_LINES = 16;
/** What turns text around, or hides in it. */
const INVISIBLE = /[\u061C\u200B-\u200F\u2028-\u202E\u2060-\u2069\uFEFF\uFFF9-\uFFFF\u{E0000}-\u{E007F}]/gu;

/** The subject, and the lines for people; of a message that is not ours its first lines. */
export function toChatNote(subject: string | undefined, message: string): ChatNote {
  const lines = cutLines(readLines(message).map(toShown));
  const title = toLine(toShown(subject ?? lines[0] ?? ''), TITLE_LENGTH) || 'Flowhound';
  const severity = SEVERITIES.find((one) => title.startsWith(`[${one}]`));
  return { title, lines, ...(severity === undefined ? {} : { severity }) };
}

function readLines(message: string): string[] {
  try {
    const { text } = JSON.parse(message) as { text?: unknown };
    if (Array.isArray(text)) return text.map(String);
  } catch {
    // Somebody else's message, in plain text.
  }
  return message.split('\n');
}

/** No link can be clicked that way, and no text turned around. */
function toShown(text: string): string {
  return toLine(text.replace(INVISIBLE, '?').replaceAll('://', '[:]//'), LINE_LENGTH);
}

function cutLines(lines: readonly string[]): string[] {
  const kept: string[] = [];
  let length = 0;
  for (const line of lines.filter((each) => each !== '')) {
    length += line.length + 1;
    if (kept.length === MOST_LINES || length > TEXT_LENGTH) return [...kept, '…'];
    kept.push(line);
  }
  return kept;
}

/** The body of the request. */
export function toWebhookBody(kind: WebhookKind, note: ChatNote): string {
  return JSON.stringify(kind === 'slack' ? toSlackMessage(note) : toTeamsMessage(note));
}

/** `plain_text` has no markup, mentions or links; `text` is what notifications show, in which `&<>` are Slack's own. */
function toSlackMessage({ title, lines }: ChatNote): object {
  const plain = (text: string) => ({ type: 'plain_text', text, emoji: false });
  return {
    text: title.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'),
    ...{ mrkdwn: false, unfurl_links: false, unfurl_media: false },
    blocks: [
      { type: 'header', text: plain(title) },
      ...(lines.length === 0 ? [] : [{ type: 'section', text: plain(lines.join('\n')) }]),
    ],
  };
}

/** A TextRun has no markdown, as a TextBlock would: adaptivecards.io/explorer/TextRun.html */
function toTeamsMessage({ title, lines, severity }: ChatNote): object {
  const paragraph = (text: string, look: object) => ({
    type: 'RichTextBlock',
    inlines: [{ type: 'TextRun', text, ...look }],
  });
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    ...{ type: 'AdaptiveCard', version: '1.4', fallbackText: title, msteams: { width: 'Full' } },
    body: [
      paragraph(title, { weight: 'Bolder', size: 'Medium', color: toColor(severity) }),
      ...lines.map((line, at) => ({ ...paragraph(line, {}), spacing: at === 0 ? 'Default' : 'Small' })),
    ],
  };
  const attachment = { contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content };
  return { type: 'message', attachments: [attachment] };
}

function toColor(severity: Severity | undefined): 'Attention' | 'Warning' | 'Default' {
  if (severity === 'CRITICAL' || severity === 'HIGH') return 'Attention';
  return severity === 'MEDIUM' ? 'Warning' : 'Default';
}

/** The address of a webhook, which is a secret: it is in no message, not even of what is wrong with it. */
export function parseWebhookUrl(text: string): URL {
  const url = URL.parse(text.trim());
  if (url === null) throw new WebhookRefused('the webhook’s address is no URL');
  // Only this machine may be called without encryption: whatever listens there is its owner's.
  const isHere = url.protocol === 'http:' && ['127.0.0.1', '[::1]'].includes(url.hostname);
  if (url.protocol !== 'https:' && !isHere) throw new WebhookRefused('the webhook’s address is not https://');
  if (url.username !== '' || url.password !== '') throw new WebhookRefused('the webhook’s address holds a password');
  return url;
}

/** The webhook does not take it, and will not unless its address or the message changes. */
export class WebhookRefused extends Error {
  override readonly name = 'WebhookRefused';
  readonly exitStatus = 1;
}

/** The webhook could not be reached, or has too much to do. */
export class WebhookUnavailable extends Error {
  override readonly name = 'WebhookUnavailable';
  readonly exitStatus = 1;
}
