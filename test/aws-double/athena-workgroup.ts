/** Athena's work groups and named queries. */
import { randomUUID } from 'node:crypto';
import type {
  CreateNamedQueryInput,
  CreateWorkGroupInput,
  NamedQuery,
  WorkGroupConfiguration,
} from '@aws-sdk/client-athena';
import { invalid } from './athena-request.ts';

export type WorkGroup = {
  readonly name: string;
  readonly configuration: WorkGroupConfiguration;
  readonly created: Date;
};

export type AthenaNames = {
  readonly workGroups: Map<string, WorkGroup>;
  readonly namedQueries: Map<string, NamedQuery>;
};

const LEAST_CUTOFF = 10_000_000;
const MOST_QUERY = 262_144;

export function openNames(): AthenaNames {
  const primary = { name: 'primary', configuration: { EnforceWorkGroupConfiguration: false }, created: new Date() };
  return { workGroups: new Map([['primary', primary]]), namedQueries: new Map() };
}

export function createWorkGroup(
  { workGroups }: AthenaNames,
  { Name = '', Configuration = {} }: CreateWorkGroupInput,
): object {
  if (!/^[\w.-]{1,128}$/.test(Name)) throw invalid(`Work group name ${Name} is invalid`);
  if (workGroups.has(Name)) throw invalid(`WorkGroup ${Name} is already created`);
  const cutoff = Configuration.BytesScannedCutoffPerQuery;
  if (cutoff !== undefined && Number(cutoff) < LEAST_CUTOFF)
    throw invalid(`BytesScannedCutoffPerQuery is under ${LEAST_CUTOFF}`);
  workGroups.set(Name, {
    name: Name,
    configuration: { EnforceWorkGroupConfiguration: true, ...Configuration },
    created: new Date(),
  });
  return {};
}

export function findWorkGroup({ workGroups }: AthenaNames, name = 'primary'): WorkGroup {
  const workGroup = workGroups.get(name);
  if (workGroup === undefined) throw invalid(`WorkGroup ${name} is not found.`);
  return workGroup;
}

export function createNamedQuery(names: AthenaNames, input: CreateNamedQueryInput): object {
  const { Name = '', Database = '', QueryString = '', WorkGroup } = input;
  findWorkGroup(names, WorkGroup);
  if (Name === '' || Database === '' || QueryString === '') throw invalid('Name, Database and QueryString are needed');
  if (Buffer.byteLength(QueryString) > MOST_QUERY) throw invalid('QueryString is too long');
  const NamedQueryId = randomUUID();
  names.namedQueries.set(NamedQueryId, {
    ...input,
    Name,
    Database,
    QueryString,
    NamedQueryId,
    WorkGroup: WorkGroup ?? 'primary',
  });
  return { NamedQueryId };
}

export function findNamedQuery({ namedQueries }: AthenaNames, id = ''): NamedQuery {
  const query = namedQueries.get(id);
  if (query === undefined) throw invalid(`Named query ${id} was not found`);
  return query;
}
