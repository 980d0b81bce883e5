/** Manifests in the store. */
import type { Manifest } from '../core/batch.ts';
import { ExecutionFailed } from '../core/errors.ts';
import type { ObjectStore } from '../ports.ts';

/** Reads a manifest; it is always there before its execution starts. */
export async function readManifest(key: string, store: ObjectStore): Promise<Manifest> {
  const text = await store.get(key);
  if (text === undefined) throw new ExecutionFailed(`the manifest ${key} is gone; run the sweep again`);
  return JSON.parse(text) as Manifest;
}

/** Beside a manifest: its objects are accounted for. */
export function doneKey(manifest: string): string {
  return manifest.replace(/\.json$/, '.done');
}
