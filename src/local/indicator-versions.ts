/** IOC lists in files → indicators, and versions of them in a home, where the same lists are not parsed a second time. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { type Network, parseNetwork } from '../core/address.ts';
import { UsageError } from '../core/errors.ts';
import type { ListProblem } from '../core/indicator.ts';
import { type ListText, READING_VERSION } from '../core/indicator-list.ts';
import type { ObjectStore } from '../ports.ts';
import { isCompiled, type LoadedIndicators, readLists, storeIndicators } from '../tasks/indicator-versions.ts';

export type ListPaths = {
  readonly iocs: readonly string[];
  readonly allow: readonly string[];
  readonly own: readonly string[];
  /** Addresses and CIDRs given one by one; they come first. */
  readonly ips?: readonly string[];
};

/** Name of the list that `ips` make. */
const GIVEN = '--ip';

/** Lists as they become a version of the indicators in a home. */
export type ListVersion = {
  /** How many indicators are in use. */
  readonly indicators: number;
  readonly problems: readonly ListProblem[];
  /** Stores the version if it is not there yet; its key. */
  readonly store: () => Promise<string>;
};

/** Reads the lists. A list that cannot be read is bad usage; a bad line is a problem and costs only itself. */
export async function loadIndicators(paths: ListPaths): Promise<LoadedIndicators> {
  return parseFiles(await openFiles(paths));
}

/** As loadIndicators, but lists that this home has seen are only read and hashed, however long they are. */
export async function openListVersion(paths: ListPaths, store: ObjectStore): Promise<ListVersion> {
  const files = await openFiles(paths);
  const key = `indicators/lists/${hashFiles(files)}.json`;
  const known = await readKnown(key, store);
  if (known !== undefined) return { ...known, store: async () => known.version };
  let parsed: LoadedIndicators | undefined = parseFiles(files);
  const { problems, indicators } = { problems: parsed.problems, indicators: parsed.indicators.length };
  let version = '';
  const storeParsed = async (): Promise<string> => {
    if (parsed === undefined) return version;
    version = await storeIndicators(parsed, store);
    parsed = undefined; // what is scanned next needs the memory
    await store.put(key, JSON.stringify({ version, indicators, problems } satisfies Known));
    return version;
  };
  return { indicators, problems, store: storeParsed };
}

/** What became of lists: the key of their version, and what is said of them each time. */
type Known = Pick<ListVersion, 'indicators' | 'problems'> & { readonly version: string };

async function readKnown(key: string, store: ObjectStore): Promise<Known | undefined> {
  const text = await store.get(key);
  const known = text === undefined ? undefined : parseKnown(text);
  return known !== undefined && (await isCompiled(known.version, store)) ? known : undefined;
}

/** What is damaged is not worth an error: the lists are there to be parsed again. */
function parseKnown(text: string): Known | undefined {
  try {
    return JSON.parse(text) as Known;
  } catch {
    return undefined;
  }
}

type ListFile = { readonly source: string; readonly bytes: Uint8Array };
type ListFiles = { readonly iocs: readonly ListFile[]; readonly allow: readonly ListFile[]; readonly own: Network[] };

async function openFiles({ iocs, allow, own, ips = [] }: ListPaths): Promise<ListFiles> {
  const given = ips.length === 0 ? [] : [{ source: GIVEN, bytes: Buffer.from(ips.join('\n')) }];
  return {
    iocs: [...given, ...(await Promise.all(iocs.map(openFile)))],
    allow: await Promise.all(allow.map(openFile)),
    own: own.map(parseOwn),
  };
}

function parseFiles({ iocs, allow, own }: ListFiles): LoadedIndicators {
  return readLists({ iocs: iocs.map(toText), allow: allow.map(toText), own });
}

/** All that the version and its problems follow from: names, texts, own ranges, and how lists are read. */
function hashFiles({ iocs, allow, own }: ListFiles): string {
  const hashEach = (files: readonly ListFile[]) =>
    files.map(({ source, bytes }) => [source, createHash('sha256').update(bytes).digest('hex')]);
  const all = [READING_VERSION, hashEach(iocs), hashEach(allow), own.map(({ text }) => text)];
  return createHash('sha256').update(JSON.stringify(all)).digest('hex').slice(0, 32);
}

/** Texts of lists by their base names. */
export async function readFiles(paths: readonly string[]): Promise<ListText[]> {
  return (await Promise.all(paths.map(openFile))).map(toText);
}

function toText({ source, bytes }: ListFile): ListText {
  return { source, text: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8') };
}

async function openFile(path: string): Promise<ListFile> {
  try {
    return { source: basename(path), bytes: await readFile(path) };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? 'no such file' : code === 'EISDIR' ? 'it is a folder' : message;
    throw new UsageError(`${path}: the list cannot be read (${reason}).`);
  }
}

/** A range of the user's own. */
export function parseOwn(text: string): Network {
  const parsed = parseNetwork(text);
  if (parsed === undefined) throw new UsageError(`--own ${text} is no address or CIDR. Use 198.51.100.0/24.`);
  return parsed.network;
}
