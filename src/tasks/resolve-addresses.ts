/** ResolveAddresses: the distinct addresses of raw objects → those in an indicator, where the match query looks for them. */
import { parseAddress } from '../core/address.ts';
import type { StoredLogObject } from '../core/batch.ts';
import { fromJson, toJson } from '../core/exact-json.ts';
import { type Chunk, type ScanOutput, toChunkResult } from '../core/execution.ts';
import type { IndicatorAddress, IndicatorSet } from '../core/indicator-set.ts';
import type { ObjectStore, QueryResults } from '../ports.ts';
import { putIndicatorAddresses } from './evidence-writer.ts';

export type ResolveAddressesInput = {
  readonly execution: string;
  readonly indicators: string;
  readonly batch: string;
  readonly chunk: Chunk;
  readonly addresses: { readonly location: string };
};

export type ResolveAddressesPorts = {
  readonly store: ObjectStore;
  readonly results: QueryResults;
  readonly indicatorSet: (key: string) => Promise<IndicatorSet>;
};

/** Writes the chunk's indicator addresses, if any, and its result: what was read is counted, what is in it is not. */
export async function resolveAddresses(
  input: ResolveAddressesInput,
  { store, results, indicatorSet }: ResolveAddressesPorts,
): Promise<ScanOutput> {
  const { chunk, objects, table } = input.chunk;
  const set = await indicatorSet(input.indicators);
  const touched = new Map<string, IndicatorAddress>();
  for await (const { address } of results.rows(input.addresses.location)) {
    const words = address === null ? undefined : parseAddress(String(address));
    const found = words === undefined ? undefined : set.resolve(words);
    // As the log wrote it: the query compares text.
    if (found !== undefined) touched.set(String(address), { ...found, address: String(address) });
  }
  const found = touched.size > 0;
  if (found) await putIndicatorAddresses({ batch: input.batch, chunk }, [...touched.values()], store);
  const list = fromJson<StoredLogObject[]>((await store.get(objects)) ?? '[]');
  const bytes = list.reduce((total, { sizeBytes }) => total + sizeBytes, 0);
  const result = `runs/${input.execution}/chunks/${chunk}.json`;
  await store.put(result, toJson({ ...toChunkResult([]), objects: list.length, bytes }));
  const evidence = found ? [{ batch: input.batch, chunk, objects, ...(table === undefined ? {} : { table }) }] : [];
  return { chunk, found, result, evidence };
}
