/** Gzip (RFC 1952): members one after the other, each with a header, deflate data, a checksum and a length. */
import { beginChecksum, finishChecksum, memberBytes } from './text-pass';
import { alignToByte, beginOutput, BLOCK_END, CORRUPT, hasInput, INPUT_USED, inputAt, inputLeft, OUTPUT_FULL, setInput } from './decode';
import { beginInflate, inflate } from './inflate';

/** Further answers, beside those of decode.ts. */
export const MEMBER_END: i32 = 3;
export const WHOLE: i32 = 4;

const AT_HEADER: u32 = 0;
const IN_DATA: u32 = 1;
const AT_TRAILER: u32 = 2;

const HAS_HEADER_CRC: u32 = 2;
const HAS_EXTRA: u32 = 4;
const HAS_NAME: u32 = 8;
const HAS_COMMENT: u32 = 16;
const FIXED_HEADER_BYTES: usize = 10;
export const TRAILER_BYTES: isize = 8;
/** A longer header is zlib's to read: it would be gone over again with each piece that comes. */
const MOST_HEADER_BYTES: isize = 4096;

let place: u32 = AT_HEADER;
let members: u32 = 0;
let isPadded: bool = false;

export function beginGzip(): void {
  place = AT_HEADER;
  members = 0;
  isPadded = false;
  alignToByte();
}

/** Goes on with the input that is there. `MEMBER_END`: the member's text is checked, once the caller has taken it. */
export function gunzip(outputLimit: usize, isFinal: bool): i32 {
  if (place == AT_HEADER) {
    if (members != 0 && skipPadding()) return isFinal ? WHOLE : INPUT_USED;
    const state = beginMember(isFinal);
    if (state != BLOCK_END) return state;
  }
  if (place == IN_DATA) {
    const state = inflate(outputLimit, isFinal);
    if (state == INPUT_USED && isFinal) return CORRUPT;
    if (state != BLOCK_END) return state;
    alignToByte();
    place = AT_TRAILER;
  }
  if (!hasInput(TRAILER_BYTES)) return isFinal ? CORRUPT : INPUT_USED;
  return MEMBER_END;
}

/** Holds the trailer against the text, all of which has been passed over. */
export function endMember(): bool {
  const at = inputAt();
  const isGood = load<u32>(at) == finishChecksum() && load<u32>(at, 4) == memberBytes();
  setInput(at + (TRAILER_BYTES as usize), at + (inputLeft() as usize));
  place = AT_HEADER;
  members++;
  return isGood;
}

/** Zeros behind a member, as tapes have them, mean nothing; behind a zero there is no further member. True if nothing else is there. */
function skipPadding(): bool {
  const end = inputAt() + (inputLeft() as usize);
  let at = inputAt();
  while (at < end && load<u8>(at) == 0) at++;
  if (at != inputAt()) isPadded = true;
  setInput(at, end);
  return at == end;
}

function beginMember(isFinal: bool): i32 {
  const left = inputLeft();
  const start = inputAt();
  const end = start + (left as usize);
  const dataAt = findData(start, end);
  if (dataAt == 0) return isFinal || left > MOST_HEADER_BYTES ? CORRUPT : INPUT_USED;
  if (dataAt == NO_GZIP || isPadded) return CORRUPT;
  setInput(dataAt, end);
  beginOutput();
  beginChecksum();
  beginInflate();
  place = IN_DATA;
  return BLOCK_END;
}

const NO_GZIP: usize = 1;

/** Where the deflate data begin; 0 if the header goes on behind the input's end, 1 if it is none that we know. */
function findData(start: usize, end: usize): usize {
  if (start + FIXED_HEADER_BYTES > end) return 0;
  const flags = load<u8>(start, 3) as u32;
  // A header with a checksum of its own is zlib's to check; unknown flags are refused.
  if (load<u16>(start) != 0x8b1f || load<u8>(start, 2) != 8 || flags > 31 || (flags & HAS_HEADER_CRC) != 0) return NO_GZIP;
  let at = start + FIXED_HEADER_BYTES;
  if ((flags & HAS_EXTRA) != 0) {
    if (at + 2 > end) return 0;
    at += 2 + (load<u16>(at) as usize);
  }
  if ((flags & HAS_NAME) != 0) at = skipText(at, end);
  if ((flags & HAS_COMMENT) != 0) at = skipText(at, end);
  return at < end ? at : 0;
}

/** Behind the zero that ends the text. */
function skipText(from: usize, end: usize): usize {
  let at = from;
  while (at < end && load<u8>(at) != 0) at++;
  return at + 1;
}
