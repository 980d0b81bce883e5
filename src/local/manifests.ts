/** Manifests in the home → the log objects that came in, the latest of each. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { latestOfEach, type Manifest, type StoredLogObject } from '../core/batch.ts';

/** Log objects of all manifests; none where the home has none. */
export async function listIngested(home: string): Promise<StoredLogObject[]> {
  const folder = join(home, 'manifests');
  const files = await readdir(folder, { recursive: true }).catch(() => []);
  const objects: StoredLogObject[] = [];
  for (const file of files.filter((name) => name.endsWith('.json')).sort()) {
    objects.push(...(JSON.parse(await readFile(join(folder, file), 'utf8')) as Manifest).objects);
  }
  return latestOfEach(objects);
}
