/** The state machine as a document: valid for Step Functions, honoured by the local interpreter, bound to the last state. */
import { readFileSync } from 'node:fs';
import validate from 'asl-validator';
import type { StateMachineDefinition } from 'aws-local-stepfunctions';
import { describe, expect, it } from 'vitest';
import { MOST } from '../../src/core/batch.ts';
import { openFolderStore } from '../../src/local/folder-store.ts';
import { readStateMachine, runExecution, taskStateNames } from '../../src/local/state-machine.ts';
import { openTasks } from '../../src/local/tasks.ts';
import { makeWorld } from '../oracle/world.ts';
import { findUnhonoured } from './honoured.ts';

const TEXT = readFileSync(new URL('../../statemachines/sweep.asl.json', import.meta.url), 'utf8');

type Json = { [key: string]: unknown };

async function boundStates(): Promise<string[]> {
  const world = makeWorld();
  const tasks = openTasks({
    ...{ home: world.home, store: openFolderStore(world.home), limits: MOST, scanConcurrency: 1 },
    ...{
      manifest: { batch: 'none', partitions: [], objects: [] },
      indicators: new Map(),
      onScan: () => {},
      onMatch: () => {},
    },
  });
  await tasks.close();
  world.remove();
  return Object.keys(tasks.states);
}

/** Names of Task states however deep, found without the product's walk. */
function findTasks(part: unknown): string[] {
  if (typeof part !== 'object' || part === null) return [];
  return Object.entries(part).flatMap(([name, value]) => [
    ...((value as Json | null)?.Type === 'Task' ? [name] : []),
    ...findTasks(value),
  ]);
}

describe('sweep.asl.json', () => {
  it('is valid for Step Functions', async () => {
    // The validator writes into what it is handed.
    const { isValid, errorsText } = validate(structuredClone(await readStateMachine()));
    expect(errorsText('\n')).toBe('');
    expect(isValid).toBe(true);
  });

  it('would not be, with a state that leads nowhere', async () => {
    const definition = await readStateMachine();
    (definition.States.Plan as { Next: string }).Next = 'Nowhere';
    expect(validate(definition).isValid).toBe(false);
  });

  it('has a local twin for every Task state, and no twin without a state', async () => {
    const names = taskStateNames(await readStateMachine());
    expect(names.toSorted()).toEqual(findTasks(JSON.parse(TEXT)).sort());
    expect((await boundStates()).sort()).toEqual(names.toSorted());
  });

  it('does not run with a state that has no twin', async () => {
    const names = taskStateNames(await readStateMachine());
    const tasks = Object.fromEntries(
      names.filter((name) => name !== 'ScanLastAttempt').map((name) => [name, neverRun]),
    );
    const input = { execution: 'x', mode: 'sweep', clock: '', manifest: '', indicators: '', window: {} } as const;
    await expect(runExecution(input, tasks)).rejects.toThrow('states without a local task: ScanLastAttempt');
  });

  it('fills every placeholder, and names only functions, the partition, the database and the workgroup', async () => {
    const names = new Set([...TEXT.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name!));
    const functions = [...names].filter((name) => name.endsWith('FunctionArn'));
    expect([...names].filter((name) => !functions.includes(name)).sort()).toEqual([
      'Database',
      'Partition',
      'WorkGroup',
    ]);
    expect(JSON.stringify(await readStateMachine())).not.toContain('${');
  });

  it('waits for functions that are throttled until others have ended, within the events of a history', () => {
    const functions = [...TEXT.matchAll(/"Resource": "\$\{\w+FunctionArn\}"/g)].length;
    const retriers = [
      ...TEXT.matchAll(
        /"ErrorEquals": \["Lambda\.TooManyRequestsException"\],\s*"IntervalSeconds": 2,\s*"MaxAttempts": 20,\s*"BackoffRate": 2,\s*"MaxDelaySeconds": 120/g,
      ),
    ];
    expect(retriers).toHaveLength(functions);
    // A further attempt is scheduled, started and failed: 3 events, beside some 25 of each of 200 chunks.
    expect(200 * (20 * 3 + 25)).toBeLessThan(25_000);
  });

  it('never repeats a query that failed for its own fault', () => {
    expect(TEXT).not.toMatch(/"ErrorEquals": \[[^\]]*"States\.ALL"[^\]]*\],\s*"(IntervalSeconds|MaxAttempts)"/);
  });
});

async function neverRun(): Promise<never> {
  throw new Error('a state was run');
}

