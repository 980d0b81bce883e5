/** Ctrl-C: the first asks the work to stop, the second waits for nothing. */
import { Interrupted } from '../core/errors.ts';

/** Runs the work with a signal that Ctrl-C or SIGTERM aborts. */
export async function withInterrupt<Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const stop = new AbortController();
  const onInterrupt = (): void => (stop.signal.aborted ? process.exit(130) : stop.abort());
  process.on('SIGINT', onInterrupt).on('SIGTERM', onInterrupt);
  try {
    return await work(stop.signal);
  } catch (error) {
    if (!stop.signal.aborted || error instanceof Interrupted) throw error;
    throw new Interrupted('stopped by the user', { cause: error });
  } finally {
    process.off('SIGINT', onInterrupt).off('SIGTERM', onInterrupt);
  }
}
