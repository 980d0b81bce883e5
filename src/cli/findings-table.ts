/** Findings as a person reads them: worst first, host before indicator, one sentence each; noise is one line, counted. */
import type { Finding } from '../core/finding-document.ts';
import { formatCount, formatSpan, tellFinding } from '../core/story.ts';
import { toPrintable } from './printable.ts';
import { type Activity, canDrawBlocks, drawActivity } from './sparkline.ts';
import { paint } from './talk.ts';
import { cutText, padText, toWidth, wrapText } from './text-width.ts';

/** What is said of a finding. Cells are lines of text. */
type Entry = {
  readonly severity: string;
  readonly host: readonly string[];
  readonly indicator: readonly string[];
  readonly what: string;
  readonly when: readonly string[];
};

const HEAD = { severity: 'SEVERITY', host: 'HOST', indicator: 'INDICATOR', what: 'WHAT HAPPENED', when: 'WHEN (UTC)' };
const SEVERITY_CELLS = 10;
const USUAL = 80;
const WIDEST = 160;
const NARROWEST = 40;
/** From here on columns leave the sentence more room than lines of its own would. */
const COLUMNS_FROM = 130;
const MOST_HOST_CELLS = 26;
const MOST_INDICATOR_CELLS = 26;
const MOST_BLOCKS = 24;
/** So long may be what logs and lists say. */
const MOST_NAME = 64;
const MOST_COMMENT = 160;
const MOST_SENTENCE = 1000;
/** Indicators that only knocked in vain: so many have a line of their own. */
const MOST_NOISE = 10;

/** The table, with a line break at its end; empty for no findings. No line is wider than `columns`, of 40 and more. */
export function renderFindings(findings: readonly Finding[], columns = process.stdout.columns ?? USUAL): string {
  if (findings.length === 0) return '';
  const width = Math.min(WIDEST, Math.max(NARROWEST, columns));
  const entries = toEntries(findings);
  const lines = width >= COLUMNS_FROM ? toColumns(entries, width) : toBlocks(entries, width);
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}

/** Each finding on lines of its own, one below the other. */
function toBlocks(entries: readonly Entry[], width: number): string[] {
  const cells = width - SEVERITY_CELLS;
  const { severity, ...titles } = HEAD;
  const blocks = entries.map((entry) =>
    beside(entry.severity, [
      ...wrapText(entry.host.join('  '), cells, '  '),
      ...wrapText(entry.indicator.join('  '), cells, '  '),
      ...wrapText(entry.what, cells, ' · '),
      ...wrapText(entry.when.join('  '), cells, '  '),
    ]),
  );
  return [...beside(severity, wrapText(Object.values(titles).join(' · '), cells, ' · ')), ...blocks.flat()];
}

function beside(severity: string, lines: readonly string[]): string[] {
  return lines.map((line, i) => `${i === 0 ? paintSeverity(severity) : ' '.repeat(SEVERITY_CELLS)}${line}`);
}

function toColumns(entries: readonly Entry[], width: number): string[] {
  const widest = (cells: (entry: Entry) => readonly string[], title: string) =>
    Math.max(toWidth(title), ...entries.flatMap(cells).map(toWidth));
  const host = Math.min(
    MOST_HOST_CELLS,
    widest((entry) => entry.host, HEAD.host),
  );
  const indicator = Math.min(
    MOST_INDICATOR_CELLS,
    widest((entry) => entry.indicator, HEAD.indicator),
  );
  const when = widest((entry) => entry.when, HEAD.when);
  const what = width - SEVERITY_CELLS - host - indicator - when - 6;
  const widths = [host, indicator, what, when];
  const title = { ...HEAD, host: [HEAD.host], indicator: [HEAD.indicator], when: [HEAD.when] };
  return [title, ...entries].flatMap((entry) => {
    const wrap = (cells: readonly string[], most: number) => cells.flatMap((cell) => wrapText(cell, most));
    const row = [
      wrap(entry.host, host),
      wrap(entry.indicator, indicator),
      wrapText(entry.what, what, ' · '),
      entry.when,
    ];
    return beside(entry.severity, joinCells(row, widths));
  });
}

