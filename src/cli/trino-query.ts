/** `query --engine trino`: a query of the catalogue on a Trino of one's own, over tables and views named as in sql/. */
import { userInfo } from 'node:os';
import { UsageError } from '../core/errors.ts';
import { bindQuery, findDefinition } from '../core/query.ts';
import { noteLimit } from '../core/query-rows.ts';
import { formatBytes } from '../core/story.ts';
import { toDates } from './cloud/stack-query.ts';
import { withInterrupt } from './interrupt.ts';
import { isFindingForm, refuseFindingForm, write } from './output.ts';
import { writeRows } from './rows.ts';
import type { CommandSettings } from './settings.ts';
import { openTalk } from './talk.ts';

/** Secrets come from the environment alone: options are seen in the list of processes, files are copied. */
const PASSWORD = 'FLOWHOUND_TRINO_PASSWORD';
const TOKEN = 'FLOWHOUND_TRINO_TOKEN';

/** Runs the query to its end and writes its rows as they come. */
export async function queryTrino(
  name: string,
  logs: readonly string[],
  parameters: Readonly<Record<string, string>>,
  settings: CommandSettings,
): Promise<void> {
  checkRequest(logs, settings);
  const talk = openTalk(settings.isQuiet);
  const say = (line: string): void => talk.say(`flowhound: ${line}`);
  const { readCatalogue } = await import('../local/sql-files.ts');
  const { openTrino } = await import('../trino/engine.ts');
  const definition = findDefinition(await readCatalogue(), name);
  const engine = openTrino(toTrinoSettings(settings));
  const statement = bindQuery(definition, { ...toDates(definition, parameters, say), ...parameters });
  await withInterrupt(async (signal) => {
    const result = await engine.query(statement, signal);
    await writeRows(noteLimit(definition, parameters, result, say), settings.format, { write, say });
    say(`${formatBytes(result.bytesRead())} read`);
  });
}

function checkRequest(logs: readonly string[], { origins, format }: CommandSettings): void {
  if (isFindingForm(format)) refuseFindingForm(format);
  if (logs.length > 0)
    throw new UsageError(`--engine trino asks about the tables of that Trino; leave ${logs[0]} out, or the engine.`);
  if (origins.iocs === 'option' || origins.allow === 'option')
    throw new UsageError(
      '--engine trino reads its table incident_iocs; --iocs and --allow are for logs on this machine.',
    );
}

function toTrinoSettings({ trinoUrl, trinoUser, trinoCatalog, trinoSchema }: CommandSettings) {
  if (trinoUrl === undefined)
    throw new UsageError('--engine trino needs --trino-url or FLOWHOUND_TRINO_URL, such as http://127.0.0.1:8080.');
  return {
    url: trinoUrl,
    user: trinoUser ?? userInfo().username,
    catalog: trinoCatalog,
    schema: trinoSchema,
    password: process.env[PASSWORD],
    token: process.env[TOKEN],
  };
}
