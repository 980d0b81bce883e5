/**
 * Hostile strings in every free text of logs, lists, file names and settings, through the command line into everything it prints: a
 * terminal is not steered, a spreadsheet computes nothing, JSON and CSV parse to the same, services take it.
 */
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toWidth } from '../../src/cli/text-width.ts';
import type { Finding } from '../../src/core/finding-document.ts';
import { toNotification } from '../../src/core/notification.ts';
import { findFault } from '../aws-double/asff-rules.ts';
import { checkPublish } from '../aws-double/sns-limits.ts';
import { Delivery, INSTANCE_FIELDS } from '../incidents/flow-logs.ts';
import { makeWorld, type World, writeFileAt } from '../oracle/world.ts';
import { runs } from '../property/runs.ts';
import { flowhound, linesOf, parseLines, STACK_TRACE } from './command-line.ts';

const HOSTILE = [
  ...[
    '\u001b[2J\u001b[31mred',
    '\u001b]0;owned\u0007',
    '\u001b]8;;http://192.0.2.1\u001b\\link',
    '\u009b31m',
    '\u0007\b\b\b',
  ],
  ...[
    'invoice\u202egpj.exe',
    '\u2066x\u2069',
    'a\u200bb\ufeffc',
    '\u{e0041}\u{e0042}',
    '\u2028',
    '\u0085',
    '\ufff9a\ufffb',
  ],
  ...["=cmd|' /C calc'!A0", '@SUM(1+1)', '+1+1', '-1+1', '＝1+1', '\t=1', 'x;=1+1', '"=1+1', '"",=1+1', "'=1"],
  ...[`e${'\u0301'.repeat(300)}`, '👨‍👩‍👧'.repeat(90), '漢字'.repeat(200), '😈'.repeat(1500), 'x'.repeat(3000)],
  ...['<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', '#{7*7}', '{{7*7}}', '%s%n', '`id`', '$(id)'],
  ...[
    '../../../etc/passwd',
    '__proto__',
    'constructor',
    'NULL',
    '-',
    '\\',
    '"',
    "'; DROP TABLE findings; --",
    '\ufffe\uffff',
  ],
];
const TEXT = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...HOSTILE) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }).map((text) => text.toWellFormed()) },
);

/** Blanks and line ends would be the end of it. */
const toField = (text: string) => text.replace(/[ \n\r]/g, '_') || '-';
const toCsvText = (text: string) => `"${text.replaceAll('"', '""')}"`;
/** What no file can be called, and what would be too long. */
const toFileName = (text: string) =>
  Buffer.from(text.replace(/[/\0]/g, '_')).subarray(0, 200).toString().replaceAll('\ufffd', '');

/** A host for each text, which talks to an address of its own. */
function writeLogs(world: World, texts: readonly string[]): void {
  const delivery = new Delivery();
  const fields = [...INSTANCE_FIELDS, 'region', 'pkt-src-aws-service', 'sublocation-id', 'next-years-field'];
  const log = { id: 'fl-0a', accountId: '111122223333', region: 'us-east-1', fields };
  for (const [i, text] of texts.entries()) {
    const names = ['interface-id', 'vpc-id', 'subnet-id', 'instance-id', 'pkt-src-aws-service', 'next-years-field'];
    const own = Object.fromEntries(names.map((name, at) => [name, toField(texts[(i + at) % texts.length]!)]));
    const odd =
      i % 3 === 0
        ? { region: toField(text), action: toField(text), 'account-id': toField(text) }
        : { action: 'ACCEPT' };
    const [local, remote] = [`10.0.0.${i + 1}`, `203.0.113.${i + 1}`];
    const start = 1_788_220_800 + i;
    const more = { ...own, ...odd, protocol: 6, packets: 1, bytes: 60, start, end: start + 60, 'tcp-flags': 0 };
    delivery.add(log, { ...more, srcaddr: local, dstaddr: remote, srcport: 50_000, dstport: 443 });
    delivery.add(log, { ...more, srcaddr: remote, dstaddr: local, srcport: 443, dstport: 50_000 });
  }
  delivery.write(world);
}

function writeList(world: World, texts: readonly string[]): string {
  const lines = texts.map((text, i) => `203.0.113.${i + 1},${toCsvText(text)}`);
  const bad = texts.slice(0, 3).map((text) => `${toCsvText(text)},x`);
  return writeFileAt(
    world.root,
    `x${toFileName(texts[0]!)}.csv`,
    ['threat_ip,threat_comment', ...lines, ...bad, ''].join('\n'),
  );
}

/** What a terminal obeys, hides or turns around. */
const ACTS = /(?!\n)[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\ufff9-\ufffb]|(?!\ufe0e|\ufe0f)\p{Default_Ignorable_Code_Point}/u;
const COMPUTED = /(^|[;\t\r\n])[ \u00a0\u200b\ufeff]*[=+\-@＝＋－＠]|^[\t\r\n]/;
const NUMBER = /^(-|-?\d+(\.\d+)?)$/;

function expectSafeTalk(stderr: string): void {
  expect(stderr).not.toMatch(ACTS);
  expect(stderr).not.toMatch(STACK_TRACE);
}

/** Rows of a CSV as safe as they are many. */
function readCsv(stdout: string): Record<string, string>[] {
  const rows: Record<string, string>[] = parse(stdout, { columns: true, record_delimiter: '\n' });
  for (const cell of rows.flatMap((row) => Object.values(row)))
    if (!NUMBER.test(cell)) expect(cell).not.toMatch(COMPUTED);
  return rows;
}

