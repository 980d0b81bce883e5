/** Collect: matches → sightings → findings. */
import { type CollectInput, collect } from '../src/tasks/collect.ts';
import { count, toHandler } from './lambda/handler.ts';
import { results, store } from './lambda/state.ts';

export const handler = toHandler(async (input: CollectInput) => {
  const output = await collect(input, store, results);
  count({ Sightings: output.sightings });
  return output;
});
