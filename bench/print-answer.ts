/** The answer of a home's address index, about all its days. */
import type { AddressSet } from '../src/core/address-membership.ts';
import { openFolderStore } from '../src/local/folder-store.ts';
import { openLineSearch } from '../src/local/line-search.ts';
import { findObjects } from '../src/tasks/find-objects.ts';

export async function printAnswer(set: AddressSet, home: string): Promise<void> {
  const store = openFolderStore(home);
  const keys = await Array.fromAsync(store.list('addresses/'));
  const days = [...new Set(keys.map((key) => key.split('/')[1]!.replace('date=', '')))].sort();
  const ever = { from: days[0]!, to: days.at(-1)!, accounts: [], regions: [] };
  const { holding, damaged } = await findObjects(set, ever, store, openLineSearch);
  console.log(JSON.stringify({ objects: holding.length, damaged: damaged.length }));
}
