/**
 * What work asks of AWS, function by function: the formulae behind `flowhound cost`. They say what the tasks do when nothing fails
 * and nobody interferes. A run of the packaged stack is counted against them in test/cloud/cost.test.ts, so whoever adds a
 * request to a task adds it here.
 */

export type FunctionName =
  | 'ingest'
  | 'sweep'
  | 'indicators'
  | 'plan'
  | 'scan'
  | 'bind-query'
  | 'resolve-addresses'
  | 'plan-data-ratio'
  | 'collect'
  | 'publish'
  | 'record-result';

/** Calls of a function, and its requests to S3. */
export type FunctionCalls = {
  readonly invocations: number;
  readonly gets: number;
  readonly puts: number;
  readonly lists: number;
  readonly deletes: number;
};

export type AwsCalls = {
  readonly functions: Readonly<Partial<Record<FunctionName, FunctionCalls>>>;
  /** The start, every state entered, every further try. */
  readonly transitions: number;
  /** Started by the state machine. */
  readonly queries: number;
  /** Events of both buckets: objects that were made or removed. */
  readonly events: number;
  /** Sent to the queue. */
  readonly messages: number;
  /** Findings in calls to Security Hub. */
  readonly imports: number;
  /** Calls to SNS. */
  readonly publishes: number;
};

/** By whom log objects are read: as the stack's param `scan`. */
export type ScanEngine = 'kernel' | 'athena';

/** Log objects that came in. Each batch is one call of ingest, one manifest and one execution. */
export type BatchWork = {
  readonly scan: ScanEngine;
  readonly batches: number;
  readonly objects: number;
  readonly chunks: number;
  /** Of each batch, added up. */
  readonly flowLogs: number;
};

/** What executions with matches do in addition. */
export type MatchWork = {
  readonly scan: ScanEngine;
  readonly executions: number;
  /** Log objects and chunks of these executions, with matches or without. */
  readonly objects: number;
  readonly chunks: number;
  readonly matchedObjects: number;
  readonly matchedChunks: number;
  /** Indicators and months, those of each execution added up. */
  readonly groups: number;
  /** Days of them that have totals, and those of them that the execution changes. */
  readonly totals: number;
  readonly changedTotals: number;
  /** Findings of these groups, all of which are looked at. */
  readonly findings: number;
  /** Of them, those that are new or graver and are told at once, and those that change otherwise. */
  readonly told: number;
  readonly updated: number;
  /** Queries for data ratios, and the flow logs that those of each execution read, added up. */
  readonly looks: number;
  readonly lookedFlowLogs: number;
  /** Requests for files of the address index, to tell since when the looks' indicators are known. */
  readonly indexGets: number;
};

/** Scheduled sweeps that find nothing left to do. */
export type SweepWork = {
  readonly sweeps: number;
  /** Manifests of the days in the windows, and pages of 1,000 keys that they are listed by. */
  readonly manifests: number;
  readonly manifestPages: number;
  /** Requests that list the log objects of those days. */
  readonly logPages: number;
  readonly flowLogs: number;
};

/** Hourly flushes, and the findings whose update they import. */
export type FlushWork = { readonly flushes: number; readonly updates: number };

/** The address index: parts that Scan writes, and days of accounts' regions that they are compacted to. */
export type IndexWork = { readonly parts: number; readonly partitions: number };

/** Retro-hunts: lists that changed, and what of the past is evaluated anew. */
export type RetroHuntWork = ExecutionWork & {
  readonly changes: number;
  /** Lists that are read: each time all that are in force. */
  readonly lists: number;
  /** Weeks that are looked up one after another. */
  readonly steps: number;
  /** Days that the index is listed of, and requests for its files. */
  readonly indexDays: number;
  readonly indexGets: number;
  /** Requests that list log objects. */
  readonly logPages: number;
};

const NO_CALLS: FunctionCalls = { invocations: 0, gets: 0, puts: 0, lists: 0, deletes: 0 };
export const NOTHING: AwsCalls = {
  ...{ functions: {}, transitions: 0, queries: 0, events: 0, messages: 0, imports: 0, publishes: 0 },
};

/** Athena writes a result and its metadata. */
export const RESULT_OBJECTS = 2;

