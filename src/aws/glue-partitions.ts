/** Registers day folders as partitions, in hundreds; what Glue could not do just now is tried again, alone. */
import {
  BatchCreatePartitionCommand,
  BatchGetPartitionCommand,
  type GlueClient,
  type StorageDescriptor,
} from '@aws-sdk/client-glue';
import { QueryFailed } from '../core/errors.ts';
import type { PartitionConflict, PartitionLocation } from '../core/log-table.ts';
import { isPassing } from './aws-error.ts';
import { backOff } from './backoff.ts';
import { isSameLocation } from './glue-table.ts';

/** docs.aws.amazon.com/glue/latest/webapi/API_BatchCreatePartition.html and API_BatchGetPartition.html */
const MOST_CREATED = 100;
const MOST_READ = 1000;
/** The waits in between add up to 13 s on average, beside those of the client for whole calls. */
const MOST_TRIES = 8;

export type GlueTable = { readonly client: GlueClient; readonly database: string; readonly table: string };

/** What exists with the same location is fine; what exists with another one is returned, never changed. */
export async function registerPartitions(
  place: GlueTable,
  storage: StorageDescriptor,
  partitions: readonly PartitionLocation[],
): Promise<readonly PartitionConflict[]> {
  const byValues = new Map<string, PartitionLocation>();
  // Two locations for one day: the first is registered, the other one meets it there.
  const doubles = partitions.filter((partition) => {
    const values = toValues(partition).join('\n');
    const first = byValues.get(values) ?? partition;
    byValues.set(values, first);
    return !isSameLocation(first.location, partition.location);
  });
  const existing: PartitionLocation[] = [];
  for (const batch of inBatches([...byValues.values()], MOST_CREATED)) {
    existing.push(...(await create(place, storage, batch)));
  }
  return findConflicts(place, [...existing, ...doubles]);
}

/** Values in the order of the table's partition columns. */
function toValues({ date, region, accountId }: PartitionLocation): string[] {
  return [date, region, accountId];
}

/** Returns those that exist already. */
async function create(
  { client, database, table }: GlueTable,
  storage: StorageDescriptor,
  batch: readonly PartitionLocation[],
): Promise<PartitionLocation[]> {
  const existing: PartitionLocation[] = [];
  let left = batch;
  for (let tries = 1; left.length > 0; tries++) {
    const inputs = left.map((partition) => ({
      Values: toValues(partition),
      StorageDescriptor: { ...storage, Location: partition.location },
    }));
    const call = { DatabaseName: database, TableName: table, PartitionInputList: inputs };
    const { Errors = [] } = await client.send(new BatchCreatePartitionCommand(call));
    const again: PartitionLocation[] = [];
    for (const { PartitionValues = [], ErrorDetail } of Errors) {
      const partition = left.find((one) => toValues(one).join('\n') === PartitionValues.join('\n'));
      const code = ErrorDetail?.ErrorCode ?? 'unknown error';
      if (partition !== undefined && code === 'AlreadyExistsException') existing.push(partition);
      else if (partition !== undefined && isPassing({ name: code }) && tries < MOST_TRIES) again.push(partition);
      else throw toFailure(table, PartitionValues, code, ErrorDetail?.ErrorMessage);
    }
    if (again.length > 0) await backOff(tries);
    left = again;
  }
  return existing;
}

function toFailure(table: string, values: readonly string[], code: string, message = ''): QueryFailed {
  return new QueryFailed(`Glue did not add partition ${values.join(' ')} to ${table}: ${code} ${message}`.trim());
}

async function findConflicts(place: GlueTable, existing: readonly PartitionLocation[]): Promise<PartitionConflict[]> {
  const conflicts: PartitionConflict[] = [];
  for (const batch of inBatches(existing, MOST_READ)) {
    const registered = await readLocations(place, batch);
    for (const partition of batch) {
      const location = registered.get(toValues(partition).join('\n'));
      if (location === undefined || isSameLocation(location, partition.location)) continue;
      conflicts.push({ ...partition, registered: location });
    }
  }
  return conflicts;
}

/** Location by partition values; one that was removed in between is not in it. */
async function readLocations(
  { client, database, table }: GlueTable,
  partitions: readonly PartitionLocation[],
): Promise<Map<string, string>> {
  const locations = new Map<string, string>();
  let left = [...new Set(partitions.map((partition) => toValues(partition).join('\n')))].map((values) => ({
    Values: values.split('\n'),
  }));
  for (let tries = 1; left.length > 0; tries++) {
    const call = { DatabaseName: database, TableName: table, PartitionsToGet: left };
    const { Partitions = [], UnprocessedKeys = [] } = await client.send(new BatchGetPartitionCommand(call));
    for (const { Values = [], StorageDescriptor } of Partitions) {
      locations.set(Values.join('\n'), StorageDescriptor?.Location ?? '');
    }
    left = UnprocessedKeys.map(({ Values = [] }) => ({ Values }));
    if (left.length === 0) break;
    if (tries === MOST_TRIES)
      throw toFailure(table, left[0]?.Values ?? [], 'left unprocessed', 'by Glue again and again');
    await backOff(tries);
  }
  return locations;
}

function inBatches<Item>(items: readonly Item[], most: number): Item[][] {
  const count = Math.ceil(items.length / most);
  return Array.from({ length: count }, (_, at) => items.slice(at * most, (at + 1) * most));
}
