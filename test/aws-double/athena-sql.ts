/** What Athena finds out about a statement before it runs: its kind, its parameters, which names stand in it. */

/** Why a query fails, in Athena's words; the query becomes FAILED, the call that started it does not. */
export class QueryError extends Error {
  override readonly name = 'QueryError';
}

export type Statement =
  | { readonly kind: 'query'; readonly sql: string }
  | {
      readonly kind: 'view';
      readonly database: string | undefined;
      readonly name: string;
      readonly body: string;
      readonly replace: boolean;
    };

const TOKEN = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|[A-Za-z_][\w$]*|\s+|[\s\S]/g;
const NAME = '"(?:[^"]|"")+"|\\w+';
const VIEW = new RegExp(`^CREATE\\s+(OR\\s+REPLACE\\s+)?VIEW\\s+(?:(${NAME})\\.)?(${NAME})\\s+AS\\b([\\s\\S]*)$`, 'i');
const LITERAL =
  /^(?:(?:DATE|TIMESTAMP|TIME|DECIMAL|VARCHAR|CHAR)\s*)?'(?:[^']|'')*'$|^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$|^(?:true|false|null)$/i;

export function tokenize(sql: string): string[] {
  return sql.match(TOKEN) ?? [];
}

/** Puts a literal in the place of each `?`. */
export function bindParameters(sql: string, parameters: readonly string[]): string {
  const tokens = tokenize(sql);
  const expected = tokens.filter((token) => token === '?').length;
  if (expected !== parameters.length) {
    throw new QueryError(
      `SYNTAX_ERROR: line 1:1: Incorrect number of parameters: expected ${expected} but found ${parameters.length}`,
    );
  }
  const stray = parameters.find((parameter) => !LITERAL.test(parameter.trim()));
  if (stray !== undefined) throw new QueryError(`SYNTAX_ERROR: line 1:1: '${stray}' is no literal: text needs quotes`);
  let at = 0;
  return tokens.map((token) => (token === '?' ? parameters[at++]!.trim() : token)).join('');
}

/** Reads a statement without its comments and its last semicolon. */
export function parseStatement(sql: string): Statement {
  const bare = tokenize(sql)
    .filter((token) => !token.startsWith('--') && !token.startsWith('/*'))
    .join('')
    .trim()
    .replace(/;\s*$/, '');
  const view = VIEW.exec(bare);
  if (view !== null) {
    const [, replace, database, name, body] = view;
    return {
      ...{ kind: 'view', name: unquote(name!), body: body!.trim(), replace: replace !== undefined },
      database: database === undefined ? undefined : unquote(database),
    };
  }
  if (/^(SELECT|WITH|VALUES|\()/i.test(bare)) return { kind: 'query', sql: bare };
  throw new QueryError(`NOT_SUPPORTED: the double runs queries and CREATE VIEW, not: ${bare.slice(0, 40)}`);
}

/** Names that could be those of tables, each with the name of a database if one stands before it. */
export function findNames(sql: string): { readonly database: string | undefined; readonly name: string }[] {
  const tokens = tokenize(sql).filter((token) => !/^(\s|--|\/\*)/.test(token));
  return tokens.flatMap((token, i) => {
    if (!/^["A-Za-z_]/.test(token)) return [];
    const database = tokens[i - 1] === '.' ? tokens[i - 2] : undefined;
    return [{ name: unquote(token), database: database === undefined ? undefined : unquote(database) }];
  });
}

/** Names without quotes have no capital letters in Athena. */
export function unquote(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name.toLowerCase();
}

export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
