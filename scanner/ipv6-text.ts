/** IPv6 addresses → canonical texts (RFC 5952), as src/core/ipv6-text.ts writes them. */

const COLON: u8 = 58;
/** Where no run of zeros begins. */
const NO_GROUP: u32 = 9;

/** Writes the address whose halves lie at `address`, the high one first; up to 8 bytes more. Returns where its text ends. */
export function writeIpv6(at: usize, address: usize): usize {
  const zeros = findZeros(address);
  const from = zeros >>> 4;
  const end = zeros & 15;
  let to = at;
  for (let i: u32 = 0; i < 8; i++) {
    if (i == from) {
      store<u8>(to++, COLON);
      if (end == 8) store<u8>(to++, COLON);
      i = end - 1;
      continue;
    }
    if (i > 0) store<u8>(to++, COLON);
    const group = groupOf(address, i);
    const digits: usize = group == 0 ? 1 : (35 - clz(group)) >>> 2;
    store<u64>(to, hexOf(group) >> ((64 - (digits << 3)) as u64));
    to += digits;
  }
  return to;
}

/** Of halves, the highest group is the fourth of 16 bits. */
// @ts-ignore: decorator
@inline
function groupOf(address: usize, group: u32): u32 {
  return load<u16>(address + ((group ^ 3) << 1));
}

/** The longest run of zero groups, the first of equals; a single one is written out. Its first group << 4 | the one behind its last. */
function findZeros(address: usize): u32 {
  let from = NO_GROUP;
  let end = NO_GROUP + 1;
  for (let i: u32 = 0; i < 8; i++) {
    const start = i;
    while (i < 8 && groupOf(address, i) == 0) i++;
    if (i - start <= end - from) continue;
    from = start;
    end = i;
  }
  return (from << 4) | end;
}

/** Eight hex digits as text, the first in the lowest byte: halves are spread to bytes, their order turned round. */
// @ts-ignore: decorator
@inline
export function hexOf(value: u32): u64 {
  let spread = value as u64;
  spread = ((spread & 0xffff) << 32) | (spread >> 16);
  spread = ((spread & 0x000000ff000000ff) << 16) | ((spread >> 8) & 0x000000ff000000ff);
  spread = ((spread & 0x000f000f000f000f) << 8) | ((spread >> 4) & 0x000f000f000f000f);
  const letters = ((spread + 0x0606060606060606) >> 4) & 0x0101010101010101;
  return spread + 0x3030303030303030 + letters * 39;
}
