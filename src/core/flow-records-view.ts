/**
 * Log tables → the views over all of them. A catalogue's tables are positional, one for each root and format; `flow_records` unites
 * them, and what analysts ask for stands on it. Pure: the texts of `sql/views` are handed in, since a Lambda has no folder to read.
 */

import { UsageError } from './errors.ts';
import type { LogTable } from './log-table.ts';

/** A log table and the flow logs that write in its format: their objects are read through it, no others. */
export type LogTableFlowLogs = { readonly table: Pick<LogTable, 'name'>; readonly flowLogIds: readonly string[] };

/** In the order in which they can be made; the last stand on the JSON table and the address index, which are there from the beginning. */
export const FLOW_RECORDS_VIEWS = [
  'flow_records',
  'vpcflow',
  'directional_flow_records',
  'incident_vpc_flow_directional',
  'vpc_flow_log_records',
  'addresses_by_line',
  'addresses',
] as const;

/** Texts of `sql/views`, by the name of the view. */
export type ViewTexts = Readonly<Record<(typeof FLOW_RECORDS_VIEWS)[number], string>>;

/** What Athena takes as a statement; 10,000 flow logs fit. https://docs.aws.amazon.com/athena/latest/ug/service-limits.html */
const LONGEST_STATEMENT_BYTES = 262_144;

const TABLE_NAME = /^flow_[0-9a-f]{16}$/;
const FLOW_LOG_ID = /^fl-[0-9a-z]+$/;

/** Statements that make or replace the views. None while no flow log is known: there is nothing that they could read. */
export function flowRecordsViews(
  tables: readonly LogTableFlowLogs[],
  texts: ViewTexts,
): { readonly name: string; readonly sql: string }[] {
  const present = tables.filter(({ flowLogIds }) => flowLogIds.length > 0);
  if (present.length === 0) return [];
  return FLOW_RECORDS_VIEWS.map((name) => {
    const sql = stripHeader(texts[name]);
    return { name, sql: name === 'flow_records' ? uniteTables(sql, present) : sql };
  });
}

/** The template's SELECT, once for each table, in the order of their names: the same tables give the same text. */
function uniteTables(template: string, tables: readonly LogTableFlowLogs[]): string {
  const start = template.indexOf('SELECT');
  const branch = template.slice(start);
  const branches = tables
    .toSorted((a, b) => (a.table.name < b.table.name ? -1 : 1))
    .map(({ table, flowLogIds }) => {
      const ids = [...new Set(flowLogIds)].sort().map((id) => `'${checked(id, FLOW_LOG_ID)}'`);
      return branch.replace(/\bflow_table\b/, checked(table.name, TABLE_NAME)).replace(/'flow_log_id'/, ids.join(', '));
    });
  const sql = `${template.slice(0, start)}${branches.join('\nUNION ALL\n')}`;
  const bytes = Buffer.byteLength(sql);
  if (bytes > LONGEST_STATEMENT_BYTES)
    throw new UsageError(
      `flow_records: ${tables.length} tables need a view of ${bytes} bytes; ${LONGEST_STATEMENT_BYTES} are possible.`,
    );
  return sql;
}

function checked(name: string, pattern: RegExp): string {
  if (!pattern.test(name)) throw new UsageError(`flow_records: "${name}" is not what ${pattern.source} allows.`);
  return name;
}

/** The comment lines before the statement; comments inside it stay. */
function stripHeader(text: string): string {
  return text.replace(/^(--[^\n]*\n|\s*\n)+/, '').trimEnd();
}
