/** The view `addresses` says what went into the files, however it was split among them and however often it was repeated. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { encodeAddressIndex } from '../../src/core/address-index-writer.ts';
import { mergeAddressIndexes } from '../../src/core/address-merge.ts';
import { createAddressTable, findAddressFiles } from '../../src/local/address-table.ts';
import { type DuckdbEngine, openDuckdb } from '../../src/local/duckdb.ts';
import { createViews } from '../../src/local/sql-files.ts';
import { makeWorld, type World } from '../oracle/world.ts';
import { runs } from './runs.ts';
import { anyDay, openBytes, type Seen, toNaiveIndex } from './seen.ts';

const EVER = { from: '0000-01-01', to: '9999-12-31' };
const BOTH = { 1: ['source'], 2: ['destination'], 3: ['destination', 'source'] } as const;

let world: World;
let engine: DuckdbEngine;
let day = 0;

beforeAll(async () => {
  world = makeWorld();
  engine = await openDuckdb();
});
afterAll(async () => {
  await engine.close();
  world.remove();
});

/** What the view says of these files, in the order of its text. */
async function readView(files: readonly Uint8Array[]): Promise<string[]> {
  const home = join(world.root, String(day++));
  const folder = join(home, 'addresses/date=2026-09-01');
  mkdirSync(folder, { recursive: true });
  for (const [i, file] of files.entries()) writeFileSync(join(folder, `${i}.gz`), file);
  await createAddressTable(engine, (await findAddressFiles(home, EVER))!.whole);
  await createViews(engine, ['address_index']);
  const sql = 'SELECT address, account_id, region, side, object, first_seen, last_seen FROM addresses';
  const rows = await Array.fromAsync((await engine.query({ sql, values: [] })).rows);
  return rows.map((row) => row.map((cell) => cell ?? '').join(' ')).sort();
}

const encode = async (objects: readonly Seen[]) => Buffer.concat(await Array.fromAsync(encodeAddressIndex(objects)));

function toRows(objects: readonly Seen[]): string[] {
  const places = new Map(objects.map(({ object, ...times }) => [object.identity, { ...object, ...times }]));
  const toText = (seconds: number | null) =>
    seconds === null ? '' : new Date(seconds * 1000).toISOString().replace('T', ' ').slice(0, 23);
  return [...toNaiveIndex(objects)]
    .flatMap(([key, sides]) => {
      const [address, identity] = key.split(' ') as [string, string];
      const { accountId, region, firstSeen, lastSeen } = places.get(identity)!;
      return BOTH[sides as 1 | 2 | 3].map((side) =>
        [address, accountId, region, side, identity, toText(firstSeen), toText(lastSeen)].join(' '),
      );
    })
    .sort();
}

it('says what went in, before the files are compacted and after', async () => {
  await fc.assert(
    fc.asyncProperty(anyDay, fc.array(fc.nat(3), { minLength: 24, maxLength: 24 }), async (objects, split) => {
      const groups = Map.groupBy(objects, (_, i) => split[i]!);
      const files = await Promise.all([...groups.values()].map(encode));
      const rows = toRows(objects);
      expect(await readView([...files, ...files.slice(0, 1)])).toEqual(rows);
      const indexes = await Promise.all(files.map((file) => openBytes(file)));
      const compacted = [...new Set(objects.map(({ object: { accountId, region } }) => `${accountId} ${region}`))].map(
        async (partition) => {
          const [accountId, region] = partition.split(' ') as [string, string];
          return Buffer.concat(await Array.fromAsync(mergeAddressIndexes(indexes, { accountId, region })));
        },
      );
      expect(await readView(await Promise.all(compacted))).toEqual(rows);
    }),
    runs(40),
  );
}, 60_000);
