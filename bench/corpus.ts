/**
 * Makes the bench corpus: flow logs of three accounts and two regions, as S3 delivers them, in objects of about 4.6 MB.
 *
 *     node bench/corpus.ts <folder> --records 3430000 [--seed 1] [--lists]
 *
 * Writes <folder>/logs/AWSLogs/…, <folder>/corpus.json and, if asked, <folder>/lists/*.txt.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { type ObjectPlan, plantedRows } from './corpus-rows.ts';
import { LISTS, type ListName, writeList } from './lists.ts';

/** Raise it when the rows change, so that a cached corpus is made anew. */
const GENERATOR_VERSION = 1;
/** About 4.6 MB gz. */
const ROWS_PER_OBJECT = 143_000;
const OBJECTS_PER_PARTITION = 4;
const PARTITIONS = ['111122223333', '444455556666', '777788889999'].flatMap((accountId) =>
  ['us-east-1', 'eu-west-1'].map((region) => ({ accountId, region })),
);

export type CorpusRequest = { readonly records: number; readonly seed?: number; readonly workers?: number };

export type CorpusFacts = {
  readonly version: number;
  readonly records: number;
  readonly seed: number;
  readonly objects: number;
  readonly gzBytes: number;
  readonly textBytes: number;
  /** Rows that carry a planted indicator. */
  readonly plantedRows: number;
};

/** Makes a corpus, or returns the facts of the one that is there if it has the same size and seed. */
export async function generateCorpus(
  folder: string,
  { records, seed = 1, workers = 2 }: CorpusRequest,
): Promise<CorpusFacts> {
  const factsPath = join(folder, 'corpus.json');
  const known: CorpusFacts | undefined = existsSync(factsPath)
    ? JSON.parse(readFileSync(factsPath, 'utf8'))
    : undefined;
  if (known?.version === GENERATOR_VERSION && known.records === records && known.seed === seed) return known;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const plans = planObjects(join(folder, 'logs'), records, seed);
  const shares = Array.from({ length: workers }, (_, worker) => plans.filter((_, i) => i % workers === worker));
  const sizes = await Promise.all(shares.filter((share) => share.length > 0).map(runWorker));
  const facts: CorpusFacts = {
    version: GENERATOR_VERSION,
    records,
    seed,
    objects: plans.length,
    gzBytes: sizes.reduce((sum, size) => sum + size.gzBytes, 0),
    textBytes: sizes.reduce((sum, size) => sum + size.textBytes, 0),
    plantedRows: plantedRows(records),
  };
  // Written last: a corpus without it is incomplete.
  writeFileSync(factsPath, `${JSON.stringify(facts, null, 2)}\n`);
  return facts;
}

function planObjects(folder: string, records: number, seed: number): ObjectPlan[] {
  return Array.from({ length: Math.ceil(records / ROWS_PER_OBJECT) }, (_, i) => {
    const { accountId, region } = PARTITIONS[i % PARTITIONS.length]!;
    const slot = Math.floor(i / PARTITIONS.length);
    const day = Math.floor(slot / OBJECTS_PER_PARTITION);
    const hour = (slot % OBJECTS_PER_PARTITION) * (24 / OBJECTS_PER_PARTITION);
    const startSecond = Date.UTC(2026, 8, 1 + day, hour) / 1000;
    const [date, time] = new Date(startSecond * 1000).toISOString().split('T') as [string, string];
    const stamp = `${date.replaceAll('-', '')}T${time.slice(0, 2)}00Z`;
    const name = `${accountId}_vpcflowlogs_${region}_fl-0${accountId}${i % PARTITIONS.length}bec_${stamp}_${i.toString(16).padStart(8, '0')}.log.gz`;
    const firstRow = i * ROWS_PER_OBJECT;
    return {
      path: join(folder, 'AWSLogs', accountId, 'vpcflowlogs', region, ...date.split('-'), name),
      seed: seed * 100_003 + i,
      accountId,
      region,
      firstRow,
      rows: Math.min(ROWS_PER_OBJECT, records - firstRow),
      startSecond,
    };
  });
}

type Sizes = { readonly gzBytes: number; readonly textBytes: number };

function runWorker(plans: ObjectPlan[]): Promise<Sizes> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./corpus-worker.ts', import.meta.url), { workerData: plans });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { records: { type: 'string' }, seed: { type: 'string', default: '1' }, lists: { type: 'boolean' } },
  });
  const [folder] = positionals;
  if (folder === undefined || !/^[1-9]\d*$/.test(values.records ?? '')) {
    console.error('Usage: node bench/corpus.ts <folder> --records N [--seed S] [--lists]');
    process.exit(2);
  }
  const facts = await generateCorpus(folder, { records: Number(values.records), seed: Number(values.seed) });
  if (values.lists) for (const name of Object.keys(LISTS) as ListName[]) writeList(join(folder, 'lists'), name);
  console.log(JSON.stringify(facts));
}
