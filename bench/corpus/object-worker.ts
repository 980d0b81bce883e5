/** Worker thread of the corpus: makes whole objects, one after the other, and reports their sizes. */
import { createWriteStream, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { createGzip, gzipSync } from 'node:zlib';
import type { ObjectPlan } from './plan.ts';
import { writeRows } from './rows.ts';

/** Larger ones are streamed: an object of 75 MB is 600 MB of text. */
const MOST_ROWS_AT_ONCE = 200_000;

const sizes = { gzBytes: 0, textBytes: 0 };
for (const plan of workerData as ObjectPlan[]) {
  mkdirSync(dirname(plan.path), { recursive: true });
  if (plan.rows > MOST_ROWS_AT_ONCE) await streamObject(plan);
  else writeFileSync(plan.path, gzipSync(Buffer.concat([...countText(plan)]), { level: 6 }));
  sizes.gzBytes += statSync(plan.path).size;
}
parentPort?.postMessage(sizes);

async function streamObject(plan: ObjectPlan): Promise<void> {
  await pipeline(Readable.from(countText(plan)), createGzip({ level: 6 }), createWriteStream(plan.path));
}

function* countText(plan: ObjectPlan): Generator<Buffer> {
  for (const piece of writeRows(plan)) {
    sizes.textBytes += piece.length;
    yield piece;
  }
}
