/** Blocks of the address index: a gzip member each, which the host lays into the input and whose checksum it holds against the text. */
import { addInput, inputAt, inputLeft, outputEnd, setInput, setOutput } from './decode';
import { beginGzip, gunzip, MEMBER_END, TRAILER_BYTES } from './gzip';
import { TEXT, TEXT_LIMIT } from './text-buffer';

export const blockTextAt: usize = TEXT;

/** Bytes of the block's text; 0 if it is not one whole member with as much text as it says, or too much of it. */
export function unpackIndexBlock(from: usize, bytes: usize): usize {
  setOutput(TEXT);
  setInput(from, from);
  addInput(bytes);
  beginGzip();
  if (gunzip(TEXT_LIMIT, true) != MEMBER_END || inputLeft() != TRAILER_BYTES) return 0;
  const textBytes = outputEnd() - TEXT;
  return load<u32>(inputAt(), 4) == (textBytes as u32) ? textBytes : 0;
}
