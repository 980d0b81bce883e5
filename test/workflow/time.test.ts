/** Reading many objects takes as long as it takes. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { readStateMachine, runExecution, taskStateNames } from '../../src/local/state-machine.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

it('a state that takes hours does not time out', async () => {
  const names = taskStateNames(await readStateMachine());
  let finish: (output: unknown) => void = () => {};
  const begun = Promise.withResolvers<void>();
  const chunk = { chunk: 0, objects: 'runs/x/chunks/0.objects.json' };
  const tasks = Object.fromEntries(names.map((name) => [name, async (): Promise<unknown> => ({})]));
  tasks.Plan = async () => ({ batch: 'x', indicators: 'x', isAgain: false, chunks: [chunk] });
  tasks.ScanChunk = () => {
    begun.resolve();
    return new Promise((resolve) => {
      finish = resolve;
    });
  };
  const input = { execution: 'x', mode: 'sweep', clock: '', manifest: '', indicators: '', window: {} } as const;
  const ended = runExecution(input, tasks).then(
    () => 'succeeded',
    (error: Error) => error.message,
  );
  await begun.promise;
  await vi.advanceTimersByTimeAsync(6 * 3_600_000);
  finish({ chunk: 0, found: false, result: 'x', evidence: [] });
  await vi.advanceTimersByTimeAsync(1000);
  expect(await ended).toBe('succeeded');
});
