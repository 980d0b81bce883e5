/**
 * SQL file → query definition; definition and parameters → statement with bound values. Pure: text in, text out.
 * A `?` in the text is followed by the name of its parameter as a comment, so that one parameter can stand in several places.
 */
import { UsageError } from './errors.ts';
import {
  checkList,
  type ParameterType,
  type ParameterValue,
  parseValue,
  type QueryParameter,
} from './query-parameter.ts';

export type QueryKind = 'table' | 'view' | 'detection' | 'activity';

/** What a file of `sql/` says about itself, and its text. */
export type QueryDefinition = {
  readonly name: string;
  readonly kind: QueryKind;
  readonly purpose: string;
  /** What it reads: `vpcflow`, `vpc_flow_logs`, `address_index` or a view over one of them. */
  readonly table: string;
  readonly parameters: readonly QueryParameter[];
  /** Flow-log fields without which it has no meaning, by their name in a header line. */
  readonly fields: readonly string[];
  readonly columns: readonly string[];
  readonly references: string;
  readonly sql: string;
  /** The parameter of each `?`, in the order of the text. */
  readonly placeholders: readonly string[];
};

/** A statement and its values, one for each `?`; what Athena takes as execution parameters. */
export type BoundQuery = { readonly sql: string; readonly values: readonly (string | bigint)[] };

const HEADER_LINE = /^-- (name|kind|purpose|table|parameters|fields|columns|references):\s*(.*)$/;
const PARAMETER_LINE =
  /^-- {3}(\w+) (ip|limit|date|day|regions|accounts|ports|batch|chunk|objects)(?: = (\S+))?: (.+)$/;
const KINDS: ReadonlySet<string> = new Set(['table', 'view', 'detection', 'activity']);
/** The JSON table is the one without partitions. */
const UNPARTITIONED_TABLE = 'vpc_flow_logs';
/** The address index and its views. */
const INDEX_TABLES: ReadonlySet<string> = new Set(['address_index', 'addresses_by_line', 'addresses']);

/** Reads a file of `sql/`. A file that breaks the rules of the folder is refused. */
export function parseDefinition(text: string): QueryDefinition {
  const { entries, parameters } = parseHeaderLines(text);
  const entry = (key: string): string => entries.get(key) ?? '';
  const name = entry('name');
  for (const key of ['name', 'kind', 'purpose', 'table', 'columns', 'references']) {
    if (entry(key) === '') throw new UsageError(`SQL definition ${name || '(no name)'}: its header has no "${key}".`);
  }
  const kind = entry('kind');
  if (!KINDS.has(kind)) throw new UsageError(`SQL definition ${name}: unknown kind "${kind}".`);
  const definition: QueryDefinition = {
    name,
    kind: kind as QueryKind,
    purpose: entry('purpose'),
    table: entry('table'),
    parameters,
    fields: words(entry('fields'), ' '),
    columns: words(entry('columns'), ','),
    references: entry('references'),
    sql: text,
    placeholders: findPlaceholders(name, text),
  };
  checkPlaceholders(definition);
  checkPartitionPredicate(definition);
  return definition;
}

/** Binds parameters by name. Unknown, missing and malformed ones are refused in one line that names what is allowed. */
export function bindQuery(
  definition: QueryDefinition,
  given: Readonly<Record<string, string | readonly string[]>>,
): BoundQuery {
  const { name, parameters } = definition;
  const known = parameters.map((parameter) => parameter.name).join(', ') || 'none';
  const unknown = Object.keys(given).find((key) => !parameters.some((parameter) => parameter.name === key));
  if (unknown !== undefined) throw new UsageError(`${name} has no parameter "${unknown}". Its parameters: ${known}.`);
  const values = new Map<string, ParameterValue>();
  for (const parameter of parameters) {
    const text = given[parameter.name] ?? parameter.defaultText;
    if (text === undefined) {
      throw new UsageError(
        `${name} needs --param ${parameter.name}=…: ${parameter.description}. Its parameters: ${known}.`,
      );
    }
    values.set(
      parameter.name,
      typeof text === 'string' ? parseValue(name, parameter, text) : checkList(name, parameter, text),
    );
  }
  const [from, to] = [values.get('date_from'), values.get('date_to')];
  if (typeof from === 'string' && typeof to === 'string' && from > to) {
    throw new UsageError(`${name}: date_from ${from} comes after date_to ${to}.`);
  }
  const inOrder = definition.placeholders.map((placeholder) => values.get(placeholder)!);
  return { sql: spreadLists(definition.sql, inOrder), values: inOrder.flat() };
}

/** A list stands as `IN (?)` in the text and becomes as many `?` as it has items. */
function spreadLists(sql: string, values: readonly ParameterValue[]): string {
  let at = 0;
  return values.some(Array.isArray)
    ? mapPlaceholders(sql, (placeholder) => {
        const value = values[at++];
        return Array.isArray(value) ? value.map(() => '?').join(', ') : placeholder;
      })
    : sql;
}

function mapPlaceholders(sql: string, map: (placeholder: string) => string): string {
  return sql.replace(TOKENS, (token) => (token.startsWith('?') ? map(token) : token));
}

/** The statement with another table in place of the one it names: for tables that say the same in several places. */
export function withTable(definition: QueryDefinition, table: string): QueryDefinition {
  if (!/^[a-z][a-z0-9_]{0,127}$/.test(table)) throw new UsageError(`"${table}" is no name of a table.`);
  const sql = definition.sql.replace(new RegExp(`\\b(FROM|JOIN)(\\s+)${definition.table}\\b`, 'g'), `$1$2${table}`);
  return { ...definition, sql };
}

