/** CRC-32 as gzip has it (reflected, 0xedb88320): eight bytes a step, and products modulo its polynomial. */
const POLYNOMIAL: u32 = 0xedb88320;
/** Eight tables of 256 words: what a byte adds that is followed by so many others. */
const TABLES: usize = memory.data(8 * 1024, 64);

/** Fills the tables; once an instance. */
export function prepareCrc(): void {
  for (let i: u32 = 0; i < 256; i++) {
    let value = i;
    for (let bit = 0; bit < 8; bit++) value = timesX(value);
    store<u32>(TABLES + (i << 2), value);
  }
  for (let i: u32 = 256; i < 2048; i++) {
    const before = load<u32>(TABLES + ((i - 256) << 2));
    store<u32>(TABLES + (i << 2), (before >>> 8) ^ load<u32>(TABLES + ((before & 255) << 2)));
  }
}

/** The checksum goes on over the bytes; neither its first nor its last inversion is made here. */
export function updateCrc(crc: u32, from: usize, end: usize): u32 {
  let value = crc;
  let at = from;
  for (; at + 8 <= end; at += 8) {
    const low = load<u32>(at) ^ value;
    const high = load<u32>(at, 4);
    value =
      lookUp(7, low) ^ lookUp(6, low >>> 8) ^ lookUp(5, low >>> 16) ^ lookUp(4, low >>> 24) ^
      lookUp(3, high) ^ lookUp(2, high >>> 8) ^ lookUp(1, high >>> 16) ^ lookUp(0, high >>> 24);
  }
  for (; at < end; at++) value = (value >>> 8) ^ lookUp(0, value ^ (load<u8>(at) as u32));
  return value;
}

// @ts-ignore: decorator
@inline
function lookUp(table: u32, byte: u32): u32 {
  return load<u32>(TABLES + (table << 10) + ((byte & 255) << 2));
}

/** Product of two polynomials modulo the CRC's, highest bit first. */
export function multiplyModulo(a: u32, b: u32): u32 {
  let product: u32 = 0;
  let shifted = b;
  for (let bit: i32 = 31; bit >= 0; bit--) {
    if (((a >>> bit) & 1) != 0) product ^= shifted;
    shifted = timesX(shifted);
  }
  return product;
}

function timesX(value: u32): u32 {
  return (value & 1) != 0 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1;
}
