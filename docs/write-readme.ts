/** `npm run docs`: writes the parts of README.md and docs/operations.md that are made from the code. */
import { readFileSync, writeFileSync } from 'node:fs';
import { readCatalogue } from '../src/local/sql-files.ts';
import { tellCosts, toCostParts } from './cost-parts.ts';
import { countLines, toQueryTable, writePart } from './readme-parts.ts';

const README = new URL('../README.md', import.meta.url);
const OPERATIONS = new URL('operations.md', import.meta.url);

const { typescript, sql, stateMachine } = countLines();
const hundreds = (lines: number) => (Math.round(lines / 100) * 100).toLocaleString('en-US');
const size = `About ${hundreds(typescript)} lines of TypeScript, ${hundreds(sql)} of SQL and ${hundreds(stateMachine)} of state machine.`;
const withTable = writePart(readFileSync(README, 'utf8'), 'queries', `\n${toQueryTable(await readCatalogue())}\n`);
const withCosts = writePart(withTable, 'cost', tellCosts());
writeFileSync(README, writePart(withCosts, 'size', size));

let operations = readFileSync(OPERATIONS, 'utf8');
for (const [name, part] of Object.entries(toCostParts())) operations = writePart(operations, name, `\n${part}\n`);
writeFileSync(OPERATIONS, operations);
