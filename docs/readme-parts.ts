/** The parts of README.md that are made from the code: the catalogue of queries and the size of the project. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type QueryDefinition, readsAddressIndex } from '../src/core/query.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** Every query over log objects, or over their index, has these; they are told once, above the table. */
const PARTITION_PARAMETERS = new Set(['date_from', 'date_to', 'regions', 'accounts']);

/** The catalogue as a Markdown table, detections first. */
export function toQueryTable(definitions: readonly QueryDefinition[]): string {
  const rows = definitions.map((definition) => {
    const parameters = definition.parameters
      .filter(({ name }) => !PARTITION_PARAMETERS.has(name))
      .map(({ name, defaultText }) => toParameter(name, defaultText));
    return `| \`${definition.name}\` | ${definition.purpose} | ${parameters.join(', ')} | ${toReads(definition)} |`;
  });
  return ['| query | what it shows | parameters | reads |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

/** Lines of what runs: TypeScript, SQL and the state machine, without tests, bench, demo data and documents. */
export function countLines(): { readonly typescript: number; readonly sql: number; readonly stateMachine: number } {
  return {
    typescript: linesUnder('src', '.ts') + linesUnder('scanner', '.ts') + linesUnder('bin', '.js'),
    sql: linesUnder('sql', '.sql'),
    stateMachine: linesUnder('statemachines', '.json'),
  };
}

/** The text between `<!-- name -->` and `<!-- /name -->`. */
export function readPart(text: string, name: string): string {
  const [begin, end] = findPart(text, name);
  return text.slice(begin, end).trim();
}

/** The text with another part. */
export function writePart(text: string, name: string, part: string): string {
  const [begin, end] = findPart(text, name);
  return `${text.slice(0, begin)}\n${part}\n${text.slice(end)}`;
}

function toReads(definition: QueryDefinition): string {
  if (readsAddressIndex(definition)) return 'address index';
  return definition.table === 'vpc_flow_logs' ? 'JSON files' : 'log objects';
}

function toParameter(name: string, defaultText: string | undefined): string {
  if (defaultText === undefined) return `\`${name}\` (needed)`;
  return defaultText.length > 12 ? `\`${name}\`` : `\`${name}\` = ${defaultText}`;
}

function linesUnder(folder: string, ending: string): number {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(ending))
    .reduce((total, path) => total + readFileSync(join(ROOT, folder, path), 'utf8').split('\n').length - 1, 0);
}

function findPart(text: string, name: string): [number, number] {
  const [opening, closing] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [begin, end] = [text.indexOf(opening), text.indexOf(closing)];
  if (begin < 0 || end < begin) throw new Error(`README.md has no part ${opening} … ${closing}`);
  return [begin + opening.length, end];
}
