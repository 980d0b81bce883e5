/** Log objects in files: lists what the command line names, and opens it. A key is a path with forward slashes. */
import { closeSync, openSync, readSync } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { Interrupted, LogObjectUnavailable, LogObjectUnreadable, UsageError } from '../core/errors.ts';
import type { Room } from '../core/gunzip.ts';
import type { LogStore } from '../ports.ts';
import type { ListedObject } from '../tasks/ingest.ts';

const READ_BYTES = 256 * 1024;
/** The machine is short of something just now; the file may be fine. */
const PASSING: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE', 'EAGAIN', 'EBUSY', 'EIO', 'ETIMEDOUT', 'ENOMEM']);

/** Files below the folders, and single files, as they are on disk. A path that does not exist is bad usage. */
export async function* listLogFiles(paths: readonly string[]): AsyncGenerator<ListedObject> {
  for (const path of paths) {
    const found = await stat(path).catch(() => undefined);
    if (found === undefined)
      throw new UsageError(
        `${path}: no such file or folder. Give a folder of log objects, a file, or s3://bucket/prefix/.`,
      );
    if (found.isDirectory()) yield* listFolder(resolve(path), new Set());
    else yield* listFile(resolve(path));
  }
}

/** Opens files; what cannot be read says why. */
export const logFiles: LogStore = {
  async *open(key, room) {
    try {
      const found = await stat(key);
      // A pipe would keep us waiting for a writer.
      if (!found.isFile()) throw new LogObjectUnreadable('not a regular file');
      yield* readPieces(key, room ?? ownRoom());
    } catch (error) {
      if (error instanceof LogObjectUnreadable) throw error;
      const { code = 'unknown', message } = error as NodeJS.ErrnoException;
      throw PASSING.has(code)
        ? new LogObjectUnavailable(`${code} on ${key}`, { cause: error })
        : new LogObjectUnreadable(message.split(',')[0] ?? code, { cause: error });
    }
  },
};

/** After so long, what else waits has its turn: a scan in the main thread must not keep other threads waiting for work. */
const PAUSE_AFTER_MS = 5;

/** As logFiles, for scans in the main thread. */
export function pausingLogFiles(signal?: AbortSignal): LogStore {
  let lastPause = performance.now();
  return {
    async *open(key, room) {
      for await (const piece of logFiles.open(key, room)) {
        yield piece;
        if (performance.now() - lastPause < PAUSE_AFTER_MS) continue;
        await setImmediate();
        lastPause = performance.now();
        if (signal?.aborted) throw new Interrupted('stopped by the user');
      }
    },
  };
}

function ownRoom(): Room {
  const buffer = Buffer.allocUnsafeSlow(READ_BYTES);
  return () => buffer;
}

/** Synchronously: the thread that scans has nothing else to do, and handing each read to another took a fifth of its time. */
export async function* readPieces(path: string, room: Room): AsyncGenerator<Uint8Array> {
  const file = openSync(path, 'r');
  try {
    for (;;) {
      const into = room();
      const bytes = readSync(file, into);
      if (bytes === 0) return;
      yield into.subarray(0, bytes);
    }
  } finally {
    closeSync(file);
  }
}

async function* listFolder(folder: string, seen: Set<string>): AsyncGenerator<ListedObject> {
  const real = await realpath(folder).catch(() => folder);
  if (seen.has(real)) return; // a link back to a folder above
  seen.add(real);
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`${folder}: cannot be listed (${error.code}). Check its permissions.`);
  });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = `${folder}${sep}${entry.name}`;
    if (entry.isDirectory()) yield* listFolder(path, seen);
    else if (!entry.isSymbolicLink()) yield* listFile(path);
    else if ((await stat(path).catch(() => undefined))?.isDirectory()) yield* listFolder(path, seen);
    else yield* listFile(path);
  }
}

/** A file that cannot even be looked at is listed too: Scan names it as unreadable. */
async function* listFile(path: string): AsyncGenerator<ListedObject> {
  const key = sep === '/' ? path : path.replaceAll(sep, '/');
  const found = await stat(path).catch(() => undefined);
  const sizeBytes = found?.isFile() ? found.size : 0;
  const modified = found?.mtimeMs ?? 0;
  yield { key, sizeBytes, etag: `${sizeBytes}-${modified}`, modified };
}
