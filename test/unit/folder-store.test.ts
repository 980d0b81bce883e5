import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openFolderStore } from '../../src/local/folder-store.ts';
import type { ObjectStore } from '../../src/ports.ts';
import { makeWorld, type World } from '../oracle/world.ts';

let world: World;
let store: ObjectStore;
beforeEach(() => {
  world = makeWorld();
  store = openFolderStore(world.home);
});
afterEach(() => world.remove());

async function list(prefix: string): Promise<string[]> {
  return (await Array.fromAsync(store.list(prefix))).sort();
}

function filesIn(folder: string): string[] {
  return existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ name }) => name)
        .sort()
    : [];
}

describe('put and get', () => {
  it('keeps text under its key, the last one of several', async () => {
    await store.put('findings/fh-1.json', '{"ü":1}');
    await store.put('findings/fh-1.json', '{"ü":2}');
    expect(await store.get('findings/fh-1.json')).toBe('{"ü":2}');
    expect(readFileSync(join(world.home, 'findings/fh-1.json'), 'utf8')).toBe('{"ü":2}');
    expect(filesIn(world.home)).toEqual(['fh-1.json']);
  });

  it('has nothing where nothing was put', async () => {
    await store.put('a/b.json', 'x');
    expect(await store.get('a/c.json')).toBeUndefined();
    expect(await store.get('z/c.json')).toBeUndefined();
    expect(await store.get('a/b.json/c')).toBeUndefined();
  });

  it('takes a stream', async () => {
    const pieces = Array.from({ length: 300 }, (_, i) => Buffer.alloc(1000, i % 251));
    await store.put('evidence/part.gz', Readable.from(pieces));
    expect(readFileSync(join(world.home, 'evidence/part.gz')).equals(Buffer.concat(pieces))).toBe(true);
    await store.put('evidence/none', Readable.from([]));
    expect(await store.get('evidence/none')).toBe('');
  });

  it('a stream that breaks off leaves the object as it was, and nothing beside it', async () => {
    async function* breaking(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('half');
      throw new Error('broken off');
    }
    await expect(store.put('a/new', breaking())).rejects.toThrow('broken off');
    await store.put('a/old', 'whole');
    await expect(store.put('a/old', breaking())).rejects.toThrow('broken off');
    expect(await store.get('a/new')).toBeUndefined();
    expect(await store.get('a/old')).toBe('whole');
    expect(filesIn(world.home)).toEqual(['old']);
  });

  it('a reader sees a whole object, however many write', async () => {
    const bodies = ['a', 'b', 'c'].map((letter) => letter.repeat(200_000));
    await store.put('shared', bodies[0]!);
    let isDone = false;
    const writing = Promise.all(bodies.flatMap((body) => [1, 2, 3, 4].map(() => store.put('shared', body)))).finally(
      () => {
        isDone = true;
      },
    );
    while (!isDone) expect(bodies.includes((await store.get('shared'))!)).toBe(true);
    await writing;
    expect(filesIn(world.home)).toEqual(['shared']);
  });
});

describe('list', () => {
  beforeEach(async () => {
    for (const key of ['runs/a/1.json', 'runs/a/b/2.json', 'runs/ab.json', 'runs-old/3.json', 'top'])
      await store.put(key, 'x');
  });

  it.each([
    ['runs/', ['runs/a/1.json', 'runs/a/b/2.json', 'runs/ab.json']],
    ['runs/a/', ['runs/a/1.json', 'runs/a/b/2.json']],
    ['runs/a', ['runs/a/1.json', 'runs/a/b/2.json', 'runs/ab.json']],
    ['runs', ['runs-old/3.json', 'runs/a/1.json', 'runs/a/b/2.json', 'runs/ab.json']],
    ['', ['runs-old/3.json', 'runs/a/1.json', 'runs/a/b/2.json', 'runs/ab.json', 'top']],
    ['none/', []],
    ['runs/ab.json', ['runs/ab.json']],
    ['top/', []],
  ])('%o', async (prefix, keys) => {
    expect(await list(prefix)).toEqual(keys);
  });

  it('leaves out what a killed process had not finished', async () => {
    writeFileSync(join(world.home, 'runs/a/1.json.4711-0.unfinished'), 'half');
    expect(await list('runs/a/')).toEqual(['runs/a/1.json', 'runs/a/b/2.json']);
  });

  it('has nothing before the first object', async () => {
    expect(await Array.fromAsync(openFolderStore(join(world.root, 'nowhere')).list('runs/'))).toEqual([]);
    expect(existsSync(join(world.root, 'nowhere'))).toBe(false);
  });
});

describe('remove', () => {
  it('removes once and again', async () => {
    await store.put('a/b', 'x');
    await store.remove('a/b');
    await store.remove('a/b');
    expect(await store.get('a/b')).toBeUndefined();
    expect(await list('a/')).toEqual([]);
  });

  it('takes no folder for an object', async () => {
    mkdirSync(join(world.home, 'folder/inner'), { recursive: true });
    await expect(store.get('folder')).rejects.toThrow(/EISDIR/);
  });
});
