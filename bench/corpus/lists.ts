/**
 * IOC lists for the bench: bare text, one indicator a line, so that every tool can read them. Single addresses have odd
 * last octets, which nothing but planted rows has. Most are short enough to be a part of the text of another address,
 * as in real lists: that is what substring search pays for. Networks lie where the traffic is and match some of it.
 */
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRandom, type Random } from '../../demo/random.ts';
import { HUNTED, PLANTED_COUNT, plantedIndicator } from './address.ts';

/** Entries of each list, and how many in a hundred of them are CIDRs and IPv6 addresses. All begin with the hunted address, then the planted ones. */
export const LISTS = {
  ip1: { entries: 1, cidrs: 0, ipv6: 0 },
  ip100: { entries: 100, cidrs: 0, ipv6: 0 },
  ip10k: { entries: 10_000, cidrs: 0, ipv6: 0 },
  ip100k: { entries: 100_000, cidrs: 0, ipv6: 0 },
  ip1M: { entries: 1_000_000, cidrs: 0, ipv6: 0 },
  mix10k: { entries: 10_000, cidrs: 10, ipv6: 2 },
  mix1M: { entries: 1_000_000, cidrs: 2, ipv6: 2 },
} as const;

export type ListName = keyof typeof LISTS;

/** Raise it when the entries change, so that a cached list is made anew. */
const VERSION = 2;

/** Writes the list into the folder, if it is not there yet, and returns its path. */
export function writeList(folder: string, name: ListName): string {
  const path = join(folder, `${name}-v${VERSION}.txt`);
  if (existsSync(path)) return path;
  mkdirSync(folder, { recursive: true });
  // A list that is there is whole: it is written beside its place.
  writeFileSync(`${path}.new`, `${toEntries(name).join('\n')}\n`);
  renameSync(`${path}.new`, path);
  return path;
}

function toEntries(name: ListName): string[] {
  const { entries, cidrs, ipv6 } = LISTS[name];
  const random = createRandom(entries);
  const planted = [HUNTED, ...Array.from({ length: PLANTED_COUNT }, (_, n) => plantedIndicator(n))];
  const list = new Set(planted.slice(0, entries));
  const cidrTarget = (entries * cidrs) / 100;
  const ipv6Target = cidrTarget + (entries * ipv6) / 100;
  for (let made = 0; list.size < entries; made++) {
    if (made < cidrTarget) list.add(made % 20 === 0 ? randomIpv6Network(random) : randomNetwork(random));
    else if (made < ipv6Target) list.add(randomIpv6(random));
    else list.add(randomAddress(random));
  }
  return [...list];
}

/** 11 to 122 as in the traffic, but not 100: 100.64.0.0/10 is shared address space, and a list that names it is refused there. */
function firstOctet(random: Random): number {
  const octet = 11 + random.below(112);
  return octet === 100 ? 99 : octet;
}

function randomAddress(random: Random): string {
  return `${firstOctet(random)}.${random.below(256)}.${random.below(256)}.${1 + 2 * random.below(128)}`;
}

/** Mostly /24, as real lists have it. */
function randomNetwork(random: Random): string {
  const base = `${firstOctet(random)}.${random.below(256)}`;
  const draw = random.below(10);
  if (draw === 0) return `${base}.${random.below(64) * 4}.0/22`;
  return draw === 1 ? `${base}.${random.below(256)}.${64 * random.below(4)}/26` : `${base}.${random.below(256)}.0/24`;
}

function randomIpv6(random: Random): string {
  return `2001:db8:${random.below(4096).toString(16)}:${random.below(4096).toString(16)}::${(1 + 2 * random.below(2000)).toString(16)}`;
}

/** A /64, or now and then a /48: one in 4,096 of the IPv6 traffic lies in it. */
function randomIpv6Network(random: Random): string {
  const base = `2001:db8:${random.below(4096).toString(16)}`;
  return random.below(50) === 0 ? `${base}::/48` : `${base}:${random.below(4096).toString(16)}::/64`;
}
