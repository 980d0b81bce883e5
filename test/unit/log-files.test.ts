import { chmodSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Interrupted, LogObjectUnreadable, UsageError } from '../../src/core/errors.ts';
import { listLogFiles, logFiles, pausingLogFiles } from '../../src/local/log-files.ts';
import { makeWorld, type World, writeFileAt } from '../oracle/world.ts';

let world: World;
beforeEach(() => {
  world = makeWorld();
});
afterEach(() => world.remove());

async function keysIn(...paths: string[]): Promise<string[]> {
  const objects = await Array.fromAsync(listLogFiles(paths));
  return objects.map(({ key }) => key.replace(`${world.logs}/`, ''));
}

async function readAll(key: string): Promise<string> {
  return Buffer.concat(await Array.fromAsync(logFiles.open(key))).toString();
}

describe('listLogFiles', () => {
  it('lists what lies below folders, and single files, in order', async () => {
    for (const path of ['b/2.log', 'b/1.log', 'a.log', 'b/c/3.log']) writeFileAt(world.logs, path, 'x');
    expect(await keysIn(world.logs)).toEqual(['a.log', 'b/1.log', 'b/2.log', 'b/c/3.log']);
    expect(await keysIn(join(world.logs, 'b/2.log'), join(world.logs, 'b/c'))).toEqual(['b/2.log', 'b/c/3.log']);
    expect(await keysIn(`${world.logs}/b/../b/c/`)).toEqual(['b/c/3.log']);
  });

  it('says how large a file is and when it was written; either changes its tag', async () => {
    const path = writeFileAt(world.logs, 'a.log', '12345');
    utimesSync(path, 1000, 1000);
    const [first] = await Array.fromAsync(listLogFiles([path]));
    expect(first).toEqual({ key: path, sizeBytes: 5, etag: expect.any(String), modified: 1_000_000 });
    const tag = async () => (await Array.fromAsync(listLogFiles([path])))[0]!.etag;
    expect(await tag()).toBe(first!.etag);
    utimesSync(path, 1000, 1001);
    const touched = await tag();
    expect(touched).not.toBe(first!.etag);
    writeFileSync(path, '123456');
    utimesSync(path, 1000, 1001);
    expect(await tag()).not.toBe(touched);
  });

  it('follows links to files and folders, and never in a circle', async () => {
    writeFileAt(world.root, 'elsewhere/deep/far.log', 'x');
    writeFileAt(world.logs, 'a/near.log', 'x');
    symlinkSync(world.logs, join(world.logs, 'a/up'));
    symlinkSync(join(world.logs, 'a'), join(world.logs, 'a/self'));
    symlinkSync(join(world.root, 'elsewhere'), join(world.logs, 'b'));
    symlinkSync(join(world.root, 'elsewhere/deep/far.log'), join(world.logs, 'c.log'));
    expect(await keysIn(world.logs)).toEqual(['a/near.log', 'b/deep/far.log', 'c.log']);
  });

  it('lists a dangling link: reading it will name it', async () => {
    symlinkSync(join(world.root, 'gone.log'), join(world.logs, 'dangling.log'));
    symlinkSync(join(world.logs, 'loop.log'), join(world.logs, 'loop.log'));
    const objects = await Array.fromAsync(listLogFiles([world.logs]));
    expect(objects.map(({ key, sizeBytes }) => [key.slice(world.logs.length + 1), sizeBytes])).toEqual([
      ['dangling.log', 0],
      ['loop.log', 0],
    ]);
    for (const { key } of objects) await expect(readAll(key)).rejects.toThrow(LogObjectUnreadable);
  });

  it('an empty folder has nothing', async () => {
    expect(await keysIn(world.logs)).toEqual([]);
  });

  it.each([
    ['a missing path', () => join(world.root, 'none'), /none: no such file or folder/],
    ['a link to nowhere, given by name', () => join(world.logs, 'dangling'), /dangling: no such file or folder/],
    ['a bucket', () => 's3://example-flow-logs/AWSLogs', /^s3:\/\/example-flow-logs\/AWSLogs: /],
  ])('%s is bad usage', async (_name, path, message) => {
    symlinkSync(join(world.root, 'gone'), join(world.logs, 'dangling'));
    await expect(keysIn(path())).rejects.toThrow(UsageError);
    await expect(keysIn(path())).rejects.toThrow(message);
  });

  it.skipIf(process.getuid?.() === 0)('a folder that may not be listed is bad usage', async () => {
    const closed = join(world.logs, 'closed');
    mkdirSync(closed);
    chmodSync(closed, 0);
    await expect(keysIn(world.logs)).rejects.toThrow(/closed: cannot be listed \(EACCES\)/);
    chmodSync(closed, 0o700);
  });
});

describe('logFiles', () => {
  it('hands out every byte, each time from the beginning', async () => {
    const text = 'x'.repeat(200_000);
    const path = writeFileAt(world.logs, 'a.log', text);
    expect(await readAll(path)).toBe(text);
    expect(await readAll(path)).toBe(text);
    expect(await readAll(writeFileAt(world.logs, 'empty.log', ''))).toBe('');
  });

  it('says why a file cannot be read', async () => {
    await expect(readAll(join(world.logs, 'none.log'))).rejects.toThrow(/^ENOENT: no such file or directory$/);
    await expect(readAll(world.logs)).rejects.toThrow('not a regular file');
    await expect(readAll(join(world.logs, 'none.log'))).rejects.toThrow(LogObjectUnreadable);
  });

  it.skipIf(process.getuid?.() === 0)('a file without permission is unreadable', async () => {
    const path = writeFileAt(world.logs, 'closed.log', 'x');
    chmodSync(path, 0);
    await expect(readAll(path)).rejects.toThrow(/^EACCES/);
    await expect(readAll(path)).rejects.toThrow(LogObjectUnreadable);
  });
});

describe('pausingLogFiles', () => {
  /** Keeps the thread busy, as scanning a piece does. */
  function work(milliseconds: number): void {
    for (const end = performance.now() + milliseconds; performance.now() < end; );
  }

  /** Reads three pieces, each with some work, and says how many of them came before what waited from the first on had its turn. */
  async function countAlone(open: typeof logFiles.open, path: string): Promise<number> {
    let pieces = 0;
    let alone = 0;
    for await (const _ of open(path)) {
      pieces++;
      if (pieces === 1) setImmediate(() => (alone = pieces));
      work(6);
    }
    expect(pieces).toBe(3);
    return alone || pieces;
  }

  it('lets other events have their turn between pieces', async () => {
    const path = writeFileAt(world.logs, 'a.log', 'x'.repeat(3 * 256 * 1024));
    expect(await countAlone(pausingLogFiles().open, path)).toBe(1);
    expect(await countAlone(logFiles.open, path)).toBe(3);
  });

  it('ends when the user stops it', async () => {
    const path = writeFileAt(world.logs, 'a.log', 'x'.repeat(3 * 256 * 1024));
    const stop = new AbortController();
    stop.abort();
    await expect(countAlone(pausingLogFiles(stop.signal).open, path)).rejects.toThrow(Interrupted);
    await expect(countAlone(pausingLogFiles().open, path)).resolves.toBe(1);
  });
});
