/** PlanDataRatio: hosts of the graver findings, within the day's ration. */
import { type DataRatioInput, planDataRatio } from '../src/tasks/data-ratio.ts';
import { openTableOf } from '../src/tasks/formats.ts';
import { required } from './lambda/environment.ts';
import { toHandler } from './lambda/handler.ts';
import { results, store } from './lambda/state.ts';

const ration = {
  bytesPerDay: Number(required('DATA_RATIO_BYTES_PER_DAY')),
  hosts: Number(required('DATA_RATIO_HOSTS')),
};

export const handler = toHandler((input: DataRatioInput) =>
  planDataRatio(input, ration, { store, results, tableOf: openTableOf(store) }),
);
