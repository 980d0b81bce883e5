/**
 * Text of an IOC list → indicators. A list is read line by line, so that one odd quote or line costs only itself:
 * either `threat_ip,threat_comment` (quotes allowed) or an address and, after a tab, blank, `#` or `;`, its comment.
 */
import { formatPrefix, type Network, type Prefix, parseNetwork, parsePrefix } from './address.ts';
import { type Gate, type ListProblem, refuse } from './indicator.ts';
import { type IndicatorColumns, IndicatorColumnsBuilder } from './indicator-columns.ts';

export type IndicatorList = { readonly indicators: IndicatorColumns; readonly problems: readonly ListProblem[] };

/** A list as it was read: its base name and its text. */
export type ListText = { readonly source: string; readonly text: string };

/** Another number for each change of what is made of a list's text: what is known of lists from before is forgotten. */
export const READING_VERSION = 1;

/** Lists in their order → one set of indicators; of doubles the first stays. */
export function readIndicatorLists(lists: readonly ListText[], gate: Gate): IndicatorList {
  const indicators = new IndicatorColumnsBuilder();
  const problems: ListProblem[] = [];
  for (const { source, text } of lists) {
    for (const { line, entry, comment } of readEntries(text)) {
      const { prefix, problem } = judgeEntry(entry, gate);
      if (problem !== undefined) problems.push({ source, line, entry: shorten(entry), ...problem });
      if (prefix !== undefined) indicators.add(prefix, comment, source);
    }
  }
  return { indicators: indicators.finish(), problems };
}

/** An allowlist: the same line forms, no gate; lines that are no address or CIDR come back as problems. */
export function readAllowlist(lists: readonly ListText[]): {
  networks: Network[];
  problems: ListProblem[];
} {
  const networks: Network[] = [];
  const problems: ListProblem[] = [];
  for (const { source, text } of lists) {
    for (const { line, entry } of readEntries(text)) {
      const parsed = parseNetwork(refang(entry));
      if (parsed === undefined) {
        problems.push({ source, line, entry: shorten(entry), kind: 'invalid', reason: 'is no address or CIDR' });
      } else networks.push(parsed.network);
    }
  }
  return { networks, problems };
}

type Outcome = { prefix?: Prefix; problem?: Pick<ListProblem, 'kind' | 'reason'> };

function judgeEntry(entry: string, gate: Gate): Outcome {
  const parsed = parsePrefix(refang(entry));
  if (parsed === undefined) return { problem: { kind: 'invalid', reason: 'is no address or CIDR' } };
  const { prefix, isMasked } = parsed;
  const reason = refuse(prefix, gate);
  if (reason !== undefined) return { problem: { kind: 'refused', reason } };
  if (!isMasked) return { prefix };
  return { prefix, problem: { kind: 'masked', reason: `has host bits set; read as ${formatPrefix(prefix)}` } };
}

type Entry = { readonly line: number; readonly entry: string; readonly comment: string };

const QUOTED = /^"((?:[^"]|"")*)"[ \t]*(?:,(.*))?$/;

function* readEntries(text: string): Generator<Entry> {
  let isFirst = true;
  let from = text.startsWith('\uFEFF') ? 1 : 0;
  for (let line = 1; from <= text.length; line++) {
    const lineEnd = text.indexOf('\n', from);
    const to = lineEnd < 0 ? text.length : lineEnd;
    const trimmed = text.slice(from, to).trim();
    from = to + 1;
    if (trimmed === '' || trimmed.startsWith('#') || trimmed.startsWith(';')) continue;
    const { entry, comment } = splitLine(trimmed);
    const isHeader = isFirst && entry.toLowerCase() === 'threat_ip';
    isFirst = false;
    if (!isHeader) yield { line, entry, comment };
  }
}

function splitLine(line: string): { entry: string; comment: string } {
  const quoted = line.startsWith('"') ? QUOTED.exec(line) : null;
  if (quoted !== null) return { entry: unquote(quoted[1]!).trim(), comment: readComment(quoted[2] ?? '') };
  const end = line.search(/[,\t #;]/);
  if (end < 0) return { entry: line, comment: '' };
  const entry = line.slice(0, end);
  const rest = line.slice(end).trimStart();
  if (rest.startsWith(',')) return { entry, comment: readComment(rest.slice(1)) };
  return { entry, comment: rest.replace(/^[#;\s]+/, '') };
}

/** Second field of a CSV line; further fields are not ours. */
function readComment(rest: string): string {
  const text = rest.trim();
  const quoted = text.startsWith('"') ? /^"((?:[^"]|"")*)"[ \t]*(?:,|$)/.exec(text) : null;
  if (quoted !== null) return unquote(quoted[1]!).trim();
  const comma = text.indexOf(',');
  return comma < 0 ? text : text.slice(0, comma).trim();
}

function unquote(text: string): string {
  return text.replaceAll('""', '"');
}

/** `192.0.2[.]7`, as reports write addresses so that nobody clicks them. */
function refang(entry: string): string {
  return entry.includes('[') ? entry.replaceAll('[.]', '.').replaceAll('[:]', ':') : entry;
}

function shorten(entry: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a binary file given as a list must not reach the terminal raw
  const printable = entry.replace(/[\u0000-\u001f\u007f-\u009f]/g, '?');
  return printable.length > 60 ? `${printable.slice(0, 57)}…` : printable;
}
