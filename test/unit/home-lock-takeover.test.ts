import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { withHomeLock } from '../../src/local/home-lock.ts';
import { makeWorld } from '../oracle/world.ts';

it('of several that find the lock of a dead process one gets in', async () => {
  const world = makeWorld();
  mkdirSync(world.home);
  const { pid } = spawnSync(process.execPath, ['--version']);
  // Whoever would have to wait for a living process gives up at once.
  const impatient = AbortSignal.abort();
  let inside = 0;
  const crowds: number[] = [];
  const work = async () => {
    crowds.push(++inside);
    await setTimeout(10);
    inside--;
  };
  for (let round = 0; round < 25; round++) {
    writeFileSync(join(world.home, 'lock'), `${pid}`);
    const runs = Array.from({ length: 8 }, () => withHomeLock(world.home, work, () => {}, impatient));
    const outcomes = await Promise.allSettled(runs);
    expect(outcomes.some(({ status }) => status === 'fulfilled')).toBe(true);
  }
  expect(Math.max(...crowds)).toBe(1);
  world.remove();
});
