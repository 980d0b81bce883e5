/** Athena: queries that really run, over the double's own S3 and Glue. */
import { randomUUID } from 'node:crypto';
import type {
  CreateNamedQueryInput,
  CreateWorkGroupInput,
  GetNamedQueryInput,
  GetQueryExecutionInput,
  GetQueryResultsInput,
  GetWorkGroupInput,
  ListNamedQueriesInput,
  StartQueryExecutionInput,
  StopQueryExecutionInput,
} from '@aws-sdk/client-athena';
import { isOver, type QueryExecution, startQuery } from './athena-execution.ts';
import { checkStart, invalid } from './athena-request.ts';
import {
  type AthenaNames,
  createNamedQuery,
  createWorkGroup,
  findNamedQuery,
  findWorkGroup,
  type WorkGroup,
} from './athena-workgroup.ts';
import { AwsError } from './aws-error.ts';
import type { GlueCatalog } from './glue-catalog.ts';
import { createJsonService, type JsonOperation, toSeconds } from './json-service.ts';
import type { S3Storage } from './s3-storage.ts';
import type { Operation, Service } from './service.ts';

export type AthenaState = AthenaNames & {
  readonly queries: Map<string, QueryExecution>;
  /** Started queries by their idempotency token, with what was asked. */
  readonly tokens: Map<string, { readonly id: string; readonly request: string }>;
};

export type AthenaOptions = {
  readonly account: string;
  readonly region: string;
  readonly storage: S3Storage;
  readonly catalog: GlueCatalog;
  /** Queries under way at once; a further one is TooManyRequestsException. */
  readonly mostQueries: number;
  /** What projected dates call NOW. */
  readonly now: () => Date;
};

const MOST_PAGE = 1000;
const NAMED_PAGE = 50;

export function createAthena(state: AthenaState, options: AthenaOptions): Service {
  const operations: Readonly<Record<string, JsonOperation>> = {
    StartQueryExecution: (input: StartQueryExecutionInput) => start(state, options, input),
    GetQueryExecution: ({ QueryExecutionId }: GetQueryExecutionInput) => ({
      QueryExecution: describe(findQuery(state, QueryExecutionId)),
    }),
    GetQueryResults: (input: GetQueryResultsInput) => readResults(state, input),
    StopQueryExecution: ({ QueryExecutionId }: StopQueryExecutionInput) =>
      void findQuery(state, QueryExecutionId).stop(),
    CreateWorkGroup: (input: CreateWorkGroupInput) => createWorkGroup(state, input),
    GetWorkGroup: ({ WorkGroup }: GetWorkGroupInput) => ({
      WorkGroup: describeWorkGroup(findWorkGroup(state, WorkGroup)),
    }),
    CreateNamedQuery: (input: CreateNamedQueryInput) => createNamedQuery(state, input),
    GetNamedQuery: ({ NamedQueryId }: GetNamedQueryInput) => ({ NamedQuery: findNamedQuery(state, NamedQueryId) }),
    ListNamedQueries: (input: ListNamedQueriesInput) => listNamedQueries(state, input),
  };
  const needs = (
    name: string,
    input: StartQueryExecutionInput & GetQueryExecutionInput & GetNamedQueryInput & CreateWorkGroupInput,
  ): Operation['needs'] => {
    const known =
      state.queries.get(input.QueryExecutionId ?? '')?.workGroup ??
      state.namedQueries.get(input.NamedQueryId ?? '')?.WorkGroup;
    const workGroup = known ?? input.WorkGroup ?? input.Name ?? 'primary';
    return [
      {
        action: `athena:${name}`,
        resource: `arn:aws:athena:${options.region}:${options.account}:workgroup/${workGroup}`,
      },
    ];
  };
  return createJsonService({ target: 'AmazonAthena', operations, needs, throttled: 'TooManyRequestsException' });
}

function start(state: AthenaState, options: AthenaOptions, input: StartQueryExecutionInput): object {
  checkStart(input);
  const workGroup = findWorkGroup(state, input.WorkGroup);
  const { ClientRequestToken: token, ...asked } = input;
  const request = JSON.stringify(asked);
  const earlier = token === undefined ? undefined : state.tokens.get(token);
  if (earlier !== undefined) {
    if (earlier.request === request) return { QueryExecutionId: earlier.id };
    throw invalid('Idempotent parameters do not match', 'IDEMPOTENT_PARAMETER_MISMATCH');
  }
  const id = randomUUID();
  const outputLocation = locationOf(workGroup, input, id, options);
  if ([...state.queries.values()].filter((query) => !isOver(query)).length >= options.mostQueries) {
    throw new AwsError(
      'TooManyRequestsException',
      'You have exceeded the limit for the number of queries you can run concurrently.',
      {
        details: { Reason: 'CONCURRENT_QUERY_LIMIT_EXCEEDED' },
      },
    );
  }
  const database = input.QueryExecutionContext?.Database ?? 'default';
  const { storage, catalog } = options;
  const query = {
    id,
    database,
    outputLocation,
    sql: input.QueryString!,
    parameters: input.ExecutionParameters ?? [],
    workGroup: workGroup.name,
  };
  const cutoff = workGroup.configuration.BytesScannedCutoffPerQuery;
  const context = { storage, catalog, database, now: options.now() };
  state.queries.set(id, startQuery(query, { context, cutoff: cutoff === undefined ? undefined : Number(cutoff) }));
  if (token !== undefined) state.tokens.set(token, { id, request });
  return { QueryExecutionId: id };
}

