/** Text written piece by piece as bytes: nothing is copied while it grows, and no string is made of tens of MB. */

const PIECE_BYTES = 1024 * 1024;
const [QUOTE, BACKSLASH, SPACE] = [0x22, 0x5c, 0x20];

export class PieceWriter {
  readonly #pieces: Uint8Array[] = [];
  #piece = Buffer.allocUnsafe(PIECE_BYTES);
  #length = 0;

  /** Writes text. */
  write(text: string): void {
    this.#makeRoom(text.length * 3); // no UTF-16 unit takes more in UTF-8
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      // A call into the runtime for each short text would take longer than the copying.
      if (unit > 127) {
        this.#length += this.#piece.write(text.slice(i), this.#length);
        return;
      }
      this.#piece[this.#length++] = unit;
    }
  }

  /** Writes UTF-8 text as a JSON string, as JSON.stringify writes it. */
  writeQuoted(text: Uint8Array, from: number, to: number): void {
    this.#makeRoom(to - from + 2);
    const start = this.#length;
    this.#piece[this.#length++] = QUOTE;
    for (let i = from; i < to; i++) {
      const byte = text[i]!;
      if (byte < SPACE || byte === QUOTE || byte === BACKSLASH) {
        this.#length = start;
        this.write(JSON.stringify(Buffer.from(text.subarray(from, to)).toString()));
        return;
      }
      this.#piece[this.#length++] = byte;
    }
    this.#piece[this.#length++] = QUOTE;
  }

  finish(): Uint8Array {
    return Buffer.concat([...this.#pieces, this.#piece.subarray(0, this.#length)]);
  }

  #makeRoom(bytes: number): void {
    if (this.#length + bytes <= this.#piece.length) return;
    this.#pieces.push(this.#piece.subarray(0, this.#length));
    this.#piece = Buffer.allocUnsafe(Math.max(PIECE_BYTES, bytes));
    this.#length = 0;
  }
}
