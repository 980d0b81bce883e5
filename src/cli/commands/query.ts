/** `flowhound query`: the catalogue of `sql/` over log objects. */
import { type Command, Option } from 'commander';
import { UsageError } from '../../core/errors.ts';
import type { QueryDefinition } from '../../core/query.ts';
import { isFindingForm, refuseFindingForm, write, writeDocuments } from '../output.ts';
import { addParameter } from '../parameter.ts';
import { openRemoteLogs } from '../remote-logs.ts';
import { writeRows } from '../rows.ts';
import type { Selection } from '../selection.ts';
import { type CommandSettings, readSettings } from '../settings.ts';
import { openTalk, sayListProblems } from '../talk.ts';

const LIST_COLUMNS = ['name', 'kind', 'purpose', 'parameters', 'fields', 'columns'] as const;

type ListedQuery = Record<(typeof LIST_COLUMNS)[number], string>;

export function registerQuery(program: Command): void {
  program
    .command('query')
    .description('run a query of the catalogue over log objects, or over what the home has ingested')
    .argument('[name]', 'the query; --list names them all')
    .argument('[logs...]', 'folders, files or s3://bucket/prefix')
    .option('--param <name=value>', 'a parameter of the query; may be given several times', addParameter)
    .option('--iocs <list...>', 'IOC lists for the queries that look for indicators')
    .option('--allow <list...>', 'addresses and CIDRs that never match, whatever a list says')
    .option('--aws', "on the deployed stack's Athena")
    .addOption(
      new Option('--engine <name>', 'what runs the query: DuckDB on this machine, or a Trino of your own')
        .choices(['duckdb', 'trino'])
        .default('duckdb'),
    )
    .option('--trino-url <url>', 'where that Trino is, such as http://127.0.0.1:8080')
    .option('--trino-user <name>', 'as whom (default: your name here)')
    .option('--trino-catalog <name>', 'its catalogue with the tables')
    .option('--trino-schema <name>', 'its schema with the tables')
    .option('--list', 'the queries with their purpose, parameters and fields')
    .action(async (name: string | undefined, logs: string[], options: QueryOptions, command: Command) => {
      const settings = readSettings(command);
      if (options.list === true) return writeCatalogue(settings);
      if (name === undefined) throw new UsageError('which query? npx flowhound query --list names them.');
      const { param = {} } = options;
      if (options.engine === 'trino') {
        if (options.aws === true) throw new UsageError('--aws is Athena; leave it out, or --engine trino.');
        const { queryTrino } = await import('../trino-query.ts');
        return queryTrino(name, logs, param, settings);
      }
      if (settings.origins.trinoUrl === 'option') throw new UsageError('--trino-url is for --engine trino.');
      if (options.aws === true) {
        const { queryStack } = await import('../cloud/stack-query.ts');
        return queryStack(name, logs, param, settings);
      }
      await run(name, logs, param, settings);
    });
}

type QueryOptions = {
  readonly param?: Readonly<Record<string, string>>;
  readonly aws?: true;
  readonly engine: 'duckdb' | 'trino';
  readonly list?: boolean;
};

async function run(
  name: string,
  logs: readonly string[],
  parameters: Readonly<Record<string, string>>,
  settings: CommandSettings,
): Promise<void> {
  const { iocs = [], allow = [], own = [], home, format } = settings;
  if (isFindingForm(format)) refuseFindingForm(format);
  const talk = openTalk(settings.isQuiet);
  const say = (line: string): void => talk.say(`flowhound: ${line}`);
  const { runQuery } = await import('../../local/run-query.ts');
  const stop = new AbortController();
  const onInterrupt = (): void => stop.abort();
  process.once('SIGINT', onInterrupt).once('SIGTERM', onInterrupt);
  try {
    await runQuery(
      {
        ...{ name, logs, parameters, iocs, allow, own, home },
        remote: openRemoteLogs(settings, toQueriedDays(parameters)),
        signal: stop.signal,
        onNote: say,
        onListProblems: (problems, indicators) => sayListProblems(talk, problems, indicators),
      },
      (rows) => writeRows(rows, format, { write, say }),
    );
  } finally {
    process.off('SIGINT', onInterrupt).off('SIGTERM', onInterrupt);
  }
}

/** A query reads the days that it names, so no others are listed. */
function toQueriedDays({ date_from, date_to }: Readonly<Record<string, string>>): Selection | undefined {
  const toMoment = (day: string) => new Date(`${day.replaceAll('/', '-')}T00:00:00Z`);
  const [from, to] = [date_from, date_to].map((day) => (day === undefined ? undefined : toMoment(day)));
  if (from === undefined) return undefined;
  return { accounts: [], regions: [], from, ...(to === undefined ? {} : { to }) };
}

async function writeCatalogue({ format }: CommandSettings): Promise<void> {
  const { readCatalogue } = await import('../../local/sql-files.ts');
  const documents = (await readCatalogue()).map(toListed);
  await writeDocuments(documents, format, { columns: LIST_COLUMNS, toTable: renderCatalogue });
}

function toListed(definition: QueryDefinition): ListedQuery {
  const { name, kind, purpose, parameters, fields, columns } = definition;
  const described = parameters.map(
    (parameter) => `${parameter.name}=${parameter.defaultText ?? `<${parameter.type}>`}`,
  );
  return { name, kind, purpose, parameters: described.join(' '), fields: fields.join(' '), columns: columns.join(' ') };
}

function renderCatalogue(queries: readonly ListedQuery[]): string {
  return queries
    .map(({ name, purpose, parameters, fields }) => {
      const lines = [name, `  ${purpose}`];
      if (parameters !== '') lines.push(`  --param ${parameters}`);
      if (fields !== '') lines.push(`  needs ${fields}`);
      return `${lines.join('\n')}\n`;
    })
    .join('\n');
}
