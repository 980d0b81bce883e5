/**
 * The addresses of a log object, each once, with the sides it was seen on. Tables grow as long as they may; a full one is
 * handed to the host as a sorted run, and a new one begun: an address may then come in several runs of one object.
 */
import { orderIpv6, sortWords } from './sort';

export const SOURCE: u32 = 1;
export const DESTINATION: u32 = 2;

const LEAST_BITS: u32 = 13;
const MOST_BITS: u32 = 18;
/** Addresses that are settled at once. */
const BATCH: u32 = 512;
/** Of 262,144 places; of 32,768 entries. */
const MOST_USED: u32 = 180_000;
const MOST_USED_IPV6: u32 = 32_600;
/** Key 0 marks an empty place; 0.0.0.0 itself is noted apart. */
const KEYS: usize = memory.data(262_144 * 4, 64);
const SIDES: usize = memory.data(262_144, 64);
/** Pairs that came in lately: laid up, so that look-ups follow each other closely and their cache misses overlap. */
const PENDING: usize = memory.data(512 * 4 + 64, 64);
const PENDING_END: usize = PENDING + 512 * 4;
const PENDING_IPV6: usize = memory.data(128 * 24, 64);
const PENDING_IPV6_END: usize = PENDING_IPV6 + 128 * 24;
const IPV6_PLACES: usize = memory.data(65_536 * 2, 64);
/** High half, low half, side of each, in the order in which they were first seen. */
const IPV6_ENTRIES: usize = memory.data(32_768 * 24, 64);
/** Address and side as one word each; two areas to sort between. */
const WORDS: usize = memory.data(262_144 * 8, 64);
const SORTED_WORDS: usize = memory.data(262_144 * 8, 64);
/** A run as the host finds it: numbers and sides; 16 bytes in network order and sides. */
export const RUN: usize = memory.data(262_144 * 4, 64);
export const RUN_SIDES: usize = memory.data(262_144, 64);
export const IPV6_RUN: usize = memory.data(32_768 * 16, 64);
export const IPV6_RUN_SIDES: usize = memory.data(32_768, 64);

export const ipv4RunAt: usize = RUN;
export const ipv4RunSidesAt: usize = RUN_SIDES;
export const ipv6RunAt: usize = IPV6_RUN;
export const ipv6RunSidesAt: usize = IPV6_RUN_SIDES;

let tableBits: u32 = LEAST_BITS;
let used: u32 = 0;
let zeroSides: u32 = 0;
let usedIpv6: u32 = 0;
let pendingEnd: usize = PENDING;
let pendingIpv6End: usize = PENDING_IPV6;

/** Notes the addresses of a record, to be settled with those of others. */
// @ts-ignore: decorator
@inline
export function notePair(source: u32, destination: u32): void {
  store<u32>(pendingEnd, source);
  store<u32>(pendingEnd, destination, 4);
  pendingEnd += 8;
  if (pendingEnd == PENDING_END) settlePending();
}

/** Notes one address. */
export function noteIpv4(address: u32, side: u32): void {
  settle(address, side, (1 << tableBits) - 1);
  growWhereFull();
}

/** Whether the host must take a run before the next record: a batch of pending addresses must still fit. */
export function mustTakeRun(): bool {
  return used > MOST_USED || usedIpv6 > MOST_USED_IPV6;
}

/** Notes an IPv6 address; the table has room for those of a record and of a batch when `mustTakeRun` says no. */
export function noteIpv6(high: u64, low: u64, side: u32): void {
  store<u64>(pendingIpv6End, high);
  store<u64>(pendingIpv6End, low, 8);
  store<u32>(pendingIpv6End, side, 16);
  pendingIpv6End += 24;
  if (pendingIpv6End == PENDING_IPV6_END) settlePendingIpv6();
}

function settlePendingIpv6(): void {
  for (let at = PENDING_IPV6; at < pendingIpv6End; at += 24) settleIpv6(load<u64>(at), load<u64>(at, 8), load<u32>(at, 16));
  pendingIpv6End = PENDING_IPV6;
}

// @ts-ignore: decorator
@inline
function settleIpv6(high: u64, low: u64, side: u32): void {
  let place = (((high ^ (low * 0x9e3779b97f4a7c15)) * 0xd6e8feb86659fd93) >> 48) as u32;
  for (;;) {
    const number = load<u16>(IPV6_PLACES + (place << 1)) as u32;
    const entry = IPV6_ENTRIES + (number - 1) * 24;
    if (number == 0) break;
    if (((load<u64>(entry) == high) & (load<u64>(entry, 8) == low)) != 0) {
      store<u32>(entry, load<u32>(entry, 16) | side, 16);
      return;
    }
    place = (place + 1) & 0xffff;
  }
  const entry = IPV6_ENTRIES + usedIpv6 * 24;
  store<u64>(entry, high);
  store<u64>(entry, low, 8);
  store<u64>(entry, side as u64, 16);
  usedIpv6++;
  store<u16>(IPV6_PLACES + (place << 1), usedIpv6 as u16);
}

