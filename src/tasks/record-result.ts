/**
 * RecordResult: the last word of an execution. Adds its chunks up and marks its batch as accounted for.
 */
import { toJson } from '../core/exact-json.ts';
import { addChunkResults, type ChunkResult, type ExecutionInput } from '../core/execution.ts';
import type { ObjectStore } from '../ports.ts';
import type { CollectOutput } from './collect.ts';
import { doneKey } from './manifest.ts';
import { checkLists } from './past-sweeps.ts';
import type { PublishOutput } from './publish.ts';
import { readChunkResults } from './scan.ts';

export type RecordResultInput = ExecutionInput & {
  readonly plan: { readonly indicators: string };
  readonly collected?: CollectOutput;
  readonly published?: PublishOutput;
};

/** runs/<execution>/result.json */
export type ExecutionResult = ChunkResult & {
  readonly clock: string;
  readonly indicators: string;
  readonly opened: number;
  readonly updated: number;
  readonly withdrawn: number;
  readonly sightings: number;
  readonly published?: PublishOutput;
};

/** Writes result.json. */
export async function recordResult(input: RecordResultInput, store: ObjectStore): Promise<ExecutionResult> {
  const chunks = addChunkResults(await Array.fromAsync(readChunkResults(input.execution, store)));
  const { opened = 0, updated = 0, withdrawn = 0, sightings = 0 } = input.collected ?? {};
  const published = input.published === undefined ? {} : { published: input.published };
  const { clock } = input;
  const result = {
    ...chunks,
    clock,
    indicators: input.plan.indicators,
    opened,
    updated,
    withdrawn,
    sightings,
    ...published,
  };
  await store.put(resultKey(input.execution), `${toJson(result, 2)}\n`);
  if (input.mode !== 'hunt') await checkLists({ ...input, indicators: input.plan.indicators }, store);
  const isInLedger = input.manifest.startsWith('manifests/') && input.mode !== 'hunt';
  if (isInLedger) await store.put(doneKey(input.manifest), '{}');
  return result;
}

export function resultKey(execution: string): string {
  return `runs/${execution}/result.json`;
}
