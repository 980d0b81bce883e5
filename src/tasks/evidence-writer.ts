/** Evidence of one chunk: opened at the first match, so that a chunk without any costs no object. */
import { createGzip, type Gzip } from 'node:zlib';
import { evidencePartition } from '../core/evidence.ts';
import type { EvidenceRef } from '../core/execution.ts';
import type { IndicatorAddress } from '../core/indicator-set.ts';
import type { ObjectStore } from '../ports.ts';

export class EvidenceWriter {
  readonly #store: ObjectStore;
  readonly #partition: string;
  readonly #addresses = new Map<string, IndicatorAddress>();
  #rows: { gzip: Gzip; stored: Promise<void> } | undefined;

  constructor(store: ObjectStore, evidence: EvidenceRef) {
    this.#store = store;
    this.#partition = evidencePartition(evidence);
  }

  /** Adds one record, as JSON, and the indicator addresses in it. */
  add(row: string, touched: readonly IndicatorAddress[]): void {
    this.#rows ??= this.#open();
    this.#rows.gzip.write(`${row}\n`);
    for (const address of touched) this.#addresses.set(address.address, address);
  }

  /** Waits until what was added fits into memory again. */
  async drained(): Promise<void> {
    const gzip = this.#rows?.gzip;
    if (gzip?.writableNeedDrain) await new Promise((resolve) => gzip.once('drain', resolve));
  }

  /** Whether there was anything to write. */
  async close(): Promise<boolean> {
    if (this.#rows === undefined) return false;
    this.#rows.gzip.end();
    await this.#rows.stored;
    const lines = [...this.#addresses.values()].map(toAddressRow).sort();
    await this.#store.put(`evidence/indicator_addresses/${this.#partition}.json`, lines.join(''));
    return true;
  }

  /** Leaves nothing behind: the chunk will be tried again. */
  async discard(): Promise<void> {
    this.#rows?.gzip.destroy(new Error('the chunk is tried again'));
    await this.#rows?.stored.catch(() => {});
  }

  #open(): { gzip: Gzip; stored: Promise<void> } {
    const gzip = createGzip({ level: 1 });
    gzip.on('error', () => {}); // the store's promise tells
    const stored = this.#store.put(`evidence/records/${this.#partition}.json.gz`, gzip);
    stored.catch(() => {}); // close() reports it
    return { gzip, stored };
  }
}

function toAddressRow({ address, indicator, alsoIn }: IndicatorAddress): string {
  const { text, comment, source } = indicator;
  return `${JSON.stringify({ address, indicator: text, comment, source, also_in: alsoIn.join(' ') })}\n`;
}
