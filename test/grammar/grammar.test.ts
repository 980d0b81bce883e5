/** Every text of `sql/` by the grammar of the engine it is for: queries and views by Trino's, tables by Hive's. */
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { findJdk, runJava } from './jdk.ts';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const SQL = fileURLToPath(new URL('../../sql', import.meta.url));
const CACHE = fileURLToPath(new URL('../../node_modules/.cache/trino-grammar', import.meta.url));
/** Written for DuckDB alone. */
const NOT_ATHENA = 'dialect';

const java = findJdk();
const scratch = mkdtempSync(join(tmpdir(), 'flowhound-grammar-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function filesOf(folders: readonly string[]): string[] {
  return folders.flatMap((folder) => readdirSync(join(SQL, folder)).map((file) => join(SQL, folder, file)));
}

function judge(grammar: 'Trino' | 'Hive', files: readonly string[]): string[] {
  const jars = join(CACHE, grammar.toLowerCase());
  return runJava(java!, jars, join(HERE, 'java', `${grammar}Grammar.java`), files)
    .trim()
    .split('\n');
}

function whyNot(grammar: 'trino' | 'hive'): string | undefined {
  if (java === undefined) return 'no JDK 24 or later; set JAVA_HOME_24';
  return existsSync(join(CACHE, grammar)) ? undefined : 'no jars; run test/grammar/fetch.sh';
}

describe.each([
  ['Trino', readdirSync(SQL).filter((folder) => folder !== NOT_ATHENA && folder !== 'tables'), 'SELECT a::int FROM t'],
  ['Hive', ['tables'], 'CREATE EXTERNAL TABLE t (traffic-path int)'],
] as const)("%s's grammar", (grammar, folders, wrong) => {
  const reason = whyNot(grammar === 'Trino' ? 'trino' : 'hive');
  const title = `takes every file of ${folders.join(', ')}, and refuses "${wrong}"`;

  it.skipIf(reason !== undefined)(reason === undefined ? title : `${title} (skipped: ${reason})`, () => {
    const bad = join(scratch, `${grammar}.sql`);
    writeFileSync(bad, wrong);
    const files = filesOf(folders);
    const verdicts = judge(grammar, [...files, bad]);
    expect(verdicts).toHaveLength(files.length + 1);
    expect(verdicts.filter((verdict) => !verdict.startsWith('OK\t'))).toEqual([expect.stringContaining(`ERR\t${bad}`)]);
  });
});
