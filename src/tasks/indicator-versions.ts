/** Texts of IOC lists → a version of the indicators in the store, and back. The same lists make the same version. */
import { createHash } from 'node:crypto';
import type { Network } from '../core/address.ts';
import { ExecutionFailed, UsageError } from '../core/errors.ts';
import type { ListProblem } from '../core/indicator.ts';
import {
  type IndicatorVersion,
  NO_INDICATORS,
  readIndicatorDocument,
  writeIndicatorDocument,
} from '../core/indicator-document.ts';
import { countIndicators, HEADER_BYTES, IndicatorFileUnreadable } from '../core/indicator-file.ts';
import { type ListText, readAllowlist, readIndicatorLists } from '../core/indicator-list.ts';
import { compileIndicators, type IndicatorSet, openIndicatorSet } from '../core/indicator-set.ts';
import type { ByteRange, ObjectStore } from '../ports.ts';

export type LoadedIndicators = IndicatorVersion & { readonly problems: readonly ListProblem[] };

export type ListTexts = {
  readonly iocs: readonly ListText[];
  readonly allow: readonly ListText[];
  readonly own: readonly Network[];
};

/** The version before the first list: nobody writes it. */
export const NONE = 'indicators/none';

/** Reads the lists; a bad line is a problem and costs only itself. */
export function readLists({ iocs, allow, own }: ListTexts): LoadedIndicators {
  const { indicators, problems } = readIndicatorLists(iocs, { own });
  const allowlist = readAllowlist(allow);
  return { indicators, allowed: allowlist.networks, problems: [...problems, ...allowlist.problems] };
}

/** Writes the version under its key, which is a hash of what is in it; one that is stored already is left as it is. */
export async function storeIndicators(version: IndicatorVersion, store: ObjectStore): Promise<string> {
  const { key, isKnown } = await storeDocument(version, store);
  if (!isKnown) await store.put(compiledKey(key), compileIndicators(version.indicators, version.allowed).bytes);
  return key;
}

/** The document of a million indicators has 60 MB: it is gone before they are compiled. */
async function storeDocument(
  version: IndicatorVersion,
  store: ObjectStore,
): Promise<{ key: string; isKnown: boolean }> {
  const document = writeIndicatorDocument(version);
  const key = `indicators/${createHash('sha256').update(document).digest('hex').slice(0, 32)}.json`;
  const isKnown = await isCompiled(key, store);
  if (!isKnown) await store.put(key, document);
  return { key, isKnown };
}

/** Where the compiled form of a version lies: beside it, and written after it. */
function compiledKey(key: string): string {
  return key.replace(/\.json$/, '.bin');
}

/** Whether a version is stored already, and compiled as it would be compiled now. */
export async function isCompiled(key: string, store: ObjectStore): Promise<boolean> {
  return (await countCompiled(key, store)) !== undefined;
}

/** Whether nothing can match a version: no list names anything, or all of it is allowed. */
export async function isEmptyVersion(key: string, store: ObjectStore): Promise<boolean> {
  const count = key === NONE ? 0 : await countCompiled(key, store);
  return (count ?? (await readIndicators(key, store)).indicators.length) === 0;
}

async function countCompiled(key: string, store: ObjectStore): Promise<number | undefined> {
  const start = await readCompiled(key, store, { from: 0, length: HEADER_BYTES });
  return start === undefined ? undefined : countIndicators(start);
}

async function readCompiled(key: string, store: ObjectStore, range?: ByteRange): Promise<Uint8Array | undefined> {
  try {
    return await store.bytes(compiledKey(key), range);
  } catch (error) {
    // To a role that may not list the bucket, S3 says "access denied" of what is not there.
    if (error instanceof UsageError) return undefined;
    throw error;
  }
}

/** A version by its key. */
export async function readIndicators(key: string, store: ObjectStore): Promise<IndicatorVersion> {
  if (key === NONE) return NO_INDICATORS;
  const document = await store.get(key);
  if (document === undefined)
    throw new ExecutionFailed(`the indicator version ${key} is gone; run the sweep with its list again`);
  return readIndicatorDocument(document);
}

/** A function that opens a version once and keeps it. */
export function indicatorSets(store: ObjectStore): (key: string) => Promise<IndicatorSet> {
  const sets = new Map<string, Promise<IndicatorSet>>();
  return (key) => {
    const set = sets.get(key) ?? openVersion(key, store);
    sets.set(key, set);
    set.catch(() => sets.delete(key)); // a store that failed once may answer the next time
    return set;
  };
}

/** The compiled form as it is stored; where there is none, or it was damaged, the version is compiled anew. */
async function openVersion(key: string, store: ObjectStore): Promise<IndicatorSet> {
  const bytes = key === NONE ? undefined : await readCompiled(key, store);
  const set = bytes === undefined ? undefined : openUndamaged(bytes);
  if (set !== undefined) return set;
  const { indicators, allowed } = await readIndicators(key, store);
  return compileIndicators(indicators, allowed);
}

function openUndamaged(bytes: Uint8Array): IndicatorSet | undefined {
  try {
    return openIndicatorSet(bytes);
  } catch (error) {
    if (error instanceof IndicatorFileUnreadable) return undefined;
    throw error;
  }
}
