/** A worker thread that scans chunks of one home: the Scan task with ports of its own. */
import { parentPort, workerData } from 'node:worker_threads';
import { indicatorSets } from '../tasks/indicator-versions.ts';
import { type ScanProgress, type ScanRequest, scan } from '../tasks/scan.ts';
import { openFolderStore } from './folder-store.ts';
import { logFiles } from './log-files.ts';
import { openReader } from './scan-kernel.ts';
import type { ScanReply } from './scan-pool.ts';

const store = openFolderStore((workerData as { home: string }).home);
const indicatorSet = indicatorSets(store);
const reply = (message: ScanReply): void => parentPort?.postMessage(message);

parentPort?.on('message', async (input: ScanRequest) => {
  try {
    const onProgress = (progress: ScanProgress) => reply({ progress });
    reply({
      output: await scan(input, { store, logs: logFiles, reader: openReader, indicatorSet, onProgress }),
    });
  } catch (error) {
    // An error loses its name on the way; the state machine retries and catches by it.
    const { name, message, stack } = error as Error;
    reply({ failure: { name, message, stack } });
  }
});
