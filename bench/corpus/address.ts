/** Addresses of the corpus. Traffic has even last octets and groups; indicators odd ones, so that only planted rows carry a listed address. */

/** The address whose objects are hunted for. No text of another address holds it, so zgrep finds it exactly too. */
export const HUNTED = '203.0.113.143';
export const PLANTED_COUNT = 50;

/** The indicator of the n-th planted row: fifty take turns. Three digits first and last, so that zgrep finds them exactly too. */
export function plantedIndicator(n: number): string {
  const i = n % PLANTED_COUNT;
  return `${101 + (i % 22)}.${(i * 37) & 255}.${(i * 91) & 255}.${101 + 2 * ((i * 13) % 77)}`;
}

/** A scattered address for a rank. */
export function publicAddress(rank: number, salt: number): string {
  let mixed = Math.imul(rank + salt, 0x9e3779b1);
  mixed ^= mixed >>> 15;
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  const first = 11 + ((mixed >>> 24) % 112);
  return `${first}.${(mixed >>> 16) & 255}.${(mixed >>> 8) & 255}.${mixed & 254}`;
}

export function publicIpv6(rank: number): string {
  const mixed = Math.imul(rank + 7, 0x9e3779b1) >>> 0;
  return `2001:db8:${(mixed >>> 20).toString(16)}:${((mixed >>> 8) & 4095).toString(16)}::${(mixed & 254).toString(16)}`;
}
