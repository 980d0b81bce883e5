/**
 * Bound query → what Athena takes. It documents parameters for WHERE alone ("Syntax like SELECT ? FROM table is not supported",
 * docs.aws.amazon.com/athena/latest/ug/querying-with-prepared-statements.html): values that stand elsewhere become literals.
 */
import { UsageError } from './errors.ts';
import type { BoundQuery } from './query.ts';

/** Literals, quoted names and comments are passed over; a bracket keeps the clause around it. */
const PARTS =
  /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|[?()]|\b(?:WITH|SELECT|FROM|WHERE|GROUP|HAVING|ORDER|LIMIT)\b/gi;
/** Batches, ports: nothing that could end a literal. */
const PLAIN = /^[0-9a-f,]+$/;

/** The same statement with parameters in WHERE only, and the values of those. */
export function toAthenaStatement({ sql, values }: BoundQuery): BoundQuery {
  const outer: string[] = [];
  const left: (string | bigint)[] = [];
  let clause = '';
  let at = 0;
  const text = sql.replace(PARTS, (part) => {
    if (part === '(') outer.push(clause);
    else if (part === ')') clause = outer.pop() ?? '';
    else if (/^[a-z]/i.test(part)) clause = part.toUpperCase();
    if (part !== '?') return part;
    const value = values[at++]!;
    if (clause !== 'WHERE') return toPlainLiteral(value);
    left.push(value);
    return part;
  });
  return { sql: text, values: left };
}

function toPlainLiteral(value: string | bigint): string {
  if (typeof value === 'bigint') return String(value);
  if (!PLAIN.test(value)) throw new UsageError(`"${value}" stands where Athena takes no parameter.`);
  return `'${value}'`;
}
