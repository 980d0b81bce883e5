/** ScanChunk and ScanLastAttempt: the objects of a chunk → evidence, and what the address index takes from them. */
import kernelBytes from '../scanner/build/kernel.wasm';
import { indexPacker } from '../src/core/index-packer.ts';
import { kernelReaders } from '../src/core/kernel-reader.ts';
import { compileKernel } from '../src/core/scan-kernel.ts';
import { indicatorSets } from '../src/tasks/indicator-versions.ts';
import { type ScanRequest, scan } from '../src/tasks/scan.ts';
import { toHandler } from './lambda/handler.ts';
import { logs, store } from './lambda/state.ts';

const kernel = compileKernel(kernelBytes);
const reader = kernelReaders(kernel);
const packAddresses = indexPacker(kernel);
const indicatorSet = indicatorSets(store);

export const handler = toHandler((input: ScanRequest) =>
  scan(input, { store, logs, indicatorSet, reader, packAddresses }),
);
