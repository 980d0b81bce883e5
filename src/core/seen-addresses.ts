/** What the scan of one log object tells the address index. */

/**
 * Distinct addresses of OK records. Sides: 1 source (srcaddr, pkt-srcaddr), 2 destination (dstaddr, pkt-dstaddr), 3 both.
 * IPv4-mapped IPv6 comes as IPv4. A large object gives several of these; an address in two of them is in their union.
 */
export type SeenAddresses = {
  readonly ipv4: Uint32Array;
  readonly ipv4Sides: Uint8Array;
  /** 16 bytes each, network order. */
  readonly ipv6: Uint8Array;
  readonly ipv6Sides: Uint8Array;
};

/** Least start and greatest end of the object's OK records so far, in Unix seconds; null where there is none. */
export type SeenTimes = { readonly firstSeen: number | null; readonly lastSeen: number | null };
