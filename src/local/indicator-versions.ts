/** IOC lists in files → indicators. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { type Network, parseNetwork } from '../core/address.ts';
import { UsageError } from '../core/errors.ts';
import type { ListText } from '../core/indicator-list.ts';
import { type LoadedIndicators, readLists } from '../tasks/indicator-versions.ts';

export type ListPaths = {
  readonly iocs: readonly string[];
  readonly allow: readonly string[];
  readonly own: readonly string[];
  /** Addresses and CIDRs given one by one; they come first. */
  readonly ips?: readonly string[];
};

/** Name of the list that `ips` make. */
export const GIVEN = '--ip';

/** Reads the lists. A list that cannot be read is bad usage; a bad line is a problem and costs only itself. */
export async function loadIndicators({ iocs, allow, own, ips = [] }: ListPaths): Promise<LoadedIndicators> {
  const given = ips.length === 0 ? [] : [{ source: GIVEN, text: ips.join('\n') }];
  return readLists({
    iocs: [...given, ...(await readFiles(iocs))],
    allow: await readFiles(allow),
    own: own.map(parseOwn),
  });
}

/** Texts of lists by their base names. */
export async function readFiles(paths: readonly string[]): Promise<ListText[]> {
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

/** A range of the user's own. */
export function parseOwn(text: string): Network {
  const parsed = parseNetwork(text);
  if (parsed === undefined) throw new UsageError(`--own ${text} is no address or CIDR. Use 198.51.100.0/24.`);
  return parsed.network;
}
