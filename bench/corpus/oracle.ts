/**
 * What a list must find, counted by other means than the product's: Node's own gunzip, split lines, and one set of
 * masked addresses per prefix length. Slow and plain, so its answers are kept beside the corpus.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';

export type Truth = {
  /** Records that touch the list, and log objects with at least one such record. */
  readonly records: number;
  readonly objects: number;
};

/** Counts, or reads what was counted before: `name` stands for the set of paths. */
export function countTruth(cache: string, name: string, paths: readonly string[], listFile: string): Truth {
  const kept = join(cache, `truth-${name}-${basename(listFile, '.txt')}.json`);
  if (existsSync(kept)) return JSON.parse(readFileSync(kept, 'utf8'));
  const isListed = toPredicate(readFileSync(listFile, 'utf8').trim().split('\n'));
  const perObject = paths.map((path) => countObject(gunzipSync(readFileSync(path)).toString('latin1'), isListed));
  const truth = {
    records: perObject.reduce((sum, records) => sum + records, 0),
    objects: perObject.filter((records) => records > 0).length,
  };
  writeFileSync(kept, JSON.stringify(truth));
  return truth;
}

function countObject(text: string, isListed: (address: string) => boolean): number {
  const [header, ...lines] = text.trimEnd().split('\n');
  const names = header!.split(' ');
  const columns = ['srcaddr', 'dstaddr', 'pkt-srcaddr', 'pkt-dstaddr']
    .map((name) => names.indexOf(name))
    .filter((column) => column >= 0);
  const status = names.indexOf('log-status');
  const width = Math.max(...columns, status) + 1;
  const verdicts = new Map<string, boolean>();
  const check = (address: string): boolean => {
    const known = verdicts.get(address);
    if (known !== undefined) return known;
    const verdict = address !== '-' && isListed(address);
    verdicts.set(address, verdict);
    return verdict;
  };
  let records = 0;
  for (const line of lines) {
    const fields = line.split(' ', width);
    if ((status < 0 || fields[status] === 'OK') && columns.some((column) => check(fields[column]!))) records++;
  }
  return records;
}

/** Membership in a list of addresses and networks. */
export function toPredicate(entries: readonly string[]): (address: string) => boolean {
  const networks = new Map<string, Set<bigint>>();
  for (const entry of entries) {
    const [address, prefix] = entry.split('/') as [string, string?];
    const bits = address.includes(':') ? 128 : 32;
    const length = prefix === undefined ? bits : Number(prefix);
    const key = `${bits}/${length}`;
    if (!networks.has(key)) networks.set(key, new Set());
    networks.get(key)!.add(toNumber(address) >> BigInt(bits - length));
  }
  const lengths = [...networks].map(([key, members]) => {
    const [bits, length] = key.split('/').map(Number) as [number, number];
    return { bits, shift: BigInt(bits - length), members };
  });
  return (address) => {
    const bits = address.includes(':') ? 128 : 32;
    const number = toNumber(address);
    return lengths.some((each) => each.bits === bits && each.members.has(number >> each.shift));
  };
}

function toNumber(address: string): bigint {
  if (!address.includes(':')) return address.split('.').reduce((sum, octet) => (sum << 8n) + BigInt(octet), 0n);
  const [head = '', tail] = address.split('::') as [string, string?];
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'));
  const left = groups(head);
  const right = tail === undefined ? [] : groups(tail);
  const all = [...left, ...Array(8 - left.length - right.length).fill('0'), ...right];
  return all.reduce((sum, group) => (sum << 16n) + BigInt(`0x${group}`), 0n);
}
