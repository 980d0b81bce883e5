/** The kernel against SQL over the raw lines: which are records, which statuses they have, which are candidates. */
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type DuckdbEngine, openDuckdb } from '../../src/local/duckdb.ts';
import { rivals, scan, toSet } from './kernel-scanning.ts';
import { logText } from './log-texts.ts';
import { runs } from './runs.ts';

/** Ranges as numbers of IPv4 and as 32 digits of IPv6; the same as CIDR. */
const IPV4 = [
  ['203.0.113.0/24', 3405803776, 3405804031],
  ['198.51.100.7/32', 3325256711, 3325256711],
  ['192.0.2.1/32', 3221225985, 3221225985],
  ['8.0.0.0/9', 134217728, 142606335],
] as const;
const IPV6 = [['2001:db8:77::/48', `20010db80077${'0'.repeat(20)}`, `20010db80077${'f'.repeat(20)}`]] as const;

const OCTET = '(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])';
const MACROS = [
  `quad(t) AS CASE WHEN regexp_full_match(t, '${OCTET}\\.${OCTET}\\.${OCTET}\\.${OCTET}') THEN
     list_reduce(list_transform(string_split(t, '.'), x -> CAST(x AS BIGINT)), (a, b) -> a * 256 + b) END`,
  `parts(t) AS CASE WHEN t = '' THEN CAST([] AS VARCHAR[]) ELSE string_split(t, ':') END`,
  `is_number(t) AS t = '-' OR (regexp_full_match(t, '[0-9]+') AND length(ltrim(t, '0')) <= 19 AND
     COALESCE(TRY_CAST(ltrim(t, '0') AS HUGEINT), 0) <= 9223372036854775807)`,
];
const ADDRESSES = ['srcaddr', 'dstaddr', 'pkt-srcaddr', 'pkt-dstaddr'];
const NUMBERS = ['packets', 'bytes', 'start', 'end', 'srcport', 'dstport', 'protocol'];

/** The distinct texts of address columns, step by step: a dotted quad, or 32 digits of which some may stand as a quad or `::`. */
const KNOWN = `
  quads AS (SELECT t, quad(t) AS number, regexp_extract(t, '[^:]*$') AS tail FROM texts),
  spelled AS (SELECT t, number, CASE WHEN contains(t, ':') AND quad(tail) IS NOT NULL
    THEN left(t, length(t) - length(tail)) || format('{:x}:{:x}', quad(tail) // 65536, quad(tail) % 65536) ELSE t END AS plain FROM quads),
  halves AS (SELECT t, number, string_split(plain, '::') AS halves FROM spelled),
  ends AS (SELECT t, number, len(halves) AS many, parts(halves[1]) AS head, parts(COALESCE(halves[2], '')) AS tail FROM halves),
  groups AS (SELECT t, number, CASE WHEN many = 1 THEN head WHEN many = 2 AND len(head) + len(tail) < 8 THEN
    list_concat(head, list_transform(range(8 - len(head) - len(tail)), i -> '0'), tail) END AS groups FROM ends),
  words AS (SELECT t, number, CASE WHEN len(groups) = 8 AND len(list_filter(groups, x -> NOT regexp_full_match(x, '[0-9a-fA-F]{1,4}'))) = 0
    THEN array_to_string(list_transform(groups, x -> lpad(lower(x), 4, '0')), '') END AS digits FROM groups),
  known AS (SELECT t, digits, COALESCE(number, CASE WHEN left(digits, 24) = '${'0'.repeat(20)}ffff'
    THEN CAST('0x' || right(digits, 8) AS BIGINT) END) AS number FROM words WHERE number IS NOT NULL OR digits IS NOT NULL),
  held AS (SELECT t FROM known WHERE ${[
    ...IPV4.map(([, first, last]) => `number BETWEEN ${first} AND ${last}`),
    ...IPV6.map(([, first, last]) => `digits BETWEEN '${first}' AND '${last}'`),
  ].join(' OR ')})`;

/** Each line behind the header with its number, whether it is a record, its status, and whether an address of it is held. */
function queryOf(columns: readonly string[]): string {
  const cells = (names: readonly string[]) =>
    names.flatMap((name) => (columns.includes(name) ? [`cells[${columns.indexOf(name) + 1}]`] : []));
  const [addresses, numbers, [status]] = [cells(ADDRESSES), cells(NUMBERS), cells(['log-status'])];
  const areGood = [
    ...addresses.map((cell) => `(${cell} = '-' OR ${cell} IN (SELECT t FROM known))`),
    ...numbers.map((cell) => `is_number(${cell})`),
  ].join(' AND ');
  return `
    WITH text AS (SELECT string_split(?, chr(10)) AS lines),
    raw AS (SELECT unnest(lines) AS line, generate_subscripts(lines, 1) AS number FROM text),
    filled AS (SELECT regexp_replace(line, '\\r$', '') AS line, number FROM raw WHERE NOT regexp_full_match(line, '[\\t\\x0b\\x0c\\r ]*')),
    split AS (SELECT line, number, string_split(line, ' ') AS cells FROM filled WHERE number > (SELECT min(number) FROM filled)),
    texts AS (SELECT DISTINCT unnest([${addresses.join(', ')}]) AS t FROM split), ${KNOWN},
    judged AS (SELECT *, len(cells) = ${columns.length} AND ${areGood} AS is_record FROM split)
    SELECT number, line, is_record, ${status ?? "'OK'"} AS status,
      ${addresses.map((cell) => `${cell} IN (SELECT t FROM held)`).join(' OR ')} AS is_held
    FROM judged ORDER BY number`;
}

let engine: DuckdbEngine;
beforeAll(async () => {
  engine = await openDuckdb();
  for (const macro of MACROS) await engine.run(`CREATE MACRO ${macro}`);
});
afterAll(() => engine.close());

/** What SQL says of a text. */
async function judge(text: string) {
  const header = text.split('\n').find((line) => line.trim() !== '')!;
  const { rows } = await engine.query({ sql: queryOf(header.replace(/\r$/, '').split(' ')), values: [text] });
  const judged = { records: 0, malformed: 0, statuses: {} as Record<string, number>, candidates: [] as string[] };
  for await (const [number, line, isRecord, status, isHeld] of rows) {
    if (isRecord !== 'true') judged.malformed++;
    else if (status !== 'OK') judged.statuses[status!] = (judged.statuses[status!] ?? 0) + 1;
    else if (isHeld === 'true') judged.candidates.push(`${number} ${line}`);
    if (isRecord === 'true') judged.records++;
  }
  return judged;
}

it('SQL over the raw lines says the same', async () => {
  const { byKernel } = rivals(toSet([...IPV4, ...IPV6].map(([network]) => network)));
  await fc.assert(
    fc.asyncProperty(fc.noShrink(fc.integer()), async (seed) => {
      // Bytes that are no text have their tests elsewhere; of lines about as long as they may be, SQL knows nothing.
      const text = logText(seed)
        .replace(/[\0\x80-\xff]/g, 'z')
        .replace(/x{60000,}/g, 'x');
      const { counts, candidates } = (await scan(gzipSync(text), byKernel)).scanned;
      const malformed = Object.values(counts.malformed).reduce((sum, count) => sum + count, 0);
      expect({ records: counts.records, malformed, statuses: counts.statuses, candidates }).toEqual(await judge(text));
    }),
    runs(200),
  );
});
