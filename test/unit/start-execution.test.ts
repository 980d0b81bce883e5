/** An execution is started once, and again only where it failed. */
import { beforeEach, describe, expect, it } from 'vitest';
import { type ExecutionInput, toExecutionName } from '../../src/core/execution.ts';
import { startBatch, startExecution } from '../../src/tasks/start-execution.ts';
import { Executions } from './cloud-world.ts';

const BATCH = 'b'.repeat(32);
const CLOCK = '2026-09-10T12:00:00.000Z';
const INPUT: ExecutionInput = {
  ...{ execution: `new-logs_${BATCH}`, mode: 'new-logs', clock: CLOCK, window: {} },
  manifest: `manifests/2026-09-01/${BATCH}.json`,
};
let workflow: Executions;
beforeEach(() => {
  workflow = new Executions();
});

describe('startExecution', () => {
  it('starts what is new, with its own name in the input', async () => {
    expect(await startExecution(INPUT, workflow)).toEqual({ execution: INPUT.execution, outcome: 'started' });
    expect([...workflow.inputs]).toEqual([[INPUT.execution, INPUT]]);
  });

  it.each([
    ['RUNNING', 'running'],
    ['SUCCEEDED', 'succeeded'],
  ] as const)('leaves one that is %s alone', async (status, outcome) => {
    await startExecution(INPUT, workflow);
    workflow.end(status);
    expect(await startExecution(INPUT, workflow)).toEqual({ execution: INPUT.execution, outcome });
    expect(workflow.names).toHaveLength(1);
  });

  it.each(['FAILED', 'TIMED_OUT', 'ABORTED'] as const)(
    'starts one that %s again, under a name of its own',
    async (end) => {
      await startExecution(INPUT, workflow);
      workflow.end(end);
      const second = `${INPUT.execution}_2`;
      expect(await startExecution(INPUT, workflow)).toEqual({ execution: second, outcome: 'started' });
      expect(workflow.inputs.get(second)).toEqual({ ...INPUT, execution: second });
      expect(await startExecution(INPUT, workflow)).toEqual({ execution: second, outcome: 'running' });
      workflow.end('SUCCEEDED');
      expect(await startExecution(INPUT, workflow)).toEqual({ execution: second, outcome: 'succeeded' });
      expect(workflow.names).toEqual([INPUT.execution, second]);
    },
  );

  it('starts no second execution beside one that is too new to be described', async () => {
    const tooNew = { start: async () => false, status: async () => undefined };
    expect(await startExecution(INPUT, tooNew)).toEqual({ execution: INPUT.execution, outcome: 'running' });
  });

  it('gives up after ten attempts, and starts nothing more', async () => {
    const outcomes: string[] = [];
    for (let attempt = 1; attempt <= 12; attempt++) {
      outcomes.push((await startExecution(INPUT, workflow)).outcome);
      workflow.end('FAILED');
    }
    expect(outcomes).toEqual([...Array<string>(10).fill('started'), 'given up', 'given up']);
    expect(workflow.names.at(-1)).toBe(`${INPUT.execution}_10`);
  });

  it('of two that start the same at once, one does', async () => {
    const both = await Promise.all([startExecution(INPUT, workflow), startExecution(INPUT, workflow)]);
    expect(both.map(({ outcome }) => outcome).sort()).toEqual(['running', 'started']);
  });

  it('has names that Step Functions takes, with indicators and window too', async () => {
    const indicators = `indicators/${'c'.repeat(32)}.json`;
    const execution = toExecutionName('new-logs', BATCH, { indicators, window: { from: 1, to: 2 } });
    for (let attempt = 1; attempt <= 10; attempt++) {
      await startExecution({ ...INPUT, execution }, workflow);
      workflow.end('FAILED');
    }
    expect(workflow.names).toHaveLength(10);
  });
});

describe('startBatch', () => {
  it('names the execution after the batch', async () => {
    expect(await startBatch(INPUT.manifest, CLOCK, workflow)).toEqual({
      execution: INPUT.execution,
      outcome: 'started',
    });
    expect(workflow.inputs.get(INPUT.execution)).toEqual(INPUT);
  });
});
