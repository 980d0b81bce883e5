/** The bench corpus: the same for a seed however many workers make it, with as many planted rows as it says. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, expect, it } from 'vitest';
import { generateCorpus } from '../../bench/corpus.ts';
import { writeList } from '../../bench/lists.ts';

const scratch = mkdtempSync(join(tmpdir(), 'flowhound-corpus-'));
afterAll(() => rmSync(scratch, { recursive: true }));

function textsUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.gz'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => gunzipSync(readFileSync(path)).toString('latin1'));
}

const digest = (texts: string[]): string => createHash('sha256').update(texts.join('\0')).digest('hex');

// Two objects: one of 143,000 rows, one with the rest, in which the second planted row stands.
const RECORDS = 150_000;

it('is the same for a seed, another for another, and holds what it says', async () => {
  const facts = await generateCorpus(join(scratch, 'a'), { records: RECORDS, workers: 2 });
  const texts = textsUnder(join(scratch, 'a'));
  await generateCorpus(join(scratch, 'b'), { records: RECORDS, workers: 1 });
  expect(digest(textsUnder(join(scratch, 'b')))).toBe(digest(texts));
  await generateCorpus(join(scratch, 'b'), { records: RECORDS, seed: 2 });
  expect(digest(textsUnder(join(scratch, 'b')))).not.toBe(digest(texts));

  const lines = texts.flatMap((text) => text.trimEnd().split('\n').slice(1));
  expect(lines.length).toBe(RECORDS);
  expect(new Set(lines.map((line) => line.split(' ').length))).toEqual(new Set([29]));
  const indicators = new Set(readFileSync(writeList(scratch, 'ip100'), 'utf8').trim().split('\n'));
  expect(indicators.size).toBe(100);
  const isMatch = (line: string) =>
    line
      .split(' ')
      .slice(3, 5)
      .some((address) => indicators.has(address));
  expect(lines.filter(isMatch).length).toBe(facts.plantedRows);
  expect(facts.plantedRows).toBe(2);
});
