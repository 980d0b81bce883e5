/** The lists in force: what is put under two prefixes of the store makes one version, and a retro-hunt where it is another. */
import { type Network, overlaps } from '../core/address.ts';
import type { IndicatorVersion } from '../core/indicator-document.ts';
import type { ListText } from '../core/indicator-list.ts';
import type { ObjectStore } from '../ports.ts';
import { type ListTexts, type LoadedIndicators, NONE, readLists, storeIndicators } from './indicator-versions.ts';

/** Where the lists in force are put, and what follows from them. */
export const INCOMING = 'indicators/incoming/';
export const ALLOW = 'indicators/allow/';
const CURRENT = 'indicators/current.json';
/** The table `incident_iocs` of the playbook lies over it. */
const INCIDENT_IOCS = 'indicators/incident_iocs/iocs.csv';

/** Key of a version of the indicators, and when it came into force. */
export type Version = { readonly indicators: string; readonly since: string };

/** What a retro-hunt has to do, until all of its executions were started. */
export type DueRetroHunt = {
  /** Versions that log objects may have been evaluated with since the last retro-hunt came to its end. */
  readonly against: readonly string[];
  /** Days from this one on are done. */
  readonly doneFrom?: string;
};

/** indicators/current.json */
export type InForce = Version & { readonly due?: DueRetroHunt };

/** The version in force; before the first list came, one without indicators. */
export async function currentIndicators(store: ObjectStore): Promise<InForce> {
  const current = await store.get(CURRENT);
  return current === undefined ? NOTHING : (JSON.parse(current) as InForce);
}

const NOTHING: InForce = { indicators: NONE, since: '' };

export type Imported = InForce & { readonly loaded: LoadedIndicators };

/** Brings what lies in `incoming/` and `allow/` into force; of two imports at once, the one that saw all lists wins. */
export async function importIncoming(own: readonly Network[], clock: string, store: ObjectStore): Promise<Imported> {
  for (;;) {
    const stored = await store.read(CURRENT);
    const before: InForce = stored === undefined ? NOTHING : JSON.parse(stored.text);
    const loaded = readLists({ ...(await readIncoming(store)), own });
    const indicators = await storeIndicators(loaded, store);
    await store.put(INCIDENT_IOCS, toIncidentIocs(loaded));
    const after =
      before.indicators === indicators ? before : { indicators, since: clock, due: toDue(before, indicators) };
    if (await store.replace(CURRENT, JSON.stringify(after), stored?.version)) return { ...after, loaded };
  }
}

/** A retro-hunt that was still due: objects of some days are as its version has them, others as those before it. */
function toDue(before: InForce, after: string): DueRetroHunt {
  const against = new Set([...(before.due?.against ?? []), before.indicators]);
  return { against: [...against].filter((version) => version !== after) };
}

/**
 * Executions of the days from this one on were started, or, without a day, all. False if the retro-hunt is no longer this
 * version's to go on with: another one came into force and has it due, or somebody else has ended it.
 */
export async function advanceRetroHunt(
  { indicators, since }: Version,
  doneFrom: string | undefined,
  store: ObjectStore,
): Promise<boolean> {
  for (;;) {
    const stored = await store.read(CURRENT);
    const current: InForce = stored === undefined ? NOTHING : JSON.parse(stored.text);
    const { due } = current;
    if (due === undefined || current.indicators !== indicators || current.since !== since) return false;
    const after = doneFrom === undefined ? { indicators, since } : { ...current, due: { ...due, doneFrom } };
    if (await store.replace(CURRENT, JSON.stringify(after), stored!.version)) return true;
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
function toIncidentIocs({ indicators, allowed }: IndicatorVersion): string {
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
