/** Texts of IOC lists → a version of the indicators in the store, and back. The same lists make the same version. */
import { createHash } from 'node:crypto';
import { type Network, overlaps } from '../core/address.ts';
import { ExecutionFailed, UsageError } from '../core/errors.ts';
import type { ListProblem } from '../core/indicator.ts';
import {
  type IndicatorVersion,
  NO_INDICATORS,
  readIndicatorDocument,
  writeIndicatorDocument,
} from '../core/indicator-document.ts';
import { HEADER_BYTES, IndicatorFileUnreadable, isOfThisVersion } from '../core/indicator-file.ts';
import { type ListText, readAllowlist, readIndicatorLists } from '../core/indicator-list.ts';
import { compileIndicators, type IndicatorSet, openIndicatorSet } from '../core/indicator-set.ts';
import type { ObjectStore } from '../ports.ts';

export type LoadedIndicators = IndicatorVersion & { readonly problems: readonly ListProblem[] };

export type ListTexts = {
  readonly iocs: readonly ListText[];
  readonly allow: readonly ListText[];
  readonly own: readonly Network[];
};

/** Where the lists in force are put, and what follows from them. */
export const INCOMING = 'indicators/incoming/';
export const ALLOW = 'indicators/allow/';
const CURRENT = 'indicators/current.json';
/** The version before the first list: nobody writes it. */
const NONE = 'indicators/none';
/** The table `incident_iocs` of the playbook lies over it. */
const INCIDENT_IOCS = 'indicators/incident_iocs/iocs.csv';

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
  const header = await store.bytes(compiledKey(key), { from: 0, length: HEADER_BYTES });
  return header !== undefined && isOfThisVersion(header);
}

/** Key of a version of the indicators, and when it came into force. */
export type Version = { readonly indicators: string; readonly since: string };

/** The version in force; before the first list came, one without indicators. */
export async function currentIndicators(store: ObjectStore): Promise<Version> {
  const current = await store.get(CURRENT);
  if (current === undefined) return { indicators: NONE, since: '' };
  const { indicators, since } = JSON.parse(current) as Current;
  return { indicators, since };
}

/** indicators/current.json; a retro-hunt is due until all of its executions were started. */
type Current = Version & { readonly isRetroHuntDue?: boolean };

export type Imported = Version & {
  readonly loaded: LoadedIndicators;
  /** True if this import changed the version, or one before it did and never came to its end. */
  readonly isRetroHuntDue: boolean;
};

/** Brings what lies in `incoming/` and `allow/` into force; of two imports at once, the one that saw all lists wins. */
export async function importIncoming(own: readonly Network[], clock: string, store: ObjectStore): Promise<Imported> {
  for (;;) {
    const stored = await store.read(CURRENT);
    const before: Current = stored === undefined ? { indicators: '', since: '' } : JSON.parse(stored.text);
    const loaded = readLists({ ...(await readIncoming(store)), own });
    const indicators = await storeIndicators(loaded, store);
    const isRetroHuntDue = before.isRetroHuntDue === true || before.indicators !== indicators;
    await store.put(INCIDENT_IOCS, toIncidentIocs(loaded));
    const since = before.indicators === indicators ? before.since : clock;
    const text = JSON.stringify({ indicators, since, isRetroHuntDue });
    if (await store.replace(CURRENT, text, stored?.version)) return { indicators, since, loaded, isRetroHuntDue };
  }
}

/** All executions of the version's retro-hunt were started; a newer version keeps its own due. */
export async function finishRetroHunt({ indicators, since }: Version, store: ObjectStore): Promise<void> {
  const stored = await store.read(CURRENT);
  const current = stored === undefined ? undefined : (JSON.parse(stored.text) as Current);
  if (current?.indicators !== indicators || current.since !== since) return;
  await store.replace(CURRENT, JSON.stringify({ indicators, since, isRetroHuntDue: false }), stored!.version);
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
  const compiled = key === NONE ? undefined : await readCompiled(key, store);
  if (compiled !== undefined) return compiled;
  const { indicators, allowed } = await readIndicators(key, store);
  return compileIndicators(indicators, allowed);
}

async function readCompiled(key: string, store: ObjectStore): Promise<IndicatorSet | undefined> {
  try {
    const bytes = await store.bytes(compiledKey(key));
    return bytes === undefined ? undefined : openIndicatorSet(bytes);
  } catch (error) {
    // To a role that may not list the bucket, S3 says "access denied" of what is not there.
    if (error instanceof IndicatorFileUnreadable || error instanceof UsageError) return undefined;
    throw error;
  }
}

/** Lists as they lie in the store, those that are in force or about to be. */
export async function readIncoming(store: ObjectStore): Promise<Pick<ListTexts, 'iocs' | 'allow'>> {
  return { iocs: await readTexts(INCOMING, store), allow: await readTexts(ALLOW, store) };
}

/** Texts under a prefix, by name: the first list that names an indicator gives its comment. */
async function readTexts(prefix: string, store: ObjectStore): Promise<ListText[]> {
  const keys = (await Array.fromAsync(store.list(prefix))).filter((key) => !key.endsWith('/')).sort();
  const texts: ListText[] = [];
  for (const key of keys) {
    const text = await store.get(key);
    if (text !== undefined) texts.push({ source: key.slice(key.lastIndexOf('/') + 1), text });
  }
  return texts;
}

/** Exact addresses only: the playbook's view compares text. */
function toIncidentIocs({ indicators, allowed }: LoadedIndicators): string {
  const quote = (text: string) =>
    `"${text
      .replaceAll('\\', '\\\\')
      .replaceAll('"', '\\"')
      .replaceAll(/[\r\n]+/g, ' ')}"`;
  let csv = '';
  for (const { text, network, comment } of indicators) {
    const isUsed = !text.includes('/') && !allowed.some((range) => overlaps(range, network));
    if (isUsed) csv += `${quote(text)},${quote(comment)}\n`;
  }
  return csv;
}
