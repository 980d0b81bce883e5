/** `query --aws`: a query of the catalogue on the stack's Athena; what it read, and so cost, is told on stderr. */
import { UsageError } from '../../core/errors.ts';
import type { ResultRow } from '../../core/match.ts';
import { BILLED_TB, PRICES, toBilledBytes, toUsd } from '../../core/prices.ts';
import { bindQuery, findDefinition, type QueryDefinition } from '../../core/query.ts';
import { noteLimit, type QueryColumn, type QueryRow } from '../../core/query-rows.ts';
import { formatBytes } from '../../core/story.ts';
import { withInterrupt } from '../interrupt.ts';
import { isFindingForm, refuseFindingForm, write } from '../output.ts';
import { writeRows } from '../rows.ts';
import type { CommandSettings } from '../settings.ts';
import { openTalk } from '../talk.ts';
import { toDay } from '../window.ts';
import { connectStack, type StackConnection } from './stack-connection.ts';

const DAY_MILLISECONDS = 86_400_000;

/** Runs the query to its end and writes its rows. */
export async function queryStack(
  name: string,
  logs: readonly string[],
  parameters: Readonly<Record<string, string>>,
  settings: CommandSettings,
): Promise<void> {
  checkRequest(logs, settings);
  const talk = openTalk(settings.isQuiet);
  const say = (line: string): void => talk.say(`flowhound: ${line}`);
  const { readCatalogue } = await import('../../local/sql-files.ts');
  const definition = findDefinition(await readCatalogue(), name);
  const dates = toDates(definition, parameters, say);
  const statement = bindQuery(definition, { ...dates, ...parameters });
  const connection = await connectStack(settings);
  const { columns, rows } = await withInterrupt((signal) => run(statement, connection, say, signal));
  const noted = noteLimit(definition, parameters, { columns, rows }, say);
  await writeRows(noted, settings.format, { write, say });
}

function checkRequest(logs: readonly string[], { origins, format }: CommandSettings): void {
  if (isFindingForm(format)) refuseFindingForm(format);
  if (logs.length > 0) {
    throw new UsageError(`--aws asks about the logs that the stack knows; leave ${logs[0]} out, or leave out --aws.`);
  }
  if (origins.iocs === 'option' || origins.allow === 'option') {
    throw new UsageError('--aws asks with the lists in force; --iocs and --allow are for logs on this machine.');
  }
}

/** A query of logs that names no days reads yesterday and today: all days of years are nobody's first wish. */
export function toDates(
  { parameters }: QueryDefinition,
  given: Readonly<Record<string, string>>,
  say: (line: string) => void,
): Readonly<Record<string, string>> {
  const isDated = parameters.some(({ name, defaultText }) => name === 'date_from' && defaultText === undefined);
  if (!isDated || (given.date_from !== undefined && given.date_to !== undefined)) return {};
  const now = Date.now();
  const dates = { date_from: toDay(new Date(now - DAY_MILLISECONDS)), date_to: toDay(new Date(now)) };
  const asked = { ...dates, ...given };
  say(`days ${asked.date_from} to ${asked.date_to}; others with --param date_from=… --param date_to=…`);
  return dates;
}

async function run(
  bound: ReturnType<typeof bindQuery>,
  { stack, aws, s3 }: StackConnection,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<{ columns: readonly QueryColumn[]; rows: AsyncIterable<QueryRow> }> {
  const { AthenaClient } = await import('@aws-sdk/client-athena');
  const { toClientConfig } = await import('../../aws/clients.ts');
  const { runAthenaQuery } = await import('../../aws/athena-query.ts');
  const { openAthenaResults } = await import('../../aws/athena-results.ts');
  const { readQueryColumns } = await import('../../aws/athena-columns.ts');
  const { linkToQuery } = await import('../../aws/console-links.ts');
  const { toAthenaStatement } = await import('../../core/athena-statement.ts');
  const { toLiteral } = await import('../../tasks/bind-query.ts');
  const client = new AthenaClient(toClientConfig(aws));
  const { sql, values } = toAthenaStatement(bound);
  const query = { sql, parameters: values.map(toLiteral) };
  const { queryId, location, scannedBytes } = await runAthenaQuery(client, stack, query, signal).catch(explainNoViews);
  say(`${tellCost(scannedBytes)}; ${linkToQuery(stack, queryId)}`);
  const columns = await readQueryColumns(client, queryId);
  return { columns, rows: toRows(openAthenaResults(s3).rows(location), columns) };
}

/** Views are made with the first format that is learned. */
function explainNoViews(error: Error): never {
  const isMissing =
    /\b(vpcflow|directional_flow_records|vpc_flow_log_records|addresses_by_line)\b.*(does not exist|not found|cannot be resolved)/i;
  if (!isMissing.test(error.message)) throw error;
  throw new UsageError(
    'the stack knows no log objects yet. Wait for the first to arrive, or npx flowhound backfill --from <day>.',
    { cause: error },
  );
}

async function* toRows(results: AsyncIterable<ResultRow>, columns: readonly QueryColumn[]): AsyncGenerator<QueryRow> {
  for await (const result of results) {
    yield columns.map(({ name }) => {
      const value = result[name] ?? null;
      return value === null ? null : String(value);
    });
  }
}

function tellCost(bytes: number): string {
  // Some regions ask for more.
  const { usd } = PRICES.athenaRead;
  const dollars = toUsd(toBilledBytes(1, bytes) / BILLED_TB, PRICES.athenaRead);
  const price = dollars < 0.01 ? 'less than 0.01' : dollars.toFixed(2);
  return `${formatBytes(bytes)} read, ${price} USD at ${usd} USD per TB`;
}
