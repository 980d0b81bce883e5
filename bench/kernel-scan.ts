/**
 * The scan kernel with nothing around it, as a process: log objects in, how many records and matches out.
 *
 *     node bench/kernel-scan.ts [--index <folder>] [--workers N] <logs folder> <IOC list, or its compiled form .bin>
 *
 * With --index it writes the address index into the folder, as Scan does.
 */
import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import type { StoredLogObject } from '../src/core/batch.ts';
import { readIndicatorLists } from '../src/core/indicator-list.ts';
import { compileIndicators, type IndicatorSet, openIndicatorSet } from '../src/core/indicator-set.ts';
import { kernelReaders } from '../src/core/kernel-reader.ts';
import { parseKey } from '../src/core/log-object.ts';
import type { ObjectSink } from '../src/core/object-reader.ts';
import { openFolderStore } from '../src/local/folder-store.ts';
import { openPacker, readKernel } from '../src/local/scan-kernel.ts';
import { AddressWriter } from '../src/tasks/address-writer.ts';

type Work = { readonly files: readonly string[]; readonly list: string; readonly index: string | undefined };
type Counts = { records: number; matches: number };

const READ_BYTES = 256 * 1024;
/** Objects of an index part: some 32 MB, as a chunk of Scan on one machine has them. */
const PART_OBJECTS = 7;

if (isMainThread) console.log(JSON.stringify(await main()));
else parentPort!.postMessage(await scanFiles(workerData as Work));

async function main(): Promise<Counts> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { index: { type: 'string' }, workers: { type: 'string', default: '1' } },
  });
  const [folder = '', list = ''] = positionals;
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.gz'))
    .sort()
    .map((name) => join(folder, name));
  const workers = Number(values.workers);
  if (workers === 1) return scanFiles({ files, list, index: values.index });
  const shares = Array.from({ length: workers }, (_, worker) => files.filter((_file, i) => i % workers === worker));
  const counts = await Promise.all(shares.map((share) => scanInThread({ files: share, list, index: values.index })));
  return {
    records: counts.reduce((total, { records }) => total + records, 0),
    matches: counts.reduce((total, { matches }) => total + matches, 0),
  };
}

function scanInThread(work: Work): Promise<Counts> {
  return new Promise((resolve, reject) => {
    new Worker(new URL(import.meta.url), { workerData: work }).once('message', resolve).once('error', reject);
  });
}

async function scanFiles({ files, list, index }: Work): Promise<Counts> {
  const reader = kernelReaders(readKernel()!)(readSet(list));
  const counts = { records: 0, matches: 0 };
  let addresses: AddressWriter | undefined;
  const buffer = Buffer.alloc(READ_BYTES);
  for (const [i, file] of files.entries()) {
    if (index !== undefined && i % PART_OBJECTS === 0) {
      await addresses?.close();
      addresses = new AddressWriter(openFolderStore(index), { packIpv4: openPacker() });
    }
    const seen: Parameters<NonNullable<ObjectSink['onSeen']>>[] = [];
    const scanned = await reader.read(() => pieces(file, buffer), {
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

/** The file piece by piece, always in the same buffer: the reader copies what it keeps. */
async function* pieces(file: string, buffer: Buffer): AsyncGenerator<Uint8Array> {
  const opened = openSync(file, 'r');
  try {
    for (let bytes = readSync(opened, buffer); bytes > 0; bytes = readSync(opened, buffer))
      yield buffer.subarray(0, bytes);
  } finally {
    closeSync(opened);
  }
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
