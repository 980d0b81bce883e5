/**
 * IOC lists for the bench: bare text, one indicator a line, so that zgrep can read them too. Indicators have three-digit
 * first and last octets, so none is a part of another address (zgrep -F would count it), and odd last octets, which
 * nothing but a planted row of the corpus has.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRandom, type Random } from '../demo/random.ts';

const PLANTED_COUNT = 50;

/** Entries of each list, and how many in a hundred of them are CIDRs and IPv6 addresses. All hold the fifty planted ones but ip1, which holds the first. */
export const LISTS = {
  ip1: { entries: 1, cidrs: 0, ipv6: 0 },
  ip100: { entries: 100, cidrs: 0, ipv6: 0 },
  ip10k: { entries: 10_000, cidrs: 0, ipv6: 0 },
  mix10k: { entries: 10_000, cidrs: 10, ipv6: 2 },
  ip1M: { entries: 1_000_000, cidrs: 0, ipv6: 0 },
} as const;

export type ListName = keyof typeof LISTS;

/** The indicator of the n-th planted row: fifty take turns. */
export function plantedIndicator(n: number): string {
  const i = n % PLANTED_COUNT;
  return `${101 + (i % 22)}.${(i * 37) & 255}.${(i * 91) & 255}.${101 + 2 * ((i * 13) % 77)}`;
}

/** Writes `<name>.txt` into the folder and returns its path. */
export function writeList(folder: string, name: ListName): string {
  const path = join(folder, `${name}.txt`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path, `${toEntries(name).join('\n')}\n`);
  return path;
}

function toEntries(name: ListName): string[] {
  const { entries, cidrs, ipv6 } = LISTS[name];
  const random = createRandom(entries);
  const planted = Array.from({ length: PLANTED_COUNT }, (_, n) => plantedIndicator(n));
  const list = new Set(planted.slice(0, entries));
  const cidrTarget = (entries * cidrs) / 100;
  const ipv6Target = cidrTarget + (entries * ipv6) / 100;
  for (let made = 0; list.size < entries; made++) {
    if (made < cidrTarget) list.add(randomNetwork(random));
    else if (made < ipv6Target)
      list.add(`2001:db8:bad:${random.below(65_536).toString(16)}::${(1 + 2 * random.below(2000)).toString(16)}`);
    else list.add(randomAddress(random));
  }
  return [...list];
}

function randomAddress(random: Random): string {
  return `${101 + random.below(22)}.${random.below(256)}.${random.below(256)}.${101 + 2 * random.below(78)}`;
}

/** Mostly /24, as real lists have it. */
function randomNetwork(random: Random): string {
  const base = `${101 + random.below(22)}.${random.below(256)}`;
  const draw = random.below(10);
  if (draw === 0) return `${base}.${random.below(64) * 4}.0/22`;
  return draw === 1 ? `${base}.${random.below(256)}.${64 * random.below(4)}/26` : `${base}.${random.below(256)}.0/24`;
}
