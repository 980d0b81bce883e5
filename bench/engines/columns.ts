/** Who reads the logs as a table. Each program gets the columns of the logs and those to look into, as text. */
import { join } from 'node:path';
import type { Command } from '../measure.ts';
import { type Course, type Engine, needModule, PROGRAMS, PYTHON } from './engine.ts';

/** One scan: `dstaddr IN (…) OR srcaddr IN (…)`. */
export const DUCKDB = duckDb('DuckDB, one scan, 1 thread', 'or');
/** The shape of the playbook's view: two selects over the table, one for each direction. */
export const DUCKDB_UNION = duckDb('DuckDB, UNION ALL of two, 1 thread', 'union');

export const POLARS = python('polars, 1 thread', 'polars', 'polars_scan.py');
export const CHDB = python('chdb, 1 thread', 'chdb', 'chdb_scan.py');

/** Over one object: at some 2 MB/s all would take minutes. */
export const FLOWLOGS_READER: Engine = {
  ...python('flowlogs-reader', 'flowlogs_reader', 'flowlogs_scan.py'),
  prepare: (course) => ({
    file: PYTHON,
    args: [join(PROGRAMS, 'flowlogs_scan.py'), course.firstObject, course.list, course.addressColumns.join(' ')],
  }),
};

function duckDb(name: string, shape: 'or' | 'union'): Engine {
  return {
    name,
    finds: 'addresses',
    absence: () => undefined,
    prepare: (course) => program(process.execPath, 'duckdb-scan.ts', course, shape),
    countHits: Number,
  };
}

function python(name: string, module: string, file: string): Engine {
  return {
    name,
    finds: 'addresses',
    absence: needModule(module),
    prepare: (course) => program(PYTHON, file, course),
    countHits: Number,
  };
}

function program(interpreter: string, file: string, course: Course, ...more: string[]): Command {
  const { logs, list, columns, addressColumns } = course;
  return {
    file: interpreter,
    args: [join(PROGRAMS, file), logs, list, columns.join(' '), addressColumns.join(' '), ...more],
  };
}
