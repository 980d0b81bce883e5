/** One sweep at a time on a home: the fold over all sightings must not miss what another run is just writing. */
import { mkdir, readFile, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Interrupted, UsageError } from '../core/errors.ts';

const WAIT_MILLISECONDS = 200;
/** Between making a lock and writing into it, or taking one over, lie milliseconds; after this long its maker is gone. */
const ABANDONED_MILLISECONDS = 10_000;

/** How many in this process hold or are just leaving a lock: one with our number and none here is an earlier process's. */
const held = new Map<string, number>();

/** Runs `work` while holding the home's lock. A lock whose process is gone is taken over. */
export async function withHomeLock<T>(
  home: string,
  work: () => Promise<T>,
  onWait: (pid: number) => void,
  signal?: AbortSignal,
): Promise<T> {
  await makeHome(home);
  const path = join(home, 'lock');
  let hasTold = false;
  while (!(await tryLock(path))) {
    if ((await isAbandoned(path)) && (await takeOver(path))) continue;
    if (signal?.aborted) throw new Interrupted('stopped while waiting for another run');
    const pid = await readPid(path);
    if (!hasTold && pid > 0) onWait(pid);
    hasTold ||= pid > 0;
    await setTimeout(WAIT_MILLISECONDS);
  }
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
    held.set(path, held.get(path)! - 1);
  }
}

/** Makes the home folder by folder: mkdir's own recursion never ends where a file system refuses with ENOENT, as /proc does. */
export async function makeHome(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) return;
  if (found !== undefined) throw new UsageError(`${path} is no folder. Choose another --home.`);
  const parent = dirname(resolve(path));
  if (parent !== resolve(path)) await makeHome(parent);
  try {
    await mkdir(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EEXIST')
      throw new UsageError(`${path} cannot be made (${code}). Choose another --home.`, { cause: error });
  }
}

async function tryLock(path: string): Promise<boolean> {
  held.set(path, (held.get(path) ?? 0) + 1);
  try {
    await writeFile(path, `${process.pid}`, { flag: 'wx' });
    return true;
  } catch (error) {
    held.set(path, held.get(path)! - 1);
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Removes a dead lock, one process at a time: else one could remove the lock that another has just made in its place. */
async function takeOver(path: string): Promise<boolean> {
  const turn = `${path}.takeover`;
  try {
    await mkdir(turn);
  } catch {
    if (await isOlderThan(turn, ABANDONED_MILLISECONDS)) await rmdir(turn).catch(() => {});
    return false;
  }
  try {
    if (!(await isAbandoned(path))) return false;
    await rm(path, { force: true });
    return true;
  } finally {
    await rmdir(turn).catch(() => {});
  }
}

async function isAbandoned(path: string): Promise<boolean> {
  const pid = await readPid(path);
  if (pid === 0) return isOlderThan(path, ABANDONED_MILLISECONDS);
  return pid === process.pid ? held.get(path) === 0 : !isRunning(pid);
}

async function readPid(path: string): Promise<number> {
  const pid = Number(await readFile(path, 'utf8').catch(() => '0'));
  return Number.isInteger(pid) && pid > 0 ? pid : 0;
}

async function isOlderThan(path: string, milliseconds: number): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs > milliseconds;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
