/**
 * The oracle's own reading of indicator lists, from "Indicator lists" of the contract: text in, indicators and the
 * lines that were refused or invalid out.
 */
import { firstOf, holds, meet, type OracleNetwork, readNetwork, writeNetwork } from './oracle-address.ts';

export type ListFile = { readonly name: string; readonly text: string };
export type OracleIndicator = OracleNetwork & {
  readonly text: string;
  readonly comment: string;
  readonly source: string;
};
export type BadLine = { readonly source: string; readonly line: number };
export type OracleList = {
  readonly indicators: readonly OracleIndicator[];
  readonly refused: readonly BadLine[];
  readonly invalid: readonly BadLine[];
  readonly masked: readonly BadLine[];
};

const NEVER = [
  '0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.168.0.0/16',
  '198.18.0.0/15 224.0.0.0/4 240.0.0.0/4 ::/128 ::1/128 64:ff9b:1::/48 100::/64 fc00::/7 fe80::/10 ff00::/8',
]
  .join(' ')
  .split(' ')
  .map((text) => readNetwork(text)!);

type Entry = { readonly address: string; readonly comment: string };

/** Several lists are one: the first naming of an indicator gives comment and source. */
export function readLists(files: readonly ListFile[], own: readonly string[] = []): OracleList {
  const ownNetworks = own.map((text) => readNetwork(text)!);
  const indicators = new Map<string, OracleIndicator>();
  const bad = { refused: [] as BadLine[], invalid: [] as BadLine[], masked: [] as BadLine[] };
  for (const { name, text } of files) {
    for (const { entry, line } of readEntries(text)) {
      const network = readNetwork(entry.address);
      if (network === undefined) {
        bad.invalid.push({ source: name, line });
        continue;
      }
      if (firstOf(network) !== network.value) bad.masked.push({ source: name, line });
      if (isRefused(network, ownNetworks)) {
        bad.refused.push({ source: name, line });
        continue;
      }
      const canonical = writeNetwork(network);
      if (indicators.has(canonical)) continue;
      indicators.set(canonical, { ...network, text: canonical, comment: entry.comment, source: name });
    }
  }
  return { indicators: [...indicators.values()], ...bad };
}

/** The allowlist is not gated: whoever allows 10.0.0.0/8 means it. */
export function readAllowlist(text: string): OracleNetwork[] {
  return readEntries(text)
    .map(({ entry }) => readNetwork(entry.address))
    .filter((network) => network !== undefined);
}

function isRefused(network: OracleNetwork, own: readonly OracleNetwork[]): boolean {
  if (network.prefix < (network.family === 4 ? 8 : 16)) return true;
  return [...NEVER, ...own].some((range) => meet(range, network));
}

function readEntries(text: string): { entry: Entry; line: number }[] {
  const withoutBom = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const entries: { entry: Entry; line: number }[] = [];
  let isFirst = true;
  for (const [i, raw] of withoutBom.split('\n').entries()) {
    const line = trimBlanks(raw.endsWith('\r') ? raw.slice(0, -1) : raw);
    if (line === '' || line.startsWith('#') || line.startsWith(';')) continue;
    const entry = readEntry(line);
    const isHeader = isFirst && entry.address.toLowerCase() === 'threat_ip';
    isFirst = false;
    if (!isHeader) entries.push({ entry, line: i + 1 });
  }
  return entries;
}

/** `address,comment` if a comma follows the address, else whatever follows a tab, blank, `#` or `;` is the comment. */
function readEntry(line: string): Entry {
  if (line.startsWith('"')) return readCsv(line);
  let at = 0;
  while (at < line.length && !', \t#;'.includes(line[at]!)) at++;
  let next = at;
  while (next < line.length && ' \t'.includes(line[next]!)) next++;
  if (line[next] === ',') return readCsv(line);
  while (next < line.length && ' \t#;'.includes(line[next]!)) next++;
  return { address: refang(line.slice(0, at)), comment: line.slice(next) };
}

/** One line of RFC 4180. A quote that is never closed spoils its own line only. */
function readCsv(line: string): Entry {
  const fields: string[] = [];
  let rest = line;
  for (;;) {
    rest = trimBlanks(rest);
    let field = '';
    if (rest.startsWith('"')) {
      let at = 1;
      for (; ; at++) {
        if (at >= rest.length) return { address: line, comment: '' };
        if (rest[at] !== '"') field += rest[at];
        else if (rest[at + 1] === '"') {
          field += '"';
          at++;
        } else break;
      }
      rest = trimBlanks(rest.slice(at + 1));
      if (rest !== '' && !rest.startsWith(',')) return { address: line, comment: '' };
    } else {
      const comma = rest.indexOf(',');
      field = trimBlanks(comma < 0 ? rest : rest.slice(0, comma));
      rest = comma < 0 ? '' : rest.slice(comma);
    }
    fields.push(field);
    if (rest === '') return { address: refang(trimBlanks(fields[0]!)), comment: fields[1] ?? '' };
    rest = rest.slice(1);
  }
}

function refang(text: string): string {
  return text.split('[.]').join('.');
}

function trimBlanks(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && ' \t'.includes(text[from]!)) from++;
  while (to > from && ' \t'.includes(text[to - 1]!)) to--;
  return text.slice(from, to);
}

/** The indicators that hold an address, the most specific first. */
export function indicatorsHolding(
  indicators: readonly OracleIndicator[],
  address: { family: 4 | 6; value: bigint },
): OracleIndicator[] {
  return indicators.filter((indicator) => holds(indicator, address)).sort((a, b) => b.prefix - a.prefix);
}
