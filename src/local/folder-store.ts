/** Object store on a folder: a key is a path below it. An object is written beside its place and renamed into it. */
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ObjectStore } from '../ports.ts';

let written = 0;

/** Opens the store; the folder is made with the first object. */
export function openFolderStore(folder: string): ObjectStore {
  return {
    get: (key) => readIfPresent(join(folder, key)),
    put: (key, body) => put(join(folder, key), body),
    remove: (key) => rm(join(folder, key), { force: true }),
    list: (prefix) => list(folder, prefix),
  };
}

async function put(path: string, body: string | AsyncIterable<Uint8Array>): Promise<void> {
  const unfinished = `${path}.${process.pid}-${written++}.unfinished`;
  await mkdir(dirname(path), { recursive: true });
  try {
    if (typeof body === 'string') await writeFile(unfinished, body);
    else await pipeline(Readable.from(body), createWriteStream(unfinished));
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

async function* list(folder: string, prefix: string): AsyncGenerator<string> {
  const start = prefix.endsWith('/') ? prefix.slice(0, -1) : posix.dirname(prefix);
  for await (const key of walk(folder, start)) if (key.startsWith(prefix)) yield key;
}

async function* walk(folder: string, below: string): AsyncGenerator<string> {
  const entries = await readdir(join(folder, below), { withFileTypes: true }).catch(orNone);
  for (const entry of entries) {
    const key = posix.join(below, entry.name);
    if (entry.isDirectory()) yield* walk(folder, key);
    else if (!entry.name.endsWith('.unfinished')) yield key;
  }
}

async function readIfPresent(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function orNone(error: unknown): never[] {
  if (isMissing(error)) return [];
  throw error;
}

function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
