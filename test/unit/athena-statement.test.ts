/** Statements for Athena: parameters stand in WHERE, as it documents, and nowhere else. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { toAthenaStatement } from '../../src/core/athena-statement.ts';
import { bindQuery, parseDefinition } from '../../src/core/query.ts';
import { joinRawEvidence } from '../../src/core/raw-evidence.ts';

const SQL = new URL('../../sql/', import.meta.url);
const GIVEN = {
  ...{ ip: '203.0.113.7', limit: '7', date_from: '2026-09-01', date_to: '2026-09-02', regions: 'us-east-1,eu-west-1' },
  ...{ accounts: '111122223333', ports: '22,3389', batch: 'a'.repeat(32), chunk: '3', objects: ["s3://b/it's.gz"] },
};

function read(path: string) {
  return parseDefinition(readFileSync(new URL(path, SQL), 'utf8'));
}

function bind(definition: ReturnType<typeof parseDefinition>) {
  const given = Object.entries(GIVEN).filter(([name]) => definition.parameters.some((one) => one.name === name));
  return bindQuery(definition, Object.fromEntries(given));
}

const definitions = ['detections', 'activity', 'workflow']
  .flatMap((folder) => readdirSync(new URL(`${folder}/`, SQL)).map((file) => `${folder}/${file}`))
  .map(read);

describe('a statement for Athena', () => {
  it.each([...definitions, joinRawEvidence(read('workflow/raw_evidence.sql'), read('workflow/ioc_matches.sql'))])(
    '$name has parameters in WHERE only, and a value for each',
    (definition) => {
      const { sql, values } = toAthenaStatement(bind(definition));
      const bare = sql.replaceAll(/--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'/g, '');
      expect(bare.match(/\?/g) ?? []).toHaveLength(values.length);
      // What begins with SELECT, GROUP, ORDER or LIMIT and goes on to the next clause has none.
      for (const [clause] of bare.matchAll(/\b(SELECT|GROUP|ORDER|LIMIT)\b(?:(?!\b(?:FROM|WHERE)\b)[\s\S])*/g)) {
        expect(clause).not.toContain('?');
      }
    },
  );

  it('keeps what is outside as a literal, and its place', () => {
    const values = ['a'.repeat(32), 3n, 'x', '22,23', 5n];
    const sql = 'SELECT ? AS batch, ? FROM t WHERE a = ? AND b IN (SELECT ? FROM u) AND \'?\' <> "?" LIMIT ? -- ?';
    expect(toAthenaStatement({ sql, values })).toEqual({
      sql: `SELECT '${'a'.repeat(32)}' AS batch, 3 FROM t WHERE a = ? AND b IN (SELECT '22,23' FROM u) AND '?' <> "?" LIMIT 5 -- ?`,
      values: ['x'],
    });
  });

  it('refuses to write a value that could be more than a literal', () => {
    expect(() => toAthenaStatement({ sql: 'SELECT ?', values: ["x' OR ''='"] })).toThrow('takes no parameter');
  });
});
