/** Is a bundle, folder or zip, still what its manifest says? Nothing is written, and no name in it is used as a path. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { openPromise } from 'yauzl';
import { UsageError } from '../../core/errors.ts';
import { walkFolder } from './folder.ts';
import { hashPieces, MANIFEST, parseManifest } from './manifest.ts';

export type Difference = {
  readonly kind: 'changed' | 'missing' | 'extra' | 'doubled' | 'unreadable';
  readonly path: string;
};

export type Verdict = {
  readonly differences: readonly Difference[];
  /** Files that are as the manifest says. */
  readonly sound: number;
  /** Hash of the manifest: whoever noted it elsewhere knows that this is the same bundle. */
  readonly digest: string | undefined;
};

type Member = {
  readonly path: string;
  readonly open: (() => Promise<AsyncIterable<Uint8Array>>) | undefined;
  /** What a zip says of it. */
  readonly crc32?: number;
};

/** A manifest of a million files has less. */
const LONGEST_MANIFEST = 512 * 1024 * 1024;

/** Reads all of it, one piece at a time. */
export async function verifyBundle(path: string): Promise<Verdict> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new UsageError(`${path}: there is no such folder or file.`, { cause });
  });
  const differences: Difference[] = [];
  const hashes = new Map<string, string>();
  let manifest: Buffer | undefined;
  try {
    for await (const member of found.isDirectory() ? readFolder(path) : readZip(path)) {
      if (hashes.has(member.path)) differences.push({ kind: 'doubled', path: member.path });
      const pieces = await member.open?.().catch(() => undefined);
      const read = pieces === undefined ? undefined : await readMember(member, pieces).catch(() => undefined);
      hashes.set(member.path, read?.hash ?? 'unreadable');
      if (member.path === MANIFEST) manifest = read?.bytes;
    }
  } catch (error) {
    // Broken off: the rest of it is missing, too.
    differences.push({ kind: 'unreadable', path: `${path}: ${(error as Error).message}` });
  }
  return judge(hashes, manifest, differences);
}

function judge(hashes: Map<string, string>, manifest: Buffer | undefined, known: readonly Difference[]): Verdict {
  if (manifest === undefined) {
    const kind = hashes.has(MANIFEST) ? 'unreadable' : 'missing';
    return { differences: [...known, { kind, path: MANIFEST }], sound: 0, digest: undefined };
  }
  const { hashes: wanted, oddLines } = parseManifest(manifest.toString('utf8'));
  const differences: Difference[] = oddLines.map((line) => ({ kind: 'unreadable', path: `${MANIFEST}: ${line}` }));
  for (const [path, hash] of wanted) {
    const found = hashes.get(path);
    if (found !== hash) differences.push({ kind: found === undefined ? 'missing' : 'changed', path });
  }
  for (const path of hashes.keys())
    if (path !== MANIFEST && !wanted.has(path)) differences.push({ kind: 'extra', path });
  const sound = [...wanted].filter(([path, hash]) => hashes.get(path) === hash).length;
  const digest = createHash('sha256').update(manifest).digest('hex');
  return { differences: [...known, ...differences].sort(byPath), sound, digest };
}

/** Nothing vouches for the manifest's text but the zip's own CRC, which yauzl leaves to its caller. */
async function readMember(
  member: Member,
  pieces: AsyncIterable<Uint8Array>,
): Promise<{ hash: string; bytes?: Buffer }> {
  if (member.path !== MANIFEST) return { hash: await hashPieces(pieces) };
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const piece of pieces) {
    length += piece.length;
    if (length > LONGEST_MANIFEST) throw new Error('no manifest is that long');
    parts.push(piece);
  }
  const bytes = Buffer.concat(parts);
  if (member.crc32 !== undefined && crc32(bytes) !== member.crc32) throw new Error('not the bytes that were packed');
  return { hash: '', bytes };
}

/** What is no file (a link, a pipe) cannot be as the manifest says. */
async function* readFolder(folder: string): AsyncGenerator<Member> {
  for await (const { path, isFile } of walkFolder(folder)) {
    yield { path, open: isFile ? async () => createReadStream(join(folder, path)) : undefined };
  }
}

/** As its directory lists it, which is what unpacking goes by. */
async function* readZip(path: string): AsyncGenerator<Member> {
  const zip = await openPromise(path);
  try {
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName.endsWith('/') && entry.uncompressedSize === 0) continue;
      yield { path: entry.fileName, open: () => zip.openReadStreamPromise(entry), crc32: entry.crc32 };
    }
  } finally {
    zip.close();
  }
}

function byPath(a: Difference, b: Difference): number {
  return a.path < b.path ? -1 : 1;
}