function joinCells(cells: readonly (readonly string[])[], widths: readonly number[]): string[] {
  const height = Math.max(...cells.map(({ length }) => length));
  return Array.from({ length: height }, (_, i) =>
    cells.map((lines, column) => padText(lines[i] ?? '', widths[column]!)).join('  '),
  );
}

/** Colour is outside the padding: it takes no cell. */
function paintSeverity(severity: string): string {
  return paint(severity, severity, process.stdout) + ' '.repeat(SEVERITY_CELLS - severity.length);
}

function toEntries(findings: readonly Finding[]): Entry[] {
  const scans = findings.filter(({ kind }) => kind === 'scans');
  const noise = [...Map.groupBy(scans, ({ indicator }) => indicator).values()];
  const rest = noise.slice(MOST_NOISE);
  return [
    ...findings.filter(({ kind }) => kind === 'host').map(toEntry),
    ...noise.slice(0, MOST_NOISE).map(toNoiseEntry),
    ...(rest.length === 0 ? [] : [toRestEntry(rest)]),
  ];
}

function toEntry(finding: Finding): Entry {
  const { account_id: account, region, hourly } = finding;
  const names = [finding.instance_id ?? finding.interface_id, `${account} ${region}`];
  return {
    severity: shorten(finding.severity),
    host: [finding.local_ip, ...names.filter((name) => name !== '-')].map((name) => show(name, MOST_NAME)),
    indicator: nameIndicator(finding),
    what: show(tellFinding(finding), MOST_SENTENCE),
    when: tellWhen(
      [finding],
      hourly.map(({ hour, records }) => ({ at: hour, records })),
      3600,
    ),
  };
}

/** All days of an indicator. */
function toNoiseEntry(group: readonly Finding[]): Entry {
  const hosts = countHosts(group);
  const days = group.flatMap(({ day, rejected }) =>
    day === null ? [] : [{ at: `${day}T00:00:00Z`, records: rejected }],
  );
  return {
    severity: shorten(group[0]!.severity),
    host: [hosts === 1 ? show(group[0]!.local_ip, MOST_NAME) : `${formatCount(hosts)} hosts`],
    indicator: nameIndicator(group[0]!),
    what: tellRejected(group),
    when: tellWhen(group, days, 86_400),
  };
}

function toRestEntry(groups: readonly (readonly Finding[])[]): Entry {
  const all = groups.flat();
  const hosts = countHosts(all);
  return {
    severity: shorten(all[0]!.severity),
    host: [`${formatCount(hosts)} ${hosts === 1 ? 'host' : 'hosts'}`],
    indicator: [`${formatCount(groups.length)} more indicators`],
    what: tellRejected(all),
    when: tellWhen(all, [], 86_400),
  };
}

/** Of many hosts a finding names but the first, so this is the least it can be. */
function countHosts(group: readonly Finding[]): number {
  const named = new Set(group.flatMap(({ hosts }) => hosts)).size;
  return group.reduce((most, { host_count: count }) => Math.max(most, count), named);
}

function tellRejected(group: readonly Finding[]): string {
  const rejected = group.reduce((total, finding) => total + finding.rejected, 0);
  return `${formatCount(rejected)} rejected ${rejected === 1 ? 'record' : 'records'}, nothing answered`;
}

function tellWhen(group: readonly Finding[], activity: readonly Activity[], stepSeconds: number): string[] {
  const firsts = group.flatMap(({ first_seen }) => first_seen ?? []).sort();
  const lasts = group.flatMap(({ last_seen }) => last_seen ?? []).sort();
  const blocks = canDrawBlocks() ? drawActivity(activity, stepSeconds, MOST_BLOCKS) : '';
  return [formatSpan(firsts[0] ?? null, lasts.at(-1) ?? null), ...(blocks === '' ? [] : [blocks])];
}

function nameIndicator({ indicator, comment }: Finding): string[] {
  return comment === '' ? [indicator] : [indicator, `"${show(comment, MOST_COMMENT)}"`];
}

function show(text: string, cells: number): string {
  return cutText(toPrintable(text), cells);
}

function shorten(severity: string): string {
  return severity === 'INFORMATIONAL' ? 'INFO' : severity;
}
