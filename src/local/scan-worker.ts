/** A worker thread that scans chunks of one home: the Scan task with ports of its own. */
import { parentPort, workerData } from 'node:worker_threads';
import { indicatorSets } from '../tasks/indicator-versions.ts';
import { type ScanProgress, type ScanRequest, scan } from '../tasks/scan.ts';
import { openFolderStore } from './folder-store.ts';
import { logFiles } from './log-files.ts';
import { openPacker, openReader } from './scan-kernel.ts';
import type { ScanReply } from './scan-pool.ts';

const store = openFolderStore((workerData as { home: string }).home);
const indicatorSet = indicatorSets(store);
const reply = (message: ScanReply): void => parentPort?.postMessage(message);

parentPort?.on('message', async (input: ScanRequest) => {
  try {
    const told = progressTeller();
    const ports = {
      store,
      logs: logFiles,
      reader: openReader,
      packAddresses: openPacker(),
      indicatorSet,
      onProgress: told.add,
    };
    const output = await scan(input, ports);
    told.flush();
    reply({ output });
  } catch (error) {
    // An error loses its name on the way; the state machine retries and catches by it.
    const { name, message, stack } = error as Error;
    reply({ failure: { name, message, stack } });
  }
});

/** Adds progress up and tells of it some ten times a second: a message for each piece read took a fiftieth of the scan. */
function progressTeller(): { readonly add: (progress: ScanProgress) => void; readonly flush: () => void } {
  let sum: ScanProgress = { objects: 0, bytes: 0, records: 0, matches: 0 };
  let lastTold = performance.now();
  const flush = (): void => {
    reply({ progress: sum });
    sum = { objects: 0, bytes: 0, records: 0, matches: 0 };
    lastTold = performance.now();
  };
  const add = ({ objects, bytes, records, matches }: ScanProgress): void => {
    sum = {
      objects: sum.objects + objects,
      bytes: sum.bytes + bytes,
      records: sum.records + records,
      matches: sum.matches + matches,
    };
    if (performance.now() - lastTold > 100) flush();
  };
  return { add, flush };
}
