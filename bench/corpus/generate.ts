/** Makes a corpus in a cache folder: <folder>/logs/AWSLogs/… as S3 delivers flow logs, and <folder>/corpus.json with what is in it. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { type CorpusShape, countPlanted, type ObjectPlan, planObjects } from './plan.ts';

/** Raise it when the rows change, so that a cached corpus is made anew. */
const GENERATOR_VERSION = 3;

/** What the generator knows of the rows of some objects, by their plans. */
export type RowCounts = {
  readonly records: number;
  /** Rows that carry one of the planted indicators or the hunted address, and objects with such rows. */
  readonly listedRows: number;
  readonly listedObjects: number;
  /** The same of the hunted address alone. */
  readonly huntedRows: number;
  readonly huntedObjects: number;
};

export type CorpusFacts = RowCounts & {
  readonly version: number;
  readonly shape: CorpusShape;
  readonly gzBytes: number;
  readonly textBytes: number;
};

/** Makes a corpus, or returns the facts of the one that is there if it has the same shape. */
export async function generateCorpus(folder: string, shape: CorpusShape, workers = 2): Promise<CorpusFacts> {
  const factsPath = join(folder, 'corpus.json');
  const known: CorpusFacts | undefined = existsSync(factsPath)
    ? JSON.parse(readFileSync(factsPath, 'utf8'))
    : undefined;
  if (known?.version === GENERATOR_VERSION && JSON.stringify(known.shape) === JSON.stringify(shape)) return known;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const plans = planObjects(join(folder, 'logs'), shape);
  const shares = Array.from({ length: workers }, (_, worker) => plans.filter((_, i) => i % workers === worker));
  const sizes = await Promise.all(shares.filter((share) => share.length > 0).map(runWorker));
  const facts: CorpusFacts = {
    version: GENERATOR_VERSION,
    shape,
    gzBytes: sizes.reduce((sum, size) => sum + size.gzBytes, 0),
    textBytes: sizes.reduce((sum, size) => sum + size.textBytes, 0),
    ...countRows(plans),
  };
  // Written last: a corpus without it is incomplete.
  writeFileSync(factsPath, `${JSON.stringify(facts, null, 2)}\n`);
  return facts;
}

export function countRows(plans: readonly ObjectPlan[]): RowCounts {
  const sum = (count: (plan: ObjectPlan) => number): number => plans.reduce((total, plan) => total + count(plan), 0);
  const listed = (plan: ObjectPlan): number => countPlanted(plan) + plan.huntedRows.length;
  return {
    records: sum((plan) => plan.rows),
    listedRows: sum(listed),
    listedObjects: sum((plan) => (listed(plan) > 0 ? 1 : 0)),
    huntedRows: sum((plan) => plan.huntedRows.length),
    huntedObjects: sum((plan) => (plan.huntedRows.length > 0 ? 1 : 0)),
  };
}

type Sizes = { readonly gzBytes: number; readonly textBytes: number };

function runWorker(plans: ObjectPlan[]): Promise<Sizes> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./object-worker.ts', import.meta.url), { workerData: plans });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}
