/** Texts of addresses of any kind → numbers. */
import { BAD, readQuad } from './ipv4';
import { readIpv6 } from './ipv6';

const MINUS: u8 = 45;
/** There is a `-` where an address could be. */
export const ABSENT: i64 = -1;

/** An address of any kind: its number if it is IPv4 or IPv4-mapped, `IPV6` (see `ipv6High`, `ipv6Low`), `ABSENT` or `BAD`. */
export function readAddress(from: usize, to: usize): i64 {
  const length = (to - from) as u32;
  const quad = length < 16 ? readQuad(from, length) : BAD;
  if (quad >= 0) return quad;
  if (length == 1 && load<u8>(from) == MINUS) return ABSENT;
  return readIpv6(from, to);
}
