/**
 * The oracle's own reading of addresses: text → family and number, by hand and slowly. Nothing here comes from src/.
 */

export type Family = 4 | 6;
export type OracleAddress = { readonly family: Family; readonly value: bigint };
export type OracleNetwork = { readonly family: Family; readonly value: bigint; readonly prefix: number };

export function bitsOf(family: Family): number {
  return family === 4 ? 32 : 128;
}

export function readAddress(text: string): OracleAddress | undefined {
  const quad = readQuad(text);
  if (quad !== undefined) return { family: 4, value: quad };
  const value = readIpv6(text);
  if (value === undefined) return undefined;
  // ::ffff:0:0/96 holds the IPv4 addresses written as IPv6.
  return value >> 32n === 0xffffn ? { family: 4, value: value & 0xffffffffn } : { family: 6, value };
}

/** Four decimal numbers of 0–255 without leading zeros. */
function readQuad(text: string): bigint | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  let value = 0n;
  for (const part of parts) {
    if (part.length < 1 || part.length > 3) return undefined;
    for (const digit of part) if (digit < '0' || digit > '9') return undefined;
    if (part.length > 1 && part.startsWith('0')) return undefined;
    if (Number(part) > 255) return undefined;
    value = value * 256n + BigInt(part);
  }
  return value;
}

/** RFC 4291 §2.2: eight groups, one `::` for one or more groups of zeros, the last two groups possibly a dotted quad. */
function readIpv6(text: string): bigint | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const isShortened = halves.length === 2;
  const head = readGroups(halves[0]!, !isShortened);
  const tail = isShortened ? readGroups(halves[1]!, true) : [];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (isShortened ? missing < 1 : missing !== 0) return undefined;
  let value = 0n;
  for (const group of [...head, ...Array<bigint>(missing).fill(0n), ...tail]) value = value * 65536n + group;
  return value;
}

function readGroups(text: string, mayEndInQuad: boolean): bigint[] | undefined {
  if (text === '') return [];
  const groups: bigint[] = [];
  const parts = text.split(':');
  for (const [i, part] of parts.entries()) {
    const quad = mayEndInQuad && i === parts.length - 1 ? readQuad(part) : undefined;
    if (quad !== undefined) {
      groups.push(quad / 65536n, quad % 65536n);
      continue;
    }
    if (part.length < 1 || part.length > 4) return undefined;
    for (const digit of part.toLowerCase()) if (!'0123456789abcdef'.includes(digit)) return undefined;
    groups.push(BigInt(`0x${part}`));
  }
  return groups;
}

export function writeAddress({ family, value }: OracleAddress): string {
  if (family === 4) {
    return [value >> 24n, (value >> 16n) & 255n, (value >> 8n) & 255n, value & 255n].join('.');
  }
  const groups: string[] = [];
  for (let shift = 112n; shift >= 0n; shift -= 16n) groups.push(((value >> shift) & 0xffffn).toString(16));
  // RFC 5952 §4.2: the longest run of two or more zero groups becomes `::`; of equal runs the first.
  for (let length = 8; length >= 2; length--) {
    for (let at = 0; at + length <= 8; at++) {
      if (groups.slice(at, at + length).every((group) => group === '0')) {
        return `${groups.slice(0, at).join(':')}::${groups.slice(at + length).join(':')}`;
      }
    }
  }
  return groups.join(':');
}

export function firstOf(network: OracleNetwork): bigint {
  const hostBits = BigInt(bitsOf(network.family) - network.prefix);
  return (network.value >> hostBits) << hostBits;
}

export function lastOf(network: OracleNetwork): bigint {
  return firstOf(network) + (1n << BigInt(bitsOf(network.family) - network.prefix)) - 1n;
}

export function holds(network: OracleNetwork, address: OracleAddress): boolean {
  return network.family === address.family && address.value >= firstOf(network) && address.value <= lastOf(network);
}

export function meet(a: OracleNetwork, b: OracleNetwork): boolean {
  return a.family === b.family && firstOf(a) <= lastOf(b) && firstOf(b) <= lastOf(a);
}

/** An address or CIDR. The prefix of a mapped IPv6 network counts from the IPv6 side. Host bits are kept in `value`. */
export function readNetwork(text: string): OracleNetwork | undefined {
  const parts = text.split('/');
  if (parts.length > 2) return undefined;
  const address = readAddress(parts[0]!);
  if (address === undefined) return undefined;
  const bits = bitsOf(address.family);
  if (parts.length === 1) return { ...address, prefix: bits };
  const digits = parts[1]!;
  if (digits === '' || digits.length > 3 || [...digits].some((digit) => digit < '0' || digit > '9')) return undefined;
  const isMapped = address.family === 4 && parts[0]!.includes(':');
  const prefix = Number(digits) - (isMapped ? 96 : 0);
  return prefix < 0 || prefix > bits ? undefined : { ...address, prefix };
}

/** A /32 or /128 is the bare address; host bits are cleared. */
export function writeNetwork(network: OracleNetwork): string {
  const text = writeAddress({ family: network.family, value: firstOf(network) });
  return network.prefix === bitsOf(network.family) ? text : `${text}/${network.prefix}`;
}
