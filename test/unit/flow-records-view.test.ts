import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/core/errors.ts';
import { FLOW_RECORDS_VIEWS, flowRecordsViews, type ViewTexts } from '../../src/core/flow-records-view.ts';

const TEXTS = Object.fromEntries(
  FLOW_RECORDS_VIEWS.map((name) => [
    name,
    readFileSync(new URL(`../../sql/views/${name}.sql`, import.meta.url), 'utf8'),
  ]),
) as ViewTexts;
const [A, B] = ['flow_00000000000000aa', 'flow_00000000000000bb'];

const viewsOf = (...tables: [string, ...string[]][]) =>
  flowRecordsViews(
    tables.map(([name, ...flowLogIds]) => ({ table: { name }, flowLogIds })),
    TEXTS,
  );

describe('views over the log tables', () => {
  it('come in the order in which each finds what it stands on, as statements alone', () => {
    const views = viewsOf([A, 'fl-1']);
    expect(views.map(({ name }) => name)).toEqual([...FLOW_RECORDS_VIEWS]);
    for (const { name, sql } of views) expect(sql.startsWith(`CREATE OR REPLACE VIEW ${name} AS\n`)).toBe(true);
  });

  it('read each table for its own flow logs', () => {
    const { sql } = viewsOf([B, 'fl-2'], [A, 'fl-3', 'fl-1', 'fl-3'])[0]!;
    const branches = sql.split('\nUNION ALL\n');
    expect(branches).toHaveLength(2);
    expect(branches[0]).toContain(
      `FROM ${A}\nWHERE regexp_extract("$path", '_(fl-[0-9a-z]+)_[^/]*$', 1) IN ('fl-1', 'fl-3')`,
    );
    expect(branches[1]).toContain(`FROM ${B}\nWHERE regexp_extract("$path", '_(fl-[0-9a-z]+)_[^/]*$', 1) IN ('fl-2')`);
    expect(sql).not.toMatch(/flow_table|flow_log_id/);
  });

  it('have the same text whatever the order of tables and flow logs', () => {
    expect(viewsOf([A, 'fl-1', 'fl-2'], [B, 'fl-3'])).toEqual(viewsOf([B, 'fl-3'], [A, 'fl-2', 'fl-1']));
  });

  it('leave out a table without flow logs; without any there are no views', () => {
    expect(viewsOf([A], [B, 'fl-1'])).toEqual(viewsOf([B, 'fl-1']));
    expect(viewsOf([A], [B])).toEqual([]);
  });

  it('refuse names that are none, and more than Athena takes', () => {
    expect(() => viewsOf([`${A} `, 'fl-1'])).toThrow(UsageError);
    expect(() => viewsOf([A, "fl-1') OR ('' = '"])).toThrow(UsageError);
    const many = Array.from({ length: 12_000 }, (_, i) => `fl-${String(i).padStart(17, '0')}`);
    expect(() => viewsOf([A, ...many])).toThrow(/262144/);
    expect(viewsOf([A, ...many.slice(0, 10_000)])).toHaveLength(FLOW_RECORDS_VIEWS.length);
  });
});
