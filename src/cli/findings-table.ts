/** Findings as a person reads them: worst first, one sentence each; noise is one line, counted. */
import Table from 'cli-table3';
import type { Finding } from '../core/finding-document.ts';
import type { Sighting } from '../core/sighting-document.ts';
import { formatBytes, formatCount, formatSpan, tellFinding } from '../core/story.ts';
import { toPrintable } from './printable.ts';
import { paint } from './talk.ts';

/** Cells are lines of text. */
type Line = { severity: string; host: string[]; indicator: string[]; what: string[]; when: string[] };

const HEAD = ['SEVERITY', 'HOST', 'INDICATOR', 'WHAT HAPPENED', 'WHEN (UTC)'];
const WIDEST = 160;
const NARROWEST = 80;
const BORDERLESS = {
  ...{ top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '', 'bottom-left': '' },
  ...{ 'bottom-right': '', left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: ' ' },
};

/** The table, with a line break at its end; empty for no findings. */
export function renderFindings(findings: readonly Finding[], columns = process.stdout.columns ?? NARROWEST): string {
  if (findings.length === 0) return '';
  const width = Math.min(WIDEST, Math.max(NARROWEST, columns));
  const fixed = width >= 130 ? [10, 22, 20, 0, 29] : [10, 18, 17, 0, 14];
  fixed[3] = width - fixed.reduce((total, cell) => total + cell, 0) - 5;
  const table = new Table({
    head: HEAD,
    colWidths: fixed,
    wordWrap: true,
    wrapOnWordBoundary: true,
    chars: BORDERLESS,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  for (const line of toLines(findings)) {
    const cells = [line.host, line.indicator, line.what, line.when].map((cell) => cell.map(toPrintable).join('\n'));
    table.push([paint(line.severity, line.severity, process.stdout), ...cells]);
  }
  return `${trimLines(table.toString())}\n`;
}

/** Sightings as plain columns. */
export function renderSightings(sightings: readonly Sighting[]): string {
  if (sightings.length === 0) return '';
  const head = [
    'INDICATOR',
    'ACCOUNT',
    'REGION',
    'INTERFACE',
    'LOCAL',
    'OUT',
    'IN',
    'ACCEPTED',
    'REJECTED',
    'SEEN (UTC)',
  ];
  const table = new Table({
    head,
    chars: BORDERLESS,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 1 },
  });
  for (const one of sightings) {
    table.push([
      ...[one.indicator, one.account_id, one.region, toPrintable(one.interface_id), one.local_ip],
      `${formatCount(one.records_out)} (${formatBytes(one.bytes_out)})`,
      `${formatCount(one.records_in)} (${formatBytes(one.bytes_in)})`,
      ...[formatCount(one.accepted), formatCount(one.rejected), formatSpan(one.first_seen, one.last_seen)],
    ]);
  }
  return `${trimLines(table.toString())}\n`;
}

function toLines(findings: readonly Finding[]): Line[] {
  const noise = findings.filter(({ severity }) => severity === 'INFORMATIONAL');
  const serious = findings.filter(({ severity }) => severity !== 'INFORMATIONAL').map(toLine);
  const grouped = Map.groupBy(noise, ({ indicator }) => indicator);
  return [
    ...serious,
    ...[...grouped.values()].map((group) => (group.length === 1 ? toLine(group[0]!) : toNoiseLine(group))),
  ];
}

function toLine(finding: Finding): Line {
  const account = `${finding.account_id} ${finding.region}`;
  return {
    severity: shorten(finding.severity),
    host: [finding.local_ip, finding.instance_id ?? finding.interface_id, account],
    indicator: nameIndicator(finding),
    what: [tellFinding(finding)],
    when: [formatSpan(finding.first_seen, finding.last_seen)],
  };
}

function toNoiseLine(group: readonly Finding[]): Line {
  const rejected = group.reduce((total, finding) => total + finding.rejected, 0);
  const hosts = Math.max(
    new Set(group.flatMap((finding) => finding.hosts)).size,
    ...group.map((one) => one.host_count),
  );
  const firsts = group
    .map(({ first_seen }) => first_seen)
    .filter((seen) => seen !== null)
    .sort();
  const lasts = group
    .map(({ last_seen }) => last_seen)
    .filter((seen) => seen !== null)
    .sort();
  return {
    severity: shorten(group[0]!.severity),
    host: [hosts === 1 ? group[0]!.local_ip : `${formatCount(hosts)} hosts`],
    indicator: nameIndicator(group[0]!),
    what: [`${formatCount(rejected)} rejected records, nothing answered`],
    when: [formatSpan(firsts[0] ?? null, lasts.at(-1) ?? null)],
  };
}

function nameIndicator({ indicator, comment }: Finding): string[] {
  return comment === '' ? [indicator] : [indicator, `"${comment}"`];
}

function shorten(severity: string): string {
  return severity === 'INFORMATIONAL' ? 'INFO' : severity;
}

function trimLines(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line, i, all) => line !== '' || all[i - 1] !== '')
    .join('\n');
}