export function settlePending(): void {
  const mask: u32 = (1 << tableBits) - 1;
  for (let at = PENDING; at < pendingEnd; at += 8) {
    settle(load<u32>(at), SOURCE, mask);
    settle(load<u32>(at, 4), DESTINATION, mask);
  }
  pendingEnd = PENDING;
  growWhereFull();
}

/** While a quarter is free: a batch adds 512 at most, and the least table has 8192 places. */
function growWhereFull(): void {
  while (used > (1 << tableBits) - (1 << (tableBits - 2)) - BATCH && tableBits < MOST_BITS) grow();
}

// @ts-ignore: decorator
@inline
function settle(address: u32, side: u32, mask: u32): void {
  let place = (address * 0x9e3779b1) >>> (32 - tableBits);
  for (;;) {
    const key = load<u32>(KEYS + (place << 2));
    if (key == address) {
      // What is there already is not written again: most addresses come often.
      const before = load<u8>(SIDES + place) as u32;
      if (address == 0) zeroSides |= side;
      else if ((before & side) == 0) store<u8>(SIDES + place, (before | side) as u8);
      return;
    }
    if (key == 0) break;
    place = (place + 1) & mask;
  }
  store<u32>(KEYS + (place << 2), address);
  store<u8>(SIDES + place, side as u8);
  used++;
}

/** Twice the places; what is there finds its place anew. */
function grow(): void {
  const count = toWords();
  tableBits++;
  clearKeys();
  const mask: u32 = (1 << tableBits) - 1;
  for (let at = WORDS; at < WORDS + (count << 3); at += 8) settle(load<u32>(at, 4), load<u32>(at), mask);
}

function clearKeys(): void {
  memory.fill(KEYS, 0, (4 as usize) << tableBits);
  used = 0;
}

/** The table's addresses, in its order, each with its sides below it. */
function toWords(): u32 {
  let to = WORDS;
  for (let place: u32 = 0; place < (1 as u32) << tableBits; place++) {
    const key = load<u32>(KEYS + (place << 2));
    store<u64>(to, ((key as u64) << 32) | (load<u8>(SIDES + place) as u64));
    to += (key != 0 ? 8 : 0) as usize;
  }
  return ((to - WORDS) >> 3) as u32;
}

/** Forgets all. A table that was much too large for the object before starts smaller. */
export function beginSeen(): void {
  if (tableBits > LEAST_BITS && used < (1 as u32) << (tableBits - 3)) tableBits--;
  clearKeys();
  zeroSides = 0;
  pendingEnd = PENDING;
  pendingIpv6End = PENDING_IPV6;
  if (usedIpv6 != 0) memory.fill(IPV6_PLACES, 0, 131_072);
  usedIpv6 = 0;
}

/** Lays the IPv4 addresses into the run, ascending, forgets them, and returns how many they are. */
export function takeIpv4Run(): u32 {
  settlePending();
  const count = toWords();
  sortWords(count, WORDS, SORTED_WORDS, 3);
  const zero: u32 = zeroSides != 0 ? 1 : 0;
  store<u32>(RUN, 0);
  store<u8>(RUN_SIDES, zeroSides as u8);
  for (let i: u32 = 0; i < count; i++) {
    const word = load<u64>(SORTED_WORDS + (i << 3));
    store<u32>(RUN + ((zero + i) << 2), (word >> 32) as u32);
    store<u8>(RUN_SIDES + (zero + i), word as u8);
  }
  clearKeys();
  zeroSides = 0;
  return zero + count;
}

/** The same for IPv6. */
export function takeIpv6Run(): u32 {
  settlePendingIpv6();
  const count = usedIpv6;
  orderIpv6(count, IPV6_ENTRIES, WORDS, SORTED_WORDS);
  for (let i: u32 = 0; i < count; i++) {
    const entry = IPV6_ENTRIES + (load<u32>(SORTED_WORDS + (i << 3)) as usize) * 24;
    store<u64>(IPV6_RUN + (i << 4), bswap(load<u64>(entry)));
    store<u64>(IPV6_RUN + (i << 4), bswap(load<u64>(entry, 8)), 8);
    store<u8>(IPV6_RUN_SIDES + i, load<u8>(entry, 16));
  }
  if (count != 0) memory.fill(IPV6_PLACES, 0, 131_072);
  usedIpv6 = 0;
  return count;
}
