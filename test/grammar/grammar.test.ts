/** Every text of `sql/` by the grammar of the engine it is for: queries and views by Trino's, tables by Hive's. */
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { toAthenaStatement } from '../../src/core/athena-statement.ts';
import { bindQuery, withTable } from '../../src/core/query.ts';
import { joinRawEvidence } from '../../src/core/raw-evidence.ts';
import { readWorkflowQueries } from '../../src/local/sql-files.ts';
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

/** Texts that are made when a query is bound: other tables, lists of objects, the match query over raw records. */
async function writeMade(): Promise<string[]> {
  const { ioc_matches, raw_evidence, distinct_addresses, host_data_ratio } = await readWorkflowQueries();
  const table = 'flow_0a1b2c3d4e5f6071';
  const made = [
    joinRawEvidence(withTable(raw_evidence, table), ioc_matches),
    withTable(distinct_addresses, table),
    withTable(host_data_ratio, table),
  ];
  const given: Readonly<Record<string, string | string[]>> = {
    ...{ batch: 'a'.repeat(32), chunk: '3', date_from: '2026-09-01', date_to: '2026-09-02', ip: '203.0.113.7' },
    ...{ regions: 'us-east-1,eu-west-1', accounts: '111122223333', objects: ["s3://b/it's.gz", 's3://b/y.gz'] },
  };
  return made.map((definition, at) => {
    const own = definition.parameters.map(({ name }) => [name, given[name]!] as const);
    const path = join(scratch, `made-${at}.sql`);
    writeFileSync(path, toAthenaStatement(bindQuery(definition, Object.fromEntries(own))).sql);
    return path;
  });
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

  it.skipIf(reason !== undefined)(reason === undefined ? title : `${title} (skipped: ${reason})`, async () => {
    const bad = join(scratch, `${grammar}.sql`);
    writeFileSync(bad, wrong);
    const files = [...filesOf(folders), ...(grammar === 'Trino' ? await writeMade() : [])];
    const verdicts = judge(grammar, [...files, bad]);
    expect(verdicts).toHaveLength(files.length + 1);
    expect(verdicts.filter((verdict) => !verdict.startsWith('OK\t'))).toEqual([expect.stringContaining(`ERR\t${bad}`)]);
  });
});
