/** Progress of a sweep on stderr, on a terminal only. Finished lines stay as the record of what was done. */
import { formatBytes, formatCount } from '../core/story.ts';
import type { SweepProgress } from '../local/sweep-progress.ts';
import type { IndexAnswer } from '../tasks/objects-by-index.ts';

const BAR_CELLS = 20;
const REDRAW_MILLISECONDS = 100;

export type Progress = {
  readonly onProgress: (progress: SweepProgress) => void;
  readonly done: (line?: string) => void;
};

const SILENT: Progress = { onProgress: () => {}, done: () => {} };

/** Silent unless stderr is a terminal and `isQuiet` is false. */
export function openProgress(isQuiet: boolean, now: () => number = Date.now): Progress {
  return isQuiet || !process.stderr.isTTY ? SILENT : new SweepBars(now);
}

class SweepBars implements Progress {
  readonly #now: () => number;
  #total = { objects: 0, bytes: 0 };
  #scanned = { objects: 0, bytes: 0, records: 0, matches: 0 };
  #startedAt = 0;
  #drawnAt = 0;
  #isScanning = false;

  constructor(now: () => number) {
    this.#now = now;
  }

  readonly onProgress = (progress: SweepProgress): void => {
    if (progress.step === 'wait')
      process.stderr.write(`flowhound: another run (process ${progress.pid}) holds the home; waiting\n`);
    if (progress.step === 'notice') this.#notice(progress);
    if (progress.step === 'index') this.#narrow(progress);
    if (progress.step === 'scan') this.#scan(progress);
    if (progress.step === 'match') this.#finishScan();
  };

  readonly done = (line?: string): void => {
    this.#finishScan();
    if (line !== undefined) process.stderr.write(`${line}\n`);
  };

  #notice({ objects, bytes }: { objects: number; bytes: number }): void {
    this.#total = { objects, bytes };
    this.#startedAt = this.#now();
    this.#isScanning = objects > 0;
    process.stderr.write(`notice   ${bar(1)}  ${formatCount(objects)} objects   ${formatBytes(bytes)}\n`);
  }

  /** Of what was noticed, only some is scanned. */
  #narrow({ holding, unindexed }: IndexAnswer): void {
    const objects = holding.objects + unindexed.objects;
    this.#total = { objects, bytes: holding.bytes + unindexed.bytes };
    this.#startedAt = this.#now();
    this.#isScanning = objects > 0;
    const found = `${formatCount(holding.objects)} objects hold such an address   ${formatCount(unindexed.objects)} unknown`;
    process.stderr.write(`${finishedLine('index', found)}\n`);
  }

  #scan(step: { objects: number; bytes: number; records: number; matches: number }): void {
    for (const key of ['objects', 'bytes', 'records', 'matches'] as const) this.#scanned[key] += step[key];
    if (this.#now() - this.#drawnAt < REDRAW_MILLISECONDS) return;
    this.#drawnAt = this.#now();
    const share = this.#total.bytes === 0 ? 1 : Math.min(1, this.#scanned.bytes / this.#total.bytes);
    const elapsed = this.#now() - this.#startedAt;
    const left = share > 0.01 ? `   ${formatSeconds(((elapsed / share) * (1 - share)) / 1000)} left` : '';
    redraw(`scan     ${bar(share)}  ${this.#tell()}${left}`);
  }

  #finishScan(): void {
    if (!this.#isScanning) return;
    this.#isScanning = false;
    redraw(`scan     ${bar(1)}  ${this.#tell()}`);
    process.stderr.write('\n');
  }

  #tell(): string {
    const { objects, bytes, records, matches } = this.#scanned;
    const seconds = Math.max(0.001, (this.#now() - this.#startedAt) / 1000);
    const share = `${formatCount(objects)}/${formatCount(this.#total.objects)} objects`;
    return `${share}   ${formatCount(records)} records   ${formatBytes(bytes / seconds)}/s   ${formatCount(matches)} matches`;
  }
}

/** A bar line of the record, for the steps that follow the scan. */
export function finishedLine(step: string, text: string): string {
  return `${step.padEnd(9)}${bar(1)}  ${text}`;
}

/** Full at 1. */
export function bar(share: number): string {
  const filled = Math.round(share * BAR_CELLS);
  return '█'.repeat(filled) + '░'.repeat(BAR_CELLS - filled);
}

/** Writes the line over the one before. */
export function redraw(line: string): void {
  const width = process.stderr.columns || 80;
  process.stderr.write(`\r\u001b[2K${line.slice(0, width - 1)}`);
}

/** `34 s`, `12 min` */
export function formatSeconds(seconds: number): string {
  return seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`;
}
