/**
 * IP addresses and networks: text in, canonical text and numbers out.
 * Canonical = IPv4 dotted quad without leading zeros, IPv6 as in RFC 5952, IPv4-mapped IPv6 as its IPv4.
 */
import ipaddr from 'ipaddr.js';

/** An address as numbers: one 32-bit word for IPv4, four for IPv6, most significant first. */
export type AddressWords = readonly number[];

/** A block of addresses. `words` has its host bits cleared; `text` is the bare address for a /32 or /128. */
export type Network = {
  readonly family: 4 | 6;
  readonly words: AddressWords;
  readonly prefixLength: number;
  readonly text: string;
};

const IPV4 = /^(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})$/;

/** Dotted quad to its 32-bit number; undefined for anything else, leading zeros included. */
export function parseIpv4(text: string): number | undefined {
  const octets = IPV4.exec(text);
  if (octets === null) return undefined;
  let word = 0;
  for (let i = 1; i <= 4; i++) {
    const octet = Number(octets[i]);
    if (octet > 255) return undefined;
    word = word * 256 + octet;
  }
  return word;
}

/** Address text to words; undefined if it is no address. A zone (`%eth0`) makes it none. */
export function parseAddress(text: string): AddressWords | undefined {
  const ipv4 = parseIpv4(text);
  if (ipv4 !== undefined) return [ipv4];
  if (!text.includes(':') || text.includes('%') || !hasStrictQuad(text) || !ipaddr.IPv6.isValid(text)) return undefined;
  const bytes = ipaddr.IPv6.parse(text).toByteArray();
  const words = [0, 4, 8, 12].map((at) => wordAt(bytes, at));
  // ipaddr.js takes ::192.0.2.1 (IPv4-compatible, of old) for ::ffff:192.0.2.1 (IPv4-mapped).
  if (/^::\d+\./.test(text)) words[2] = 0;
  return isMappedIpv4(words) ? [words[3]!] : words;
}

/** Words to canonical text. */
export function formatAddress(words: AddressWords): string {
  if (words.length === 1) {
    const word = words[0]!;
    return `${word >>> 24}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}`;
  }
  const bytes = words.flatMap((word) => [word >>> 24, (word >>> 16) & 255, (word >>> 8) & 255, word & 255]);
  return new ipaddr.IPv6(bytes).toRFC5952String();
}

/** Canonical text of an address, or undefined if it is none. */
export function canonicalAddress(text: string): string | undefined {
  const words = parseAddress(text);
  return words === undefined ? undefined : formatAddress(words);
}

/** An address or CIDR to its network; `masked` tells that host bits were set and have been cleared. */
export function parseNetwork(text: string): { network: Network; masked: boolean } | undefined {
  const slash = text.indexOf('/');
  const addressText = slash < 0 ? text : text.slice(0, slash);
  const words = parseAddress(addressText);
  if (words === undefined) return undefined;
  const bits = words.length * 32;
  if (slash < 0) return { network: toNetwork(words, bits), masked: false };
  const suffix = text.slice(slash + 1);
  if (!/^(0|[1-9]\d{0,2})$/.test(suffix)) return undefined;
  // The prefix of an IPv4-mapped network counts from the IPv6 side: ::ffff:192.0.2.0/120 is 192.0.2.0/24.
  const isMapped = words.length === 1 && addressText.includes(':');
  const prefixLength = Number(suffix) - (isMapped ? 96 : 0);
  if (prefixLength < 0 || prefixLength > bits) return undefined;
  const network = toNetwork(words, prefixLength);
  return { network, masked: network.words.some((word, i) => word !== words[i]) };
}

/** Whether two networks share an address. Networks nest or are apart, so the shorter prefix decides. */
export function overlaps(a: Network, b: Network): boolean {
  if (a.family !== b.family) return false;
  const shared = Math.min(a.prefixLength, b.prefixLength);
  return maskWords(a.words, shared).every((word, i) => word === maskWords(b.words, shared)[i]);
}

/** Words with everything after the first `prefixLength` bits cleared. */
export function maskWords(words: AddressWords, prefixLength: number): AddressWords {
  return words.map((word, i) => {
    const kept = Math.min(32, Math.max(0, prefixLength - i * 32));
    return kept === 0 ? 0 : (word & (0xffffffff << (32 - kept))) >>> 0;
  });
}

/** The network of the first `prefixLength` bits of an address. */
export function toNetwork(words: AddressWords, prefixLength: number): Network {
  const masked = maskWords(words, prefixLength);
  const text = formatAddress(masked);
  const isSingle = prefixLength === words.length * 32;
  return {
    family: words.length === 1 ? 4 : 6,
    words: masked,
    prefixLength,
    text: isSingle ? text : `${text}/${prefixLength}`,
  };
}

function wordAt(bytes: number[], at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}

function isMappedIpv4(words: AddressWords): boolean {
  return words[0] === 0 && words[1] === 0 && words[2] === 0xffff;
}

/** ipaddr.js accepts octal and hexadecimal parts in an embedded dotted quad; we do not. */
function hasStrictQuad(text: string): boolean {
  return !text.includes('.') || parseIpv4(text.slice(text.lastIndexOf(':') + 1)) !== undefined;
}
