/** Waiting between tries: longer each time, and by chance, so that many callers do not come back together. */
import { setTimeout as sleep } from 'node:timers/promises';

const FIRST_MS = 200;
const MOST_MS = 20_000;

/** Waits before try number `attempt + 2`: anything up to 200 ms, 400 ms, 800 ms … 20 s. */
export async function backOff(attempt: number, signal?: AbortSignal): Promise<void> {
  const ceiling = Math.min(MOST_MS, FIRST_MS * 2 ** attempt);
  await sleep(Math.random() * ceiling, undefined, signal === undefined ? {} : { signal });
}
