/** The match query over raw objects: made of two texts of sql/workflow, and as careful about partitions as they are. */
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/core/errors.ts';
import { bindQuery, parseDefinition, withTable } from '../../src/core/query.ts';
import { joinRawEvidence } from '../../src/core/raw-evidence.ts';
import { readWorkflowQueries } from '../../src/local/sql-files.ts';

const { raw_evidence: raw, ioc_matches: match } = await readWorkflowQueries();
const joined = joinRawEvidence(raw, match);
const GIVEN = {
  ...{ batch: 'a'.repeat(32), chunk: '3', date_from: '2026-09-01', date_to: '2026-09-02' },
  ...{ regions: 'us-east-1,eu-west-1', accounts: '111122223333', objects: ['s3://b/x.gz', 's3://b/y.gz'] },
};

/** Without comments and what is between words. */
function bare(sql: string): string {
  return sql
    .replaceAll(/--[^\n]*/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

describe('joinRawEvidence', () => {
  it('is the match query, with the raw records in front of it under the name of evidence', () => {
    const rest = bare(match.sql).replace(/^WITH /, '');
    expect(bare(joined.sql)).toBe(`WITH evidence AS ( ${bare(raw.sql)} ), ${rest}`);
    expect(joined.columns).toEqual(match.columns);
    expect(joined.name).toBe(match.name);
  });

  it('gives evidence every column that the match query reads of it', () => {
    const read = [...match.sql.matchAll(/\be\.(\w+)/g)].map(([, column]) => column!);
    expect(read.length).toBeGreaterThan(4);
    expect(raw.columns).toEqual(expect.arrayContaining(read));
    const passedOn = match.columns.filter((column) => new RegExp(`^  ${column},?$`, 'm').test(match.sql));
    const made = ['direction', 'local_ip'];
    expect(raw.columns).toEqual(expect.arrayContaining(passedOn.filter((column) => !made.includes(column))));
  });

  it('has the parameters of both, each once, and a value for each ?', () => {
    expect(joined.parameters.map(({ name }) => name)).toEqual(raw.parameters.map(({ name }) => name));
    const { sql, values } = bindQuery(joined, GIVEN);
    expect(
      bare(sql)
        .replaceAll(/'[^']*'/g, '')
        .match(/\?/g),
    ).toHaveLength(values.length);
    const days = ['2026/09/01', '2026/09/02'];
    const regions = ['us-east-1', 'eu-west-1', 'us-east-1', 'eu-west-1'];
    const place = ['a'.repeat(32), 3n];
    expect(values).toEqual([
      ...[...place, ...days, ...regions, '111122223333', '111122223333', 's3://b/x.gz', 's3://b/y.gz'],
      ...[...place, ...place],
    ]);
  });

  it('reads the table that it is given, and no other', () => {
    const { sql } = joinRawEvidence(withTable(raw, 'flow_0a1b2c3d4e5f6071'), match);
    const tables = [...bare(sql).matchAll(/\b(?:FROM|JOIN) (\w+)/g)].map(([, table]) => table);
    expect([...new Set(tables)].sort()).toEqual([
      ...['addresses', 'evidence', 'flow_0a1b2c3d4e5f6071', 'indicator_addresses', 'sides', 'touches'],
    ]);
  });

  it('keeps what a parameter has for a standard', () => {
    const standard = (sql: string) => sql.replace('accounts accounts:', 'accounts accounts = *:');
    const relaxed = joinRawEvidence(parseDefinition(standard(raw.sql)), match);
    expect(relaxed.parameters.find(({ name }) => name === 'accounts')).toMatchObject({ defaultText: '*' });
  });

  it('refuses a match query that does not begin with WITH', () => {
    const without = { ...match, sql: match.sql.replace(/^WITH /m, '') };
    expect(() => joinRawEvidence(raw, without)).toThrow(UsageError);
  });
});
