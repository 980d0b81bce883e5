/** Log objects → the partitions they lie in: one per account, region and UTC day. */
import type { LogObject } from './log-object.ts';

export type Partition = {
  readonly accountId: string;
  readonly region: string;
  /** `2026-09-01` */
  readonly date: string;
};

/** The partitions of the objects, each once, in order of account, region, date. */
export function toPartitions(objects: readonly LogObject[]): Partition[] {
  const partitions = new Map<string, Partition>();
  for (const { accountId, region, date } of objects) {
    partitions.set(`${accountId} ${region} ${date}`, { accountId, region, date });
  }
  return [...partitions].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, partition]) => partition);
}
