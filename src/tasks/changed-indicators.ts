/** Versions of the indicators in the store → the addresses that fare otherwise under one of them than under others. */

import type { AddressSet } from '../core/address-membership.ts';
import { type RangeList, toAddressSet } from '../core/address-ranges.ts';
import { findChangedAddresses } from '../core/changed-addresses.ts';
import type { ObjectStore } from '../ports.ts';
import { indicatorSets } from './indicator-versions.ts';

/** What the last version changes against any of those before it. */
export async function findChanges(befores: readonly string[], after: string, store: ObjectStore): Promise<AddressSet> {
  const set = await indicatorSets(store)(after);
  const lists: RangeList[] = [];
  // Opened one after another, and not kept: a million indicators are 40 MB.
  for (const before of befores) lists.push(findChangedAddresses(await indicatorSets(store)(before), set));
  return toAddressSet({ ipv4: lists.flatMap(({ ipv4 }) => ipv4), ipv6: lists.flatMap(({ ipv6 }) => ipv6) });
}
