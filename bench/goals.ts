/**
 * What the bench must show, as data: of what, divided by what, and the bounds. A floor that is missed fails the bench; the aim is
 * where it should get. `quick` is the floor of the quick form: 57 MB gz instead of 800, so starting a process weighs more there,
 * and room for a machine with neighbours.
 */
import type { SectionName } from './sections/section.ts';

export type Goal = {
  readonly what: string;
  readonly section: SectionName;
  /** Whose figure, divided by whose: ids of entries or of sizes of the section. Without `by` it is the figure itself. */
  readonly of: string;
  readonly by?: string;
  readonly metric: 'cpu' | 'wall' | 'peak' | 'size';
  readonly bound: 'at least' | 'at most';
  readonly floor: number;
  readonly aim: number;
  readonly quick?: number;
  readonly unit: '' | '×' | '%' | 'MB';
};

export const GOALS: readonly Goal[] = [
  {
    what: 'Live scan, gz MB/s per core, 100 indicators: share of `igzip -d`',
    ...{ section: 'live', of: 'igzip', by: 'kernel', metric: 'cpu' },
    ...{ bound: 'at least', floor: 0.65, aim: 0.9, quick: 0.4, unit: '' },
  },
  {
    what: 'Live scan: CPU against Node createGunzip to nothing',
    ...{ section: 'live', of: 'kernel', by: 'node-gunzip', metric: 'cpu' },
    ...{ bound: 'at most', floor: 0.55, aim: 0.4, quick: 0.75, unit: '×' },
  },
  {
    what: '1,000,000 mixed indicators, compiled: CPU against 1',
    ...{ section: 'lists', of: 'kernel-mix1M', by: 'kernel-ip1', metric: 'cpu' },
    ...{ bound: 'at most', floor: 1.5, aim: 1.15, quick: 2.2, unit: '×' },
  },
  {
    what: 'Whole `flowhound sweep` against the kernel alone, 800 MB gz: CPU',
    ...{ section: 'rows', of: 'sweep-100', by: 'kernel-100', metric: 'cpu' },
    ...{ bound: 'at most', floor: 1.5, aim: 1.15, quick: 4, unit: '×' },
  },
  {
    what: 'Scan with index against scan: CPU',
    ...{ section: 'index', of: 'kernel-index', by: 'kernel', metric: 'cpu' },
    ...{ bound: 'at most', floor: 1.3, aim: 1.15, quick: 2.4, unit: '×' },
  },
  {
    what: 'Address index as written, of gz',
    ...{ section: 'index', of: 'written', metric: 'size' },
    ...{ bound: 'at most', floor: 3, aim: 2, quick: 3, unit: '%' },
  },
  {
    what: 'Address index compacted by day, of gz',
    ...{ section: 'index', of: 'compacted', metric: 'size' },
    ...{ bound: 'at most', floor: 2, aim: 1.4, quick: 2.2, unit: '%' },
  },
  {
    what: 'Retro-hunt over 7 days, 1 indicator, answer from the index: zgrep needs',
    ...{ section: 'hunt', of: 'zgrep-1', by: 'answer-1', metric: 'cpu' },
    ...{ bound: 'at least', floor: 500, aim: 1000, quick: 15, unit: '×' },
  },
  {
    what: 'Retro-hunt over 7 days, 100,000 indicators, answer from the index: zgrep needs',
    ...{ section: 'hunt', of: 'zgrep-100k', by: 'answer-100k', metric: 'cpu' },
    ...{ bound: 'at least', floor: 1000, aim: 3000, unit: '×' },
  },
  {
    what: 'Retro-hunt over 7 days to findings with evidence, 6 of 168 objects: zgrep needs',
    ...{ section: 'hunt', of: 'zgrep-1', by: 'hunt-1', metric: 'cpu' },
    ...{ bound: 'at least', floor: 60, aim: 120, quick: 1, unit: '×' },
  },
  {
    what: 'Retro-hunt over 7 days, 1 indicator, answer from the index: nfdump on its own store needs',
    ...{ section: 'hunt', of: 'nfdump-1', by: 'answer-1', metric: 'cpu' },
    ...{ bound: 'at least', floor: 20, aim: 60, unit: '×' },
  },
  {
    what: "Live scan: DuckDB's best single scan needs",
    ...{ section: 'live', of: 'duckdb', by: 'kernel', metric: 'cpu' },
    ...{ bound: 'at least', floor: 5, aim: 7, quick: 2.5, unit: '×' },
  },
  {
    what: 'Live scan: polars needs',
    ...{ section: 'live', of: 'polars', by: 'kernel', metric: 'cpu' },
    ...{ bound: 'at least', floor: 2.5, aim: 3.5, unit: '×' },
  },
  {
    what: 'Live scan: chdb needs',
    ...{ section: 'live', of: 'chdb', by: 'kernel', metric: 'cpu' },
    ...{ bound: 'at least', floor: 2.5, aim: 3.5, unit: '×' },
  },
  {
    what: 'Peak memory of the kernel, one object of 75 MB',
    ...{ section: 'big', of: 'kernel', metric: 'peak' },
    ...{ bound: 'at most', floor: 96, aim: 72, unit: 'MB' },
  },
  {
    what: 'Peak memory of `flowhound sweep`, one object of 75 MB',
    ...{ section: 'big', of: 'sweep', metric: 'peak' },
    ...{ bound: 'at most', floor: 96, aim: 72, unit: 'MB' },
  },
  {
    what: 'Peak memory of the kernel, ten times the rows',
    ...{ section: 'rows', of: 'kernel-100', by: 'kernel-10', metric: 'peak' },
    ...{ bound: 'at most', floor: 1.1, aim: 1.05, quick: 1.4, unit: '×' },
  },
  {
    what: 'Peak memory of `flowhound sweep`, ten times the rows',
    ...{ section: 'rows', of: 'sweep-100', by: 'sweep-10', metric: 'peak' },
    ...{ bound: 'at most', floor: 1.1, aim: 1.05, quick: 1.4, unit: '×' },
  },
  {
    what: 'Two workers against one, kernel: wall time',
    ...{ section: 'workers', of: 'kernel-1', by: 'kernel-2', metric: 'wall' },
    ...{ bound: 'at least', floor: 1.8, aim: 1.9, unit: '×' },
  },
  {
    what: 'Two cores against one, `flowhound sweep`: wall time',
    ...{ section: 'workers', of: 'sweep-1', by: 'sweep-2', metric: 'wall' },
    ...{ bound: 'at least', floor: 1.8, aim: 1.9, unit: '×' },
  },
];
