/** Texts in one block of bytes, by number. They are made to strings only when somebody asks. */

export type StringTable = {
  /** Where each text ends; one begins where the one before it ends. */
  readonly ends: Uint32Array<ArrayBuffer>;
  readonly bytes: Uint8Array<ArrayBuffer>;
};

const encoder = new TextEncoder();

/** The text of a number. */
export function readString({ ends, bytes }: StringTable, number: number): string {
  const block = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return block.toString('utf8', number === 0 ? 0 : ends[number - 1]!, ends[number]!);
}

/** Texts that are remembered: lists repeat their comments, but a million different ones must not lie in a map. */
const MOST_REMEMBERED = 10_000;

/** Builds a table; a text that came not long ago gets the number it has. */
export class StringTableBuilder {
  readonly #numbers = new Map<string, number>();
  #ends = new Uint32Array(1024);
  #bytes = new Uint8Array(65_536);
  #count = 0;
  #length = 0;

  add(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    if (this.#numbers.size === MOST_REMEMBERED) this.#numbers.clear();
    this.#numbers.set(text, this.#count);
    this.#makeRoom(text.length * 3); // no UTF-16 unit takes more in UTF-8
    this.#length += encoder.encodeInto(text, this.#bytes.subarray(this.#length)).written;
    this.#ends[this.#count] = this.#length;
    return this.#count++;
  }

  finish(): StringTable {
    return { ends: this.#ends.slice(0, this.#count), bytes: this.#bytes.slice(0, this.#length) };
  }

  #makeRoom(bytes: number): void {
    if (this.#length + bytes > this.#bytes.length) {
      const before = this.#bytes;
      this.#bytes = new Uint8Array(Math.max(this.#length + bytes, before.length * 2));
      this.#bytes.set(before);
    }
    if (this.#count === this.#ends.length) {
      const before = this.#ends;
      this.#ends = new Uint32Array(before.length * 2);
      this.#ends.set(before);
    }
  }
}
