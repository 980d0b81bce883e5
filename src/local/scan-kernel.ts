/** The scan kernel as `npm run build` leaves it. Without it, or where WebAssembly SIMD is missing, TypeScript does the work. */
import { indexPacker, type PackAddresses } from '../core/index-packer.ts';
import { kernelReaders } from '../core/kernel-reader.ts';
import { compileKernel, type KernelModule } from '../core/scan-kernel.ts';
import { textReader } from '../core/text-reader.ts';
import type { ScanPorts } from '../tasks/scan.ts';

const KERNEL = new URL('../../scanner/build/kernel.wasm', import.meta.url);

let kernel: KernelModule | undefined | 'not tried' = 'not tried';

/** The compiled kernel, or undefined where there is none. */
export function readKernel(): KernelModule | undefined {
  if (kernel !== 'not tried') return kernel;
  try {
    // As an import, files take 4 ms to load: see folder-store.ts.
    kernel = compileKernel(process.getBuiltinModule('node:fs').readFileSync(KERNEL));
  } catch {
    kernel = undefined;
  }
  return kernel;
}

let readers: ScanPorts['reader'] | undefined;

/** A reader of log objects: on the kernel where it can be had. */
export const openReader: ScanPorts['reader'] = (set) => {
  if (readers === undefined) {
    const module = readKernel();
    readers = module === undefined ? (set) => ({ ...textReader(set), [Symbol.dispose]() {} }) : kernelReaders(module);
  }
  return readers(set);
};

let packer: PackAddresses | undefined;

/** The packer of address indexes on the kernel, one a thread; undefined where there is no kernel. */
export function openPacker(): PackAddresses | undefined {
  const module = readKernel();
  if (module === undefined) return undefined;
  packer ??= indexPacker(module);
  return packer;
}
