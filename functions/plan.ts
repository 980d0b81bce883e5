/** Plan: a manifest → chunks for Scan. */
import { MOST } from '../src/core/batch.ts';
import type { ExecutionInput } from '../src/core/execution.ts';
import { openTableOf } from '../src/tasks/formats.ts';
import { plan } from '../src/tasks/plan.ts';
import { required } from './lambda/environment.ts';
import { toHandler } from './lambda/handler.ts';
import { store } from './lambda/state.ts';

const isByAthena = required('SCAN') === 'athena';

export const handler = toHandler((input: ExecutionInput) =>
  plan(input, { limits: MOST, ...(isByAthena ? { tableOf: openTableOf(store) } : {}) }, store),
);