/** Batches from the event to the result, as if nothing matched. */
export function batchCalls(work: BatchWork): AwsCalls {
  const { batches, objects } = work;
  const functions = {
    ingest: of(batches, { puts: batches }),
    // The version in force.
    plan: of(0, { gets: batches }),
    // That the manifest is done.
    'record-result': of(0, { puts: batches }),
  };
  const intake = withEvents({ ...NOTHING, functions, messages: objects }, objects);
  return addCalls(intake, executionCalls({ ...work, executions: batches }));
}

type ExecutionWork = Omit<BatchWork, 'batches'> & { readonly executions: number };

/** Executions from their manifest to their result, as if nothing matched. */
function executionCalls({ scan, executions, objects, chunks, flowLogs }: ExecutionWork): AwsCalls {
  const isByAthena = scan === 'athena';
  const byKernel = {
    // The list; each log object. The result.
    scan: of(chunks, { gets: chunks + objects, puts: chunks }),
  };
  const byAthena = {
    'bind-query': of(chunks, { gets: chunks }),
    // What the query found, the list. The result.
    'resolve-addresses': of(chunks, { gets: 2 * chunks, puts: chunks }),
  };
  const functions = {
    // The manifest, whether any object was evaluated before; of formats, its table. A list for each chunk.
    plan: of(executions, { gets: executions + objects + (isByAthena ? flowLogs : 0), puts: chunks }),
    ...(isByAthena ? byAthena : byKernel),
    // Results of the chunks, the version in force. The execution's own.
    'record-result': of(executions, { gets: chunks + executions, puts: executions, lists: executions }),
  };
  // Plan, Scan, AnythingFound, RecordResult, Done; ReadOrQuery and ScanChunk, or BindAddresses, RunAddresses, ResolveAddresses.
  const transitions = 6 * executions + (isByAthena ? 4 : 2) * chunks;
  return withEvents({ ...NOTHING, functions, transitions, queries: isByAthena ? chunks : 0 }, 0);
}

/** What matches add to the executions that have some. */
export function matchCalls(work: MatchWork): AwsCalls {
  const { scan, executions, matchedChunks, told, looks, indexGets } = work;
  const isByAthena = scan === 'athena';
  const evidence = isByAthena
    ? // The addresses that matched; the query reads the records where they lie.
      { 'resolve-addresses': of(0, { puts: matchedChunks }) }
    : // Records, and addresses in them.
      { scan: of(0, { puts: 2 * matchedChunks }) };
  const functions = {
    ...evidence,
    'bind-query': of(matchedChunks + looks, { gets: looks + (isByAthena ? matchedChunks : 0) }),
    'plan-data-ratio': planDataRatioCalls(work),
    collect: collectCalls(work),
    publish: publishCalls(work),
    // What the queries said, kept where there is any, with each finding; the address index of 91 days for each indicator.
    'record-result': of(executions, {
      gets: looks + indexGets,
      puts: Math.min(executions, looks) + looks,
      lists: 91 * looks,
    }),
  };
  // KeepEvidence, Match, PlanDataRatio, DataRatio, RecordDataRatio, Collect, Publish; BindMatch and RunMatch; three for a look.
  const transitions = 7 * executions + 2 * matchedChunks + 3 * looks;
  const queries = matchedChunks + looks;
  return withEvents({ ...NOTHING, functions, transitions, queries, imports: told, publishes: told }, 0);
}

function planDataRatioCalls({ executions, chunks, matchedChunks, looks, lookedFlowLogs }: MatchWork): FunctionCalls {
  // Matches, results of all chunks; severity table, manifest, ration of yesterday and today; tables. Ration, lists of objects,
  // what was skipped.
  const gets = matchedChunks + chunks + 4 * executions + lookedFlowLogs;
  return of(executions, { gets, puts: 2 * executions + looks, lists: executions });
}

function collectCalls(work: MatchWork): FunctionCalls {
  const { executions, objects, matchedChunks, matchedObjects, groups, totals, changedTotals, findings } = work;
  const changed = work.told + work.updated;
  // Manifest, severity table, matches; outcomes before and once more after; totals changed; totals of the groups twice; findings,
  // each day's rejected scans too.
  const gets = 2 * executions + matchedChunks + objects + matchedObjects + changedTotals + 3 * totals + findings;
  // Outcomes, totals; findings with a mark each; changes and sightings.
  const puts = matchedObjects + changedTotals + 2 * changed + 2 * executions;
  return of(executions, { gets, puts, lists: 2 * groups });
}

