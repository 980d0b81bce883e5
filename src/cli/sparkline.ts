/** Activity over time as a row of blocks. It repeats what the text beside it says, so it may be left out. */

/** A stretch of time with so many records; `at` is when it begins, ISO 8601 UTC. */
export type Activity = { readonly at: string; readonly records: number };

const BLOCKS = '▁▂▃▄▅▆▇█';
const NOTHING = '·';

/**
 * One block for each stretch of `stepSeconds`, or for several, so that there are no more than `cells`. The highest stretch
 * fills its block; one with any record has a block, one with none a dot. Empty for a single stretch, which has no course.
 */
export function drawActivity(activity: readonly Activity[], stepSeconds: number, cells: number): string {
  const steps = activity.map(({ at, records }) => ({ step: Date.parse(at) / 1000 / stepSeconds, records }));
  const first = steps.reduce((least, { step }) => Math.min(least, step), Number.POSITIVE_INFINITY);
  const last = steps.reduce((greatest, { step }) => Math.max(greatest, step), first);
  const count = last - first + 1;
  if (steps.length < 2 || !Number.isFinite(count) || count < 2) return '';
  const perCell = Math.ceil(count / cells);
  const sums = new Array<number>(Math.ceil(count / perCell)).fill(0);
  for (const { step, records } of steps) sums[Math.floor((step - first) / perCell)]! += records;
  const most = Math.max(...sums);
  const toBlock = (sum: number) => BLOCKS[Math.max(0, Math.ceil((sum / most) * BLOCKS.length) - 1)]!;
  return sums.map((sum) => (sum === 0 ? NOTHING : toBlock(sum))).join('');
}

/** Whether blocks come out as blocks: not in a locale of single bytes, nor on a terminal that has none of them. */
export function canDrawBlocks(env: NodeJS.ProcessEnv = process.env): boolean {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || 'UTF-8';
  return /utf-?8/i.test(locale) && env.TERM !== 'dumb' && env.TERM !== 'linux';
}
