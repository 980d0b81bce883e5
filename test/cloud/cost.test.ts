/** What the stack asks of AWS is what the formulae of `flowhound cost` foresee, call by call. In this order. */
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toBytes } from '../../src/core/aws-bytes.ts';
import {
  type AwsCalls,
  addCalls,
  type BatchWork,
  batchCalls,
  flushCalls,
  type MatchWork,
  matchCalls,
  type RetroHuntWork,
  retroHuntCalls,
  type ScanEngine,
  sweepCalls,
} from '../../src/core/aws-calls.ts';
import { KEPT, MEMORY } from '../../src/core/cost.ts';
import { ASSUMPTIONS } from '../../src/core/cost-assumptions.ts';
import { STACK } from '../../src/core/month-work.ts';
import { makeService, packageStack } from '../stack/package-stack.ts';
import { defaultParams } from '../stack/settings.ts';
import { type JsonObject, readStack, type Stack } from '../stack/template.ts';
import { type Counted, countCalls } from './count-calls.ts';
import { type LogOptions, makeLog } from './logs.ts';
import { resourcesOf } from './resources.ts';
import { type CloudStack, LOG_BUCKET, openCloudStack } from './stack.ts';

const DAY = new Date().toISOString().slice(0, 10);
const QUIET = '192.0.2.1';
const [FIRST, SECOND] = ['203.0.113.7', '198.51.100.9'];
/** As large as a chunk may be: the next object begins another one. */
const WHOLE_CHUNK = 256 * 1024 * 1024;

/** What CloudWatch makes metrics of, in a log line. */
type Emitted = {
  readonly _aws: { readonly CloudWatchMetrics: readonly { readonly Metrics: readonly { Name: string }[] }[] };
};

const folders: string[] = [];
let cloud: CloudStack;
let count: () => Counted;

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

async function makeTemplate(functions: 'bundled' | 'stub', scan: ScanEngine): Promise<string> {
  const service = await makeService(functions);
  const { template, folder } = packageStack(service, { logLocations: `s3://${LOG_BUCKET}/org/`, scan });
  folders.push(service, folder);
  return template;
}

async function open(scan: ScanEngine): Promise<void> {
  cloud = await openCloudStack(await makeTemplate('bundled', scan));
  await cloud.double.s3.put(cloud.stateBucket, 'indicators/incoming/iocs.csv', `${FIRST},C2\n${SECOND},drop\n`);
  await settle();
  // Formats, tables and views are made with the first object of a flow log, and never again.
  await deliver([{ serial: 0, remote: QUIET }]);
  count = countCalls(cloud);
}

async function settle(): Promise<void> {
  expect(await cloud.settle()).toEqual([]);
  expect(cloud.failures()).toEqual([]);
}

/** One batch. With a size, S3 says that each object has it. */
async function deliver(logs: readonly LogOptions[], size?: number): Promise<void> {
  const { onS3Event } = cloud.double;
  if (size !== undefined) cloud.double.onS3Event = undefined;
  for (const log of logs) {
    const { key, content } = makeLog({ day: DAY, ...log });
    const { etag } = await cloud.double.s3.put(LOG_BUCKET, key, content);
    const detail = { bucket: { name: LOG_BUCKET }, object: { key, size, etag } };
    const event = { source: 'aws.s3', 'detail-type': 'Object Created', time: `${DAY}T00:20:00Z`, detail };
    if (size !== undefined) await cloud.send(JSON.stringify(event));
  }
  await new Promise((resolve) => setTimeout(resolve, 50));
  cloud.double.onS3Event = onS3Event;
  await settle();
}

/** The formulae leave out what a new environment reads once, and sizes. */
function expectCalls(counted: Counted, foreseen: AwsCalls, untoldEvents = 0): void {
  const { functions, transitions, queries, events, messages, imports, publishes } = counted;
  const calls = { functions, transitions, queries, events: events + untoldEvents, messages, imports, publishes };
  const busy = Object.entries(foreseen.functions).filter(([, own]) => Object.values(own).some((times) => times > 0));
  expect(calls).toEqual({
    ...{ ...foreseen, functions: Object.fromEntries(busy) },
    events: foreseen.events + counted.indexPuts,
  });
}

const quiet = (serials: readonly number[]) => serials.map((serial) => ({ serial, remote: QUIET }));

/** One batch, of one flow log. */
function toBatch(scan: ScanEngine, objects: number, chunks = 1): BatchWork {
  return { scan, batches: 1, objects, chunks, flowLogs: 1 };
}

