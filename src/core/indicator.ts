/** An indicator, and the gate that keeps out what no list may name. */
import { type Network, overlaps, type Prefix, parseNetwork } from './address.ts';

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
export function refuse(network: Prefix, gate: Gate): string | undefined {
  if (network.prefixLength === 0) return 'is the whole internet';
  const least = LEAST_PREFIX_LENGTH[network.family];
  if (network.prefixLength < least) return `is wider than /${least}`;
  const reserved = RESERVED_NETWORKS.find((range) => overlaps(range.network, network));
  if (reserved !== undefined) return `overlaps ${reserved.name}`;
  const own = gate.own.find((range) => overlaps(range, network));
  return own === undefined ? undefined : `overlaps your own range ${own.text}`;
}
