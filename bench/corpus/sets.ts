/** The sets of logs that engines run over: a corpus or the first objects of one, with what a list must find in it. */
import { existsSync, linkSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { countRows, generateCorpus, type RowCounts } from './generate.ts';
import { type ListName, writeList } from './lists.ts';
import { countTruth, type Truth } from './oracle.ts';
import { type CorpusShape, planObjects } from './plan.ts';

/** Objects of 143,000 rows have about 4.6 MB gz. */
export const CORPORA = {
  /** 24 million rows in 168 objects: 7 days, 3 accounts, 2 regions. Its first 24 objects are one day. */
  week: { objects: 168, rowsPerObject: 143_000, objectsPerDay: 4, seed: 1 },
  /** The first half of that week's first day. */
  quick: { objects: 12, rowsPerObject: 143_000, objectsPerDay: 4, seed: 1 },
  /** One object of about 75 MB. */
  big: { objects: 1, rowsPerObject: 2_280_000, objectsPerDay: 1, seed: 2 },
  /** 90 days of small objects. */
  history: { objects: 540, rowsPerObject: 10_000, objectsPerDay: 1, seed: 3 },
  /** Objects of about 2 KB, as a quiet network delivers one every five minutes. */
  tiny: { objects: 100_000, rowsPerObject: 45, objectsPerDay: 288, seed: 4 },
} as const satisfies Record<string, CorpusShape>;

export type CorpusName = keyof typeof CORPORA;

export type LogSet = {
  readonly name: string;
  /** Folder that holds AWSLogs/…, and nothing but this set. */
  readonly logs: string;
  readonly objects: number;
  readonly records: number;
  readonly gzBytes: number;
  readonly firstObject: string;
};

/** A generated set knows what must be found in it. */
export type GeneratedSet = LogSet & { readonly truth: (list: ListName) => Truth };

/** Makes what is missing of a corpus and returns its first `objects` objects as a set. */
export async function openSet(cache: string, corpus: CorpusName, objects?: number): Promise<GeneratedSet> {
  const shape: CorpusShape = CORPORA[corpus];
  const folder = join(cache, `corpus-${corpus}`);
  const facts = await generateCorpus(folder, shape);
  const plans = planObjects(join(folder, 'logs'), shape).slice(0, objects);
  const isWhole = plans.length === shape.objects;
  const logs = isWhole ? join(folder, 'logs') : join(folder, `first-${plans.length}`);
  const paths = plans.map(({ path }) => join(logs, relative(join(folder, 'logs'), path)));
  if (!isWhole) for (const [i, { path }] of plans.entries()) link(path, paths[i]!);
  const counts = countRows(plans);
  return {
    name: isWhole ? corpus : `${corpus}, first ${plans.length}`,
    logs,
    objects: plans.length,
    records: counts.records,
    gzBytes: isWhole ? facts.gzBytes : paths.reduce((sum, path) => sum + statSync(path).size, 0),
    firstObject: paths[0]!,
    truth: (list) =>
      toTruth(list, counts) ?? countTruth(folder, `${plans.length}`, paths, writeList(cacheOfLists(cache), list)),
  };
}

export function cacheOfLists(cache: string): string {
  return join(cache, 'lists');
}

/** Lists of single addresses find what was planted; networks also match traffic, which only the oracle counts. */
function toTruth(list: ListName, counts: RowCounts): Truth | undefined {
  if (list === 'ip1') return { records: counts.huntedRows, objects: counts.huntedObjects };
  if (list.startsWith('ip')) return { records: counts.listedRows, objects: counts.listedObjects };
  return undefined;
}

function link(from: string, to: string): void {
  if (existsSync(to)) return;
  mkdirSync(dirname(to), { recursive: true });
  linkSync(from, to);
}