const NO_MATCH: Omit<MatchWork, 'scan'> = {
  ...{ executions: 0, objects: 0, chunks: 0, matchedObjects: 0, matchedChunks: 0, groups: 0, totals: 0 },
  ...{ changedTotals: 0, findings: 0, told: 0, updated: 0, looks: 0, lookedFlowLogs: 0 },
  indexGets: 0,
};
/** Of one execution in which one object of three has a match, and its finding is new. */
const ONE_MATCH: Omit<MatchWork, 'scan'> = {
  ...{ executions: 1, objects: 3, chunks: 1, matchedObjects: 1, matchedChunks: 1 },
  ...{ groups: 1, totals: 1, changedTotals: 1, findings: 1, told: 1, updated: 0, looks: 1, lookedFlowLogs: 1 },
  indexGets: 0,
};

/** Calls to the last one; bytes so that the estimate is not below, nor far above. */
function expectExecution(batch: BatchWork, matched = NO_MATCH, untoldEvents = 0): void {
  const counted = count();
  // Parts are small enough to be read in one go.
  const parts = cloud.double.s3.keys(cloud.stateBucket, 'addresses/').length;
  const match = { scan: batch.scan, ...matched, indexGets: matched.looks * parts };
  expectCalls(counted, addCalls(batchCalls(batch), matchCalls(match)), untoldEvents);
  // A part for each chunk, as indexCalls() has it, where the stack writes the address index.
  expect([0, batch.chunks]).toContain(counted.indexPuts);
  const { history, state } = toBytes(batch, match);
  expectEstimate(history, counted.historyBytes, 1.6);
  expectEstimate(state, counted.stateBytes, 2.5);
  const calls = Object.values(counted.functions).reduce((total, { invocations }) => total + invocations, 0);
  // Lambda's START, END and REPORT lines have some 500 bytes.
  expectEstimate(ASSUMPTIONS.logBytesPerCall.value * calls, counted.logBytes + 500 * calls, 1.6);
}

function expectEstimate(estimate: number, counted: number, most: number): void {
  expect(estimate).toBeGreaterThanOrEqual(counted);
  expect(estimate).toBeLessThanOrEqual(most * counted);
}

/** Days that the last sweep looked at. */
function logDays(): number {
  const swept = cloud.logs('sweep').findLast((line) => line.includes('"message":"swept"'))!;
  const { from, to } = JSON.parse(swept) as { from: string; to: string };
  return from === to ? 1 : 2;
}

describe('scan=kernel', () => {
  beforeAll(() => open('kernel'), 120_000);
  afterAll(() => cloud?.close());

  it('a batch without matches', async () => {
    await deliver(quiet([1, 2, 3]));
    expectExecution(toBatch('kernel', 3));
  });

  it('a batch of several chunks', async () => {
    await deliver(quiet([4, 5, 6, 7]), WHOLE_CHUNK);
    // The test, not S3, told of these objects.
    expectExecution(toBatch('kernel', 4, 4), NO_MATCH, 4);
  });

  it('a new finding', async () => {
    await deliver([{ serial: 8, remote: FIRST }, ...quiet([9, 10])]);
    expectExecution(toBatch('kernel', 3), ONE_MATCH);
  });

  it('a finding that goes on waits for its hour', async () => {
    await deliver([{ serial: 11, remote: FIRST }, ...quiet([12, 13])]);
    // Its host was looked at an hour ago at most.
    const again = { ...ONE_MATCH, told: 0, updated: 1, looks: 0, lookedFlowLogs: 0 };
    expectExecution(toBatch('kernel', 3), again);
  });

  it('flushes of updates that waited, and of none', async () => {
    const clock = new Date(Date.now() + 61 * 60_000).toISOString();
    await cloud.invoke('publish', { flush: true, clock });
    await settle();
    expectCalls(count(), flushCalls({ flushes: 1, updates: 1 }));
    await cloud.invoke('publish', { flush: true, clock });
    expectCalls(count(), flushCalls({ flushes: 1, updates: 0 }));
  });

  it('matches of two indicators in some of several chunks, and a finding that gets graver by them', async () => {
    const logs = [
      { serial: 14, remote: FIRST, host: '10.0.0.6' },
      { serial: 15, remote: SECOND, host: '10.0.0.7' },
    ];
    await deliver([...logs, ...quiet([16, 17, 18])], WHOLE_CHUNK);
    const matched: Omit<MatchWork, 'scan'> = {
      ...{ executions: 1, objects: 5, chunks: 5, matchedObjects: 2, matchedChunks: 2 },
      // Two are new; a second host makes that of the first one graver.
      ...{ groups: 2, totals: 2, changedTotals: 2, findings: 3, told: 3, updated: 0, looks: 2, lookedFlowLogs: 1 },
      indexGets: 0,
    };
    expectExecution(toBatch('kernel', 5, 5), matched, 5);
  });

  it('metrics of its own, each with a name', () => {
    const lines = Object.keys(cloud.stack.functions).flatMap((name) => cloud.logs(name));
    const metrics = lines
      .filter((line) => line.startsWith('{"_aws"'))
      .flatMap((line) => (JSON.parse(line) as Emitted)._aws.CloudWatchMetrics)
      .flatMap(({ Metrics }) => Metrics.map(({ Name }) => Name));
    expect(new Set(metrics).size).toBe(KEPT.metric);
  });

  it('a sweep that finds nothing left to do', async () => {
    await cloud.invoke('sweep', { hours: 3 });
    await settle();
    const days = logDays();
    // The root, the account, each day of its region.
    const logPages = 2 + days;
    expectCalls(count(), sweepCalls({ sweeps: 1, manifests: 6, manifestPages: days, logPages, flowLogs: 1 }));
  });
});