/** What is told at once; an update waits for its hour, and is only looked at. */
function publishCalls({ executions, told, updated }: MatchWork): FunctionCalls {
  // Mark, publication, finding and its context, which is claimed and looked at again; its notice and its import are settled;
  // the mark goes.
  const gets = executions + 7 * told + 4 * updated;
  return of(executions, { gets, puts: 3 * told, deletes: told });
}

/** Sweeps by schedule. */
export function sweepCalls({ sweeps, manifests, manifestPages, logPages, flowLogs }: SweepWork): AwsCalls {
  // Manifests; how the views were made, of which formats; twice the lists in force. Formats and retro-hunts are listed.
  const gets = manifests + 3 * sweeps + flowLogs;
  const lists = manifestPages + logPages + 2 * sweeps;
  return { ...NOTHING, functions: { sweep: of(sweeps, { gets, lists }) } };
}

/** Flushes by schedule. */
export function flushCalls({ flushes, updates }: FlushWork): AwsCalls {
  const publish = of(flushes, { gets: 6 * updates, puts: 2 * updates, deletes: updates, lists: flushes });
  return withEvents({ ...NOTHING, functions: { publish }, imports: updates }, 0);
}

/** Lists that change, the look-up of what they touch, and executions over that, as if nothing matched. */
export function retroHuntCalls(work: RetroHuntWork): AwsCalls {
  const { changes, lists, steps, indexDays, indexGets, logPages, executions } = work;
  // Each step is written down, and the end.
  const marks = steps + changes;
  const functions = {
    indicators: of(changes, {
      // Lists; the version in force, whether the new one is known, both compiled; files of the index.
      gets: lists + 4 * changes + marks + indexGets,
      // The version, compiled too, the playbook's table, what is in force; a manifest for each execution, and that it is due.
      puts: 4 * changes + marks + 2 * executions,
      lists: 2 * changes + indexDays + logPages,
    }),
    // An hour later: each has ended well.
    sweep: of(0, { gets: executions, deletes: executions }),
  };
  return addCalls(withEvents({ ...NOTHING, functions }, changes), executionCalls(work));
}

/** Each part is written once, and once more read, merged and removed by the sweep that compacts its day. */
export function indexCalls({ parts, partitions }: IndexWork): AwsCalls {
  const scan = of(0, { puts: parts });
  const sweep = of(0, { gets: parts, puts: partitions, deletes: parts });
  return withEvents({ ...NOTHING, functions: { scan, sweep } }, 0);
}

/** All of them together. */
export function addCalls(...all: readonly AwsCalls[]): AwsCalls {
  const sum = (name: Exclude<keyof AwsCalls, 'functions'>) => all.reduce((total, calls) => total + calls[name], 0);
  const functions: Partial<Record<FunctionName, FunctionCalls>> = {};
  for (const calls of all) {
    for (const [name, own] of Object.entries(calls.functions) as [FunctionName, FunctionCalls][]) {
      functions[name] = addFunctionCalls(functions[name] ?? NO_CALLS, own);
    }
  }
  return {
    ...{ functions, transitions: sum('transitions'), queries: sum('queries'), events: sum('events') },
    ...{ messages: sum('messages'), imports: sum('imports'), publishes: sum('publishes') },
  };
}

/** Requests of all functions. */
export function sumFunctionCalls({ functions }: AwsCalls): FunctionCalls {
  return Object.values(functions).reduce(addFunctionCalls, NO_CALLS);
}

function addFunctionCalls(a: FunctionCalls, b: FunctionCalls): FunctionCalls {
  return {
    ...{ invocations: a.invocations + b.invocations, gets: a.gets + b.gets, puts: a.puts + b.puts },
    ...{ lists: a.lists + b.lists, deletes: a.deletes + b.deletes },
  };
}

function of(invocations: number, requests: Partial<FunctionCalls>): FunctionCalls {
  return { ...NO_CALLS, invocations, ...requests };
}

/** The state bucket tells EventBridge of every object, as the bucket of the logs does. */
function withEvents(calls: AwsCalls, objects: number): AwsCalls {
  const { puts, deletes } = sumFunctionCalls(calls);
  return { ...calls, events: objects + puts + deletes + RESULT_OBJECTS * calls.queries };
}
