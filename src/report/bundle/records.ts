/**
 * `evidence/` in a store → the records of a bundle: as they are kept, as OCSF events, and their verbatim lines by log object.
 * One part is unpacked at a time, and of it one piece.
 */
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { Evidence } from '../../core/evidence.ts';
import { fromJson, toJson } from '../../core/exact-json.ts';
import type { NamedIndicator } from '../../core/ocsf-event.ts';
import { toRecordActivity } from '../../core/ocsf-network-activity.ts';
import { readLines } from '../../core/text-lines.ts';
import type { ObjectStore } from '../../ports.ts';
import { findOwner, toOwners } from '../evidence-rows.ts';
import { appendText, openText } from './folder.ts';
import { toSafeName } from './names.ts';
import type { EvidencePart } from './partitions.ts';
import type { BundleRequest } from './request.ts';

/** A log object with records in the bundle. */
export type BundledObject = { readonly file: string; records: number };

export type BundledRecords = {
  readonly records: number;
  /** By identity. */
  readonly objects: ReadonlyMap<string, BundledObject>;
  /** Parts that records are from. */
  readonly parts: readonly EvidencePart[];
};

type Addresses = ReadonlyMap<string, NamedIndicator>;
type Row = { readonly text: string; readonly evidence: Evidence };

/** Lines that wait until their part is read or there are many. */
const WAITING_CHARACTERS = 16 * 1024 * 1024;

export async function writeRecords(
  folder: string,
  request: BundleRequest,
  parts: readonly EvidencePart[],
  store: ObjectStore,
): Promise<BundledRecords> {
  const [kept, events] = [
    await openText(folder, 'records/records.ndjson'),
    await openText(folder, 'records/network-activity.ocsf.ndjson'),
  ];
  const lines = new LinesByObject(folder);
  const used: EvidencePart[] = [];
  let records = 0;
  for (const part of parts) {
    const addresses = await readAddresses(part.addresses, store);
    const isAsked = chooseRows(request, addresses);
    const before = records;
    lines.beginPart();
    for await (const { text, evidence } of readRows(part.key, store)) {
      if (!isAsked(evidence) || !(await lines.add(evidence))) continue;
      await kept.add(text);
      await events.add(toJson(toRecordActivity(evidence, addresses, request.version)));
      records++;
    }
    await lines.flush();
    if (records > before) used.push(part);
  }
  await kept.close();
  await events.close();
  return { records, objects: lines.objects, parts: used };
}

/** Verbatim lines, gathered so that not every one opens its file. */
class LinesByObject {
  readonly objects = new Map<string, BundledObject>();
  readonly #folder: string;
  #ofPart = new Set<string>();
  #waiting = new Map<string, string[]>();
  #characters = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  beginPart(): void {
    this.#ofPart = new Set();
  }

  /** False if a later part has told the object already. */
  async add({ object, line }: Evidence): Promise<boolean> {
    const known = this.objects.get(object);
    if (known !== undefined && !this.#ofPart.has(object)) return false;
    this.#ofPart.add(object);
    const { file, records } = known ?? { file: `records/lines/${toSafeName(object)}.txt`, records: 0 };
    this.objects.set(object, { file, records: records + 1 });
    const waiting = this.#waiting.get(file) ?? [];
    this.#waiting.set(file, waiting);
    waiting.push(`${line}\n`);
    this.#characters += line.length;
    if (this.#characters > WAITING_CHARACTERS) await this.flush();
    return true;
  }

  async flush(): Promise<void> {
    for (const [file, lines] of this.#waiting) await appendText(this.#folder, file, lines.join(''));
    this.#waiting = new Map();
    this.#characters = 0;
  }
}

/** All of the store's records, or those of the findings. */
function chooseRows({ isWhole, findings }: BundleRequest, addresses: Addresses): (row: Evidence) => boolean {
  if (isWhole) return () => true;
  const owners = toOwners(findings);
  const indicators = new Map([...addresses].map(([address, { indicator }]) => [address, indicator]));
  return (row) =>
    findOwner(row, 'out', indicators, owners) !== undefined || findOwner(row, 'in', indicators, owners) !== undefined;
}

async function readAddresses(key: string, store: ObjectStore): Promise<Addresses> {
  const lines = ((await store.get(key)) ?? '').split('\n').filter((line) => line !== '');
  return new Map(
    lines.map((line) => {
      const { address, ...named } = JSON.parse(line) as NamedIndicator & { address: string };
      return [address, named];
    }),
  );
}

async function* readRows(key: string, store: ObjectStore): AsyncGenerator<Row> {
  const bytes = await store.bytes(key);
  if (bytes === undefined) return;
  for await (const text of readLines(Readable.from([bytes]).pipe(createGunzip()))) {
    if (text !== '') yield { text, evidence: fromJson<Evidence>(text) };
  }
}
