/** The folder that a bundle is written to, file by file, without holding any of them in memory. */
import { appendFile, type FileHandle, mkdir, open, readdir } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';

const WRITTEN_AT_ONCE = 256 * 1024;

/** A file that is written line by line. */
export class TextFile {
  readonly #file: FileHandle;
  #text = '';

  constructor(file: FileHandle) {
    this.#file = file;
  }

  async add(line: string): Promise<void> {
    this.#text += `${line}\n`;
    if (this.#text.length >= WRITTEN_AT_ONCE) await this.#write();
  }

  async close(): Promise<void> {
    await this.#write();
    await this.#file.close();
  }

  async #write(): Promise<void> {
    await this.#file.appendFile(this.#text);
    this.#text = '';
  }
}

export async function openText(folder: string, path: string): Promise<TextFile> {
  const file = join(folder, path);
  await mkdir(dirname(file), { recursive: true });
  return new TextFile(await open(file, 'wx'));
}

/** One document; none is ever written twice. */
export async function putFile(folder: string, path: string, body: string | Uint8Array): Promise<void> {
  const file = join(folder, path);
  await mkdir(dirname(file), { recursive: true });
  const handle = await open(file, 'wx');
  try {
    await handle.writeFile(body);
  } finally {
    await handle.close();
  }
}

/** Adds to a file, which is made with the first of its text. */
export async function appendText(folder: string, path: string, text: string): Promise<void> {
  const file = join(folder, path);
  await mkdir(dirname(file), { recursive: true });
  await appendFile(file, text);
}

export type FolderEntry = { readonly path: string; readonly isFile: boolean };

/** Everything in the folder, in no order; links are named and not followed. */
export async function* walkFolder(folder: string, below = ''): AsyncGenerator<FolderEntry> {
  for (const entry of await readdir(join(folder, below), { withFileTypes: true })) {
    const path = posix.join(below, entry.name);
    if (entry.isDirectory()) yield* walkFolder(folder, path);
    else yield { path, isFile: entry.isFile() };
  }
}

/** Paths of all files, sorted as text. */
export async function listFiles(folder: string): Promise<string[]> {
  const entries = await Array.fromAsync(walkFolder(folder));
  return entries.map(({ path }) => path).sort();
}
