/** What a run of the stack asked of AWS, as AWS would bill it: from the calls that the double recorded. For tests only. */
import type { AwsCalls, FunctionCalls, FunctionName } from '../../src/core/aws-calls.ts';
import type { RecordedCall } from '../aws-double/recording.ts';
import type { CloudStack } from './stack.ts';

/** Beside what the formulae foresee: what they leave out, and sizes. */
export type Counted = AwsCalls & {
  /** What a new environment of a function reads once: the format of a flow log, the version of the indicators. */
  readonly onceGets: number;
  /** Parts of the address index. */
  readonly indexPuts: number;
  /** Bytes that Athena read. */
  readonly queriedBytes: number;
  /** Bytes of the functions' own log lines, and of the state machine's. */
  readonly logBytes: number;
  readonly historyBytes: number;
  /** By which the objects of state grew, the address index aside. */
  readonly stateBytes: number;
};

const KINDS: Readonly<Record<string, keyof FunctionCalls>> = {
  GetObject: 'gets',
  HeadObject: 'gets',
  PutObject: 'puts',
  CreateMultipartUpload: 'puts',
  UploadPart: 'puts',
  CompleteMultipartUpload: 'puts',
  ListObjectsV2: 'lists',
  DeleteObject: 'deletes',
};
const NOTHING: FunctionCalls = { invocations: 0, gets: 0, puts: 0, lists: 0, deletes: 0 };
/** Written by the bundled tracer because nobody traces here. */
const NOT_IN_AWS = /^(No active segment|\s+at |Error: )/;

/** Counts what happens from now on; each call of what it returns tells what was since the call before. */
export function countCalls(cloud: CloudStack): () => Counted {
  let events = 0;
  const { onS3Event } = cloud.double;
  cloud.double.onS3Event = (event) => {
    if (event.eventBridge !== undefined) events++;
    return onS3Event?.(event);
  };
  let before = snapshot(cloud);
  return () => {
    const after = snapshot(cloud);
    const counted = { ...difference(cloud, before, after), events };
    before = after;
    events = 0;
    return counted;
  };
}

type Snapshot = ReturnType<typeof snapshot>;

function snapshot({ double, invocations, stack, logs, stateBucket }: CloudStack) {
  const keys = double.s3.keys(stateBucket, '').filter((key) => !key.startsWith('addresses/'));
  const objects = keys.map((key) => double.s3.object(double.s3.bucket(stateBucket), key));
  return {
    ...{ calls: double.calls.length, executions: double.sfn.executions.size, queries: double.athena.queries.size },
    invocations: new Map(invocations),
    logs: new Map(Object.keys(stack.functions).map((name) => [name, logs(name).length])),
    stateBytes: objects.reduce((total, object) => total + (object?.size ?? 0), 0),
  };
}

function difference(cloud: CloudStack, before: Snapshot, after: Snapshot): Omit<Counted, 'events'> {
  const { double } = cloud;
  const calls = double.calls.slice(before.calls);
  const executions = [...double.sfn.executions.values()].slice(before.executions);
  const queries = [...double.athena.queries.values()].slice(before.queries);
  const lines = [...after.logs].flatMap(([name, end]) => cloud.logs(name).slice(before.logs.get(name), end));
  return {
    ...countFunctionCalls(cloud, calls, toInvocations(before, after)),
    queries: queries.length,
    queriedBytes: queries.reduce((total, { scannedBytes }) => total + scannedBytes, 0),
    transitions: executions.reduce((total, { history }) => total + countTransitions(history.events), 0),
    historyBytes: executions.reduce((total, { history }) => total + JSON.stringify(history.events).length, 0),
    imports: sumMetric(lines, 'FindingsPublished'),
    publishes: count(calls, 'sns', 'Publish'),
    messages: count(calls, 'sqs', 'SendMessage'),
    logBytes: lines.filter((line) => !NOT_IN_AWS.test(line)).reduce((total, line) => total + line.length + 1, 0),
    stateBytes: after.stateBytes - before.stateBytes,
  };
}

function toInvocations(before: Snapshot, after: Snapshot): [string, number][] {
  return [...after.invocations].map(([name, times]) => [name, times - (before.invocations.get(name) ?? 0)]);
}

function countFunctionCalls(
  { double, stack }: CloudStack,
  calls: readonly RecordedCall[],
  invocations: readonly [string, number][],
): Pick<Counted, 'functions' | 'onceGets' | 'indexPuts'> {
  const names = Object.entries(stack.functions).map(([name, { roleLogicalId }]) => {
    return [double.credentials(roleLogicalId).accessKeyId, name] as const;
  });
  const nameOf = new Map(names);
  const functions: Partial<Record<FunctionName, FunctionCalls>> = {};
  const add = (name: FunctionName, kind: keyof FunctionCalls, times: number): void => {
    const own = functions[name] ?? NOTHING;
    if (times > 0) functions[name] = { ...own, [kind]: own[kind] + times };
  };
  for (const [name, times] of invocations) add(name as FunctionName, 'invocations', times);
  let [onceGets, indexPuts] = [0, 0];
  for (const { accessKeyId, service, operation, resource } of calls) {
    const name = nameOf.get(accessKeyId);
    if (service !== 's3' || name === undefined) continue;
    const kind = KINDS[operation];
    if (kind === undefined) throw new Error(`nobody knows what s3:${operation} costs`);
    if (kind === 'gets' && isReadOnce(name, resource)) onceGets++;
    else if (kind === 'puts' && resource.includes('/addresses/')) indexPuts++;
    else add(name as FunctionName, kind, 1);
  }
  return { functions, onceGets, indexPuts };
}

function isReadOnce(name: string, resource: string): boolean {
  if (name === 'ingest') return /\/formats\/fl-[^/]*\.json$/.test(resource);
  return /^(scan|resolve-addresses)$/.test(name) && /\/indicators\/[0-9a-f]{32}\.(json|bin)$/.test(resource);
}

/** The start, each state that is entered, and each further try of one. */
function countTransitions(events: readonly { readonly type: string }[]): number {
  const number = (pattern: RegExp) => events.filter(({ type }) => pattern.test(type)).length;
  const furtherTries = number(/^(LambdaFunction|Task)Scheduled$/) - number(/^TaskStateEntered$/);
  return 1 + number(/StateEntered$/) + furtherTries;
}

function count(calls: readonly RecordedCall[], service: string, operation: string): number {
  return calls.filter((call) => call.service === service && call.operation === operation).length;
}

/** From the lines that CloudWatch makes metrics of. */
function sumMetric(lines: readonly string[], metric: string): number {
  const metrics = lines.filter((line) => line.startsWith('{"_aws"'));
  return metrics.reduce((total, line) => total + Number((JSON.parse(line) as Record<string, unknown>)[metric] ?? 0), 0);
}
