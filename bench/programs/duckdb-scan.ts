/**
 * DuckDB at its best, as a process of its own: text columns only, no quoting, no sniffing, one thread. Prints how many
 * rows match. `or` is one scan; `union` is the shape of the playbook's view, which names the table twice.
 *
 *     node bench/programs/duckdb-scan.ts <logs folder> <IOC list> <columns> <address columns> or|union
 */
import { readFileSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';

const [folder = '', list = '', columns = '', addressColumns = '', shape] = process.argv.slice(2);
const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;
const indicators = readFileSync(list, 'utf8').trim().split('\n').map(text).join(', ');
const schema = columns.split(' ').map((name) => `${text(name)}: 'VARCHAR'`);
const logs = `read_csv(${text(`${folder}/**/*.log.gz`)}, delim = ' ', header = true, auto_detect = false, quote = '', escape = '', columns = {${schema.join(', ')}})`;
const tests = addressColumns.split(' ').map((name) => `"${name}" IN (${indicators})`);
const query =
  shape === 'union'
    ? `SELECT count(*) FROM (${tests.map((test) => `SELECT 1 FROM ${logs} WHERE ${test}`).join(' UNION ALL ')})`
    : `SELECT count(*) FROM ${logs} WHERE ${tests.join(' OR ')}`;
const database = await DuckDBInstance.create(':memory:', { threads: '1' });
const connection = await database.connect();
const result = await connection.runAndReadAll(query);
console.log(String(result.getRows()[0]?.[0]));
