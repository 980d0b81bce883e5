import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { StateChange } from '../../src/aws/execution-follower.ts';
import { toLines } from '../../src/cli/cloud/execution-lines.ts';

const { States } = JSON.parse(readFileSync(new URL('../../statemachines/sweep.asl.json', import.meta.url), 'utf8'));

function tell(changes: readonly [StateChange['change'], string, number][]): { kept: string[]; moving: string[] } {
  const [kept, moving] = [[] as string[], [] as string[]];
  const lines = toLines(States, (line, isFinished) => (isFinished ? kept : moving).push(line));
  for (const [change, state, second] of changes) lines.onState({ state, change, at: new Date(second * 1000) });
  lines.end();
  return { kept: kept.map((line) => line.replace(/ +█+ +/, ' | ')), moving };
}

describe('the lines of an execution', () => {
  it('keep one for each step, with its time and the tasks inside of it', () => {
    const { kept, moving } = tell([
      ['entered', 'Plan', 0],
      ['exited', 'Plan', 2],
      ['entered', 'Scan', 2],
      ['entered', 'ReadOrQuery', 2],
      ['exited', 'ReadOrQuery', 2],
      ['entered', 'ScanChunk', 2],
      ['entered', 'ScanChunk', 3],
      ['failed', 'ScanChunk', 4],
      ['exited', 'ScanChunk', 9],
      ['exited', 'ScanChunk', 10],
      ['exited', 'Scan', 10],
      ['entered', 'AnythingFound', 10],
      ['exited', 'AnythingFound', 10],
      ['entered', 'Done', 10],
    ]);
    expect(kept).toEqual(['Plan | 2 s', 'Scan | 8 s   2/2 tasks   1 failed, tried again']);
    expect(moving.join('\n')).toContain('1/2 tasks   1 failed, tried again');
  });

  it('end with the step that an execution failed in', () => {
    const { kept } = tell([
      ['entered', 'Plan', 0],
      ['failed', 'Plan', 1],
      ['entered', 'RecordFailure', 1],
    ]);
    expect(kept).toEqual(['Plan | 1 s   1 failed, tried again', 'RecordFailure | 0 s']);
  });

  it('take a state of another version for nothing they know', () => {
    expect(tell([['entered', 'BrewCoffee', 0]]).kept).toEqual([]);
  });
});
