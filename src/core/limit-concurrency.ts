/** At most so many at a time; the rest wait their turn. */

/** A task of which at most `most` calls run at once. */
export function limitConcurrency<In, Out>(
  most: number,
  task: (input: In) => Promise<Out>,
): (input: In) => Promise<Out> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (input) => {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    running++;
    try {
      return await task(input);
    } finally {
      running--;
      waiting.shift()?.();
    }
  };
}

/** The task's results for all items, in their order, at most `most` under way. */
export function mapConcurrently<In, Out>(
  most: number,
  items: readonly In[],
  task: (item: In) => Promise<Out>,
): Promise<Out[]> {
  return Promise.all(items.map(limitConcurrency(most, task)));
}
