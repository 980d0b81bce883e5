/** What a query engine answers: columns, and rows streamed as text, so that no number loses digits and no result has to fit into memory. */
import type { QueryDefinition } from './query.ts';

export type QueryColumn = { readonly name: string; readonly kind: 'text' | 'number' | 'boolean' };

/** Exact text of each value: whole numbers plain, decimals with their scale, times as `YYYY-MM-DD HH:MM:SS.000`. */
export type QueryRow = readonly (string | null)[];

export type QueryRows = { readonly columns: readonly QueryColumn[]; readonly rows: AsyncIterable<QueryRow> };

/** The rows; a list that ends at its limit says so: what is missing must not look as if it were not there. */
export function noteLimit(
  definition: QueryDefinition,
  parameters: Readonly<Record<string, string>>,
  { columns, rows }: QueryRows,
  note: (line: string) => void,
): QueryRows {
  const limit = parameters.limit ?? definition.parameters.find(({ name }) => name === 'limit')?.defaultText;
  async function* countRows(): AsyncGenerator<QueryRow> {
    let count = 0;
    for await (const row of rows) {
      count++;
      yield row;
    }
    if (count === Number(limit)) {
      note(`${count.toLocaleString('en-US')} rows, which is the limit; there may be more: --param limit=…`);
    }
  }
  return { columns, rows: countRows() };
}
