/**
 * Log objects that lie elsewhere, `s3://…`: how they are listed and read is handed in, as adapters do not know each other.
 * DuckDB reads files, so what a query asks of them is copied here first.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { LogObjectUnavailable, LogObjectUnreadable, UsageError } from '../core/errors.ts';
import type { LogStore } from '../ports.ts';
import type { ListedObject } from '../tasks/ingest.ts';
import { listLogFiles, logFiles } from './log-files.ts';

export type RemoteLogs = {
  /** Objects under `s3://bucket/prefix`; the signal ends the listing. */
  readonly list: (path: string, signal?: AbortSignal) => AsyncIterable<ListedObject>;
  readonly logs: LogStore;
};

/** So many objects are read at a time: each waits for the network far longer than it is worked on. */
export const REMOTE_CONCURRENCY = 8;

export function isRemote(key: string): boolean {
  return key.startsWith('s3://');
}

/** Objects below folders, single files, and objects elsewhere, in the order of the paths. */
export async function* listLogs(
  paths: readonly string[],
  remote?: RemoteLogs,
  signal?: AbortSignal,
): AsyncGenerator<ListedObject> {
  for (const path of paths) {
    if (!isRemote(path)) yield* listLogFiles([path]);
    else yield* demand(path, remote).list(path, signal);
  }
}

/** Opens files and objects elsewhere, each by its key. */
export function openLogs(remote?: RemoteLogs): LogStore {
  return { open: (key) => (isRemote(key) ? demand(key, remote).logs : logFiles).open(key) };
}

/** The objects, those from elsewhere as files in the folder. One that cannot be opened gets a name that leads nowhere. */
export async function copyHere<Keyed extends { readonly key: string }>(
  objects: readonly Keyed[],
  logs: LogStore,
  folder: string,
  signal?: AbortSignal,
): Promise<Keyed[]> {
  const here = [...objects];
  const waiting = objects.entries().filter(([, { key }]) => isRemote(key));
  const copyInTurn = async (): Promise<void> => {
    for (const [at, object] of waiting) {
      signal?.throwIfAborted();
      const path = join(folder, `copy-${at}${/(\.[a-z]+)*$/.exec(object.key)![0]}`);
      await copy(object.key, logs, path);
      here[at] = { ...object, key: path };
    }
  };
  await Promise.all(Array.from({ length: REMOTE_CONCURRENCY }, copyInTurn));
  return here;
}

/** What came before a break is kept, and counts as damaged; of what could not be opened nothing is there. */
async function copy(key: string, logs: LogStore, path: string): Promise<void> {
  let file: FileHandle | undefined;
  try {
    for await (const bytes of logs.open(key)) {
      file ??= await open(path, 'w');
      await file.appendFile(bytes);
    }
    file ??= await open(path, 'w');
  } catch (error) {
    const isOfObject = error instanceof LogObjectUnreadable || error instanceof LogObjectUnavailable;
    if (!isOfObject) throw error;
  } finally {
    await file?.close();
  }
}

function demand(path: string, remote: RemoteLogs | undefined): RemoteLogs {
  if (remote === undefined) throw new UsageError(`${path}: only the command line reads s3://. Use npx flowhound.`);
  return remote;
}
