/** Texts in one block of bytes, by number. They are made to strings only when somebody asks. */

export type StringTable = {
  /** Where each text ends; one begins where the one before it ends. */
  readonly ends: Uint32Array<ArrayBuffer>;
  readonly bytes: Uint8Array<ArrayBuffer>;
};

/** A function that gives the text of a number. */
export function openStrings({ ends, bytes }: StringTable): (number: number) => string {
  const block = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return (number) => block.toString('utf8', number === 0 ? 0 : ends[number - 1]!, ends[number]!);
}

/** Texts that are remembered, one per slot: lists repeat their comments, but a million different ones must not lie in a map. */
const SLOTS = 4096;
/** What texts of a list differ in is mostly at their end. */
const HASHED_BYTES = 12;

/** Builds a table; a text that came not long ago gets the number it has. */
export class StringTableBuilder {
  /** Numbers of remembered texts by slot, or -1. */
  readonly #remembered = new Int32Array(SLOTS).fill(-1);
  #ends = new Uint32Array(1024);
  #bytes = Buffer.alloc(65_536);
  #count = 0;
  #length = 0;

  add(text: string): number {
    this.#makeRoom(text.length * 3); // no UTF-16 unit takes more in UTF-8
    const end = this.#length + this.#write(text);
    const slot = this.#slotOf(end);
    const known = this.#remembered[slot]!;
    if (known >= 0 && this.#isLastText(known, end)) return known;
    this.#remembered[slot] = this.#count;
    this.#length = end;
    this.#ends[this.#count] = end;
    return this.#count++;
  }

  finish(): StringTable {
    return { ends: this.#ends.slice(0, this.#count), bytes: new Uint8Array(this.#bytes.subarray(0, this.#length)) };
  }

  /** Where the text that was written last, and ends here, is remembered. */
  #slotOf(end: number): number {
    let hash = end - this.#length;
    for (let i = Math.max(this.#length, end - HASHED_BYTES); i < end; i++) hash = Math.imul(hash, 31) + this.#bytes[i]!;
    return hash & (SLOTS - 1);
  }

  #isLastText(number: number, end: number): boolean {
    const start = number === 0 ? 0 : this.#ends[number - 1]!;
    if (this.#ends[number]! - start !== end - this.#length) return false;
    for (let i = this.#length; i < end; i++) if (this.#bytes[i] !== this.#bytes[start + i - this.#length]) return false;
    return true;
  }

  /** A call into the runtime for each short text would take longer than the copying. */
  #write(text: string): number {
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit > 127) return this.#bytes.write(text, this.#length);
      this.#bytes[this.#length + i] = unit;
    }
    return text.length;
  }

  #makeRoom(bytes: number): void {
    if (this.#length + bytes > this.#bytes.length) {
      const before = this.#bytes;
      this.#bytes = Buffer.alloc(Math.max(this.#length + bytes, before.length * 2));
      this.#bytes.set(before);
    }
    if (this.#count === this.#ends.length) {
      const before = this.#ends;
      this.#ends = new Uint32Array(before.length * 2);
      this.#ends.set(before);
    }
  }
}
