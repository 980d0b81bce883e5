/** The ways through the state machine, with real tasks, real objects and a real home. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MOST } from '../../src/core/batch.ts';
import { ExecutionFailed, Interrupted, LogObjectUnavailable } from '../../src/core/errors.ts';
import { logFiles } from '../../src/local/log-files.ts';
import type { LogStore } from '../../src/ports.ts';
import { doneKey } from '../../src/tasks/manifest.ts';
import { readContext, readHostDataRatios } from '../../src/tasks/record-data-ratio.ts';
import { readTallies } from '../../src/tasks/totals.ts';
import { makeWorld, type World } from '../oracle/world.ts';
import { CLOCK, execute, logName, readChunk, record, writeLog } from './executions.ts';

const LIST = '203.0.113.7,C2 server\n';
const LATER = '2026-09-10T13:00:00.000Z';
const HIT = [record('10.0.0.5', '203.0.113.7'), record('203.0.113.7', '10.0.0.5')];
const CLEAN = [record('10.0.0.5', '198.51.100.9'), record('198.51.100.9', '10.0.0.5')];
const ALL_STATES = [
  ...[
    'Plan',
    'ScanChunk',
    'BindMatch',
    'RunMatch',
    'PlanDataRatio',
    'BindDataRatio',
    'RunDataRatio',
    'RecordDataRatio',
    'Collect',
    'Publish',
    'RecordResult',
  ],
];

let world: World;
let objects = '';
beforeEach(() => {
  world = makeWorld();
});
afterEach(() => world.remove());

/** A log store that cannot hand out the objects named so the first `times` times. */
function failing(times: number, name: string): LogStore {
  let left = times;
  return {
    async *open(key) {
      if (key.endsWith(name) && left-- > 0) throw new LogObjectUnavailable(`ETIMEDOUT on ${key}`);
      yield* logFiles.open(key);
    },
  };
}

