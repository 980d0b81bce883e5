/** Bytes that work leaves behind, as a run of the packaged stack had them (test/cloud/cost.test.ts), with some to spare. */
import type { BatchWork, MatchWork } from './aws-calls.ts';

export type AwsBytes = {
  /** The state machine's log: it has every event with its data, the texts of queries among it. */
  readonly history: number;
  /** Objects in the state bucket, without the address index. */
  readonly state: number;
};

const HISTORY = {
  ...{ execution: 11_000, look: 36_000 },
  chunk: { kernel: 6500, athena: 26_000 },
  matchedChunk: { kernel: 50_000, athena: 70_000 },
} as const;
/** A log object stands in its manifest and in the list of its chunk. */
const STATE = { execution: 1200, chunk: 400, object: 800, matchedObject: 14_500, look: 3000 } as const;

/** Of batches, and of the executions among them that have matches. */
export function toBytes({ scan, batches, objects, chunks }: BatchWork, match: MatchWork): AwsBytes {
  const { matchedObjects, matchedChunks, looks } = match;
  return {
    history:
      batches * HISTORY.execution +
      chunks * HISTORY.chunk[scan] +
      matchedChunks * HISTORY.matchedChunk[scan] +
      looks * HISTORY.look,
    state:
      batches * STATE.execution +
      chunks * STATE.chunk +
      objects * STATE.object +
      matchedObjects * STATE.matchedObject +
      looks * STATE.look,
  };
}
