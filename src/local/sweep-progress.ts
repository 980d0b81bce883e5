/** What a sweep or a hunt tells while it runs. */
import type { ListProblem } from '../core/indicator.ts';
import type { DamagedFile } from '../tasks/address-files.ts';
import type { ScanProgress } from '../tasks/scan.ts';

export type SweepProgress =
  | { readonly step: 'indicators'; readonly indicators: number; readonly problems: readonly ListProblem[] }
  | { readonly step: 'notice'; readonly objects: number; readonly bytes: number; readonly foreign: number }
  | ({ readonly step: 'index' } & IndexAnswer)
  | ({ readonly step: 'scan' } & ScanProgress)
  | { readonly step: 'match' }
  | { readonly step: 'wait'; readonly pid: number };

type Size = { readonly objects: number; readonly bytes: number };

/** What the address index says of the log objects that a hunt is about. */
export type IndexAnswer = {
  /** They hold one of the addresses. */
  readonly holding: Size;
  /** Unknown to the index: read as well. */
  readonly unindexed: Size;
  /** Not read. */
  readonly others: Size;
  readonly damaged: readonly DamagedFile[];
};
