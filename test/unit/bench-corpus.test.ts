/** The bench corpus: the same for a seed however many workers make it, with as many listed rows as it says. */
import { createHash } from 'node:crypto';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, expect, it } from 'vitest';
import { HUNTED } from '../../bench/corpus/address.ts';
import { generateCorpus } from '../../bench/corpus/generate.ts';
import { writeList } from '../../bench/corpus/lists.ts';
import { countTruth, toPredicate } from '../../bench/corpus/oracle.ts';

const scratch = mkdtempSync(join(tmpdir(), 'flowhound-corpus-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const pathsUnder = (folder: string): string[] => globSync(join(scratch, folder, 'logs/**/*.gz')).sort();
const readTexts = (folder: string): string[] =>
  pathsUnder(folder).map((path) => gunzipSync(readFileSync(path)).toString('latin1'));
const digest = (texts: string[]): string => createHash('sha256').update(texts.join('\0')).digest('hex');

// Four objects: planted rows stand in the first and the last, the hunted address in the last.
const SHAPE = { objects: 4, rowsPerObject: 40_000, objectsPerDay: 4, seed: 1 };

it('is the same for a seed, another for another, and holds what it says', async () => {
  const facts = await generateCorpus(join(scratch, 'a'), SHAPE, 2);
  const texts = readTexts('a');
  await generateCorpus(join(scratch, 'b'), SHAPE, 1);
  expect(digest(readTexts('b'))).toBe(digest(texts));
  await generateCorpus(join(scratch, 'b'), { ...SHAPE, seed: 2 });
  expect(digest(readTexts('b'))).not.toBe(digest(texts));

  const lines = texts.flatMap((text) => text.trimEnd().split('\n').slice(1));
  expect(lines.length).toBe(facts.records);
  expect(new Set(lines.map((line) => line.split(' ').length))).toEqual(new Set([29]));
  expect(lines.filter((line) => line.includes(` ${HUNTED} `)).length).toBe(facts.huntedRows);
  expect(facts).toMatchObject({ records: 160_000, listedRows: 9, listedObjects: 2, huntedRows: 7, huntedObjects: 1 });

  const list = writeList(scratch, 'ip100');
  expect(new Set(readFileSync(list, 'utf8').trim().split('\n')).size).toBe(100);
  expect(countTruth(scratch, 'a', pathsUnder('a'), list)).toEqual({ records: 9, objects: 2 });
});

it('counts by an oracle that knows networks and IPv6', () => {
  const isListed = toPredicate(['192.0.2.0/25', '198.51.100.7', '2001:db8:77::/48', '2001:db8:1:2::3']);
  const addresses = [
    '192.0.2.127',
    '192.0.2.128',
    '198.51.100.7',
    '198.51.100.70',
    '2001:db8:77:1::9',
    '2001:db8:78::1',
  ];
  expect(addresses.map(isListed)).toEqual([true, false, true, false, true, false]);
  expect(isListed('2001:db8:1:2:0:0:0:3')).toBe(true);

  const rows = ['192.0.2.1 10.0.0.1 OK -', '192.0.2.1 10.0.0.1 NODATA -', '10.0.0.1 10.0.0.2 OK 198.51.100.7'];
  const object = join(scratch, 'small.log.gz');
  writeFileSync(object, gzipSync(['srcaddr dstaddr log-status pkt-srcaddr', ...rows].join('\n')));
  const list = join(scratch, 'small.txt');
  writeFileSync(list, '192.0.2.0/25\n198.51.100.7\n');
  expect(countTruth(scratch, 'small', [object], list)).toEqual({ records: 2, objects: 1 });
});
