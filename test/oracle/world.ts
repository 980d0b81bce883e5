/**
 * Writes a case to disk as S3 delivers it and says what of it can be read at best. For tests only.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { constants, deflateRawSync, gunzipSync, gzipSync } from 'node:zlib';
import type { ListFile } from './oracle-indicators.ts';
import type { OracleObject } from './oracle-records.ts';

/** How the text of an object became bytes. `at` is the share of the bytes (truncated) or lines (others) kept or split. */
export type Packing =
  | { readonly how: 'gzip' }
  | { readonly how: 'members'; readonly at: readonly number[] }
  | { readonly how: 'truncated'; readonly at: number }
  | { readonly how: 'corrupt'; readonly at: number }
  | { readonly how: 'zero' };

export type CaseObject = { readonly key: string; readonly text: string; readonly packing: Packing };

export type World = {
  readonly root: string;
  readonly home: string;
  readonly logs: string;
  readonly remove: () => void;
};

export function makeWorld(): World {
  const root = mkdtempSync(join(tmpdir(), 'flowhound-test-'));
  const logs = join(root, 'logs');
  mkdirSync(logs);
  return { root, logs, home: join(root, 'home'), remove: () => rmSync(root, { recursive: true, force: true }) };
}

export function writeFileAt(folder: string, path: string, content: string | Uint8Array): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}

export function writeObjects(folder: string, objects: readonly CaseObject[]): void {
  for (const object of objects) writeFileAt(folder, object.key, pack(object));
}

export function writeLists(folder: string, lists: readonly ListFile[]): string[] {
  return lists.map(({ name, text }) => writeFileAt(folder, name, text));
}

/** The object as a perfect reader would see it. */
export function toOracleObject(object: CaseObject): OracleObject {
  const { key, packing, text } = object;
  if (packing.how === 'gzip' || packing.how === 'members') return { key, text, isDamaged: false };
  return { key, text: readBeforeBreak(object), isDamaged: true };
}

export function pack({ text, packing }: CaseObject): Uint8Array {
  if (packing.how === 'gzip') return gzipSync(text);
  if (packing.how === 'zero') return new Uint8Array();
  if (packing.how === 'members') return Buffer.concat(splitAt(text, packing.at).map((part) => gzipSync(part)));
  if (packing.how === 'truncated') {
    const bytes = gzipSync(text);
    return bytes.subarray(0, Math.floor(bytes.length * packing.at));
  }
  return breakAfter(splitAt(text, [packing.at])[0]!);
}

/** A gzip stream that is sound up to the end of `text`, then a block of the reserved type 3 (RFC 1951 §3.2.3). */
export function breakAfter(text: string): Uint8Array {
  const header = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255);
  const sound = deflateRawSync(text, { finishFlush: constants.Z_FULL_FLUSH });
  return Buffer.concat([header, sound, new Uint8Array(64).fill(0xff)]);
}

function readBeforeBreak(object: CaseObject): string {
  if (object.packing.how === 'zero') return '';
  if (object.packing.how === 'corrupt') return splitAt(object.text, [object.packing.at])[0]!;
  const bytes = pack(object);
  // Fewer than 18 bytes hold no header and trailer, fewer than 10 not even the header.
  if (bytes.length < 10) return '';
  return gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH }).toString();
}

function splitAt(text: string, shares: readonly number[]): string[] {
  const cuts = [0, ...[...shares].sort((a, b) => a - b).map((share) => Math.floor(text.length * share)), text.length];
  return cuts.slice(1).map((cut, i) => text.slice(cuts[i], cut));
}
