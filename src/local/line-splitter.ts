/** Chunks of text → lines, each with its LF behind it, in bounded memory: what is longer than 64 KiB is told of, not kept. */

import { LONGEST_LINE_BYTES } from '../core/line-checker.ts';
import { LF } from '../core/record-bytes.ts';

/** Gets the line as `buffer` from `from` to `end`; `buffer[end]` is the LF. Valid during the call only. */
export type LineSink = (buffer: Buffer, from: number, end: number) => void;

export class LineSplitter {
  readonly #onLine: LineSink;
  readonly #onLongLine: () => void;
  readonly #held = Buffer.allocUnsafe(LONGEST_LINE_BYTES + 1);
  #heldBytes = 0;
  #isInLongLine = false;

  constructor(onLine: LineSink, onLongLine: () => void) {
    this.#onLine = onLine;
    this.#onLongLine = onLongLine;
  }

  /** Takes the next piece of text, cut anywhere. */
  push(bytes: Uint8Array): void {
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    let at = 0;
    if (this.#heldBytes > 0 || this.#isInLongLine) at = this.#endHeldLine(chunk);
    if (at < 0) return;
    for (let end = chunk.indexOf(LF, at); end >= 0; end = chunk.indexOf(LF, at)) {
      if (end - at > LONGEST_LINE_BYTES) this.#onLongLine();
      else this.#onLine(chunk, at, end);
      at = end + 1;
    }
    this.#hold(chunk.subarray(at));
  }

  /** Ends the text. A last line without LF is a line only where nothing was cut off behind it. */
  finish(isWhole: boolean): void {
    if (!isWhole || this.#heldBytes === 0) return;
    this.#held[this.#heldBytes] = LF;
    this.#onLine(this.#held, 0, this.#heldBytes);
    this.#heldBytes = 0;
  }

  /** Joins the held beginning of a line with its end; returns where the next line begins, or -1 if the chunk has no end. */
  #endHeldLine(chunk: Buffer): number {
    const end = chunk.indexOf(LF);
    const rest = end < 0 ? chunk : chunk.subarray(0, end);
    if (!this.#isInLongLine) this.#hold(rest);
    if (end < 0) return -1;
    if (!this.#isInLongLine) this.finish(true);
    this.#isInLongLine = false;
    return end + 1;
  }

  #hold(rest: Buffer): void {
    if (this.#heldBytes + rest.length > LONGEST_LINE_BYTES) {
      this.#onLongLine();
      this.#isInLongLine = true;
      this.#heldBytes = 0;
      return;
    }
    rest.copy(this.#held, this.#heldBytes);
    this.#heldBytes += rest.length;
  }
}
