/** What a query engine answers: columns, and rows streamed as text, so that no number loses digits and no result has to fit into memory. */

export type QueryColumn = { readonly name: string; readonly kind: 'text' | 'number' | 'boolean' };

/** Exact text of each value: whole numbers plain, decimals with their scale, times as `YYYY-MM-DD HH:MM:SS.000`. */
export type QueryRow = readonly (string | null)[];

export type QueryRows = { readonly columns: readonly QueryColumn[]; readonly rows: AsyncIterable<QueryRow> };
