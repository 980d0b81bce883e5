/**
 * IP addresses and networks: text in, canonical text and numbers out.
 * Canonical = IPv4 dotted quad without leading zeros, IPv6 as in RFC 5952, IPv4-mapped IPv6 as its IPv4.
 */
import ipaddr from 'ipaddr.js';
import { IPV6_TEXT_BYTES, readIpv6, writeIpv6 } from './ipv6-text.ts';

/** An address as numbers: one 32-bit word for IPv4, four for IPv6, most significant first. */
export type AddressWords = readonly number[];

/** A block of addresses. `words` has its host bits cleared. */
export type Prefix = { readonly family: 4 | 6; readonly words: AddressWords; readonly prefixLength: number };

/** A block of addresses with its text, which is the bare address for a /32 or /128. */
export type Network = Prefix & { readonly text: string };

const DOT = 46;
const ZERO = 48;

/** Dotted quad to its 32-bit number; undefined for anything else, leading zeros included. */
export function parseIpv4(text: string): number | undefined {
  let word = 0;
  let at = 0;
  for (let octets = 0; octets < 4; octets++) {
    if (octets > 0 && text.charCodeAt(at++) !== DOT) return undefined;
    const from = at;
    let octet = 0;
    for (let digit = digitAt(text, at); digit >= 0 && at - from < 3; digit = digitAt(text, ++at))
      octet = octet * 10 + digit;
    if (at === from || octet > 255 || (at - from > 1 && text.charCodeAt(from) === ZERO)) return undefined;
    word = word * 256 + octet;
  }
  return at === text.length ? word : undefined;
}

function digitAt(text: string, at: number): number {
  const digit = text.charCodeAt(at) - ZERO;
  return digit >= 0 && digit <= 9 ? digit : -1;
}

/** Address text to words; undefined if it is no address. A zone (`%eth0`) makes it none. */
export function parseAddress(text: string): AddressWords | undefined {
  const ipv4 = parseIpv4(text);
  if (ipv4 !== undefined) return [ipv4];
  if (readGroups(text)) return fromGroups();
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
  for (let i = 0; i < 8; i++) groups[i] = words[i >> 1]! >>> (i % 2 === 0 ? 16 : 0);
  return scratch.toString('latin1', 0, writeIpv6(groups, scratch, 0));
}

/** Canonical text of an address, or undefined if it is none. */
export function canonicalAddress(text: string): string | undefined {
  const words = parseAddress(text);
  return words === undefined ? undefined : formatAddress(words);
}

/** An address or CIDR to its network; `masked` tells that host bits were set and have been cleared. */
export function parseNetwork(text: string): { network: Network; masked: boolean } | undefined {
  const parsed = parsePrefix(text);
  return parsed && { network: { ...parsed.prefix, text: formatPrefix(parsed.prefix) }, masked: parsed.isMasked };
}

/** As parseNetwork, without the canonical text. */
export function parsePrefix(text: string): { prefix: Prefix; isMasked: boolean } | undefined {
  const slash = text.indexOf('/');
  const addressText = slash < 0 ? text : text.slice(0, slash);
  const words = parseAddress(addressText);
  if (words === undefined) return undefined;
  const bits = words.length * 32;
  const family = words.length === 1 ? 4 : 6;
  if (slash < 0) return { prefix: { family, words, prefixLength: bits }, isMasked: false };
  const suffix = text.slice(slash + 1);
  if (!/^(0|[1-9]\d{0,2})$/.test(suffix)) return undefined;
  // The prefix of an IPv4-mapped network counts from the IPv6 side: ::ffff:192.0.2.0/120 is 192.0.2.0/24.
  const isMapped = words.length === 1 && addressText.includes(':');
  const prefixLength = Number(suffix) - (isMapped ? 96 : 0);
  if (prefixLength < 0 || prefixLength > bits) return undefined;
  const masked = maskWords(words, prefixLength);
  return { prefix: { family, words: masked, prefixLength }, isMasked: masked.some((word, i) => word !== words[i]) };
}

/** Canonical text of a block of addresses. */
export function formatPrefix({ words, prefixLength }: Pick<Prefix, 'words' | 'prefixLength'>): string {
  const text = formatAddress(words);
  return prefixLength === words.length * 32 ? text : `${text}/${prefixLength}`;
}

/** Whether two networks share an address. Networks nest or are apart, so the shorter prefix decides. */
export function overlaps(a: Prefix, b: Prefix): boolean {
  if (a.family !== b.family) return false;
  let bits = Math.min(a.prefixLength, b.prefixLength);
  for (let i = 0; bits > 0; i++, bits -= 32) {
    const mask = bits >= 32 ? 0xffffffff : 0xffffffff << (32 - bits);
    if (((a.words[i]! ^ b.words[i]!) & mask) !== 0) return false;
  }
  return true;
}

/** Words with everything after the first `prefixLength` bits cleared. */
function maskWords(words: AddressWords, prefixLength: number): AddressWords {
  return words.map((word, i) => {
    const kept = Math.min(32, Math.max(0, prefixLength - i * 32));
    return kept === 0 ? 0 : (word & (0xffffffff << (32 - kept))) >>> 0;
  });
}

const groups = new Uint16Array(8);
/** UTF-8 has up to three bytes for a unit of a string: no character is taken for another. */
const scratch = Buffer.alloc(IPV6_TEXT_BYTES * 3);

/** Reads groups of lower-case hex digits, the way nearly all lists and logs write IPv6, 5 times as fast as ipaddr.js. */
function readGroups(text: string): boolean {
  return text.length <= IPV6_TEXT_BYTES && readIpv6(scratch, 0, scratch.write(text), groups);
}

function fromGroups(): AddressWords {
  const words = [0, 2, 4, 6].map((i) => ((groups[i]! << 16) | groups[i + 1]!) >>> 0);
  return isMappedIpv4(words) ? [words[3]!] : words;
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