async function ask(world: World, ...args: string[]): Promise<string> {
  const { status, stdout, stderr } = await flowhound([...args, '--home', world.home], { cwd: world.root });
  expect(status, stderr).toBe(0);
  expectSafeTalk(stderr);
  return stdout;
}

async function expectSafe(world: World, texts: readonly string[]): Promise<void> {
  writeLogs(world, texts);
  const list = writeList(world, texts);
  const table = await ask(world, 'sweep', world.logs, '--iocs', list, '--output', 'table');
  expect(table).not.toMatch(ACTS);
  for (const line of table.split('\n')) expect(toWidth(line)).toBeLessThanOrEqual(80);

  const ndjson = await ask(world, 'findings', '--output', 'ndjson');
  const findings = parseLines(ndjson);
  expect(findings).toHaveLength(texts.length);
  expect(findings.map(({ comment }) => comment).sort()).toEqual(texts.map((text) => text.trim()).sort());
  expect(ndjson).not.toMatch(ACTS);
  expect(JSON.parse(await ask(world, 'findings', '--output', 'json'))).toEqual(findings);
  const rows = readCsv(await ask(world, 'findings', '--output', 'csv'));
  expect(rows.map(({ finding_id }) => finding_id)).toEqual(findings.map(({ finding_id }) => finding_id));

  const sightings = parseLines(await ask(world, 'findings', '--sightings', '--output', 'ndjson'));
  expect(readCsv(await ask(world, 'findings', '--sightings', '--output', 'csv'))).toHaveLength(sightings.length);
  expect(readCsv(await ask(world, 'indicators', 'check', list, '--output', 'csv'))).toHaveLength(3);
  await expectServicesTakeIt(world, findings as unknown as Finding[]);
}

async function expectServicesTakeIt(world: World, findings: readonly Finding[]): Promise<void> {
  for (const asff of parseLines(await ask(world, 'findings', '--output', 'asff'))) {
    expect(findFault(asff as Parameters<typeof findFault>[0])).toBeUndefined();
  }
  for (const finding of findings) {
    const { subject, body, attributes } = toNotification(finding, { id: 'fh-1:HIGH', kind: 'new' });
    const entries = Object.entries(attributes).flatMap(([name, value], i) => [
      [`MessageAttributes.entry.${i + 1}.Name`, name],
      [`MessageAttributes.entry.${i + 1}.Value.DataType`, 'String'],
      [`MessageAttributes.entry.${i + 1}.Value.StringValue`, String(value)],
    ]);
    checkPublish({ Message: body, Subject: subject, ...Object.fromEntries(entries) });
    expect(JSON.parse(body).finding.finding_id).toBe(finding.finding_id);
    for (const line of JSON.parse(body).text) expect(line).not.toMatch(/[\p{Cc}\p{Cs}\p{Bidi_Control}]/u);
  }
}

describe('hostile strings', () => {
  it('in logs and lists steer nothing that is printed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(TEXT, { minLength: 6, maxLength: 14, selector: (text) => text.trim() }),
        async (texts) => {
          const world = makeWorld();
          try {
            await expectSafe(world, texts);
          } finally {
            world.remove();
          }
        },
      ),
      { ...runs(1), endOnFailure: true },
    );
  });

  it('all of the known ones', async () => {
    const world = makeWorld();
    await expectSafe(world, [...new Set(HOSTILE.map((text) => text.trim()))]).finally(world.remove);
  });

  it('in rows of queries are cells and strings, nothing more', async () => {
    const world = makeWorld();
    const texts = [...new Set(HOSTILE.map((text) => text.trim()))];
    writeLogs(world, texts);
    const list = writeList(world, texts);
    const query = (format: string) =>
      ask(world, 'query', 'incident_vpc_flow_directional', world.logs, '--iocs', list, '--output', format);
    const ndjson = await query('ndjson');
    const rows = parseLines(ndjson);
    expect(rows).toHaveLength(texts.length * 2);
    expect(new Set(rows.map(({ interfaceid }) => interfaceid))).toEqual(new Set(texts.map(toField)));
    expect(JSON.parse(await query('json'))).toEqual(rows);
    expect(readCsv(await query('csv'))).toHaveLength(rows.length);
    const table = await query('table');
    for (const shown of [ndjson, table]) expect(shown).not.toMatch(ACTS);
    world.remove();
  });

  it('in arguments and settings are told in one line', async () => {
    const world = makeWorld();
    const evil = '\u001b]0;owned\u0007\u202e=1\u2028';
    const config = writeFileAt(world.root, 'odd.json', JSON.stringify({ [evil]: evil }));
    const calls = [
      ['findings', '--config', config],
      ['findings', '--config', join(world.root, evil)],
      ['findings', '--severity', evil],
      ['sweep', join(world.root, evil), '--iocs', evil],
      ['sweep', world.logs, '--iocs', evil, '--from', evil],
      [evil],
      ['findings', `--${evil}`],
    ];
    await Promise.all(
      calls.map(async (args) => {
        const { status, stdout, stderr } = await flowhound(args, { cwd: world.root });
        expect([status, stdout], args.join(' ')).toEqual([2, '']);
        expect(linesOf(stderr), stderr).toHaveLength(1);
        expectSafeTalk(stderr);
      }),
    );
    world.remove();
  });
});
