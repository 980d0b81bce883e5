/** One sweep at a time on a home: the fold over all sightings must not miss what another run is just writing. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Interrupted } from '../core/errors.ts';

const WAIT_MILLISECONDS = 200;

/** Runs `work` while holding the home's lock. A lock whose process is gone is taken over. */
export async function withHomeLock<T>(
  home: string,
  work: () => Promise<T>,
  onWait: (pid: number) => void,
  signal?: AbortSignal,
): Promise<T> {
  await mkdir(home, { recursive: true });
  const path = join(home, 'lock');
  let hasTold = false;
  while (!(await tryLock(path))) {
    const pid = Number(await readFile(path, 'utf8').catch(() => '0'));
    if (pid > 0 && !isRunning(pid)) await rm(path, { force: true });
    else {
      if (signal?.aborted) throw new Interrupted('stopped while waiting for another run');
      if (!hasTold && pid > 0) onWait(pid);
      hasTold ||= pid > 0;
      await setTimeout(WAIT_MILLISECONDS);
    }
  }
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

async function tryLock(path: string): Promise<boolean> {
  try {
    await writeFile(path, `${process.pid}`, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
