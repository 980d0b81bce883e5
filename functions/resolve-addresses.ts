/** ResolveAddresses: distinct addresses → those inside an indicator, where objects are queried and not read. */
import { indicatorSets } from '../src/tasks/indicator-versions.ts';
import { type ResolveAddressesInput, resolveAddresses } from '../src/tasks/resolve-addresses.ts';
import { toHandler } from './lambda/handler.ts';
import { results, store } from './lambda/state.ts';

const indicatorSet = indicatorSets(store);

export const handler = toHandler((input: ResolveAddressesInput) =>
  resolveAddresses(input, { store, results, indicatorSet }),
);
