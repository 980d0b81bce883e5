/** Plan: an execution's manifest → chunks for Scan, and whether any of its objects was evaluated before. */
import { type Limits, type Manifest, toChunks } from '../core/batch.ts';
import { ExecutionFailed } from '../core/errors.ts';
import type { Chunk, ExecutionInput } from '../core/execution.ts';
import type { ObjectStore } from '../ports.ts';

export type PlanOutput = {
  readonly batch: string;
  readonly chunks: readonly Chunk[];
  /** True if sightings of these objects are stored: then even a scan that finds nothing has something to withdraw. */
  readonly isAgain: boolean;
};

/** Writes each chunk's list of objects and names the chunks. */
export async function plan(input: ExecutionInput, limits: Limits, store: ObjectStore): Promise<PlanOutput> {
  const manifest = await readManifest(input.manifest, store);
  const chunks: Chunk[] = [];
  for (const [chunk, objects] of toChunks(manifest.objects, limits).entries()) {
    const key = `runs/${input.execution}/chunks/${chunk}.objects.json`;
    await store.put(key, JSON.stringify(objects));
    chunks.push({ chunk, objects: key });
  }
  return { batch: manifest.batch, chunks, isAgain: await isAnySighted(manifest, store) };
}

/** Reads a manifest; it is always there before its execution starts. */
export async function readManifest(key: string, store: ObjectStore): Promise<Manifest> {
  const text = await store.get(key);
  if (text === undefined) throw new ExecutionFailed(`the manifest ${key} is gone; run the sweep again`);
  return JSON.parse(text) as Manifest;
}

async function isAnySighted(manifest: Manifest, store: ObjectStore): Promise<boolean> {
  const identities = new Set(manifest.objects.map(({ identity }) => `sightings/${identity}.json`));
  for await (const key of store.list('sightings/')) if (identities.has(key)) return true;
  return false;
}
