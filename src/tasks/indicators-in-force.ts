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
