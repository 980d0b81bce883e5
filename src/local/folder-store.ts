/**
 * Object store on a folder: a key is a path below it. An object is written beside its place and renamed into it. Files are small
 * and read and written at once: handing each step to another thread takes three times as long as the step.
 */
import type { Dirent } from 'node:fs';
import { dirname, posix } from 'node:path';
import type { ByteRange, ObjectStore } from '../ports.ts';

/**
 * As imports, these load streams, files by promise and all of cryptography before the first byte is read: 8 ms, a sixth of a
 * look-up in the address index. So they are taken when they are used.
 */
const files = process.getBuiltinModule('node:fs');
let written = 0;

/**
 * Opens the store; the folder is made with the first object. Who writes conditionally holds the home's lock, so that only this
 * process does; and here nothing comes between looking at a version and writing the next.
 */
export function openFolderStore(folder: string): ObjectStore {
  // Joining does the same, for 5 ms until V8 has optimized it.
  const path = (key: string) => `${folder}/${key}`;
  return {
    get: async (key) => readText(path(key)),
    read: async (key) => {
      const text = readText(path(key));
      return text === undefined ? undefined : { text, version: toVersion(text) };
    },
    bytes: async (key, range) => readBytes(path(key), range),
    put: async (key, body) =>
      typeof body === 'string' || body instanceof Uint8Array ? write(path(key), body) : writeStream(path(key), body),
    replace: async (key, text, version) => {
      if (version === undefined) return create(path(key), text);
      return ifStill(path(key), version, () => write(path(key), text));
    },
    remove: async (key, version) => {
      const remove = () => files.rmSync(path(key), { force: true });
      if (version !== undefined) return ifStill(path(key), version, remove);
      remove();
      return true;
    },
    list: (prefix) => list(folder, prefix),
  };
}

function write(path: string, body: string | Uint8Array, moveIn = files.renameSync): void {
  const unfinished = toUnfinished(path);
  try {
    writeNew(unfinished, body);
    moveIn(unfinished, path);
  } catch (error) {
    files.rmSync(unfinished, { force: true });
    throw error;
  }
}

function toUnfinished(path: string): string {
  return `${path}.${process.pid}-${written++}.unfinished`;
}

/** The folder is nearly always there: with tens of thousands of findings, asking each time is felt. */
function writeNew(path: string, body: string | Uint8Array): void {
  try {
    files.writeFileSync(path, body);
  } catch (error) {
    if (!isMissing(error)) throw error;
    files.mkdirSync(dirname(path), { recursive: true });
    files.writeFileSync(path, body);
  }
}

/** Writes only where nothing is: a link is refused where a name is taken. */
function create(path: string, text: string): boolean {
  try {
    write(path, text, (unfinished) => {
      files.linkSync(unfinished, path);
      files.unlinkSync(unfinished);
    });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function writeStream(path: string, body: AsyncIterable<Uint8Array>): Promise<void> {
  const unfinished = toUnfinished(path);
  files.mkdirSync(dirname(path), { recursive: true });
  const { promises } = process.getBuiltinModule('node:stream');
  const file = files.createWriteStream(unfinished);
  try {
    await promises.pipeline(body, file);
    files.renameSync(unfinished, path);
  } catch (error) {
    // A body that breaks off at once is over before the file is opened, which would then come after its removal.
    if (!file.closed) await new Promise<void>((resolve) => file.once('close', resolve));
    files.rmSync(unfinished, { force: true });
    throw error;
  }
}

/** Changes the file if it still has this version. */
function ifStill(path: string, version: string, change: () => void): boolean {
  const text = readText(path);
  if (text === undefined || toVersion(text) !== version) return false;
  change();
  return true;
}

function toVersion(text: string): string {
  return process.getBuiltinModule('node:crypto').hash('sha256', text);
}

async function* list(folder: string, prefix: string): AsyncGenerator<string> {
  const start = prefix.endsWith('/') ? prefix.slice(0, -1) : posix.dirname(prefix);
  for (const key of walk(folder, start)) if (key.startsWith(prefix)) yield key;
}

function* walk(folder: string, below: string): Generator<string> {
  for (const entry of entriesOf(`${folder}/${below}`)) {
    const key = below === '.' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) yield* walk(folder, key);
    else if (!entry.name.endsWith('.unfinished')) yield key;
  }
}

function entriesOf(folder: string): Dirent[] {
  return ifPresent(() => files.readdirSync(folder, { withFileTypes: true })) ?? [];
}

function readText(path: string): string | undefined {
  return ifPresent(() => files.readFileSync(path, 'utf8'));
}

function readBytes(path: string, range?: ByteRange): Uint8Array | undefined {
  return ifPresent(() => (range === undefined ? files.readFileSync(path) : readRange(path, range)));
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

/** Undefined where there is nothing. */
function ifPresent<Result>(read: () => Result): Result | undefined {
  try {
    return read();
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
