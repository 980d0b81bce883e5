import { describe, expect, it } from 'vitest';
import type { Format } from '../../src/cli/output.ts';
import { writeRows } from '../../src/cli/rows.ts';
import type { QueryRow, QueryRows } from '../../src/core/query-rows.ts';

const COLUMNS: QueryRows['columns'] = [
  { name: 'name', kind: 'text' },
  { name: 'total', kind: 'number' },
  { name: 'isPrivate', kind: 'boolean' },
];
const ROWS: QueryRow[] = [
  ['a "b", c', '18446744073709551614', 'true'],
  ['line\nbreak', '0.10', 'false'],
  [null, null, null],
];

async function render(format: Format, rows: readonly QueryRow[] = ROWS): Promise<{ text: string; said: string[] }> {
  let text = '';
  const said: string[] = [];
  async function* stream(): AsyncGenerator<QueryRow> {
    yield* rows;
  }
  await writeRows({ columns: COLUMNS, rows: stream() }, format, {
    write: async (part) => {
      text += part;
    },
    say: (line) => said.push(line),
  });
  return { text, said };
}

describe('writeRows', () => {
  it('quotes CSV only where it is needed', async () => {
    const { text } = await render('csv');
    expect(text).toBe('name,total,isPrivate\n"a ""b"", c",18446744073709551614,true\n"line\nbreak",0.10,false\n,,\n');
  });

  it('keeps every digit in JSON', async () => {
    const lines = (await render('ndjson')).text.split('\n');
    expect(lines[0]).toBe('{"name":"a \\"b\\", c","total":18446744073709551614,"isPrivate":true}');
    expect(lines[2]).toBe('{"name":null,"total":null,"isPrivate":null}');
    const { text } = await render('json');
    expect(text).toContain('"total":18446744073709551614');
    expect(JSON.parse(text)).toHaveLength(3);
    expect(JSON.parse((await render('json', [])).text)).toEqual([]);
  });

  it('cuts a table that nobody reads to its end, and says so', async () => {
    const { text, said } = await render(
      'table',
      Array.from({ length: 1200 }, (_, i) => [`host-${i}`, String(i), 'true']),
    );
    expect(text.split('\n')).toHaveLength(1002);
    expect(text).not.toMatch(/ \n/);
    expect(said).toEqual(['200 more rows; --output csv or ndjson has them all']);
  });

  it('has no ASFF for rows', async () => {
    await expect(render('asff')).rejects.toThrow(/--output asff is for findings/);
  });
});
