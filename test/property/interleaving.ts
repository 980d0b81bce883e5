/**
 * Whose turn it is: several runs go on at the same time, each stopping at every await, and a generated list says who goes
 * how far before another does. Long turns of one while another stands still are as likely as short ones.
 */
import fc from 'fast-check';

export type Turn = { readonly runner: number; readonly steps: number };

export const turns = fc.array(
  fc.record({ runner: fc.nat(2), steps: fc.oneof(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 60 })) }),
  { maxLength: 20 },
);

/** Runs all of them to their end. Each calls its `tick` at every await and goes on when its turn comes. */
export async function interleave(
  runners: readonly ((tick: () => Promise<void>) => Promise<void>)[],
  turns: readonly Turn[],
): Promise<void> {
  const waiting: (() => void)[][] = runners.map(() => []);
  const running = new Set<number>();
  const ends = runners.map(async (runner, at) => {
    running.add(at);
    try {
      await runner(() => new Promise((resolve) => waiting[at]!.push(resolve)));
    } finally {
      running.delete(at);
    }
  });
  const all = Promise.all(ends);
  all.catch(() => {});
  const step = async (at: number): Promise<boolean> => {
    await new Promise((resolve) => setImmediate(resolve));
    const next = waiting[at]!.shift();
    next?.();
    return next !== undefined;
  };
  for (const { runner, steps } of turns) {
    let left = steps;
    while (left > 0 && (await step(runner % runners.length))) left--;
  }
  while (running.size > 0) for (const at of running) await step(at);
  await all;
}
