/** Lists in a home: parsed once, and the same is said of them each time. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openFolderStore } from '../../src/local/folder-store.ts';
import { type ListPaths, openListVersion } from '../../src/local/indicator-versions.ts';
import type { ObjectStore } from '../../src/ports.ts';
import { indicatorSets } from '../../src/tasks/indicator-versions.ts';
import { makeWorld, type World, writeFileAt } from '../oracle/world.ts';

const TEXT = '203.0.113.7,C2\n10.0.0.1,inside\nnonsense\n2001:db8::7/32 net\n198.51.100.9\n';
let world: World;
let written: string[];
let store: ObjectStore;
let paths: ListPaths;

beforeEach(() => {
  world = makeWorld();
  written = [];
  const folder = openFolderStore(world.home);
  store = {
    ...folder,
    put: (key, body) => {
      written.push(key);
      return folder.put(key, body);
    },
  };
  paths = { iocs: [writeFileAt(world.root, 'c2.csv', TEXT)], allow: [], own: [] };
});
afterEach(() => world.remove());

async function open(changed: Partial<ListPaths> = {}) {
  written.length = 0;
  const { indicators, problems, store: storeVersion } = await openListVersion({ ...paths, ...changed }, store);
  return { indicators, problems, version: await storeVersion(), written: [...written] };
}

/** The one file in a folder of the home. */
function fileIn(folder: string, ending: string): string {
  const at = join(world.home, folder);
  return join(at, readdirSync(at).find((name) => name.endsWith(ending))!);
}

describe('lists that a home has seen', () => {
  it('give the same version, and the same is said of them, without anything being written', async () => {
    const first = await open();
    expect(first).toMatchObject({ indicators: 3, problems: [{ line: 2 }, { line: 3 }, { line: 4, kind: 'masked' }] });
    expect(first.written).toHaveLength(3);
    const again = await open();
    expect(again).toEqual({ ...first, written: [] });
    const set = await indicatorSets(store)(again.version);
    expect(set.resolve([0xcb007107])?.indicator).toMatchObject({
      text: '203.0.113.7',
      comment: 'C2',
      source: 'c2.csv',
    });
  });

  it('are not parsed: what is said of them is what was noted', async () => {
    const first = await open();
    const noted = fileIn('indicators/lists', '.json');
    writeFileSync(noted, readFileSync(noted, 'utf8').replace('"indicators":3', '"indicators":33'));
    expect(await open()).toEqual({ ...first, indicators: 33, written: [] });
  });

  it.each([
    ['the text', () => ({ iocs: [writeFileAt(world.root, 'c2.csv', `${TEXT}# renewed\n`)] }), 'the same'],
    ['the name', () => ({ iocs: [writeFileAt(world.root, 'other.csv', TEXT)] }), 'another'],
    ['an allowlist', () => ({ allow: [writeFileAt(world.root, 'ours.txt', '198.51.100.9\n')] }), 'another'],
    ['an allowlist’s text as a list', () => ({ iocs: [], allow: paths.iocs }), 'another'],
    ['own ranges', () => ({ own: ['203.0.113.0/24'] }), 'another'],
    ['an address given by hand', () => ({ ips: ['192.0.2.1'] }), 'another'],
  ])('are others where %s is another', async (_what, change, outcome) => {
    const first = await open();
    const other = await open(change());
    expect(other.written.some((key) => key.startsWith('indicators/lists/'))).toBe(true);
    expect(other.version === first.version).toBe(outcome === 'the same');
    expect(await open()).toEqual({ ...first, written: [] });
  });

  it.each([
    ['the compiled version is gone', () => rmSync(fileIn('indicators', '.bin'))],
    ['it was compiled by another version', () => writeFileSync(fileIn('indicators', '.bin'), Buffer.alloc(1000))],
    ['the note is damaged', () => writeFileSync(fileIn('indicators/lists', '.json'), '{"version":')],
  ])('are parsed again where %s', async (_what, damage) => {
    const first = await open();
    damage();
    const again = await open();
    expect({ ...again, written: [] }).toEqual({ ...first, written: [] });
    expect(again.written.length).toBeGreaterThan(0);
    expect((await open()).written).toEqual([]);
  });

  it('are bad usage once they are gone', async () => {
    await open();
    rmSync(paths.iocs[0]!);
    await expect(open()).rejects.toMatchObject({ name: 'UsageError' });
  });
});
