/** Evidence of one chunk. What is little is packed and put at once, more is streamed; a chunk without any costs no object. */
import { createGzip, type Gzip, gzipSync } from 'node:zlib';
import { evidencePartition } from '../core/evidence.ts';
import type { EvidenceRef } from '../core/execution.ts';
import type { IndicatorAddress } from '../core/indicator-set.ts';
import type { ObjectStore } from '../ports.ts';

/** Each write is handed to another thread: for 40 rows one by one it took longer than to match them. */
const WRITTEN_AT_ONCE = 32 * 1024;
const GZIP = { level: 1 };

export class EvidenceWriter {
  readonly #store: ObjectStore;
  readonly #evidence: EvidenceRef;
  readonly #addresses = new Map<string, IndicatorAddress>();
  #rows: Rows | undefined;
  #text = '';

  constructor(store: ObjectStore, evidence: EvidenceRef) {
    this.#store = store;
    this.#evidence = evidence;
  }

  /** Adds one record, as JSON, and the indicator addresses in it. */
  add(row: string, touched: readonly IndicatorAddress[]): void {
    this.#text += `${row}\n`;
    if (this.#text.length >= WRITTEN_AT_ONCE) this.#write();
    for (const address of touched) this.#addresses.set(address.address, address);
  }

  /** Waits until what was added fits into memory again. */
  async drained(): Promise<void> {
    const gzip = this.#rows?.gzip;
    if (gzip?.writableNeedDrain) await Promise.race([once(gzip, 'drain'), this.#rows!.closed]);
  }

  /** Whether there was anything to write. */
  async close(): Promise<boolean> {
    if (this.#rows === undefined && this.#text === '') return false;
    await this.#finish();
    await putIndicatorAddresses(this.#evidence, [...this.#addresses.values()], this.#store);
    return true;
  }

  /** Leaves nothing behind: the chunk will be tried again. */
  async discard(): Promise<void> {
    this.#rows?.gzip.destroy(new Error('the chunk is tried again'));
    await this.#rows?.stored.catch(() => {});
  }

  async #finish(): Promise<void> {
    if (this.#rows === undefined) return this.#put(gzipSync(this.#text, GZIP));
    this.#write();
    this.#rows.gzip.end();
    await this.#rows.stored;
  }

  #write(): void {
    this.#rows ??= this.#open();
    this.#rows.gzip.write(this.#text);
    this.#text = '';
  }

  #put(body: Uint8Array | Gzip): Promise<void> {
    return this.#store.put(`evidence/records/${evidencePartition(this.#evidence)}.json.gz`, body);
  }

  #open(): Rows {
    const gzip = createGzip(GZIP);
    gzip.on('error', () => {}); // the store's promise tells
    const stored = this.#put(gzip);
    stored.catch(() => {}); // close() reports it
    return { gzip, stored, closed: once(gzip, 'close') };
  }
}

/** A store that gives up closes the stream, and then nothing drains it: close() says why. */
type Rows = { readonly gzip: Gzip; readonly stored: Promise<void>; readonly closed: Promise<void> };

function once(gzip: Gzip, event: 'drain' | 'close'): Promise<void> {
  return new Promise((resolve) => gzip.once(event, () => resolve()));
}

/** Writes the indicator addresses of a chunk: what the match query joins its records with. */
export async function putIndicatorAddresses(
  evidence: EvidenceRef,
  addresses: readonly IndicatorAddress[],
  store: ObjectStore,
): Promise<void> {
  const lines = addresses.map(toAddressRow).sort();
  await store.put(`evidence/indicator_addresses/${evidencePartition(evidence)}.json`, lines.join(''));
}

function toAddressRow({ address, indicator, alsoIn }: IndicatorAddress): string {
  const { text, comment, source } = indicator;
  return `${JSON.stringify({ address, indicator: text, comment, source, also_in: alsoIn.join(' ') })}\n`;
}
