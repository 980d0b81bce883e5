/** Which log objects a corpus has: their keys, times, sizes, and which rows of them carry a planted indicator. */
import { join } from 'node:path';

/** What a corpus looks like. */
export type CorpusShape = {
  readonly objects: number;
  readonly rowsPerObject: number;
  /** Objects of one account and region a day, spread over it evenly. */
  readonly objectsPerDay: number;
  readonly seed: number;
};

/** What one log object is made from. */
export type ObjectPlan = {
  readonly path: string;
  readonly seed: number;
  readonly accountId: string;
  readonly region: string;
  /** Number of the object's first row in the whole corpus. */
  readonly firstRow: number;
  readonly rows: number;
  readonly startSecond: number;
  /** Rows of this object that carry the hunted address. */
  readonly huntedRows: readonly number[];
};

/** One row in this many carries one of the planted indicators: 1e-5. */
const PLANT_EVERY = 100_000;
const PLANT_AT = 31_337;
/** One object in this many holds the hunted address: 6 of 168, 1 of 24. */
const HUNTED_EVERY = 28;
const HUNTED_AT = 3;
const HUNTED_ROWS = 7;
/** Smaller objects hold none: a tenth of their rows would match. */
const LEAST_ROWS = 1000;
/** The first day, a Tuesday. */
export const FIRST_DAY = Date.UTC(2026, 8, 1);
const DAY_SECONDS = 86_400;
const PARTITIONS = ['111122223333', '444455556666', '777788889999'].flatMap((accountId) =>
  ['us-east-1', 'eu-west-1'].map((region) => ({ accountId, region })),
);

/** Objects in the order of their times; accounts and regions take turns. */
export function planObjects(folder: string, shape: CorpusShape): ObjectPlan[] {
  return Array.from({ length: shape.objects }, (_, i) => {
    const turn = i % PARTITIONS.length;
    const { accountId, region } = PARTITIONS[turn]!;
    const slot = Math.floor(i / PARTITIONS.length);
    const startSecond = FIRST_DAY / 1000 + Math.floor((slot * DAY_SECONDS) / shape.objectsPerDay);
    const [date, time] = new Date(startSecond * 1000).toISOString().split('T') as [string, string];
    const stamp = `${date.replaceAll('-', '')}T${time.slice(0, 5).replace(':', '')}Z`;
    const name = `${accountId}_vpcflowlogs_${region}_fl-0${accountId}${turn}bec_${stamp}_${i.toString(16).padStart(8, '0')}.log.gz`;
    return {
      path: join(folder, 'AWSLogs', accountId, 'vpcflowlogs', region, ...date.split('-'), name),
      seed: shape.seed * 100_003 + i,
      accountId,
      region,
      firstRow: i * shape.rowsPerObject,
      rows: shape.rowsPerObject,
      startSecond,
      huntedRows: huntedRows(i, shape.rowsPerObject),
    };
  });
}

/** Which of the planted indicators a row carries, if any: they are numbered through the whole corpus. */
export function plantedAt(row: number): number | undefined {
  return row % PLANT_EVERY === PLANT_AT ? Math.floor(row / PLANT_EVERY) : undefined;
}

/** How many rows of an object carry a planted indicator, the hunted address aside. */
export function countPlanted({ firstRow, rows, huntedRows }: ObjectPlan): number {
  const upTo = (row: number): number => Math.max(0, Math.ceil((row - PLANT_AT) / PLANT_EVERY));
  const replaced = huntedRows.filter((row) => plantedAt(firstRow + row) !== undefined);
  return upTo(firstRow + rows) - upTo(firstRow) - replaced.length;
}

function huntedRows(object: number, rows: number): number[] {
  if (object % HUNTED_EVERY !== HUNTED_AT || rows < LEAST_ROWS) return [];
  return Array.from({ length: HUNTED_ROWS }, (_, i) => Math.floor(((i + 0.5) * rows) / HUNTED_ROWS));
}
