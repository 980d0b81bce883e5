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

/** Builds a table; a text that came not long ago gets the number it has. */
export class StringTableBuilder {
  readonly #remembered: string[] = Array(SLOTS).fill('');
  readonly #numbers = new Int32Array(SLOTS).fill(-1);
  #ends = new Uint32Array(1024);
  #bytes = Buffer.alloc(65_536);
  #count = 0;
  #length = 0;

  add(text: string): number {
    const slot = slotOf(text);
    if (this.#numbers[slot]! >= 0 && this.#remembered[slot] === text) return this.#numbers[slot]!;
    this.#remembered[slot] = text;
    this.#numbers[slot] = this.#count;
    this.#makeRoom(text.length * 3); // no UTF-16 unit takes more in UTF-8
    this.#length += this.#write(text);
    this.#ends[this.#count] = this.#length;
    return this.#count++;
  }

  finish(): StringTable {
    return { ends: this.#ends.slice(0, this.#count), bytes: new Uint8Array(this.#bytes.subarray(0, this.#length)) };
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

/** What texts of a list differ in is mostly at their end. */
function slotOf(text: string): number {
  let hash = text.length;
  for (let i = Math.max(0, text.length - 8); i < text.length; i++) hash = Math.imul(hash, 31) + text.charCodeAt(i);
  return hash & (SLOTS - 1);
}
