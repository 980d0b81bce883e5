/** Databases, tables and partitions of the Glue Data Catalog. */
import type { PartitionInput, TableInput } from '@aws-sdk/client-glue';
import { AwsError } from './aws-error.ts';

export type GlueTable = TableInput & { readonly Name: string; readonly CreateTime: Date; readonly VersionId: string };

export type GluePartition = PartitionInput & { readonly Values: string[]; readonly CreationTime: Date };

type Entry = { table: GlueTable; readonly partitions: Map<string, GluePartition> };

const NAME = /^[\p{L}\p{N} _$.\-()/]{1,255}$/u;

/** Names of databases and tables have no capital letters; given ones are lowered. */
export class GlueCatalog {
  readonly #databases = new Map<string, Map<string, Entry>>();

  createDatabase(name: string): void {
    checkName(name);
    if (this.#databases.has(name.toLowerCase())) throw alreadyExists('Database');
    this.#databases.set(name.toLowerCase(), new Map());
  }

  hasDatabase(name: string): boolean {
    return this.#databases.has(name.toLowerCase());
  }

  createTable(database: string, input: TableInput): void {
    const name = checkTable(input);
    const tables = this.#tablesOf(database);
    if (tables.has(name)) throw alreadyExists('Table');
    tables.set(name, {
      table: { ...input, Name: name, CreateTime: new Date(), VersionId: '0' },
      partitions: new Map(),
    });
  }

  updateTable(database: string, input: TableInput, version?: string): void {
    const entry = this.#entry(database, checkTable(input));
    const { CreateTime, VersionId } = entry.table;
    if (version !== undefined && version !== VersionId) {
      throw new AwsError('ConcurrentModificationException', 'Update table failed due to concurrent modifications.');
    }
    entry.table = { ...input, Name: entry.table.Name, CreateTime, VersionId: String(Number(VersionId) + 1) };
  }

  deleteTable(database: string, name: string): void {
    this.#entry(database, name);
    this.#tablesOf(database).delete(name.toLowerCase());
  }

  table(database: string, name: string): GlueTable {
    return this.#entry(database, name).table;
  }

  findTable(database: string, name: string): GlueTable | undefined {
    return this.#databases.get(database.toLowerCase())?.get(name.toLowerCase())?.table;
  }

  tables(database: string): GlueTable[] {
    return [...this.#tablesOf(database).values()].map(({ table }) => table).sort(byName);
  }

  partitions(database: string, table: string): GluePartition[] {
    return [...this.#entry(database, table).partitions.values()];
  }

  partition(database: string, table: string, values: readonly string[]): GluePartition | undefined {
    return this.#entry(database, table).partitions.get(keyOf(values));
  }

  /** Why the partition was not created, or undefined. */
  createPartition(database: string, tableName: string, input: PartitionInput): AwsError | undefined {
    const { table, partitions } = this.#entry(database, tableName);
    const values = input.Values ?? [];
    if (values.length !== (table.PartitionKeys?.length ?? 0)) {
      const message = 'The number of partition keys do not match the number of partition values';
      return new AwsError('InvalidInputException', message);
    }
    if (values.some((value) => value === ''))
      return new AwsError('InvalidInputException', 'A partition value is empty');
    if (partitions.has(keyOf(values))) return alreadyExists('Partition');
    partitions.set(keyOf(values), { ...input, Values: values, CreationTime: new Date() });
    return undefined;
  }

  #tablesOf(database: string): Map<string, Entry> {
    const tables = this.#databases.get(database.toLowerCase());
    if (tables === undefined) throw notFound(`Database ${database} not found.`);
    return tables;
  }

  #entry(database: string, name: string): Entry {
    const entry = this.#tablesOf(database).get(name.toLowerCase());
    if (entry === undefined) throw notFound(`Table ${name} not found.`);
    return entry;
  }
}

function checkTable({ Name = '', PartitionKeys = [], StorageDescriptor }: TableInput): string {
  checkName(Name);
  const columns = [...(StorageDescriptor?.Columns ?? []), ...PartitionKeys].map((column) => column.Name?.toLowerCase());
  const repeated = columns.find((column, i) => columns.indexOf(column) < i);
  if (repeated !== undefined) throw new AwsError('InvalidInputException', `Duplicate column name ${repeated}`);
  return Name.toLowerCase();
}

function checkName(name: string): void {
  if (!NAME.test(name)) throw new AwsError('InvalidInputException', `Name '${name}' fails to satisfy its constraint`);
}

function alreadyExists(what: string): AwsError {
  return new AwsError('AlreadyExistsException', `${what} already exists.`);
}

function notFound(message: string): AwsError {
  return new AwsError('EntityNotFoundException', message);
}

function keyOf(values: readonly string[]): string {
  return JSON.stringify(values);
}

function byName(a: GlueTable, b: GlueTable): number {
  return a.Name < b.Name ? -1 : 1;
}
