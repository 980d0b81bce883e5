/**
 * The scan kernel with nothing around it, as a process: log objects in, how many records and matches out.
 *
 *     node bench/kernel-scan.ts [--index <folder>] [--workers N] <logs folder> <IOC list, or its compiled form .bin>
 *
 * With --index it writes the address index into the folder, as Scan does.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import type { StoredLogObject } from '../src/core/batch.ts';
import { readIndicatorLists } from '../src/core/indicator-list.ts';
import { compileIndicators, type IndicatorSet, openIndicatorSet } from '../src/core/indicator-set.ts';
import { kernelReaders } from '../src/core/kernel-reader.ts';
import { parseKey } from '../src/core/log-object.ts';
import type { ObjectSink } from '../src/core/object-reader.ts';
import { readPieces } from '../src/local/log-files.ts';
import { openPacker, readKernel } from '../src/local/scan-kernel.ts';
import type { AddressWriter } from '../src/tasks/address-writer.ts';
import { printCounts } from './print-counts.ts';

type Work = {
  readonly files: readonly string[];
  readonly list: string;
  readonly index: string | undefined;
  /** How many of the files were taken, by all workers. */
  readonly taken: Int32Array;
};
type Counts = { records: number; matches: number };

/** Objects of an index part: some 32 MB, as a chunk of Scan on one machine has them. */
const PART_OBJECTS = 7;

if (isMainThread) void scanAll().then(printCounts);
else void scanFiles(workerData as Work).then((counts) => parentPort!.postMessage(counts));

async function scanAll(): Promise<Counts> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { index: { type: 'string' }, workers: { type: 'string', default: '1' } },
  });
  const [folder = '', list = ''] = positionals;
  const files = [...listObjects(folder)].sort();
  // This thread is one of the workers; each takes the next file, so that a core that others use too keeps nobody waiting.
  const work = { files, list, index: values.index, taken: new Int32Array(new SharedArrayBuffer(4)) };
  const others = Array.from({ length: Number(values.workers) - 1 }, () => scanInThread(work));
  const counts = [await scanFiles(work), ...(await Promise.all(others))];
  return {
    records: counts.reduce((total, { records }) => total + records, 0),
    matches: counts.reduce((total, { matches }) => total + matches, 0),
  };
}

/** Paths are put together as they are: joining those of a few dozen, V8 takes 5 ms to optimize it. */
function* listObjects(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) yield* listObjects(path);
    else if (path.endsWith('.gz')) yield path;
  }
}

function scanInThread(work: Work): Promise<Counts> {
  return new Promise((resolve, reject) => {
    new Worker(new URL(import.meta.url), { workerData: work }).once('message', resolve).once('error', reject);
  });
}

async function scanFiles({ files, list, index, taken }: Work): Promise<Counts> {
  const reader = kernelReaders(readKernel()!)(readSet(list));
  const counts = { records: 0, matches: 0 };
  const openWriter = index === undefined ? undefined : await writersInto(index);
  let addresses: AddressWriter | undefined;
  let scannedObjects = 0;
  for (let file = files[Atomics.add(taken, 0, 1)]; file !== undefined; file = files[Atomics.add(taken, 0, 1)]) {
    if (openWriter !== undefined && scannedObjects++ % PART_OBJECTS === 0) {
      await addresses?.close();
      addresses = openWriter();
    }
    const seen: Parameters<NonNullable<ObjectSink['onSeen']>>[] = [];
    const scanned = await reader.read((room) => readPieces(file, room!), {
      onCandidate: () => counts.matches++,
      onStep: async () => {},
      ...(index === undefined ? {} : { onSeen: (...told) => void seen.push(told) }),
      judgeUnread: (error) => {
        throw error;
      },
    });
    if (scanned.content !== 'whole') throw new Error(`${file}: ${JSON.stringify(scanned.content)}`);
    counts.records += scanned.counts.records;
    for (const told of seen) await addresses!.add(toObject(file), ...told);
  }
  await addresses?.close();
  return counts;
}

/** Loaded by who writes an index: a scan alone has nothing of it. */
async function writersInto(index: string): Promise<() => AddressWriter> {
  const { AddressWriter } = await import('../src/tasks/address-writer.ts');
  const { openFolderStore } = await import('../src/local/folder-store.ts');
  return () => new AddressWriter(openFolderStore(index), { packAddresses: openPacker() });
}

function toObject(file: string): StoredLogObject {
  const outcome = parseKey(file);
  if ('foreign' in outcome) throw new Error(`${file}: ${outcome.foreign}`);
  return { ...outcome.logObject, sizeBytes: 0, etag: '', modified: 0 };
}

function readSet(list: string): IndicatorSet {
  if (list.endsWith('.bin')) return openIndicatorSet(readFileSync(list));
  return compileIndicators(
    readIndicatorLists([{ source: list, text: readFileSync(list, 'utf8') }], { own: [] }).indicators,
  );
}
