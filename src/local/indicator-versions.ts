/** IOC lists in files → a version of the indicators in the home. The same lists make the same version. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Network } from '../core/address.ts';
import { parseNetwork } from '../core/address.ts';
import { UsageError } from '../core/errors.ts';
import { type Indicator, type ListProblem, readAllowlist, readIndicatorLists } from '../core/indicator.ts';
import { compileIndicators, type IndicatorSet } from '../core/indicator-set.ts';
import type { ObjectStore } from '../ports.ts';

export type LoadedIndicators = {
  readonly indicators: readonly Indicator[];
  readonly allowed: readonly Network[];
  readonly problems: readonly ListProblem[];
};

export type ListPaths = {
  readonly iocs: readonly string[];
  readonly allow: readonly string[];
  readonly own: readonly string[];
};

/** Reads the lists. A list that cannot be read is bad usage; a bad line is a problem and costs only itself. */
export async function loadIndicators({ iocs, allow, own }: ListPaths): Promise<LoadedIndicators> {
  const { indicators, problems } = readIndicatorLists(await readLists(iocs), { own: own.map(parseOwn) });
  const allowlist = readAllowlist(await readLists(allow));
  return { indicators, allowed: allowlist.networks, problems: [...problems, ...allowlist.problems] };
}

/** Writes the version under its key, which is a hash of what is in it. */
export async function storeIndicators(loaded: LoadedIndicators, store: ObjectStore): Promise<string> {
  const lines = loaded.indicators.map(({ text, comment, source }) => JSON.stringify({ text, comment, source }));
  const allowed = loaded.allowed.map(({ text }) => text);
  const document = `{"allowed":${JSON.stringify(allowed)},"indicators":[\n${lines.join(',\n')}\n]}\n`;
  const key = `indicators/${createHash('sha256').update(document).digest('hex').slice(0, 32)}.json`;
  await store.put(key, document);
  return key;
}

/** A function that compiles a version once and keeps it. */
export function indicatorSets(store: ObjectStore, loaded: ReadonlyMap<string, LoadedIndicators>) {
  const sets = new Map<string, Promise<IndicatorSet>>();
  return (key: string): Promise<IndicatorSet> => {
    const set = sets.get(key) ?? compile(loaded.get(key) ?? key, store);
    sets.set(key, set);
    return set;
  };
}

async function compile(version: LoadedIndicators | string, store: ObjectStore): Promise<IndicatorSet> {
  const { indicators, allowed } = typeof version === 'string' ? await readVersion(version, store) : version;
  return compileIndicators(indicators, allowed);
}

async function readVersion(key: string, store: ObjectStore): Promise<Omit<LoadedIndicators, 'problems'>> {
  const text = await store.get(key);
  if (text === undefined)
    throw new UsageError(`the indicator version ${key} is gone; run the sweep with its list again`);
  const version = JSON.parse(text) as {
    allowed: string[];
    indicators: { text: string; comment: string; source: string }[];
  };
  return {
    indicators: version.indicators.map((entry) => ({ ...entry, network: parseNetwork(entry.text)!.network })),
    allowed: version.allowed.map((entry) => parseNetwork(entry)!.network),
  };
}

async function readLists(paths: readonly string[]): Promise<{ source: string; text: string }[]> {
  return Promise.all(
    paths.map(async (path) => {
      try {
        return { source: basename(path), text: await readFile(path, 'utf8') };
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        const reason = code === 'ENOENT' ? 'no such file' : code === 'EISDIR' ? 'it is a folder' : message;
        throw new UsageError(`${path}: the list cannot be read (${reason}).`);
      }
    }),
  );
}

function parseOwn(text: string): Network {
  const parsed = parseNetwork(text);
  if (parsed === undefined) throw new UsageError(`--own ${text} is no address or CIDR. Use 198.51.100.0/24.`);
  return parsed.network;
}
