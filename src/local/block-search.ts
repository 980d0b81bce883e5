/** Looking long lists up in the address index by the scan kernel, which holds the set in its own memory. */

import type { BlockSearch } from '../core/address-match.ts';
import type { AddressSet } from '../core/address-membership.ts';
import { kernelBlockSearch } from '../core/kernel-block-search.ts';
import type { OpenBlockSearch } from '../tasks/find-objects.ts';
import { readKernel } from './scan-kernel.ts';

const searches = new WeakMap<AddressSet, BlockSearch>();

/** The kernel's search for the set, or undefined where there is no kernel. */
export const openBlockSearch: OpenBlockSearch = (set) => {
  const module = readKernel();
  if (module === undefined) return undefined;
  const search = searches.get(set) ?? kernelBlockSearch(module, set);
  searches.set(set, search);
  return search;
};
