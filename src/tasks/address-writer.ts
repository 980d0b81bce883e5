/** The addresses of one chunk's objects, on their way into the index: a part for each day, more where they are too many to hold. */
import type { IndexedObject } from '../core/address-index.ts';
import { encodeAddressIndex } from '../core/address-index-writer.ts';
import type { StoredLogObject } from '../core/batch.ts';
import type { PackAddresses } from '../core/index-packer.ts';
import type { SeenAddresses, SeenTimes } from '../core/seen-addresses.ts';
import type { ObjectStore } from '../ports.ts';
import { partKey } from './address-keys.ts';

/** Words of addresses, one each for IPv4 and four for IPv6: with what packing them takes, some 40 MB. */
const MOST_WORDS = 1_000_000;

type Seen = IndexedObject & { readonly seen: SeenAddresses };

const NOTHING: SeenAddresses = {
  ipv4: new Uint32Array(),
  ipv4Sides: new Uint8Array(),
  ipv6: new Uint8Array(),
  ipv6Sides: new Uint8Array(),
};

/** One chunk, object after object. Without close() nothing says that the last object was read whole. */
export class AddressWriter {
  readonly #store: ObjectStore;
  readonly #packAddresses: PackAddresses | undefined;
  readonly #mostWords: number;
  #seen: Seen[] = [];
  #words = 0;
  /** The last object is read to its end when another comes. */
  #isLastRead = true;

  constructor(
    store: ObjectStore,
    {
      packAddresses,
      mostWords = MOST_WORDS,
    }: { packAddresses?: PackAddresses | undefined; mostWords?: number | undefined } = {},
  ) {
    this.#store = store;
    this.#packAddresses = packAddresses;
    this.#mostWords = mostWords;
  }

  /** Takes what an object holds, or more of it, and keeps it: its pieces come one after another. */
  async add(object: StoredLogObject, seen: SeenAddresses, times: SeenTimes): Promise<void> {
    if (this.#seen.at(-1)?.object.key !== object.key) this.#endLast();
    this.#seen.push({ object, isWhole: false, ...times, seen });
    this.#words += seen.ipv4.length + seen.ipv6.length / 4;
    if (this.#words < this.#mostWords) return;
    await this.#flush();
    // The next part says whether that was all of it.
    this.#seen = [{ object, isWhole: false, ...times, seen: NOTHING }];
  }

  /** The object, added last, could not be read for a reason that may pass: who looks for addresses reads it again. */
  leaveUnfinished({ key }: StoredLogObject): void {
    if (this.#seen.at(-1)?.object.key === key) this.#isLastRead = false;
  }

  async close(): Promise<void> {
    this.#endLast();
    await this.#flush();
    this.#seen = [];
  }

  #endLast(): void {
    const last = this.#seen.at(-1);
    if (last !== undefined) this.#seen.splice(-1, 1, { ...last, isWhole: this.#isLastRead });
    this.#isLastRead = true;
  }

  async #flush(): Promise<void> {
    for (const [day, seen] of Map.groupBy(this.#seen, ({ object }) => object.date)) {
      const part = Buffer.concat(await Array.fromAsync(encodeAddressIndex(seen, this.#packAddresses)));
      await this.#store.put(partKey(day, part), part);
    }
    this.#words = 0;
  }
}
