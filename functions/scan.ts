/** ScanChunk and ScanLastAttempt: the objects of a chunk → evidence. */
import kernelBytes from '../scanner/build/records.wasm';
import { compileKernel, KernelLineChecker } from '../src/core/kernel-line-checker.ts';
import { indicatorSets } from '../src/tasks/indicator-versions.ts';
import { type ScanRequest, scan } from '../src/tasks/scan.ts';
import { toHandler } from './lambda/handler.ts';
import { logs, store } from './lambda/state.ts';

const kernel = compileKernel(kernelBytes);
const indicatorSet = indicatorSets(store);

export const handler = toHandler((input: ScanRequest) =>
  scan(input, { store, logs, indicatorSet, lineChecker: (set) => new KernelLineChecker(kernel, set) }),
);