describe('what the local interpreter would ignore', () => {
  it('is not used', async () => {
    expect(findUnhonoured((await readStateMachine()) as unknown as Json)).toEqual([]);
  });

  const states = (definition: StateMachineDefinition) => definition.States as unknown as Record<string, Json>;
  const processor = (definition: StateMachineDefinition, map: string) => states(definition)[map]!.ItemProcessor as Json;
  const inner = (definition: StateMachineDefinition, map: string, state: string) =>
    (processor(definition, map).States as Record<string, Json>)[state]!;
  const plants: readonly (readonly [string, (definition: StateMachineDefinition) => void, string])[] = [
    ['QueryLanguage', (d) => Object.assign(d, { QueryLanguage: 'JSONata' }), 'machine: QueryLanguage'],
    [
      'QueryLanguage of a state',
      (d) => Object.assign(states(d).Plan!, { QueryLanguage: 'JSONata' }),
      'Plan: QueryLanguage',
    ],
    ['Assign', (d) => Object.assign(states(d).Plan!, { Assign: { x: 1 } }), 'Plan: Assign'],
    ['Arguments', (d) => Object.assign(states(d).Plan!, { Arguments: {} }), 'Plan: Arguments'],
    ['Output', (d) => Object.assign(states(d).Collect!, { Output: '{% $x %}' }), 'Collect: Output'],
    ['Items', (d) => Object.assign(states(d).Scan!, { Items: '{% $x %}' }), 'Scan: Items'],
    ['ItemReader', (d) => Object.assign(states(d).Scan!, { ItemReader: {} }), 'Scan: ItemReader'],
    ['ItemBatcher', (d) => Object.assign(states(d).Scan!, { ItemBatcher: {} }), 'Scan: ItemBatcher'],
    ['ResultWriter', (d) => Object.assign(states(d).Scan!, { ResultWriter: {} }), 'Scan: ResultWriter'],
    [
      'ToleratedFailurePercentage',
      (d) => Object.assign(states(d).Scan!, { ToleratedFailurePercentage: 5 }),
      'Scan: ToleratedFailurePercentage',
    ],
    [
      'ToleratedFailureCount',
      (d) => Object.assign(states(d).Scan!, { ToleratedFailureCount: 5 }),
      'Scan: ToleratedFailureCount',
    ],
    [
      'Distributed Map',
      (d) => Object.assign(processor(d, 'Scan'), { ProcessorConfig: { Mode: 'DISTRIBUTED' } }),
      'Scan: Mode DISTRIBUTED',
    ],
    [
      'ExecutionType',
      (d) => Object.assign(processor(d, 'Scan'), { ProcessorConfig: { Mode: 'INLINE', ExecutionType: 'EXPRESS' } }),
      'Scan.ProcessorConfig: ExecutionType',
    ],
    [
      '$$.State',
      (d) => Object.assign(states(d).Publish!, { Parameters: { 'n.$': '$$.State.RetryCount' } }),
      'Publish: $$.State.RetryCount',
    ],
    [
      '$$.State in an intrinsic function',
      (d) => Object.assign(states(d).Publish!, { Parameters: { 'n.$': "States.Format('{}', $$.State.Name)" } }),
      'Publish: $$.State.Name',
    ],
    [
      '$$.Execution.Input, which in a Map is the item here',
      (d) => Object.assign(inner(d, 'Scan', 'ScanChunk'), { Parameters: { 'n.$': '$$.Execution.Input.clock' } }),
      'ScanChunk: $$.Execution.Input.clock',
    ],
    [
      '$$.Map inside an iteration',
      (d) => Object.assign(inner(d, 'Scan', 'ScanChunk'), { Parameters: { 'n.$': '$$.Map.Item.Index' } }),
      'ScanChunk: $$.Map.Item.Index',
    ],
    [
      'HeartbeatSeconds',
      (d) => Object.assign(inner(d, 'Match', 'RunMatch'), { HeartbeatSeconds: 5 }),
      'RunMatch: HeartbeatSeconds',
    ],
    ['Credentials', (d) => Object.assign(states(d).Plan!, { Credentials: {} }), 'Plan: Credentials'],
    [
      'Assign of a catcher',
      (d) => Object.assign((states(d).Scan!.Catch as Json[])[0]!, { Assign: { x: 1 } }),
      'Scan.Catch: Assign',
    ],
    [
      'Condition of a choice',
      (d) => Object.assign((states(d).AnythingFound!.Choices as Json[])[0]!, { Condition: '{% true %}' }),
      'AnythingFound.Choices: Condition',
    ],
    [
      'a Result that is false',
      (d) => Object.assign(inner(d, 'Scan', 'MarkLastAttempt'), { Result: false }),
      'MarkLastAttempt: Result false',
    ],
    ['an unknown type', (d) => Object.assign(states(d).Done!, { Type: 'Parallel' }), 'Done: Type Parallel'],
  ];

  it.each(plants)('%s would be found', async (_name, plant, found) => {
    const definition = await readStateMachine();
    plant(definition);
    expect(findUnhonoured(definition as unknown as Json)).toEqual([found]);
  });
});