/** The work group's location where it is enforced or nothing else is said. */
function locationOf(
  { configuration }: WorkGroup,
  input: StartQueryExecutionInput,
  id: string,
  { storage }: AthenaOptions,
): string {
  const own = configuration.ResultConfiguration?.OutputLocation;
  const asked = input.ResultConfiguration?.OutputLocation;
  const location = configuration.EnforceWorkGroupConfiguration ? own : (asked ?? own);
  if (location === undefined) {
    throw invalid(
      'No output location provided. An output location is required either through the Workgroup result configuration setting or as an API input.',
    );
  }
  const bucket = /^s3:\/\/([^/]+)(\/.*)?$/.exec(location)?.[1];
  if (bucket === undefined) throw invalid(`outputLocation is not a valid S3 path: ${location}`);
  try {
    storage.bucket(bucket);
  } catch {
    throw invalid(`Unable to verify/create output bucket ${bucket}`);
  }
  return `${location.replace(/\/?$/, '/')}${id}.${/^\s*(--[^\n]*\s+)*CREATE\b/i.test(input.QueryString!) ? 'txt' : 'csv'}`;
}

function describe(query: QueryExecution): object {
  const {
    id,
    sql,
    kind,
    state,
    reason,
    submitted,
    completed,
    database,
    workGroup,
    scannedBytes,
    outputLocation,
    parameters,
  } = query;
  const milliseconds = (completed ?? new Date()).getTime() - submitted.getTime();
  return {
    ...{
      QueryExecutionId: id,
      Query: sql,
      StatementType: kind,
      WorkGroup: workGroup,
      SubstatementType: kind === 'DDL' ? 'CREATE_VIEW' : 'SELECT',
    },
    ...{
      ResultConfiguration: { OutputLocation: outputLocation },
      QueryExecutionContext: { Database: database, Catalog: 'awsdatacatalog' },
    },
    Status: {
      ...{ State: state, SubmissionDateTime: toSeconds(submitted) },
      ...(completed === undefined ? {} : { CompletionDateTime: toSeconds(completed) }),
      ...(reason === undefined ? {} : { StateChangeReason: reason }),
      ...(state === 'FAILED'
        ? { AthenaError: { ErrorCategory: 2, ErrorType: 1006, Retryable: false, ErrorMessage: reason } }
        : {}),
    },
    Statistics: {
      DataScannedInBytes: scannedBytes,
      TotalExecutionTimeInMillis: milliseconds,
      EngineExecutionTimeInMillis: milliseconds,
    },
    EngineVersion: { SelectedEngineVersion: 'AUTO', EffectiveEngineVersion: 'Athena engine version 3' },
    ...(parameters.length === 0 ? {} : { ExecutionParameters: parameters }),
  };
}

/** The names of the columns are the first row. */
function readResults(state: AthenaState, { QueryExecutionId, MaxResults, NextToken }: GetQueryResultsInput): object {
  const query = findQuery(state, QueryExecutionId);
  if (query.state !== 'SUCCEEDED') {
    const message = isOver(query)
      ? `Query did not finish successfully. Final query state: ${query.state}`
      : `Query has not yet finished. Current state: ${query.state}`;
    throw invalid(message, 'INVALID_QUERY_STATE');
  }
  const size = checkPage(MaxResults, MOST_PAGE);
  const from = fromToken(NextToken);
  const all = [query.columns.map(({ name }) => name), ...query.rows];
  const Rows = all.slice(from, from + size).map((row) => ({
    Data: row.map((value) => (value === null ? {} : { VarCharValue: value })),
  }));
  const ColumnInfo = query.columns.map(({ name, type }) => ({
    Name: name,
    Label: name,
    Type: type,
    CatalogName: 'hive',
    Nullable: 'UNKNOWN',
  }));
  const isLast = from + size >= all.length;
  return {
    ResultSet: { Rows: query.kind === 'DDL' ? [] : Rows, ResultSetMetadata: { ColumnInfo } },
    UpdateCount: 0,
    ...(isLast ? {} : { NextToken: `row-${from + size}` }),
  };
}

function listNamedQueries(state: AthenaState, { WorkGroup, MaxResults, NextToken }: ListNamedQueriesInput): object {
  const { name } = findWorkGroup(state, WorkGroup);
  const ids = [...state.namedQueries.values()]
    .filter((query) => query.WorkGroup === name)
    .map(({ NamedQueryId }) => NamedQueryId);
  const size = checkPage(MaxResults, NAMED_PAGE);
  const from = fromToken(NextToken);
  return {
    NamedQueryIds: ids.slice(from, from + size),
    ...(from + size < ids.length ? { NextToken: `row-${from + size}` } : {}),
  };
}

function describeWorkGroup({ name, configuration, created }: WorkGroup): object {
  return { Name: name, State: 'ENABLED', Configuration: configuration, CreationTime: toSeconds(created) };
}

function findQuery({ queries }: AthenaState, id = ''): QueryExecution {
  const query = queries.get(id);
  if (query === undefined) throw invalid(`QueryExecution ${id} was not found`);
  return query;
}

function checkPage(asked: number | undefined, most: number): number {
  if (asked === undefined) return most;
  if (asked < 1 || asked > most) throw invalid(`MaxResults is more than maximum allowed length ${most}.`);
  return asked;
}

function fromToken(token: string | undefined): number {
  if (token === undefined) return 0;
  if (!/^row-\d+$/.test(token)) throw invalid('The NextToken is invalid');
  return Number(token.slice(4));
}
