/** MANIFEST.sha256: a hash for each file of a bundle, in the form that `sha256sum -c` reads. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { listFiles, putFile } from './folder.ts';

export const MANIFEST = 'MANIFEST.sha256';

const LINE = /^([0-9a-f]{64}) [ *](.+)$/;

export type ManifestEntries = {
  /** Path → hash. */
  readonly hashes: ReadonlyMap<string, string>;
  /** Lines that say nothing. */
  readonly oddLines: readonly string[];
};

/** Writes the manifest over all that is in the folder; its own hash stands for the whole bundle. */
export async function writeManifest(folder: string): Promise<{ digest: string; files: number }> {
  const paths = await listFiles(folder);
  const lines: string[] = [];
  for (const path of paths) lines.push(`${await hashPieces(createReadStream(join(folder, path)))}  ${path}\n`);
  const text = lines.join('');
  await putFile(folder, MANIFEST, text);
  return { digest: createHash('sha256').update(text).digest('hex'), files: paths.length };
}

export function parseManifest(text: string): ManifestEntries {
  const hashes = new Map<string, string>();
  const oddLines: string[] = [];
  for (const line of text.split('\n')) {
    const [, hash, path] = LINE.exec(line) ?? [];
    if (hash !== undefined && path !== undefined && !hashes.has(path)) hashes.set(path, hash);
    else if (line !== '') oddLines.push(line);
  }
  return { hashes, oddLines };
}

export async function hashPieces(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of pieces) hash.update(piece);
  return hash.digest('hex');
}
