/** The match query over raw objects: the same text, with `evidence` defined as the records of a log table. */
import { UsageError } from './errors.ts';
import { parseDefinition, type QueryDefinition } from './query.ts';

/** Puts the records of `raw` in front of the match query, as the evidence that it reads. */
export function joinRawEvidence(raw: QueryDefinition, match: QueryDefinition): QueryDefinition {
  const [begin, ...rest] = match.sql.split(/^WITH /m);
  if (rest.length !== 1) throw new UsageError(`SQL definition ${match.name} does not begin with one WITH.`);
  const parameters = [...raw.parameters, ...match.parameters].filter(
    ({ name }, at, all) => all.findIndex((other) => other.name === name) === at,
  );
  const header = begin!.replace(/^-- parameters:\n(-- {3}.*\n)*/m, toParameterLines(parameters));
  const body = raw.sql.replace(/^--.*\n/gm, '').trimEnd();
  return parseDefinition(`${header}WITH evidence AS (\n${body}\n),\n${rest[0]}`);
}

function toParameterLines(parameters: QueryDefinition['parameters']): string {
  const lines = parameters.map(({ name, type, description, defaultText }) => {
    const standard = defaultText === undefined ? '' : ` = ${defaultText}`;
    return `--   ${name} ${type}${standard}: ${description}\n`;
  });
  return `-- parameters:\n${lines.join('')}`;
}
