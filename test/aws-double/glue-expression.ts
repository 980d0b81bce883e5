/** The part of GetPartitions' filter language that catalogues are asked with: comparisons joined by AND. */
import type { Column } from '@aws-sdk/client-glue';
import { AwsError } from './aws-error.ts';

type Test = (values: readonly string[]) => boolean;

const TERM =
  /^\s*`?(\w+)`?\s*(?:(=|<>|!=|<=|>=|<|>)\s*(\S+?)|BETWEEN\s+(\S+)\s+AND\s+(\S+)|(NOT\s+)?IN\s*\(([^)]*)\))\s*$/i;
const NUMERIC = /^(tiny|small|big)?int$|^(int|integer|long|decimal|double|float)/;

/** Which partitions pass, by their values in the order of the keys. What Glue cannot parse is refused, not guessed. */
export function toFilter(expression: string, keys: readonly Column[]): Test {
  const tests = splitAtAnd(expression).map((term) => toTest(term, keys));
  return (values) => tests.every((test) => test(values));
}

/** The AND of a BETWEEN joins nothing. */
function splitAtAnd(expression: string): string[] {
  const terms: string[] = [];
  for (const part of expression.split(/\s+AND\s+/i)) {
    const before = terms.at(-1);
    if (before !== undefined && /\sBETWEEN\s+\S+$/i.test(before)) terms[terms.length - 1] = `${before} AND ${part}`;
    else terms.push(part);
  }
  return terms;
}

function toTest(term: string, keys: readonly Column[]): Test {
  const match = TERM.exec(term);
  const at = keys.findIndex(({ Name }) => Name?.toLowerCase() === match?.[1]?.toLowerCase());
  if (match === null || at < 0) throw unsupported(term);
  const isNumber = NUMERIC.test(keys[at]!.Type ?? '');
  const literal = (text: string) => readLiteral(text, isNumber);
  const compare = (value: string, other: string | number): number => {
    const own = isNumber ? Number(value) : value;
    return own < other ? -1 : own > other ? 1 : 0;
  };
  const [, , operator, operand, low, high, negation, list] = match;
  if (low !== undefined) {
    const [from, to] = [literal(low), literal(high!)];
    return (values) => compare(values[at]!, from) >= 0 && compare(values[at]!, to) <= 0;
  }
  if (list !== undefined) {
    const members = list.split(',').map((text) => literal(text.trim()));
    return (values) => members.some((member) => compare(values[at]!, member) === 0) === (negation === undefined);
  }
  const other = literal(operand!);
  const holds: Readonly<Record<string, (order: number) => boolean>> = {
    '=': (order) => order === 0,
    '<>': (order) => order !== 0,
    '!=': (order) => order !== 0,
    '<': (order) => order < 0,
    '<=': (order) => order <= 0,
    '>': (order) => order > 0,
    '>=': (order) => order >= 0,
  };
  return (values) => holds[operator!]!(compare(values[at]!, other));
}

/** Text keys are compared with quoted text, number keys with plain numbers; Glue mixes nothing. */
function readLiteral(text: string, isNumber: boolean): string | number {
  const quoted = /^'((?:[^']|'')*)'$/.exec(text);
  if (isNumber && /^-?\d+$/.test(text)) return Number(text);
  if (!isNumber && quoted !== null) return quoted[1]!.replaceAll("''", "'");
  throw unsupported(text);
}

function unsupported(part: string): AwsError {
  return new AwsError('InvalidInputException', `Unsupported expression '${part.trim()}'`);
}
