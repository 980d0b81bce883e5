/**
 * Header line of a log object → its format. The header alone decides what a column means: any order, any subset,
 * unknown names kept. `version` is no guide: live logs carry newer fields under older numbers.
 */

/** What the columns of a log object are, in their order. */
export type FlowFormat = { readonly fields: readonly string[] };

/** A header that names both ends, or undefined: then the rows of the object cannot be told apart. */
export function parseHeader(line: string): FlowFormat | undefined {
  const fields = line
    .replace(/^\uFEFF/, '')
    .replace(/\r$/, '')
    .split(' ');
  return fields.includes('srcaddr') && fields.includes('dstaddr') ? { fields } : undefined;
}

/** Whether a later line is a header again, as it stands where objects were joined. Such a line is no record. */
export function isHeaderLine(line: string): boolean {
  return parseHeader(line) !== undefined;
}
