/** Executions of the real state machine with the real tasks on a home of its own. For tests only. */
import { gzipSync } from 'node:zlib';
import { MOST } from '../../src/core/batch.ts';
import { fromJson } from '../../src/core/exact-json.ts';
import type { ChunkResult, ExecutionInput } from '../../src/core/execution.ts';
import type { Finding } from '../../src/core/finding-document.ts';
import { openFolderStore } from '../../src/local/folder-store.ts';
import { loadIndicators } from '../../src/local/indicator-versions.ts';
import { listLogFiles } from '../../src/local/log-files.ts';
import { runExecution, type TaskState } from '../../src/local/state-machine.ts';
import { openTasks, type TaskOptions } from '../../src/local/tasks.ts';
import type { ObjectStore } from '../../src/ports.ts';
import { readFindings } from '../../src/tasks/fold.ts';
import { storeIndicators } from '../../src/tasks/indicator-versions.ts';
import { ingest } from '../../src/tasks/ingest.ts';
import { type World, writeFileAt } from '../oracle/world.ts';

export const CLOCK = '2026-09-10T12:00:00.000Z';
export const DAY = 'AWSLogs/111122223333/vpcflowlogs/us-east-1/2026/09/01';
const HEADER =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status';

/** One record of a minute, host → remote on port 443. */
export function record(source: string, destination: string, minute = 0): string {
  const start = 1_788_220_800 + minute * 60;
  const ports = source.startsWith('10.') ? '49152 443' : '443 49152';
  return `2 111122223333 eni-0a1b2c3d ${source} ${destination} ${ports} 6 10 840 ${start} ${start + 59} ACCEPT OK`;
}

export function logName(serial: number): string {
  return `111122223333_vpcflowlogs_us-east-1_fl-0a1b2c3d4e5f60718_20260901T0${serial}05Z_${serial}.log.gz`;
}

/** Writes a log object of these records; returns its path. */
export function writeLog(world: World, serial: number, records: readonly string[]): string {
  return writeFileAt(world.logs, `${DAY}/${logName(serial)}`, gzipSync(`${[HEADER, ...records].join('\n')}\n`));
}

export type Run = {
  /** Task states in the order they began, each as often as it was tried. */
  readonly visited: readonly string[];
  readonly failure: Error | undefined;
  readonly findings: readonly Finding[];
  readonly store: ObjectStore;
  readonly input: ExecutionInput;
};

export type RunOptions = Partial<Pick<TaskOptions, 'logs' | 'limits' | 'signal' | 'scanBy'>> & {
  readonly execution?: string;
  readonly clock?: string;
  /** Runs before a state's own task. */
  readonly before?: (state: string, home: string) => Promise<void>;
};

/** Ingests what lies in the world and runs one execution over it with a list of that text. */
export async function execute(world: World, list: string, options: RunOptions = {}): Promise<Run> {
  const store = openFolderStore(world.home);
  const loaded = await loadIndicators({ iocs: [writeFileAt(world.root, 'iocs.csv', list)], allow: [], own: [] });
  const indicators = await storeIndicators(loaded, store);
  const limits = options.limits ?? MOST;
  const { manifests } = await ingest(listLogFiles([world.logs]), { accounts: [], regions: [] }, limits, store);
  const [{ key, manifest }] = manifests as [(typeof manifests)[number]];
  const execution = options.execution ?? 'sweep_test';
  const clock = options.clock ?? CLOCK;
  const input: ExecutionInput = { execution, mode: 'sweep', clock, manifest: key, indicators, window: {} };
  const tasks = openTasks({
    ...{ home: world.home, store, limits, manifest, scanConcurrency: 2 },
    ...{ onScan: () => {}, onMatch: () => {}, ...options },
  });
  const visited: string[] = [];
  const states = traced(tasks.states, async (state) => {
    visited.push(state);
    await options.before?.(state, world.home);
  });
  const failure = await runExecution(input, states, options.signal).then(
    () => undefined,
    (error: Error) => error,
  );
  await tasks.close();
  return { visited, failure, findings: [...(await readFindings(store)).values()], store, input };
}

/** runs/<execution>/chunks/<n>.json */
export async function readChunk({ store, input }: Run, chunk: number): Promise<ChunkResult> {
  return fromJson<ChunkResult>((await store.get(`runs/${input.execution}/chunks/${chunk}.json`))!);
}

function traced(states: Record<string, TaskState>, before: (name: string) => Promise<void>): Record<string, TaskState> {
  return Object.fromEntries(
    Object.entries(states).map(([name, task]) => [
      name,
      async (input: never) => {
        await before(name);
        return task(input);
      },
    ]),
  );
}
