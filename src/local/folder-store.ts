/**
 * Object store on a folder: a key is a path below it. An object is written beside its place and renamed into it. Files are small
 * and read and written at once: handing each step to another thread takes three times as long as the step.
 */
import type { Dirent } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import type { ByteRange, ObjectStore } from '../ports.ts';

/**
 * As imports, these load streams, files by promise and all of cryptography before the first byte is read: 8 ms, a sixth of a
 * look-up in the address index. So they are taken when they are used.
 */
const files = process.getBuiltinModule('node:fs');
let written = 0;

/**
 * Opens the store; the folder is made with the first object. Who writes conditionally holds the home's lock, so that only this
 * process does; here one write of a key comes after the other.
 */
export function openFolderStore(folder: string): ObjectStore {
  const path = (key: string) => join(folder, key);
  return {
    get: (key) => readIfPresent(path(key)),
    read: async (key) => {
      const text = await readIfPresent(path(key));
      return text === undefined ? undefined : { text, version: toVersion(text) };
    },
    bytes: (key, range) => readBytes(path(key), range),
    put: (key, body) => put(path(key), body),
    replace: (key, text, version) => {
      if (version === undefined) return create(path(key), text);
      return ifStill(path(key), version, () => put(path(key), text));
    },
    remove: async (key, version) => {
      const remove = async () => files.rmSync(path(key), { force: true });
      if (version !== undefined) return ifStill(path(key), version, remove);
      await remove();
      return true;
    },
    list: (prefix) => list(folder, prefix),
  };
}

type Body = string | Uint8Array | AsyncIterable<Uint8Array>;

async function put(path: string, body: Body): Promise<void> {
  await writeBeside(path, body, (unfinished) => files.renameSync(unfinished, path));
}

/** Writes only where nothing is: a link is refused where a name is taken. */
async function create(path: string, text: string): Promise<boolean> {
  try {
    await writeBeside(path, text, (unfinished) => {
      files.linkSync(unfinished, path);
      files.unlinkSync(unfinished);
    });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function writeBeside(path: string, body: Body, moveIn: (unfinished: string) => void): Promise<void> {
  const unfinished = `${path}.${process.pid}-${written++}.unfinished`;
  try {
    await writeNew(unfinished, body);
    moveIn(unfinished);
  } catch (error) {
    files.rmSync(unfinished, { force: true });
    throw error;
  }
}

/** The folder is nearly always there: with tens of thousands of findings, asking each time is felt. */
async function writeNew(path: string, body: Body): Promise<void> {
  if (typeof body === 'string' || body instanceof Uint8Array) {
    return writeAtOnce(path, body);
  }
  files.mkdirSync(dirname(path), { recursive: true });
  const { promises } = process.getBuiltinModule('node:stream');
  const file = files.createWriteStream(path);
  try {
    await promises.pipeline(body, file);
  } finally {
    // A body that breaks off at once is over before the file is opened, which would then come after its removal.
    if (!file.closed) await new Promise<void>((resolve) => file.once('close', resolve));
  }
}

function writeAtOnce(path: string, body: string | Uint8Array): void {
  try {
    files.writeFileSync(path, body);
  } catch (error) {
    if (!isMissing(error)) throw error;
    files.mkdirSync(dirname(path), { recursive: true });
    files.writeFileSync(path, body);
  }
}

const changing = new Map<string, Promise<unknown>>();

/** Changes the file if it still has this version. */
async function ifStill(path: string, version: string, change: () => Promise<void>): Promise<boolean> {
  const before = changing.get(path) ?? Promise.resolve();
  const changed = before
    .catch(() => {})
    .then(async () => {
      if ((await readVersion(path)) !== version) return false;
      await change();
      return true;
    });
  changing.set(path, changed);
  try {
    return await changed;
  } finally {
    if (changing.get(path) === changed) changing.delete(path);
  }
}

async function readVersion(path: string): Promise<string | undefined> {
  const text = await readIfPresent(path);
  return text === undefined ? undefined : toVersion(text);
}

function toVersion(text: string): string {
  return process.getBuiltinModule('node:crypto').hash('sha256', text);
}

async function* list(folder: string, prefix: string): AsyncGenerator<string> {
  const start = prefix.endsWith('/') ? prefix.slice(0, -1) : posix.dirname(prefix);
  for (const key of walk(folder, start)) if (key.startsWith(prefix)) yield key;
}

function* walk(folder: string, below: string): Generator<string> {
  for (const entry of entriesOf(join(folder, below))) {
    const key = below === '.' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) yield* walk(folder, key);
    else if (!entry.name.endsWith('.unfinished')) yield key;
  }
}

/** A folder's entries; none where there is no folder. */
function entriesOf(folder: string): Dirent[] {
  try {
    return files.readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

async function readBytes(path: string, range?: ByteRange): Promise<Uint8Array | undefined> {
  try {
    return range === undefined ? files.readFileSync(path) : readRange(path, range);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function readRange(path: string, range: ByteRange): Uint8Array {
  const file = files.openSync(path, 'r');
  try {
    const { size } = files.fstatSync(file);
    const from = 'last' in range ? Math.max(0, size - range.last) : Math.min(size, range.from);
    const length = Math.min('last' in range ? range.last : range.length, size - from);
    const bytes = Buffer.allocUnsafe(length);
    return bytes.subarray(0, files.readSync(file, bytes, 0, length, from));
  } finally {
    files.closeSync(file);
  }
}

async function readIfPresent(path: string): Promise<string | undefined> {
  try {
    return files.readFileSync(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
