/** What finished executions left in the store → the sightings and findings they show. */
import { fromJson } from '../core/exact-json.ts';
import { addChunkResults, type ChunkResult } from '../core/execution.ts';
import { foldFindings } from '../core/finding.ts';
import type { Finding } from '../core/finding-document.ts';
import { daysOf, toScansId } from '../core/finding-id.ts';
import { Tallies, type Tally } from '../core/sighting.ts';
import { type Sighting, toSightings } from '../core/sighting-document.ts';
import type { ObjectStore } from '../ports.ts';
import { type HostDataRatio, readHostDataRatios } from './record-data-ratio.ts';
import { dataRatioFailureKey } from './record-failure.ts';
import { type ExecutionResult, resultKey } from './record-result.ts';
import { readSeverityTable } from './severity-table.ts';
import { readTallies } from './totals.ts';

export type Executed = {
  readonly sightings: readonly Sighting[];
  /** Findings that the shown sightings belong to. */
  readonly findings: readonly Finding[];
  /** What the rest of the graver findings' hosts' traffic looks like, most bytes first; rationed. */
  readonly dataRatios: readonly HostDataRatio[];
  readonly summary: ChunkResult & {
    readonly opened: number;
    readonly updated: number;
    readonly withdrawn: number;
    /** Executions whose look at the hosts' other traffic failed; their findings stand. */
    readonly withoutDataRatio: number;
  };
};

/** Adds the executions up. A hunt stores nothing, so its sightings are judged by themselves. */
export async function readExecuted(
  executions: readonly string[],
  mode: 'sweep' | 'hunt',
  store: ObjectStore,
): Promise<Executed> {
  const results = await Promise.all(executions.map((execution) => readResult(execution, store)));
  const shown = new Tallies();
  for (const { tallies } of results) for (const tally of tallies) shown.merge(tally);
  const tallies = shown.sorted();
  const known = mode === 'hunt' || tallies.length === 0 ? tallies : await readTallies(store, tallies);
  const fold = foldFindings(known, await readSeverityTable(store));
  // A sighting over two months belongs to two findings, one of rejected scans to one a day.
  const ids = new Set(tallies.flatMap((tally) => toIds(fold.findingOf(tally), tally)));
  const sum = (kind: 'opened' | 'updated' | 'withdrawn') =>
    results.reduce((total, { result }) => total + (result?.[kind] ?? 0), 0);
  return {
    sightings: toSightings(tallies, fold),
    findings: fold.findings.filter((finding) => ids.has(finding.finding_id)),
    dataRatios: results.flatMap(({ dataRatios }) => dataRatios),
    summary: {
      ...addChunkResults(results.flatMap(({ result }) => result ?? [])),
      ...{ opened: sum('opened'), updated: sum('updated'), withdrawn: sum('withdrawn') },
      withoutDataRatio: results.filter(({ hasDataRatio }) => !hasDataRatio).length,
    },
  };
}

function toIds(finding: Finding | undefined, tally: Tally): string[] {
  if (finding === undefined) return [];
  return finding.kind === 'host' ? [finding.finding_id] : daysOf(tally).map((day) => toScansId(tally.indicator, day));
}

async function readResult(execution: string, store: ObjectStore) {
  const read = async <T>(key: string) => {
    const text = await store.get(key);
    return text === undefined ? undefined : fromJson<T>(text);
  };
  return {
    result: await read<ExecutionResult>(resultKey(execution)),
    tallies: (await read<Tally[]>(`runs/${execution}/sightings.json`)) ?? [],
    dataRatios: await readHostDataRatios(execution, store),
    hasDataRatio: (await store.get(dataRatioFailureKey(execution))) === undefined,
  };
}