/** The query of this name; where there is none, the error names those most like it. */
export function findDefinition(catalogue: readonly QueryDefinition[], name: string): QueryDefinition {
  const definition = catalogue.find((candidate) => candidate.name === name);
  if (definition !== undefined) return definition;
  const close = closestNames(
    name,
    catalogue.map((candidate) => candidate.name),
  );
  throw new UsageError(`no query is named "${name}". Near it: ${close.join(', ')}. All: npx flowhound query --list`);
}

/** The names most like the one given, best first: those that share most pairs of letters. */
export function closestNames(given: string, names: readonly string[], most = 3): string[] {
  const pairsOf = (name: string): Set<string> => {
    const letters = name.toLowerCase().replace(/[^a-z0-9]/g, '');
    return new Set(Array.from({ length: Math.max(0, letters.length - 1) }, (_, i) => letters.slice(i, i + 2)));
  };
  const wanted = pairsOf(given);
  const likeness = (name: string): number => {
    const pairs = pairsOf(name);
    const shared = [...pairs].filter((pair) => wanted.has(pair)).length;
    return (2 * shared) / (pairs.size + wanted.size || 1);
  };
  return names
    .map((name) => ({ name, score: likeness(name) }))
    .sort((a, b) => b.score - a.score || (a.name < b.name ? -1 : 1))
    .slice(0, most)
    .map(({ name }) => name);
}

function parseHeaderLines(text: string): { entries: Map<string, string>; parameters: QueryParameter[] } {
  const entries = new Map<string, string>();
  const parameters: QueryParameter[] = [];
  for (const line of text.split('\n')) {
    const header = HEADER_LINE.exec(line);
    const parameter = PARAMETER_LINE.exec(line);
    if (header !== null) entries.set(header[1]!, header[2]!.trim());
    else if (parameter !== null) {
      const [, name, type, defaultText, description] = parameter as unknown as [
        string,
        string,
        ParameterType,
        string?,
        string?,
      ];
      parameters.push({ name, type, description: description!, ...(defaultText === undefined ? {} : { defaultText }) });
    } else break;
  }
  return { entries, parameters };
}

/** What a `?` may stand in without being one: literals, quoted names, comments; and the `?` with its name. */
const TOKENS = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\?\s*\/\*\s*\w+\s*\*\/|\?|\/\*[\s\S]*?\*\//g;

/** The text without string literals, quoted names and comments, except the comment that names a `?`. */
function toBareSql(text: string): string {
  return text.replace(TOKENS, (token) => {
    if (token.startsWith('?')) return token.replaceAll(/\s/g, '');
    return /^(--|\/\*)/.test(token) ? ' ' : "''";
  });
}

function findPlaceholders(name: string, text: string): string[] {
  return [...toBareSql(text).matchAll(/\?\s*(?:\/\*(\w+)\*\/)?/g)].map((match) => {
    if (match[1] === undefined)
      throw new UsageError(`SQL definition ${name}: a ? is not followed by /* its parameter */.`);
    return match[1];
  });
}

function checkPlaceholders({ name, parameters, placeholders }: QueryDefinition): void {
  const declared = new Set(parameters.map((parameter) => parameter.name));
  const undeclared = placeholders.find((placeholder) => !declared.has(placeholder));
  if (undeclared !== undefined)
    throw new UsageError(`SQL definition ${name}: parameter "${undeclared}" is not declared.`);
  const unused = [...declared].find((parameter) => !placeholders.includes(parameter));
  if (unused !== undefined)
    throw new UsageError(`SQL definition ${name}: parameter "${unused}" is declared and not used.`);
}

/**
 * Plain comparisons of a partition column, which engines hand to the catalogue through views and joins. Real Trino stops handing on
 * `contains(split(?, ','), …)` where a join has another condition, and reads every region and account.
 */
const PARTITION_PREDICATES = [
  /\bdate_partition BETWEEN \?/g,
  /'' IN \(\?\/\*\w+\*\/\) OR region_partition IN \(\?/g,
  /'' IN \(\?\/\*\w+\*\/\) OR account_partition IN \(\?/g,
];

/** The address index has a partition for each day. */
const DAY_PREDICATE = /\bdate BETWEEN \?/g;

/** Whether a query reads the address index, and no log objects. */
export function readsAddressIndex({ table }: QueryDefinition): boolean {
  return INDEX_TABLES.has(table);
}

/** Athena reads, and bills, every partition that no predicate leaves out: each scan of the logs needs its own. */
function checkPartitionPredicate(definition: QueryDefinition): void {
  const { name, kind, table, sql } = definition;
  if (kind === 'table' || kind === 'view' || table === UNPARTITIONED_TABLE) return;
  const bare = toBareSql(sql);
  // Evidence is read by the partition that one Scan wrote.
  if (/\bbatch = \?/.test(bare) && /\bchunk = \?/.test(bare)) return;
  const scans = bare.match(new RegExp(`\\b(?:FROM|JOIN)\\s+${table}\\b`, 'gi'))?.length ?? 0;
  for (const predicate of readsAddressIndex(definition) ? [DAY_PREDICATE] : PARTITION_PREDICATES) {
    if (scans === 0 || (bare.match(predicate)?.length ?? 0) < scans) {
      throw new UsageError(`SQL definition ${name} is refused: a scan of ${table} does not name its partitions.`);
    }
  }
}

function words(text: string, separator: string): string[] {
  return text === '' ? [] : text.split(separator);
}
