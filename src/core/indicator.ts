/**
 * Text of an IOC list → indicators. A list is read line by line, so that one odd quote or line costs only itself:
 * either `threat_ip,threat_comment` (quotes allowed) or an address and, after a tab, blank, `#` or `;`, its comment.
 */
import { type Network, overlaps, parseNetwork } from './address.ts';

/** One entry of the IOC lists. `text` is canonical and unique within a list version. */
export type Indicator = {
  readonly text: string;
  readonly network: Network;
  readonly comment: string;
  /** Base name of the first list that named it. */
  readonly source: string;
};

/** A line that was not taken as it stands: `masked` is in use, the other two are left out. */
export type ListProblem = {
  readonly source: string;
  readonly line: number;
  readonly entry: string;
  readonly kind: 'invalid' | 'refused' | 'masked';
  readonly reason: string;
};

export type IndicatorList = { readonly indicators: readonly Indicator[]; readonly problems: readonly ListProblem[] };

/** Space that no list may name; `own` are the user's ranges. */
export type Gate = { readonly own: readonly Network[] };

const RESERVED: readonly (readonly [string, string])[] = [
  ['0.0.0.0/8', '"this network" 0.0.0.0/8'],
  ['10.0.0.0/8', 'private space 10.0.0.0/8'],
  ['100.64.0.0/10', 'shared address space 100.64.0.0/10'],
  ['127.0.0.0/8', 'loopback 127.0.0.0/8'],
  ['169.254.0.0/16', 'link-local 169.254.0.0/16'],
  ['172.16.0.0/12', 'private space 172.16.0.0/12'],
  ['192.0.0.0/24', 'protocol assignments 192.0.0.0/24'],
  ['192.168.0.0/16', 'private space 192.168.0.0/16'],
  ['198.18.0.0/15', 'benchmarking 198.18.0.0/15'],
  ['224.0.0.0/4', 'multicast 224.0.0.0/4'],
  ['240.0.0.0/4', 'reserved space 240.0.0.0/4'],
  ['::/128', 'the unspecified address ::'],
  ['::1/128', 'loopback ::1'],
  ['64:ff9b:1::/48', 'local-use translation 64:ff9b:1::/48'],
  ['100::/64', 'discard-only 100::/64'],
  ['fc00::/7', 'unique local fc00::/7'],
  ['fe80::/10', 'link-local fe80::/10'],
  ['ff00::/8', 'multicast ff00::/8'],
];
const RESERVED_NETWORKS = RESERVED.map(([text, name]) => ({ network: parseNetwork(text)!.network, name }));
/** Wider than this is no indicator but a part of the internet. */
const LEAST_PREFIX_LENGTH = { 4: 8, 6: 16 } as const;

/** Why a network may not be an indicator, or undefined if it may. */
export function refuse(network: Network, gate: Gate): string | undefined {
  if (network.prefixLength === 0) return 'is the whole internet';
  const least = LEAST_PREFIX_LENGTH[network.family];
  if (network.prefixLength < least) return `is wider than /${least}`;
  const reserved = RESERVED_NETWORKS.find((range) => overlaps(range.network, network));
  if (reserved !== undefined) return `overlaps ${reserved.name}`;
  const own = gate.own.find((range) => overlaps(range, network));
  return own === undefined ? undefined : `overlaps your own range ${own.text}`;
}

/** Lists in their order → one set of indicators; of doubles the first stays. `source` is a list's base name. */
export function readIndicatorLists(
  lists: readonly { readonly source: string; readonly text: string }[],
  gate: Gate,
): IndicatorList {
  const indicators = new Map<string, Indicator>();
  const problems: ListProblem[] = [];
  for (const { source, text } of lists) {
    for (const { line, entry, comment } of readEntries(text)) {
      const outcome = judgeEntry(entry, gate);
      if (outcome.problem !== undefined) problems.push({ source, line, entry: shorten(entry), ...outcome.problem });
      if (outcome.network === undefined || indicators.has(outcome.network.text)) continue;
      indicators.set(outcome.network.text, { text: outcome.network.text, network: outcome.network, comment, source });
    }
  }
  return { indicators: [...indicators.values()], problems };
}

/** An allowlist: the same line forms, no gate; lines that are no address or CIDR come back as problems. */
export function readAllowlist(lists: readonly { readonly source: string; readonly text: string }[]): {
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

type Outcome = { network?: Network; problem?: Pick<ListProblem, 'kind' | 'reason'> };

function judgeEntry(entry: string, gate: Gate): Outcome {
  const parsed = parseNetwork(refang(entry));
  if (parsed === undefined) return { problem: { kind: 'invalid', reason: 'is no address or CIDR' } };
  const reason = refuse(parsed.network, gate);
  if (reason !== undefined) return { problem: { kind: 'refused', reason } };
  if (!parsed.masked) return { network: parsed.network };
  const masked = { kind: 'masked', reason: `has host bits set; read as ${parsed.network.text}` } as const;
  return { network: parsed.network, problem: masked };
}

type Entry = { readonly line: number; readonly entry: string; readonly comment: string };

const QUOTED = /^"((?:[^"]|"")*)"[ \t]*(?:,(.*))?$/;

function* readEntries(text: string): Generator<Entry> {
  let line = 0;
  let isFirst = true;
  for (const raw of text.replace(/^\uFEFF/, '').split('\n')) {
    line++;
    const trimmed = raw.trim();
    if (trimmed === '' || trimmed.startsWith('#') || trimmed.startsWith(';')) continue;
    const { entry, comment } = splitLine(trimmed);
    const isHeader = isFirst && entry.toLowerCase() === 'threat_ip';
    isFirst = false;
    if (!isHeader) yield { line, entry, comment };
  }
}

function splitLine(line: string): { entry: string; comment: string } {
  const quoted = QUOTED.exec(line);
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
  const quoted = /^"((?:[^"]|"")*)"[ \t]*(?:,|$)/.exec(text);
  if (quoted !== null) return unquote(quoted[1]!).trim();
  const comma = text.indexOf(',');
  return comma < 0 ? text : text.slice(0, comma).trim();
}

function unquote(text: string): string {
  return text.replaceAll('""', '"');
}

/** `192.0.2[.]7`, as reports write addresses so that nobody clicks them. */
function refang(entry: string): string {
  return entry.replaceAll('[.]', '.').replaceAll('[:]', ':');
}

function shorten(entry: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a binary file given as a list must not reach the terminal raw
  const printable = entry.replace(/[\u0000-\u001f\u007f-\u009f]/g, '?');
  return printable.length > 60 ? `${printable.slice(0, 57)}…` : printable;
}
