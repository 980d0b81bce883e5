/** The scan kernel as `npm run build` leaves it. Without it, or where WebAssembly SIMD is missing, TypeScript does the work. */
import { readFileSync } from 'node:fs';
import type { IndicatorSet } from '../core/indicator-set.ts';
import { compileKernel, type Kernel, KernelLineChecker } from '../core/kernel-line-checker.ts';
import { type LineChecker, TextLineChecker } from '../core/line-checker.ts';

const KERNEL = new URL('../../scanner/build/records.wasm', import.meta.url);

let kernel: Kernel | undefined | 'not tried' = 'not tried';

/** The compiled kernel, or undefined where there is none. */
export function readKernel(): Kernel | undefined {
  if (kernel !== 'not tried') return kernel;
  try {
    kernel = compileKernel(readFileSync(KERNEL));
  } catch {
    kernel = undefined;
  }
  return kernel;
}

/** A line checker: the kernel where it can be had. */
export function openLineChecker(set: IndicatorSet): LineChecker {
  const compiled = readKernel();
  return compiled === undefined ? new TextLineChecker(set) : new KernelLineChecker(compiled, set);
}
