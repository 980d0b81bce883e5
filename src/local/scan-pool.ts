/** Worker threads for Scan: inflating and checking keep a core busy each. A worker takes one chunk at a time. */
import module from 'node:module';
import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { ScanOutput } from '../core/execution.ts';
import type { ScanProgress, ScanRequest } from '../tasks/scan.ts';

/** What a worker says: progress any number of times, then one of the others. */
export type ScanReply = {
  readonly progress?: ScanProgress;
  readonly output?: ScanOutput;
  readonly failure?: { readonly name: string; readonly message: string; readonly stack: string | undefined };
};

export type ScanPool = {
  readonly scan: (input: ScanRequest) => Promise<ScanOutput>;
  readonly close: () => Promise<void>;
};

// The ending is that of this file: .ts in a clone, .js in a package.
const WORKER = new URL(import.meta.url.replace(/scan-pool(\.\w+)$/, 'scan-worker$1'));

/** Workers are started as they are needed; a call that comes while others run takes a worker of its own. */
export function openScanPool(home: string, onProgress: (progress: ScanProgress) => void): ScanPool {
  const idle: Worker[] = [];
  const all: Worker[] = [];
  return {
    scan: async (input) => {
      const worker = idle.pop() ?? new Worker(WORKER, { workerData: { home }, env: workerEnvironment() });
      if (!all.includes(worker)) all.push(worker);
      try {
        return await scanIn(worker, input, onProgress);
      } finally {
        idle.push(worker);
      }
    },
    close: async () => {
      await Promise.all(all.map((worker) => worker.terminate()));
    },
  };
}

/** A thread takes compiled code from the cache of the main one only if it is told: two of them then start in 0.15 CPU s, not 0.5. */
function workerEnvironment(): NodeJS.ProcessEnv {
  const cache = module.getCompileCacheDir();
  return cache === undefined ? process.env : { ...process.env, NODE_COMPILE_CACHE: dirname(cache) };
}

function scanIn(worker: Worker, input: ScanRequest, onProgress: (progress: ScanProgress) => void): Promise<ScanOutput> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void): void => {
      worker.off('message', onMessage).off('error', onError);
      act();
    };
    const onError = (error: Error): void => settle(() => reject(error));
    const onMessage = ({ progress, output, failure }: ScanReply): void => {
      if (progress !== undefined) onProgress(progress);
      if (output !== undefined) settle(() => resolve(output));
      if (failure !== undefined) settle(() => reject(Object.assign(new Error(failure.message), failure)));
    };
    worker.on('message', onMessage).on('error', onError).postMessage(input);
  });
}
