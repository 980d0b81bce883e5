/** Format → the judgement whether a line is a row: as many fields as the header, readable addresses and numbers. */
import type { FlowFormat } from '../core/flow-format.ts';
import { isFieldEnd, readAddress, readNumber, skipField } from '../core/record-bytes.ts';

type FieldReader = (buffer: Uint8Array, at: number) => number;

const SPACE = 32;
const READERS: Readonly<Record<string, FieldReader>> = {
  srcaddr: readAddress,
  dstaddr: readAddress,
  'pkt-srcaddr': readAddress,
  'pkt-dstaddr': readAddress,
  srcport: readNumber,
  dstport: readNumber,
  protocol: readNumber,
  packets: readNumber,
  bytes: readNumber,
  start: readNumber,
  end: readNumber,
};

/** A judge of lines that lie in a buffer from `from` to an LF. */
export function toRowJudge({ fields }: FlowFormat): (buffer: Uint8Array, from: number) => boolean {
  // Of two columns under one name the first is the one that is read.
  const readers = fields.map((field, i) => (fields.indexOf(field) === i ? (READERS[field] ?? skipField) : skipField));
  const last = readers.length - 1;
  return (buffer, from) => {
    let at = from;
    for (let i = 0; i <= last; i++) {
      const end = readers[i]!(buffer, at);
      if (end < 0) return false;
      if (i < last && buffer[end] !== SPACE) return false;
      at = i < last ? end + 1 : end;
    }
    return buffer[at] !== SPACE && isFieldEnd(buffer, at);
  };
}
