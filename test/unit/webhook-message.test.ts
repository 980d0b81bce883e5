import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldFindings } from '../../src/core/finding.ts';
import { toNotification } from '../../src/core/notification.ts';
import { parseWebhookUrl, toChatNote, toWebhookBody } from '../../src/core/webhook-message.ts';
import { runs } from '../property/runs.ts';
import { makeTwoWayTally } from './tallies.ts';

const finding = foldFindings([makeTwoWayTally({ comment: 'C2' })]).findings[0]!;
const { subject, body } = toNotification(finding, { id: 'fh-1:HIGH', kind: 'new' });
const note = toChatNote(subject, body);

type Slack = { text: string; blocks: { type: string; text: { type: string; text: string; emoji: boolean } }[] };
type Paragraph = { type: string; inlines: { type: string; text: string; color?: string }[] };
type Teams = { attachments: { content: { body: Paragraph[] } }[] };
const toSlack = (each = note): Slack => JSON.parse(toWebhookBody('slack', each));
const toTeams = (each = note): Paragraph[] =>
  (JSON.parse(toWebhookBody('teams', each)) as Teams).attachments[0]!.content.body;

describe('toChatNote', () => {
  it('has what the message tells people', () => {
    expect(note.title).toBe('[HIGH] 10.0.0.5 -> 203.0.113.7 (C2)');
    expect(note.severity).toBe('HIGH');
    expect(note.lines).toEqual((JSON.parse(body) as { text: string[] }).text);
  });

  it('takes what others publish to the topic for text', () => {
    expect(toChatNote(undefined, 'maintenance\ntonight\n')).toEqual({
      title: 'maintenance',
      lines: ['maintenance', 'tonight'],
    });
    expect(toChatNote(undefined, '')).toEqual({ title: 'Flowhound', lines: [] });
    expect(toChatNote('s', '{"text":{"a":1}}').lines).toEqual(['{"text":{"a":1}}']);
    expect(toChatNote('s', 'null').lines).toEqual(['null']);
  });

  it('makes no link, and turns no text around', () => {
    const { lines } = toChatNote('x', JSON.stringify({ text: ['see https://evil.example/\u202Egpj.exe\u200B'] }));
    expect(lines).toEqual(['see https[:]//evil.example/?gpj.exe?']);
  });
});

describe('Slack', () => {
  it('shows a header and the lines', () => {
    const { text, blocks } = toSlack();
    expect(text).toBe('[HIGH] 10.0.0.5 -&gt; 203.0.113.7 (C2)');
    expect(blocks.map(({ type }) => type)).toEqual(['header', 'section']);
    expect(blocks[1]!.text.text.split('\n')).toEqual(note.lines);
  });
});

describe('Teams', () => {
  it('shows a card', () => {
    const [title, ...lines] = toTeams();
    expect(title!.inlines).toMatchObject([{ text: note.title, color: 'Attention' }]);
    expect(lines.map(({ inlines }) => inlines[0]!.text)).toEqual(note.lines);
  });
});

const HOSTILE = [
  '<!channel> <@U012> <https://evil.example|bank>',
  '*bold* _it_ `code` ~no~ :skull:',
  '[bank](https://evil.example) **x** <at>everyone</at> ![i](http://evil.example/i.png)',
  '","type":"image","image_url":"https://evil.example"}',
  '\u0000\u001b]8;;https://evil.example\u0007\u202e\ud800',
  '😈'.repeat(9000),
];

describe('what a list or a log may hold', () => {
  it('stands in parts without markup, within the limits, whatever it is', () => {
    const text = fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: 'binary', maxLength: 400 }));
    const message = fc.oneof(
      fc.array(text, { maxLength: 40 }).map((lines) => JSON.stringify({ text: lines })),
      text,
    );
    fc.assert(
      fc.property(fc.option(text, { nil: undefined }), message, (title, said) => {
        const each = toChatNote(title, said);
        const { text: fallback, blocks } = toSlack(each);
        expect(fallback.replaceAll(/&(amp|lt|gt);/g, '')).not.toMatch(/[<>&]/);
        for (const block of blocks) {
          expect(Object.keys(block).sort()).toEqual(['text', 'type']);
          expect(block.text).toEqual({ type: 'plain_text', text: block.text.text, emoji: false });
          expect(block.text.text.length).toBeLessThanOrEqual(block.type === 'header' ? 150 : 3000);
          expect(block.text.text).not.toBe('');
        }
        for (const { type, inlines } of toTeams(each)) {
          expect([type, inlines.map((run) => run.type)]).toEqual(['RichTextBlock', ['TextRun']]);
        }
        for (const kind of ['slack', 'teams'] as const) {
          const sent = toWebhookBody(kind, each);
          expect(Buffer.byteLength(sent)).toBeLessThan(28_000);
          expect(sent).not.toContain('://evil');
          expect(sent.isWellFormed()).toBe(true);
          expect(sent).not.toMatch(/\\ud[89a-f]/i);
        }
      }),
      runs(300),
    );
  });
});

describe('parseWebhookUrl', () => {
  it('takes https, and http to this machine', () => {
    expect(parseWebhookUrl(' https://hooks.slack.com/services/T/B/x\n').hostname).toBe('hooks.slack.com');
    expect(parseWebhookUrl('http://127.0.0.1:8080/x').port).toBe('8080');
  });

  it.each(['http://localhost.evil.example/secret', 'file:///secret', 'https://user:secret@chat.example/', 'secret'])(
    'refuses %s without repeating it',
    (text) => {
      expect(() => parseWebhookUrl(text)).toThrow(/^the webhook’s address (is|holds) [^"]*$/);
      try {
        parseWebhookUrl(text);
      } catch (error) {
        expect(String((error as Error).stack)).not.toContain('secret@');
        expect((error as Error).message).not.toContain('secret');
      }
    },
  );
});
