/** Parts of the evidence in a store, the latest first: an object that came in with several batches is told by one of them. */
import { fromJson } from '../../core/exact-json.ts';
import type { ObjectStore } from '../../ports.ts';
import type { ExecutionResult } from '../../tasks/record-result.ts';

export type EvidencePart = {
  /** Key of its records. */
  readonly key: string;
  /** Key of the addresses in them that are indicators. */
  readonly addresses: string;
  readonly batch: string;
};

export type Execution = { readonly name: string; readonly batch: string; readonly clock: string };

const RECORDS = /^evidence\/records\/(batch=([^/]+)\/.*)\.json\.gz$/;

export async function listExecutions(store: ObjectStore): Promise<Execution[]> {
  const executions: Execution[] = [];
  for await (const key of store.list('runs/')) {
    const name = /^runs\/([^/]+)\/result\.json$/.exec(key)?.[1];
    const text = name === undefined ? undefined : await store.get(key);
    if (name === undefined || text === undefined) continue;
    const { clock } = fromJson<ExecutionResult>(text);
    // `sweep_12e2…_fb41…`: how, which batch, and what else tells it from others.
    executions.push({ name, clock, batch: name.split('_')[1] ?? '' });
  }
  return executions.sort((a, b) => (a.name < b.name ? -1 : 1));
}

export async function listParts(executions: readonly Execution[], store: ObjectStore): Promise<EvidencePart[]> {
  const clocks = new Map<string, string>();
  for (const { batch, clock } of executions) if ((clocks.get(batch) ?? '') < clock) clocks.set(batch, clock);
  const parts: EvidencePart[] = [];
  for await (const key of store.list('evidence/records/')) {
    const [, path, batch] = RECORDS.exec(key) ?? [];
    if (path !== undefined && batch !== undefined)
      parts.push({ key, batch, addresses: `evidence/indicator_addresses/${path}.json` });
  }
  const toClock = ({ batch }: EvidencePart) => clocks.get(batch) ?? '';
  return parts.sort((a, b) => compare(toClock(b), toClock(a)) || compare(a.key, b.key));
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
