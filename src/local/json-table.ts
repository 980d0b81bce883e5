/** Files with one JSON object a line → the relation `vpc_flow_logs` in DuckDB; malformed lines are left out. */
import { join } from 'node:path';
import { JSON_COLUMNS } from '../core/flow-table.ts';
import type { DuckdbEngine } from './duckdb.ts';
import { checkObject, writeGoodRows } from './good-rows.ts';

export type JsonTableSummary = {
  readonly objects: number;
  readonly rows: number;
  readonly damaged: number;
  readonly empty: number;
  readonly unreadable: number;
  readonly malformedLines: number;
};

/** Creates `vpc_flow_logs` over the files. */
export async function createJsonTable(engine: DuckdbEngine, files: readonly string[]): Promise<JsonTableSummary> {
  const summary = { objects: files.length, rows: 0, damaged: 0, empty: 0, unreadable: 0, malformedLines: 0 };
  const readable: Record<'gzip' | 'none', string[]> = { gzip: [], none: [] };
  for (const [serial, file] of files.entries()) {
    try {
      const verdict = await checkObject(file, 'json');
      const copy = join(engine.tempDirectory, `good-rows-${serial}.json.gz`);
      if (!verdict.clean && verdict.rows > 0) await writeGoodRows(file, copy, 'json');
      if (verdict.rows > 0) readable[verdict.clean ? verdict.packing : 'gzip'].push(verdict.clean ? file : copy);
      summary.rows += verdict.rows;
      summary.malformedLines += verdict.malformedLines;
      if (verdict.damaged !== undefined) summary.damaged++;
      if (verdict.empty) summary.empty++;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === undefined) throw error;
      summary.unreadable++;
    }
  }
  const selects: string[] = [];
  for (const packing of ['gzip', 'none'] as const) {
    if (readable[packing].length === 0) continue;
    await engine.setVariable(`json_${packing}`, readable[packing]);
    selects.push(`SELECT * FROM read_json_objects(getvariable('json_${packing}'), ${toTypes()}, '${packing}')`);
  }
  const body = selects.length === 0 ? toEmptySelect() : selects.join(' UNION ALL ');
  await engine.run(`CREATE OR REPLACE TEMP VIEW vpc_flow_logs AS ${body}`);
  return summary;
}

const TYPES = { string: 'VARCHAR', smallint: 'SMALLINT', int: 'INTEGER', bigint: 'BIGINT' } as const;

function toTypes(): string {
  return `{${JSON_COLUMNS.map(({ column, type }) => `${column}: '${TYPES[type]}'`).join(', ')}}`;
}

function toEmptySelect(): string {
  return `SELECT ${JSON_COLUMNS.map(({ column, type }) => `CAST(NULL AS ${TYPES[type]}) AS ${column}`).join(', ')} WHERE false`;
}