describe('scan=kernel, when lists change', () => {
  beforeAll(() => open('kernel'), 120_000);
  afterAll(() => cloud?.close());
  const { retroHuntDays, unindexedDays } = STACK;

  /** Nothing holds an address of it. */
  const change = (): RetroHuntWork => ({
    ...{ scan: 'kernel', changes: 1, lists: 2, steps: Math.ceil(retroHuntDays / 7) },
    // Of the last days, those are asked about that have log objects; one does.
    ...{ indexDays: retroHuntDays - unindexedDays + 1, indexGets: indexParts() },
    // The root, the account, each day of its region.
    logPages: unindexedDays * 3,
    ...{ executions: 0, objects: 0, chunks: 0, flowLogs: 0 },
  });
  const indexParts = () => cloud.double.s3.keys(cloud.stateBucket, 'addresses/').length;
  const put = (list: string) => cloud.double.s3.put(cloud.stateBucket, 'indicators/incoming/more.csv', list);

  it('nothing of the past is touched', async () => {
    const work = change();
    await put('192.0.2.200,new\n');
    await settle();
    expectCalls(count(), retroHuntCalls(work));
  });

  it('a log object is evaluated anew, and found', async () => {
    await deliver([{ serial: 1, remote: '192.0.2.77' }, ...quiet([2, 3])]);
    count();
    const work = { ...change(), executions: 1, objects: 1, chunks: 1, flowLogs: 1 };
    await put('192.0.2.77,new\n');
    await settle();
    await cloud.invoke('sweep', { hours: 3 });
    await settle();
    const match: MatchWork = { scan: 'kernel', ...ONE_MATCH, objects: 1, indexGets: indexParts() };
    const days = logDays();
    const sweep = { sweeps: 1, manifests: 2, manifestPages: days, logPages: 2 + days, flowLogs: 1 };
    expectCalls(count(), addCalls(retroHuntCalls(work), matchCalls(match), sweepCalls(sweep)));
  });
});

describe('what the template says', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = readStack(await makeTemplate('stub', 'kernel'));
  }, 120_000);

  it('memory of the functions', () => {
    for (const [name, megabytes] of Object.entries(MEMORY)) expect(stack.functions[name]!.memory, name).toBe(megabytes);
  });

  it('metrics of alarms, and the key', () => {
    const alarms = resourcesOf(stack, 'AWS::CloudWatch::Alarm').map(({ properties }) => {
      const metrics = properties.Metrics as readonly JsonObject[] | undefined;
      return metrics?.filter(({ MetricStat }) => MetricStat !== undefined).length ?? 1;
    });
    expect(alarms.reduce((total, metrics) => total + metrics, 0)).toBe(KEPT.alarm);
    expect(resourcesOf(stack, 'AWS::KMS::Key')).toHaveLength(KEPT.key);
  });

  it('params that are assumed', () => {
    const params = defaultParams();
    expect(params.batchSeconds).toBe(ASSUMPTIONS.batchSeconds.value);
    expect(params.replacedDays).toBe(ASSUMPTIONS.replacedDays.value);
    expect(params.dataRatioHosts).toBe(STACK.looks);
    expect(params.dataRatioBytesPerDay).toBe(STACK.lookedBytes);
    expect(params.retroHuntDays).toBe(STACK.retroHuntDays);
    expect(params.unindexedDays).toBe(STACK.unindexedDays);
    const [queue] = resourcesOf(stack, 'AWS::Lambda::EventSourceMapping');
    expect(queue!.properties.ScalingConfig).toEqual({ MaximumConcurrency: STACK.pollers });
  });
});

describe('scan=athena', () => {
  beforeAll(() => open('athena'), 120_000);
  afterAll(() => cloud?.close());

  it('a batch without matches', async () => {
    await deliver(quiet([1, 2, 3]));
    expectExecution(toBatch('athena', 3));
  });

  it('a new finding', async () => {
    await deliver([{ serial: 4, remote: FIRST }, ...quiet([5, 6])]);
    expectExecution(toBatch('athena', 3), ONE_MATCH);
  });
});
