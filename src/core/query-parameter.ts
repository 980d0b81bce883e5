/** Parameters of queries by their type: text → the value that SQL compares with. */
import { canonicalAddress } from './address.ts';
import { UsageError } from './errors.ts';

export type ParameterType =
  | 'ip'
  | 'limit'
  | 'date'
  | 'day'
  | 'regions'
  | 'accounts'
  | 'ports'
  | 'batch'
  | 'chunk'
  | 'objects';

export type QueryParameter = {
  readonly name: string;
  readonly type: ParameterType;
  readonly description: string;
  /** Absent where the parameter must be given. */
  readonly defaultText?: string;
};

export type ParameterValue = string | bigint | readonly string[];

const MAX_LIMIT = 2_147_483_647n;

/** A list as it is given, not as text; `IN ()` is no SQL. */
export function checkList(query: string, { name, type }: QueryParameter, items: readonly string[]): readonly string[] {
  if (type === 'objects' && items.length > 0) return items;
  throw new UsageError(`${query}: ${name} is not a list of log objects.`);
}

/** What SQL is given for a parameter's text; refused in one line that says what is wanted. */
export function parseValue(query: string, parameter: QueryParameter, text: string): ParameterValue {
  const refuse = (wanted: string): never => {
    throw new UsageError(`${query}: --param ${parameter.name}=${text} is not ${wanted}.`);
  };
  switch (parameter.type) {
    case 'ip':
      return canonicalAddress(text.trim()) ?? refuse('an IP address, such as 203.0.113.7 or 2001:db8::7');
    case 'limit':
      return parseLimit(text) ?? refuse(`a whole number from 1 to ${MAX_LIMIT}`);
    case 'date':
      return parseDay(text)?.replaceAll('-', '/') ?? refuse('a date, such as 2026-09-01');
    case 'day':
      return parseDay(text) ?? refuse('a date, such as 2026-09-01');
    case 'regions':
      return /^(\*|[a-z0-9-]+(,[a-z0-9-]+)*)$/.test(text)
        ? text.split(',')
        : refuse('a list of regions, such as eu-west-1,us-east-1');
    case 'accounts':
      return /^(\*|\d{12}(,\d{12})*)$/.test(text)
        ? text.split(',')
        : refuse('a list of account numbers, such as 111122223333');
    case 'batch':
      return /^[0-9a-f]{32}$/.test(text) ? text : refuse('the key of a batch');
    case 'chunk':
      return /^\d{1,9}$/.test(text) ? BigInt(text) : refuse('the number of a chunk');
    case 'objects':
      return refuse('a list of log objects');
    case 'ports':
      return parsePorts(text) ?? refuse('a list of ports from 0 to 65535, such as 22,3389');
  }
}

function parseLimit(text: string): bigint | undefined {
  if (!/^\d{1,10}$/.test(text)) return undefined;
  const limit = BigInt(text);
  return limit >= 1n && limit <= MAX_LIMIT ? limit : undefined;
}

/** A day as the partitions of the index write it, 2026-09-01; those of logs have slashes. */
function parseDay(text: string): string | undefined {
  const day = /^(\d{4})[-/](\d{2})[-/](\d{2})$/.exec(text);
  if (day === null) return undefined;
  const iso = `${day[1]}-${day[2]}-${day[3]}`;
  const date = new Date(`${iso}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(iso) ? iso : undefined;
}

/** Ports as SQL compares them: plain numbers, no leading zeros. */
function parsePorts(text: string): string | undefined {
  const ports = text.split(',').map((port) => port.trim());
  if (!ports.every((port) => /^\d{1,5}$/.test(port) && Number(port) <= 65_535)) return undefined;
  return ports.map(Number).join(',');
}
