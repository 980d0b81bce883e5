/** Catalog on the Glue Data Catalog; views are made by Athena, which alone knows how it stores them. */
import type { AthenaClient } from '@aws-sdk/client-athena';
import {
  CreateTableCommand,
  GetTableCommand,
  type GlueClient,
  type Table,
  type TableInput,
  UpdateTableCommand,
} from '@aws-sdk/client-glue';
import { QueryFailed } from '../core/errors.ts';
import type { LogTable, PartitionConflict, PartitionLocation } from '../core/log-table.ts';
import type { Catalog } from '../ports.ts';
import { type AthenaSession, runAthenaQuery } from './athena-query.ts';
import { errorName } from './aws-error.ts';
import { registerPartitions } from './glue-partitions.ts';
import { changeProjection, explainUnseen, type Projection, toTableInput } from './glue-table.ts';

export type GlueClients = { readonly glue: GlueClient; readonly athena: AthenaClient };
/** Without projection, partitions are registered as they come. */
export type GlueSettings = AthenaSession & { readonly projection?: Projection };

export function openGlueCatalog({ glue, athena }: GlueClients, settings: GlueSettings): Catalog {
  return {
    ensureTable: (table) => ensureTable(glue, settings, table),
    addPartitions: (table, partitions) => addPartitions(glue, settings, table, partitions),
    replaceView: async (_name, sql) => {
      await runAthenaQuery(athena, settings, { sql });
    },
  };
}

/** A table that is there stays as it is, but for its projection, whose lists grow with the accounts. */
async function ensureTable(glue: GlueClient, { database, projection }: GlueSettings, table: LogTable): Promise<void> {
  const input = toTableInput(table, projection);
  const registered = (await readTable(glue, database, table.name)) ?? (await createTable(glue, database, input));
  if (registered === undefined) return;
  const Parameters = changeProjection(registered.Parameters ?? {}, input.Parameters ?? {});
  if (Parameters === undefined) return;
  const call = { DatabaseName: database, TableInput: { ...input, Parameters }, SkipArchive: true };
  await glue.send(new UpdateTableCommand(call));
}

/** The table that another writer made in the meantime; undefined if it is ours. */
async function createTable(glue: GlueClient, database: string, input: TableInput): Promise<Table | undefined> {
  try {
    await glue.send(new CreateTableCommand({ DatabaseName: database, TableInput: input }));
    return undefined;
  } catch (error) {
    if (errorName(error) !== 'AlreadyExistsException') throw error;
    return readTable(glue, database, input.Name!);
  }
}

async function readTable(glue: GlueClient, database: string, name: string): Promise<Table | undefined> {
  try {
    return (await glue.send(new GetTableCommand({ DatabaseName: database, Name: name }))).Table;
  } catch (error) {
    if (errorName(error) === 'EntityNotFoundException') return undefined;
    throw error;
  }
}

async function addPartitions(
  glue: GlueClient,
  { database, projection }: GlueSettings,
  table: string,
  partitions: readonly PartitionLocation[],
): Promise<readonly PartitionConflict[]> {
  if (partitions.length === 0) return [];
  const storage = (await readTable(glue, database, table))?.StorageDescriptor;
  if (storage === undefined) throw new QueryFailed(`there is no table ${database}.${table} to add partitions to`);
  if (projection === undefined) return registerPartitions({ client: glue, database, table }, storage, partitions);
  return partitions.flatMap((partition) => {
    const registered = explainUnseen(storage.Location ?? '', partition, projection);
    return registered === undefined ? [] : [{ ...partition, registered }];
  });
}
