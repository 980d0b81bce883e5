import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/core/errors.ts';
import { FLOW_FIELDS } from '../../src/core/flow-field.ts';
import { FLOW_COLUMNS, JSON_COLUMNS } from '../../src/core/flow-table.ts';
import { bindQuery, closestNames, parseDefinition, readsAddressIndex, withTable } from '../../src/core/query.ts';
import { readCatalogue, readDefinitions } from '../../src/local/sql-files.ts';

const WHERE = `WHERE date_partition BETWEEN ? /* date_from */ AND ? /* date_to */
  AND ('*' IN (? /* regions */) OR region_partition IN (? /* regions */))
  AND ('*' IN (? /* accounts */) OR account_partition IN (? /* accounts */))`;

const HEADER = `-- name: probe
-- kind: activity
-- purpose: a probe
-- table: vpcflow
-- parameters:
--   ip ip: the address
--   ports ports = 22,3389: the ports
--   date_from date: first day
--   date_to date: last day
--   regions regions = *: regions
--   accounts accounts = *: accounts
--   limit limit = 50: most rows
-- fields: srcaddr dstaddr
-- columns: a,b
-- references: none
`;
const BODY = `SELECT '?' AS "a?", 1 AS b -- what about ?
FROM vpcflow ${WHERE}
  AND (sourceaddress = ? /* ip */ OR destinationaddress = ? /* ip */) AND ? /* ports */ <> ''
LIMIT ? /* limit */`;
const probe = parseDefinition(HEADER + BODY);
const DAYS = { date_from: '2026-09-01', date_to: '2026/09/02' };

describe('parseDefinition', () => {
  it('reads the header and finds the parameter of each ?', () => {
    expect(probe).toMatchObject({
      name: 'probe',
      kind: 'activity',
      fields: ['srcaddr', 'dstaddr'],
      columns: ['a', 'b'],
    });
    expect(probe.parameters[0]).toEqual({ name: 'ip', type: 'ip', description: 'the address' });
    expect(probe.parameters[1]).toMatchObject({ name: 'ports', defaultText: '22,3389' });
    expect(probe.placeholders).toEqual([
      ...['date_from', 'date_to', 'regions', 'regions', 'accounts', 'accounts', 'ip', 'ip', 'ports', 'limit'],
    ]);
  });

  it.each([
    [
      'no partition predicate',
      BODY.replace(
        'date_partition BETWEEN ? /* date_from */ AND ? /* date_to */',
        '? /* date_from */ <> ? /* date_to */',
      ),
      /does not name its partitions/,
    ],
    [
      'a predicate in a comment',
      BODY.replace('date_partition BETWEEN', '/* date_partition BETWEEN */ starttime BETWEEN'),
      /does not name its partitions/,
    ],
    [
      'regions in a list that no catalogue understands',
      BODY.replace('region_partition IN (? /* regions */)', "contains(split(? /* regions */, ','), region_partition)"),
      /does not name its partitions/,
    ],
    ['a second scan without its own', `${BODY} UNION ALL SELECT 1 FROM vpcflow`, /does not name its partitions/],
    ['a nameless ?', `${BODY} OFFSET ?`, /not followed by/],
    ['an undeclared parameter', `${BODY} OFFSET ? /* offset */`, /"offset" is not declared/],
    ['an unused parameter', BODY.replace('LIMIT ? /* limit */', ''), /"limit" is declared and not used/],
  ])('refuses %s', (_what, body, message) => {
    expect(() => parseDefinition(HEADER + body)).toThrow(message);
  });

  it('refuses a header with something missing', () => {
    expect(() => parseDefinition(HEADER.replace('-- purpose: a probe\n', '') + BODY)).toThrow(/has no "purpose"/);
    expect(() => parseDefinition(HEADER.replace('kind: activity', 'kind: nonsense') + BODY)).toThrow(/unknown kind/);
  });
});

