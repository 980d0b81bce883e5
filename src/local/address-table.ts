/** The address index in the home → the relation `address_index` in DuckDB: the files of the days that a query names. */
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeTail, TAIL_BYTES } from '../core/index-tail.ts';
import type { DuckdbEngine } from './duckdb.ts';

/** Days as 2026-09-01, both of them read. */
export type DaySpan = { readonly from: string; readonly to: string };

/** Paths of files: those that can be read, and those that break off, which DuckDB would take for whole. */
export type AddressFiles = { readonly whole: readonly string[]; readonly damaged: readonly string[] };

const DAY_FOLDER = /^date=(\d{4}-\d{2}-\d{2})$/;
const COLUMNS = [
  'kind',
  'number',
  'account',
  'region',
  'label',
  'first_seen',
  'last_seen',
  'content',
  'date',
  '"$path"',
];

/** Files of the days; undefined where the home has no index at all. */
export async function findAddressFiles(home: string, { from, to }: DaySpan): Promise<AddressFiles | undefined> {
  const root = join(home, 'addresses');
  const days = (await readFolder(root)).filter((name) => DAY_FOLDER.test(name)).sort();
  if (days.length === 0) return undefined;
  const [whole, damaged]: [string[], string[]] = [[], []];
  for (const day of days) {
    const [, date] = DAY_FOLDER.exec(day)!;
    if (date! < from || date! > to) continue;
    for (const name of (await readFolder(join(root, day))).filter((file) => file.endsWith('.gz')).sort()) {
      const path = join(root, day, name);
      const isWhole = await hasTail(path);
      if (isWhole !== undefined) (isWhole ? whole : damaged).push(path);
    }
  }
  return { whole, damaged };
}

/** Creates `address_index` over the files. */
export async function createAddressTable(engine: DuckdbEngine, files: readonly string[]): Promise<void> {
  await engine.setVariable('address_index', files);
  const nothing = `SELECT ${COLUMNS.map((column) => `CAST(NULL AS VARCHAR) AS ${column}`).join(', ')} WHERE false`;
  const body = files.length === 0 ? nothing : "FROM read_address_index(getvariable('address_index'))";
  await engine.run(`CREATE OR REPLACE TEMP VIEW address_index AS ${body}`);
}

/** Whether the file is there to its end; undefined if it went since it was listed: what it held is in another. */
async function hasTail(path: string): Promise<boolean | undefined> {
  try {
    const file = await open(path);
    try {
      const { size } = await file.stat();
      const { buffer, bytesRead } = await file.read({
        buffer: Buffer.alloc(TAIL_BYTES),
        position: Math.max(0, size - TAIL_BYTES),
      });
      return decodeTail(buffer.subarray(0, bytesRead)) !== undefined;
    } finally {
      await file.close();
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function readFolder(path: string): Promise<string[]> {
  try {
    return await readdir(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
