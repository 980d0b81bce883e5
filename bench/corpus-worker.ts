/** Worker thread of the corpus: makes whole objects, one after the other, and reports their sizes. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { gzipSync } from 'node:zlib';
import { type ObjectPlan, writeRows } from './corpus-rows.ts';

/** Longest row, rounded up: IPv6 in all four address columns. */
const ROW_BYTES = 400;

const plans = workerData as ObjectPlan[];
const buffer = Buffer.allocUnsafe(ROW_BYTES * Math.max(...plans.map((plan) => plan.rows)) + ROW_BYTES);
const sizes = { gzBytes: 0, textBytes: 0 };
for (const plan of plans) {
  const length = writeRows(plan, buffer);
  const gz = gzipSync(buffer.subarray(0, length), { level: 6 });
  mkdirSync(dirname(plan.path), { recursive: true });
  writeFileSync(plan.path, gz);
  sizes.gzBytes += gz.length;
  sizes.textBytes += length;
}
parentPort?.postMessage(sizes);
