/** What a sweep or a hunt tells while it runs. */
import type { ListProblem } from '../core/indicator.ts';
import type { IndexAnswer } from '../tasks/objects-by-index.ts';
import type { ScanProgress } from '../tasks/scan.ts';

export type SweepProgress =
  | { readonly step: 'indicators'; readonly indicators: number; readonly problems: readonly ListProblem[] }
  | { readonly step: 'notice'; readonly objects: number; readonly bytes: number; readonly foreign: number }
  | ({ readonly step: 'index' } & IndexAnswer)
  | ({ readonly step: 'scan' } & ScanProgress)
  | { readonly step: 'match' }
  | { readonly step: 'wait'; readonly pid: number };
