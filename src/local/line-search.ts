/** Looking long lists up in the address index by the scan kernel, which holds the set in its own memory. */
import type { AddressSet } from '../core/address-membership.ts';
import { ScanKernel } from '../core/scan-kernel.ts';
import type { OpenLineSearch } from '../tasks/find-objects.ts';
import { readKernel } from './scan-kernel.ts';

const kernels = new WeakMap<AddressSet, ScanKernel>();

/** The kernel's search for the set, or undefined where there is no kernel. */
export const openLineSearch: OpenLineSearch = (set) => {
  const module = readKernel();
  if (module === undefined) return undefined;
  const kernel = kernels.get(set) ?? new ScanKernel(module, set);
  kernels.set(set, kernel);
  return (text, left) => kernel.searchIndexLines(text, left);
};