describe('bindQuery', () => {
  it('gives one value for each ?, canonical and typed, and leaves the text as it is', () => {
    const bound = bindQuery(probe, { ...DAYS, ip: '2001:DB8:0:0::1', ports: '22, 443' });
    expect(bound.sql.replace(/\? \/\*.*?\*\//g, '?')).toBe(probe.sql.replace(/\? \/\*.*?\*\//g, '?'));
    expect(bound.values).toEqual([
      '2026/09/01',
      '2026/09/02',
      '*',
      '*',
      '*',
      '*',
      '2001:db8::1',
      '2001:db8::1',
      '22,443',
      50n,
    ]);
  });

  it('makes as many ? of a list as it has items', () => {
    const { sql, values } = bindQuery(probe, { ...DAYS, ip: '10.0.0.1', regions: 'us-east-1,eu-west-1' });
    expect(sql).toContain("('*' IN (?, ?) OR region_partition IN (?, ?))");
    expect(sql).toContain("('*' IN (?) OR account_partition IN (?))");
    expect(values.slice(2, 8)).toEqual(['us-east-1', 'eu-west-1', 'us-east-1', 'eu-west-1', '*', '*']);
  });

  it.each([
    [{ ...DAYS }, /probe needs --param ip=…/],
    [{ ...DAYS, ip: '10.0.0.0/8' }, /is not an IP address/],
    [{ ...DAYS, ip: '010.0.0.1' }, /is not an IP address/],
    [{ ...DAYS, ip: "1.2.3.4' OR 1=1 --" }, /is not an IP address/],
    [{ ...DAYS, ip: '10.0.0.1', limit: '0' }, /is not a whole number/],
    [{ ...DAYS, ip: '10.0.0.1', limit: '1e3' }, /is not a whole number/],
    [{ ...DAYS, ip: '10.0.0.1', limit: '50; DROP TABLE vpcflow' }, /is not a whole number/],
    [{ ...DAYS, ip: '10.0.0.1', limit: '2147483648' }, /is not a whole number/],
    [{ ...DAYS, ip: '10.0.0.1', date_from: '2026-02-30' }, /is not a date/],
    [{ ...DAYS, ip: '10.0.0.1', regions: "us-east-1','x" }, /is not a list of regions/],
    [{ ...DAYS, ip: '10.0.0.1', accounts: '1' }, /is not a list of account numbers/],
    [{ ...DAYS, ip: '10.0.0.1', ports: '65536' }, /is not a list of ports/],
    [{ ...DAYS, ip: '10.0.0.1', nonsense: '1' }, /no parameter "nonsense". Its parameters: ip, ports,/],
  ])('refuses %j', (given, message) => {
    expect(() => bindQuery(probe, given)).toThrow(message);
    expect(() => bindQuery(probe, given)).toThrow(UsageError);
  });

  it('never puts a value into the text', () => {
    const unchanged = bindQuery(probe, { ...DAYS, ip: '10.0.0.1' });
    fc.assert(
      fc.property(
        fc.string(),
        fc.constantFrom('ip', 'limit', 'regions', 'accounts', 'ports', 'date_from'),
        (text, name) => {
          try {
            const { sql } = bindQuery(probe, { ...DAYS, ip: '10.0.0.1', [name]: text });
            expect(sql.replaceAll('?, ', '')).toBe(unchanged.sql);
          } catch (error) {
            expect(error).toBeInstanceOf(UsageError);
          }
        },
      ),
    );
  });
});

describe('a query of the address index', () => {
  const header = HEADER.replace('table: vpcflow', 'table: addresses').replace(/-- {3}(ports|limit).*\n/g, '');
  const days = header.replaceAll(' date:', ' day:').replace('date_from day:', 'date_from day = 2015-06-01:');
  const from = (where: string) => `${days}SELECT 1 FROM addresses WHERE address = ? /* ip */ AND ${where}
    AND ? /* regions */ <> ? /* accounts */`;
  const BETWEEN = 'date BETWEEN ? /* date_from */ AND ? /* date_to */';

  it('takes days as the index writes them, however they are given', () => {
    const definition = parseDefinition(from(BETWEEN));
    const { values } = bindQuery(definition, { ip: '10.0.0.1', date_to: '2026/09/02' });
    expect(values.slice(0, 3)).toEqual(['10.0.0.1', '2015-06-01', '2026-09-02']);
    expect(() => bindQuery(definition, { ip: '10.0.0.1', date_to: '2015-05-31' })).toThrow(/comes after date_to/);
    expect(() => bindQuery(definition, { ip: '10.0.0.1', date_to: '2026-02-30' })).toThrow(/is not a date/);
    expect([definition, probe].map(readsAddressIndex)).toEqual([true, false]);
  });

  it('names the days of each scan', () => {
    const unnamed = from('? /* date_from */ <> ? /* date_to */');
    expect(() => parseDefinition(unnamed)).toThrow(/a scan of addresses does not name its partitions/);
    expect(() => parseDefinition(`${from(BETWEEN)} UNION ALL SELECT 1 FROM addresses`)).toThrow(/does not name/);
  });
});

describe('a list of objects', () => {
  const objects = parseDefinition(
    `${HEADER.replace('--   ip ip: the address', '--   objects objects: the objects').replace(/-- {3}(ports|limit).*\n/g, '')}
SELECT '?' AS "a?", '"$path" IN (?)' AS b -- ? /* objects */ in a comment
FROM vpcflow ${WHERE}
  /* ? and 'it''s ? */
  AND "$path" IN (? /* objects */) AND 'it''s ?' <> "x""?"`,
  );

  it('stands as IN (?), once for each, and only there', () => {
    const paths = ["s3://b/it's.gz", 's3://b/a?b.gz', 's3://b/--.gz'];
    const { sql, values } = bindQuery(objects, { ...DAYS, objects: paths });
    expect(sql).toContain('AND "$path" IN (?, ?, ?) AND');
    expect(sql).toContain(`SELECT '?' AS "a?", '"$path" IN (?)' AS b -- ? /* objects */ in a comment\n`);
    expect(sql).toContain(`/* ? and 'it''s ? */`);
    expect(sql).toContain(`'it''s ?' <> "x""?"`);
    expect(values).toEqual(['2026/09/01', '2026/09/02', '*', '*', '*', '*', ...paths]);
    expect(sql).not.toContain('s3://');
  });

  it('holds as many as are given, in their order', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1, maxLength: 40 }), (paths) => {
        const { sql, values } = bindQuery(objects, { ...DAYS, objects: paths });
        expect(sql).toContain(`"$path" IN (${paths.map(() => '?').join(', ')})`);
        expect(values.slice(6)).toEqual(paths);
      }),
    );
  });

  it('is no text, and not empty', () => {
    expect(() => bindQuery(objects, { ...DAYS, objects: 's3://b/x.gz' })).toThrow(/is not a list of log objects/);
    expect(() => bindQuery(objects, { ...DAYS, objects: [] })).toThrow(/is not a list of log objects/);
  });
});

