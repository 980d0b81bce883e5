/** Calls that are served by turns, several in one where that is as well. */
import { limitConcurrency } from '../core/limit-concurrency.ts';

/** One turn at a time; `count` says how many of those that wait the next one serves, in their order, and all share its outcome. */
export function serveTogether<In>(
  count: (waiting: readonly In[]) => number,
  serve: (inputs: readonly In[]) => Promise<void>,
): (input: In) => Promise<void> {
  const waiting: (PromiseWithResolvers<void> & { readonly input: In })[] = [];
  const takeTurn = limitConcurrency(1, async () => {
    // Who calls in the same tick is to be among them.
    await new Promise((resolve) => setImmediate(resolve));
    if (waiting.length === 0) return;
    const inputs = waiting.map(({ input }) => input);
    const served = waiting.splice(0, count(inputs));
    const outcome = serve(inputs.slice(0, served.length));
    for (const { resolve } of served) resolve(outcome);
    await outcome.catch(() => {});
  });
  return (input) => {
    const own = { input, ...Promise.withResolvers<void>() };
    waiting.push(own);
    void takeTurn(undefined);
    return own.promise;
  };
}
