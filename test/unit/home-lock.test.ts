import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Interrupted } from '../../src/core/errors.ts';
import { withHomeLock } from '../../src/local/home-lock.ts';
import { makeWorld, type World } from '../oracle/world.ts';

let world: World;
beforeEach(() => {
  world = makeWorld();
});
afterEach(() => world.remove());

const lock = () => join(world.home, 'lock');
const nobodyWaits = () => {};

/** Pieces of work that note whether another was inside at the same time. */
function watchedWork() {
  const seen = { inside: 0, most: 0, done: 0 };
  const work = async () => {
    seen.most = Math.max(seen.most, ++seen.inside);
    await setTimeout(10);
    seen.inside--;
    seen.done++;
  };
  return { seen, work };
}

/** A process that holds the lock until its stdin ends. */
async function holdElsewhere() {
  const module = new URL('../../src/local/home-lock.ts', import.meta.url).href;
  const script = `import { withHomeLock } from ${JSON.stringify(module)};
    await withHomeLock(${JSON.stringify(world.home)}, async () => {
      process.stdout.write('held');
      for await (const _ of process.stdin);
    }, () => {});`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return child;
}

describe('withHomeLock', () => {
  it('makes the home, holds the lock while it works, and hands on the result', async () => {
    const held = await withHomeLock(world.home, async () => readFileSync(lock(), 'utf8'), nobodyWaits);
    expect(held).toBe(`${process.pid}`);
    expect(existsSync(lock())).toBe(false);
  });

  it('lets go where the work fails', async () => {
    const failing = async () => {
      throw new Error('failed');
    };
    await expect(withHomeLock(world.home, failing, nobodyWaits)).rejects.toThrow('failed');
    expect(existsSync(lock())).toBe(false);
  });

  it('lets one in at a time, and tells the others once whom they wait for', async () => {
    const { seen, work } = watchedWork();
    const waits: number[] = [];
    const onWait = (pid: number) => waits.push(pid);
    await Promise.all([1, 2, 3].map(() => withHomeLock(world.home, work, onWait)));
    expect(seen).toEqual({ inside: 0, most: 1, done: 3 });
    expect(waits).toEqual([process.pid, process.pid]);
  });

  it('waits for another process, and goes on when that is done', async () => {
    const child = await holdElsewhere();
    const waits: number[] = [];
    let isIn = false;
    const running = withHomeLock(
      world.home,
      async () => {
        isIn = true;
      },
      (pid) => waits.push(pid),
    );
    await setTimeout(300);
    expect([isIn, waits]).toEqual([false, [child.pid]]);
    child.stdin.end();
    await running;
    expect(isIn).toBe(true);
  });

  it('takes over from a process that was killed', async () => {
    const child = await holdElsewhere();
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(readFileSync(lock(), 'utf8')).toBe(`${child.pid}`);
    expect(await withHomeLock(world.home, async () => 'in', nobodyWaits)).toBe('in');
  });

  it('takes over a lock with its own number that it never made: an earlier container’s', async () => {
    mkdirSync(world.home);
    writeFileSync(lock(), `${process.pid}`);
    expect(await withHomeLock(world.home, async () => 'in', nobodyWaits)).toBe('in');
  });

  it('takes over a lock that was made but never written, once its maker must be gone', async () => {
    mkdirSync(world.home);
    writeFileSync(lock(), '');
    await expect(withHomeLock(world.home, async () => 'in', nobodyWaits, AbortSignal.abort())).rejects.toThrow(
      Interrupted,
    );
    utimesSync(lock(), new Date(), new Date(Date.now() - 60_000));
    expect(await withHomeLock(world.home, async () => 'in', nobodyWaits)).toBe('in');
  });

  it('stops waiting when asked to', async () => {
    mkdirSync(world.home);
    writeFileSync(lock(), `${process.ppid}`);
    const stop = new AbortController();
    const waiting = withHomeLock(
      world.home,
      async () => 'in',
      () => stop.abort(),
      stop.signal,
    );
    await expect(waiting).rejects.toThrow(Interrupted);
    expect(readFileSync(lock(), 'utf8')).toBe(`${process.ppid}`);
  });
});
