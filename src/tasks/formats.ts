/**
 * The format of each flow log, learned once from the header of one of its objects (a flow log never changes it) and kept in
 * `formats/<flow-log id>.json`, with the roots under which its objects lie: together they name its tables.
 */
import { constants, gunzipSync } from 'node:zlib';
import type { StoredLogObject } from '../core/batch.ts';
import { LogObjectUnreadable } from '../core/errors.ts';
import { parseHeader } from '../core/flow-format.ts';
import { mapConcurrently } from '../core/limit-concurrency.ts';
import { toLogTable, toTablePlace } from '../core/log-table.ts';
import type { LogStore, ObjectStore } from '../ports.ts';
import type { TableOf } from './data-ratio.ts';

export type LearnedFormat = {
  readonly flowLogId: string;
  readonly fields: readonly string[];
  readonly roots: readonly string[];
};

const MOST_HEADER_BYTES = 64 * 1024;
const CONCURRENCY = 16;

/** The format of the object's flow log, and whether this place of it is new; undefined where no header tells it. */
export async function learnFormat(
  object: StoredLogObject,
  root: string,
  store: ObjectStore,
  logs: LogStore,
): Promise<{ format: LearnedFormat; isNew: boolean } | undefined> {
  const key = formatKey(object.flowLogId!);
  for (;;) {
    const stored = await store.read(key);
    const known = stored === undefined ? undefined : (JSON.parse(stored.text) as LearnedFormat);
    if (known?.roots.includes(root)) return { format: known, isNew: false };
    const fields = known?.fields ?? (await readFields(object.key, logs));
    if (fields === undefined) return undefined;
    const format = { flowLogId: object.flowLogId!, fields, roots: [...(known?.roots ?? []), root].sort() };
    if (await store.replace(key, JSON.stringify(format), stored?.version)) return { format, isNew: true };
  }
}

/** Every format learned so far, in order of the flow-log ids. */
export async function readFormats(store: ObjectStore): Promise<LearnedFormat[]> {
  const keys = (await Array.fromAsync(store.list('formats/fl-'))).sort();
  const texts = await mapConcurrently(CONCURRENCY, keys, (key) => store.get(key));
  return texts.filter((text) => text !== undefined).map((text) => JSON.parse(text) as LearnedFormat);
}

/** The table of an object, by what was learned; each flow log is looked up once. */
export function openTableOf(store: ObjectStore): TableOf {
  const formats = new Map<string, Promise<LearnedFormat | undefined>>();
  const read = async (flowLogId: string) => {
    const text = await store.get(formatKey(flowLogId));
    return text === undefined ? undefined : (JSON.parse(text) as LearnedFormat);
  };
  return async ({ key, flowLogId }) => {
    const place = toTablePlace(key);
    if (place === undefined || flowLogId === undefined) return undefined;
    const format = formats.get(flowLogId) ?? read(flowLogId);
    formats.set(flowLogId, format);
    const learned = await format;
    return learned === undefined ? undefined : toLogTable(place.root, { fields: learned.fields }).name;
  };
}

function formatKey(flowLogId: string): string {
  return `formats/${flowLogId}.json`;
}

/** Fields of the first line; undefined where there is no usable header, or no object any more. */
async function readFields(key: string, logs: LogStore): Promise<readonly string[] | undefined> {
  try {
    const [header] = (await readBeginning(key, logs)).toString('latin1').split('\n', 1);
    return parseHeader(header!.replace(/\r$/, ''))?.fields;
  } catch (error) {
    const isDamaged = error instanceof LogObjectUnreadable || (error as NodeJS.ErrnoException).code?.startsWith('Z_');
    if (isDamaged) return undefined;
    throw error;
  }
}

/** Text of the first bytes; what is cut off in the middle is no error here. */
async function readBeginning(key: string, logs: LogStore): Promise<Buffer> {
  let bytes = Buffer.alloc(0);
  for await (const piece of logs.open(key)) {
    bytes = Buffer.concat([bytes, piece]);
    if (bytes.length >= MOST_HEADER_BYTES) break;
  }
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return isGzip ? gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH }) : bytes;
}