describe('withTable', () => {
  it('puts another table wherever the definition reads its own', () => {
    const { sql } = withTable(parseDefinition(HEADER + BODY), 'flow_0a1b2c3d4e5f6071');
    expect(sql).toContain('\nFROM flow_0a1b2c3d4e5f6071 WHERE');
    expect(sql.replace('FROM flow_0a1b2c3d4e5f6071', 'FROM vpcflow')).toBe(probe.sql);
    const twice = { ...probe, sql: 'SELECT 1 FROM vpcflow JOIN\n vpcflow AS vpcflow_2 ON vpcflow.a = vpcflow_2.a' };
    expect(withTable(twice, 't').sql).toBe('SELECT 1 FROM t JOIN\n t AS vpcflow_2 ON vpcflow.a = vpcflow_2.a');
  });

  it('leaves parameters and what they are bound to as they were', () => {
    const given = { ...DAYS, ip: '10.0.0.1' };
    expect(bindQuery(withTable(probe, 't'), given).values).toEqual(bindQuery(probe, given).values);
  });

  it.each(['', 'T', 'a b', 't; DROP TABLE vpcflow', 't--', '"t"', 'x'.repeat(129)])('refuses %j', (table) => {
    expect(() => withTable(probe, table)).toThrow(UsageError);
  });
});

describe('closestNames', () => {
  it('finds what was meant', () => {
    const names = ['data_ratio', 'row_count', 'VpcFlowLogsTopTalkers', 'VpcFlowLogsTopTalkersPacketLevel'];
    expect(closestNames('dataratio', names)[0]).toBe('data_ratio');
    expect(closestNames('TopTalkers', names)[0]).toBe('VpcFlowLogsTopTalkers');
  });
});

describe('sql/', () => {
  it('names only fields that exist', async () => {
    const fields = (await readCatalogue()).flatMap((definition) => definition.fields);
    expect(fields.filter((field) => !FLOW_FIELDS.has(field))).toEqual([]);
  });

  it('calls each definition as its file', async () => {
    for (const folder of ['tables', 'views', 'detections', 'activity'] as const) {
      for (const { name } of await readDefinitions(folder)) {
        const text = await readFile(new URL(`../../sql/${folder}/${name}.sql`, import.meta.url), 'utf8');
        expect(text).toContain(`-- name: ${name}\n`);
      }
    }
  });

  it('declares for Athena the columns that DuckDB is given', async () => {
    const tables = new Map((await readDefinitions('tables')).map((table) => [table.name, table.sql]));
    const declared = (name: string) => {
      const columns = /IF NOT EXISTS \w+ \(\n([^)]*)\n\)/.exec(tables.get(name)!)![1]!;
      return columns.split(',\n').map((line) => line.trim());
    };
    expect(declared('vpcflow')).toEqual(FLOW_COLUMNS.map(({ column, type }) => `${column} ${type}`));
    expect(declared('vpcflow')).toHaveLength(29);
    expect(declared('vpc_flow_logs')).toEqual(JSON_COLUMNS.map(({ column, type }) => `${column} ${type}`));
    expect(declared('vpc_flow_logs')).toHaveLength(22);
    const dialect = await readFile(new URL('../../sql/dialect/duckdb.sql', import.meta.url), 'utf8');
    const [, given] = /read_address_index[\s\S]*?columns = \{([^}]*)\}/.exec(dialect)!;
    const names = [...given!.matchAll(/(\w+): 'VARCHAR'/g)].map(([, name]) => name);
    expect(declared('address_index')).toEqual(names.map((name) => `${name} string`));
    expect(names).toHaveLength(8);
  });
});