/** Everything in the home but the runs' own accounts, path → content. */
function remembered(): Map<string, string> {
  const paths = readdirSync(world.home, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const kept = paths.map((path) => [path.slice(world.home.length + 1), readFileSync(path, 'base64')] as const);
  return new Map(kept.filter(([path]) => !path.startsWith('runs/')).sort());
}

describe('the way', () => {
  it('of a batch with matches: every state once, a finding at the end', async () => {
    writeLog(world, 1, HIT);
    const run = await execute(world, LIST);
    expect(run.failure).toBeUndefined();
    expect(run.visited).toEqual(ALL_STATES);
    expect(run.findings).toMatchObject([
      { local_ip: '10.0.0.5', indicator: '203.0.113.7', records_out: 1, records_in: 1, severity: 'HIGH' },
    ]);
    expect(await readChunk(run, 0)).toMatchObject({ objects: 1, records: 2, matches: 2, damaged: 0 });
    expect(await readHostDataRatios('sweep_test', run.store)).toMatchObject([
      {
        findingId: run.findings[0]!.finding_id,
        rows: [
          { sourceaddress: '10.0.0.5', destinationaddress: '203.0.113.7', record_count: '1', total_bytes: '840' },
          { sourceaddress: '203.0.113.7', destinationaddress: '10.0.0.5', record_count: '1', total_bytes: '840' },
        ],
      },
    ]);
    const context = await readContext(run.findings[0]!.finding_id, run.store);
    expect(context?.ever).toEqual({ first_seen: expect.any(String), last_seen: expect.any(String), objects: 1 });
    const { opened, sightings, records } = JSON.parse((await run.store.get('runs/sweep_test/result.json'))!);
    expect({ opened, sightings, records }).toEqual({ opened: 1, sightings: 1, records: 2 });
    expect(await run.store.get(doneKey(run.input.manifest))).toBeDefined();
  });

  it('of a batch without matches ends after Scan: no query, no finding', async () => {
    writeLog(world, 1, CLEAN);
    const run = await execute(world, LIST);
    expect(run.failure).toBeUndefined();
    expect(run.visited).toEqual(['Plan', 'ScanChunk', 'RecordResult']);
    expect(run.findings).toEqual([]);
    expect(readdirSync(world.home).sort()).toEqual(['addresses', 'indicators', 'manifests', 'runs']);
    expect(await run.store.get(doneKey(run.input.manifest))).toBeDefined();
  });

  it('of several chunks: one query for each that has matches', async () => {
    writeLog(world, 1, HIT);
    writeLog(world, 2, CLEAN);
    writeLog(world, 3, [record('10.0.0.6', '203.0.113.7', 9)]);
    const run = await execute(world, LIST, { limits: { ...MOST, chunkObjects: 1 } });
    expect(run.failure).toBeUndefined();
    const count = (state: string) => run.visited.filter((name) => name === state).length;
    expect([count('ScanChunk'), count('BindMatch'), count('RunMatch')]).toEqual([3, 2, 2]);
    expect([count('PlanDataRatio'), count('Collect'), count('Publish')]).toEqual([1, 1, 1]);
    expect(run.findings.map(({ local_ip }) => local_ip).sort()).toEqual(['10.0.0.5', '10.0.0.6']);
  });

  it('of objects that are queried where they lie: no Scan, the same finding', async () => {
    writeLog(world, 1, HIT);
    writeLog(world, 2, CLEAN);
    const read = await execute(world, LIST);
    const queried = await execute(world, LIST, { scanBy: 'query', execution: 'sweep_queried', clock: LATER });
    expect(queried.failure).toBeUndefined();
    const match = ALL_STATES.slice(ALL_STATES.indexOf('BindMatch')).filter(
      (state) => !/^(Bind|Run)DataRatio$/.test(state),
    );
    expect(queried.visited).toEqual(['Plan', 'BindAddresses', 'RunAddresses', 'ResolveAddresses', ...match]);
    expect(queried.findings).toEqual(read.findings);
    expect(await readChunk(queried, 0)).toMatchObject({ objects: 2, records: 0, trouble: [] });
    const evidence = await Array.fromAsync(queried.store.list('evidence/records/'));
    expect(evidence).toHaveLength(1); // the first run's
  });

  it('of objects that are queried and touch no indicator ends after that', async () => {
    writeLog(world, 1, CLEAN);
    const run = await execute(world, LIST, { scanBy: 'query' });
    expect(run.failure).toBeUndefined();
    expect(run.visited).toEqual(['Plan', 'BindAddresses', 'RunAddresses', 'ResolveAddresses', 'RecordResult']);
  });

  it('of objects that no query can be asked about: they are read after all', async () => {
    writeLog(world, 1, HIT);
    const run = await execute(world, LIST, {
      scanBy: 'query',
      before: async (state, home) => {
        const path = join(home, 'runs/sweep_test/chunks/0.objects.json');
        if (state === 'BindAddresses') objects = readFileSync(path, 'utf8');
        // Binding reads the list as well, and Scan: only the query must find it broken.
        if (state === 'RunAddresses') writeFileSync(path, 'overwritten');
        if (state === 'ScanChunk') writeFileSync(path, objects);
      },
    });
    expect(run.failure).toBeUndefined();
    expect(run.visited.slice(0, 6)).toEqual([
      ...['Plan', 'BindAddresses', 'RunAddresses', 'RunAddresses', 'RunAddresses', 'ScanChunk'],
    ]);
    expect(run.visited.slice(6)).toEqual(ALL_STATES.slice(2));
    expect(run.findings).toHaveLength(1);
    expect(await readChunk(run, 0)).toMatchObject({ objects: 1, records: 2, matches: 2 });
  });

  it('of a batch whose new list finds nothing withdraws what the old one had found', async () => {
    writeLog(world, 1, HIT);
    const first = await execute(world, LIST);
    expect(first.findings).toHaveLength(1);
    const second = await execute(world, '198.51.100.200,another\n', { execution: 'sweep_again' });
    expect(second.failure).toBeUndefined();
    expect(second.visited).toEqual(['Plan', 'ScanChunk', 'Collect', 'Publish', 'RecordResult']);
    expect(second.findings).toEqual([]);
    expect(await readTallies(second.store)).toEqual([]);
    expect(await Array.fromAsync(second.store.list('totals/'))).toEqual([]);
    expect(await Array.fromAsync(second.store.list('outbox/'))).toEqual([]);
    const changes = JSON.parse((await second.store.get('runs/sweep_again/changes.json'))!);
    expect(changes).toMatchObject({ opened: [], updated: [], withdrawn: [first.findings[0]!] });
  });

  it('of the same batch again changes nothing', async () => {
    writeLog(world, 1, HIT);
    const first = await execute(world, LIST);
    const second = await execute(world, LIST, { clock: LATER });
    expect(second.failure).toBeUndefined();
    expect(second.findings).toEqual(first.findings);
    const changes = JSON.parse((await second.store.get('runs/sweep_test/changes.json'))!);
    expect(changes).toMatchObject({ opened: [], updated: [], withdrawn: [] });
    // Within six hours the host's raw logs are not read anew.
    expect(second.visited).toEqual(ALL_STATES.filter((state) => !/^(Bind|Run)DataRatio$/.test(state)));
  });

  it('of the same batch in several runs leaves the home as one run does, byte by byte', async () => {
    writeLog(world, 1, HIT);
    writeLog(world, 2, CLEAN);
    await execute(world, LIST);
    const once = remembered();
    expect([...once.keys()].filter((path) => path.startsWith('evidence/'))).toHaveLength(2);
    await execute(world, LIST);
    expect(remembered()).toEqual(once);
    await execute(world, LIST, { execution: 'sweep_another' });
    expect(remembered()).toEqual(once);
  });
});

describe('an object that cannot be had', () => {
  it.each([1, 3])('for %i tries: the chunk is tried again, and all is found', async (times) => {
    writeLog(world, 1, HIT);
    writeLog(world, 2, [record('10.0.0.6', '203.0.113.7')]);
    const run = await execute(world, LIST, { logs: failing(times, logName(2)) });
    expect(run.failure).toBeUndefined();
    expect(run.visited.filter((state) => state === 'ScanChunk')).toHaveLength(times + 1);
    expect(run.visited).not.toContain('ScanLastAttempt');
    expect(run.findings).toHaveLength(2);
    // What the tries before had read is not counted twice.
    expect(await readChunk(run, 0)).toMatchObject({ objects: 2, records: 3, matches: 3, damaged: 0, trouble: [] });
    expect(run.findings.find(({ local_ip }) => local_ip === '10.0.0.5')).toMatchObject({
      records_out: 1,
      records_in: 1,
    });
  });

  it('ever: it is counted and named, and the run goes on', async () => {
    writeLog(world, 1, HIT);
    const path = writeLog(world, 2, [record('10.0.0.6', '203.0.113.7')]);
    const run = await execute(world, LIST, { logs: failing(Number.POSITIVE_INFINITY, logName(2)) });
    expect(run.failure).toBeUndefined();
    expect(run.visited.slice(0, 6)).toEqual([
      ...['Plan', 'ScanChunk', 'ScanChunk', 'ScanChunk', 'ScanChunk', 'ScanLastAttempt'],
    ]);
    expect(run.visited.slice(6)).toEqual(ALL_STATES.slice(2));
    expect(run.findings).toMatchObject([{ local_ip: '10.0.0.5' }]);
    const { damaged, objects, trouble } = await readChunk(run, 0);
    expect({ damaged, objects }).toEqual({ damaged: 1, objects: 2 });
    expect(trouble).toMatchObject([{ kind: 'damaged', object: expect.stringContaining(logName(2)) }]);
    expect(trouble[0]!.reason).toBe(`unavailable: ETIMEDOUT on ${path}`);
  });

  it('in the midst: the rows before count once it is given up', async () => {
    writeLog(world, 1, [...HIT, record('10.0.0.6', '203.0.113.7')]);
    const breaking: LogStore = {
      async *open(key) {
        yield* logFiles.open(key);
        throw new LogObjectUnavailable('connection reset');
      },
    };
    const run = await execute(world, LIST, { logs: breaking });
    expect(run.failure).toBeUndefined();
    expect(run.visited).toContain('ScanLastAttempt');
    expect(await readChunk(run, 0)).toMatchObject({ damaged: 1, records: 3, matches: 3 });
    expect(run.findings.map(({ local_ip }) => local_ip).sort()).toEqual(['10.0.0.5', '10.0.0.6']);
  });

  it('because it is gone is damaged at once', async () => {
    writeLog(world, 1, HIT);
    const path = writeLog(world, 2, CLEAN);
    const run = await execute(world, LIST, {
      before: async (state) => (state === 'ScanChunk' ? rmSync(path, { force: true }) : undefined),
    });
    expect(run.failure).toBeUndefined();
    expect(run.visited.filter((state) => state === 'ScanChunk')).toHaveLength(1);
    expect(run.findings).toHaveLength(1);
    expect((await readChunk(run, 0)).trouble).toMatchObject([
      { kind: 'damaged', reason: expect.stringMatching(/^unreadable: ENOENT/) },
    ]);
  });
});

describe('a run that fails', () => {
  it('because a query does: it is recorded, nothing is published, and the next run puts it right', async () => {
    writeLog(world, 1, HIT);
    const run = await execute(world, LIST, {
      before: async (state, home) => {
        if (state !== 'RunMatch') return;
        const folder = join(home, 'evidence/records');
        for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
          if (path.endsWith('.gz')) writeFileSync(join(folder, path), 'overwritten');
        }
      },
    });
    expect(run.failure).toBeInstanceOf(ExecutionFailed);
    expect(run.failure?.message).toMatch(/^the sweep failed: .+/);
    expect(run.visited).toEqual([
      'Plan',
      'ScanChunk',
      'BindMatch',
      'RunMatch',
      'RunMatch',
      'RunMatch',
      'RecordFailure',
    ]);
    expect(run.findings).toEqual([]);
    expect(await run.store.get(doneKey(run.input.manifest))).toBeUndefined();
    const recorded = JSON.parse((await run.store.get('runs/sweep_test/failure.json'))!);
    expect(recorded).toEqual({ Error: 'States.TaskFailed', Cause: expect.stringMatching(/\S/) });
    expect(run.failure?.message).toContain(recorded.Cause);

    const next = await execute(world, LIST);
    expect(next.failure).toBeUndefined();
    expect(next.findings).toHaveLength(1);
  });

  it('only in its data ratio does not fail: that is recorded, and the findings stand', async () => {
    writeLog(world, 1, HIT);
    const run = await execute(world, LIST, {
      before: async (state, home) => {
        const folder = join(home, 'runs/sweep_test/data-ratio');
        if (state !== 'RunDataRatio') return;
        for (const path of readdirSync(folder)) writeFileSync(join(folder, path), 'overwritten');
      },
    });
    expect(run.failure).toBeUndefined();
    expect(run.visited.slice(5)).toEqual([
      ...['BindDataRatio', 'RunDataRatio', 'RunDataRatio', 'RunDataRatio', 'RecordDataRatioFailure'],
      ...['Collect', 'Publish', 'RecordResult'],
    ]);
    expect(run.findings).toHaveLength(1);
    const recorded = JSON.parse((await run.store.get('runs/sweep_test/data-ratio-failure.json'))!);
    expect(recorded).toEqual({ Error: 'States.TaskFailed', Cause: expect.stringMatching(/\S/) });
    expect(await readHostDataRatios('sweep_test', run.store)).toEqual([]);
  });

  it('nor where that cannot even be recorded', async () => {
    writeLog(world, 1, HIT);
    const run = await execute(world, LIST, {
      before: async (state) => {
        if (state === 'PlanDataRatio' || state === 'RecordDataRatioFailure') throw new Error('no disk');
      },
    });
    expect(run.failure).toBeUndefined();
    expect(run.visited.slice(-3)).toEqual(['Collect', 'Publish', 'RecordResult']);
    expect(run.findings).toHaveLength(1);
  });

  it('because its list of objects is gone: recorded under its own name', async () => {
    writeLog(world, 1, HIT);
    const run = await execute(world, LIST, {
      before: async (state, home) => {
        if (state !== 'ScanChunk') return;
        rmSync(join(home, 'runs/sweep_test/chunks/0.objects.json'));
      },
    });
    expect(run.visited).toEqual(['Plan', 'ScanChunk', 'RecordFailure']);
    expect(run.failure).toBeInstanceOf(ExecutionFailed);
    expect(JSON.parse((await run.store.get('runs/sweep_test/failure.json'))!).Error).toBe('ExecutionFailed');
  });

  it('is Interrupted where the user stopped it', async () => {
    writeLog(world, 1, HIT);
    const stop = new AbortController();
    const run = await execute(world, LIST, {
      signal: stop.signal,
      before: async (state) => (state === 'BindMatch' ? stop.abort() : undefined),
    });
    expect(run.failure).toBeInstanceOf(Interrupted);
    expect(run.visited).not.toContain('Collect');
    expect(run.findings).toEqual([]);
  });

  it('every clock in what is stored is the input’s', async () => {
    writeLog(world, 1, HIT);
    const run = await execute(world, LIST);
    const spent = JSON.parse((await run.store.get(`runs/data-ratio/${CLOCK.slice(0, 10)}.json`))!);
    expect(spent.at).toEqual({ [run.findings[0]!.finding_id]: CLOCK });
  });
});
