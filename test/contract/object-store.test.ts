/** What every ObjectStore promises, on one machine and on S3. */
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openS3Store } from '../../src/aws/s3-store.ts';
import { openFolderStore } from '../../src/local/folder-store.ts';
import type { ObjectStore } from '../../src/ports.ts';
import { type AwsDouble, startAwsDouble } from '../aws-double/start.ts';
import { makeWorld, type World } from '../oracle/world.ts';
import { s3Of } from './clients.ts';

let aws: AwsDouble;
let world: World;
beforeAll(async () => {
  aws = await startAwsDouble({ buckets: ['example-state'], listPage: 2 });
  world = makeWorld();
});
afterAll(async () => {
  world.remove();
  await aws.close();
});

const RUNTIMES: readonly (readonly [string, () => ObjectStore])[] = [
  ['a folder', () => openFolderStore(world.home)],
  ['S3', () => openS3Store(s3Of(aws), 'example-state')],
];

async function list(store: ObjectStore, prefix: string): Promise<string[]> {
  return (await Array.fromAsync(store.list(prefix))).sort();
}

describe.each(RUNTIMES)('on %s', (_name, open) => {
  it('keeps text, the last one of several, and has nothing where nothing was put', async () => {
    const store = open();
    await store.put('a/ü b+c.json', '{"ü":1}');
    await store.put('a/ü b+c.json', '{"ü":2}');
    expect(await store.get('a/ü b+c.json')).toBe('{"ü":2}');
    expect(await store.get('a/absent.json')).toBeUndefined();
    expect(await store.read('a/absent.json')).toBeUndefined();
  });

  it('takes a stream, an empty one too', async () => {
    const store = open();
    const pieces = Array.from({ length: 300 }, (_, i) => Buffer.from(`piece ${i}\n`));
    await store.put('stream/some', Readable.from(pieces));
    await store.put('stream/none', Readable.from([]));
    expect(await store.get('stream/some')).toBe(Buffer.concat(pieces).toString());
    expect(await store.get('stream/none')).toBe('');
  });

  it('takes bytes, and gives all of them or a range cut to what is there', async () => {
    const store = open();
    const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
    await store.put('bytes/all', bytes);
    await store.put('bytes/none', new Uint8Array());
    const read = async (...args: Parameters<ObjectStore['bytes']>) => [...((await store.bytes(...args)) ?? [])];
    expect(await read('bytes/all')).toEqual([...bytes]);
    expect(await read('bytes/all', { from: 250, length: 3 })).toEqual([250, 251, 252]);
    expect(await read('bytes/all', { from: 250, length: 300 })).toEqual([250, 251, 252, 253, 254, 255]);
    expect(await read('bytes/all', { from: 256, length: 1 })).toEqual([]);
    expect(await read('bytes/all', { last: 2 })).toEqual([254, 255]);
    expect(await read('bytes/all', { last: 300 })).toEqual([...bytes]);
    expect(await read('bytes/none', { last: 8 })).toEqual([]);
    expect(await store.bytes('bytes/absent', { last: 8 })).toBeUndefined();
  });

  it('leaves the object as it was where a stream breaks off', async () => {
    const store = open();
    async function* breaking(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('half');
      throw new Error('broken off');
    }
    await store.put('broken/old', 'whole');
    await expect(store.put('broken/old', breaking())).rejects.toThrow('broken off');
    await expect(store.put('broken/new', breaking())).rejects.toThrow('broken off');
    expect(await store.get('broken/old')).toBe('whole');
    expect(await list(store, 'broken/')).toEqual(['broken/old']);
  });

  it('replaces only the version that was read, and only what is absent where none was', async () => {
    const store = open();
    expect(await store.replace('cas/one', 'first', undefined)).toBe(true);
    expect(await store.replace('cas/one', 'again', undefined)).toBe(false);
    const before = await store.read('cas/one');
    expect(before?.text).toBe('first');
    expect(await store.replace('cas/one', 'second', before?.version)).toBe(true);
    expect(await store.replace('cas/one', 'third', before?.version)).toBe(false);
    expect(await store.get('cas/one')).toBe('second');
    expect(await store.replace('cas/absent', 'x', before?.version)).toBe(false);
    expect(await store.get('cas/absent')).toBeUndefined();
  });

  it('removes only the version that was read', async () => {
    const store = open();
    await store.put('gone/one', 'first');
    const before = await store.read('gone/one');
    await store.put('gone/one', 'second');
    expect(await store.remove('gone/one', before?.version)).toBe(false);
    expect(await store.get('gone/one')).toBe('second');
    const now = await store.read('gone/one');
    expect(await store.remove('gone/one', now?.version)).toBe(true);
    expect(await store.get('gone/one')).toBeUndefined();
    expect(await store.remove('gone/one', now?.version)).toBe(false);
    expect(await store.remove('gone/one')).toBe(true);
  });

  it('lists what begins so, however much it is', async () => {
    const store = open();
    for (const name of ['a', 'b', 'c', 'd', 'e']) await store.put(`list/${name}.json`, name);
    await store.put('listed/x', 'x');
    expect(await list(store, 'list/')).toEqual(['a', 'b', 'c', 'd', 'e'].map((name) => `list/${name}.json`));
    expect(await list(store, 'list/c')).toEqual(['list/c.json']);
    expect(await list(store, 'nothing/')).toEqual([]);
  });
});
