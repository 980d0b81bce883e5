/**
 * DuckDB at its best, as a process of its own: one scan, `IN … OR IN …`, text columns only, no quoting and no
 * sniffing. Prints how many rows match.
 *
 *     node bench/duckdb-scan.ts <logs folder> <IOC list> [threads]
 */
import { readFileSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';
import { HEADER } from './corpus-rows.ts';

const [folder = '', list = '', threads] = process.argv.slice(2);
const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;
const indicators = readFileSync(list, 'utf8').trim().split('\n').map(text).join(', ');
const columns = HEADER.split(' ').map((name) => `${text(name)}: 'VARCHAR'`);
const database = await DuckDBInstance.create(':memory:', threads === undefined ? {} : { threads });
const connection = await database.connect();
const result = await connection.runAndReadAll(`
  SELECT count(*)
  FROM read_csv(${text(`${folder}/**/*.log.gz`)}, delim = ' ', header = true, auto_detect = false, quote = '', escape = '',
    columns = {${columns.join(', ')}})
  WHERE dstaddr IN (${indicators}) OR srcaddr IN (${indicators})`);
console.log(String(result.getRows()[0]?.[0]));
