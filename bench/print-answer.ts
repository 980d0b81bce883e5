/** The answer of a home's address index, about all its days. */
import { join } from 'node:path';
import type { AddressSet } from '../src/core/address-membership.ts';
import { openBlockSearch } from '../src/local/block-search.ts';
import { openFolderStore } from '../src/local/folder-store.ts';
import { findObjects } from '../src/tasks/find-objects.ts';

export async function printAnswer(set: AddressSet, home: string): Promise<void> {
  // As an import, files take 4 ms to load, a tenth of what is measured; the console takes 3 ms.
  const files = process.getBuiltinModule('node:fs');
  const folders = files.readdirSync(join(home, 'addresses'));
  const days = folders.map((name) => name.replace('date=', '')).sort();
  const ever = { from: days[0]!, to: days.at(-1)!, accounts: [], regions: [] };
  const { holding, damaged } = await findObjects(set, ever, openFolderStore(home), openBlockSearch);
  files.writeSync(1, `${JSON.stringify({ objects: holding.length, damaged: damaged.length })}\n`);
}
