/** What the logs could not tell: what was not recorded, not readable, or never came. */
import type { StoredLogObject } from '../core/batch.ts';
import { addChunkResults, type ChunkResult } from '../core/execution.ts';
import type { Run } from './run-documents.ts';

export type Silence = {
  readonly accountId: string;
  readonly region: string;
  readonly flowLogId: string;
  readonly from: Date;
  readonly to: Date;
};

export type Coverage = {
  readonly totals: ChunkResult;
  readonly places: readonly Place[];
  readonly silences: readonly Silence[];
};

/** What came from one account and region. */
export type Place = {
  readonly accountId: string;
  readonly region: string;
  readonly objects: number;
  readonly bytes: number;
  readonly firstDay: string;
  readonly lastDay: string;
};

const DELIVERED_AT = /_(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})Z_[^_/]+$/;
/** Objects come every 5 minutes, or 10, and with little traffic now and then one less. */
const GAP_FACTOR = 1.9;
const LEAST_GAP_MS = 30 * 60_000;

export function toCoverage(runs: readonly Run[], objects: readonly StoredLogObject[]): Coverage {
  return {
    totals: addChunkResults(runs.map(({ result }) => result)),
    places: toPlaces(objects),
    silences: findSilences(objects),
  };
}

function toPlaces(objects: readonly StoredLogObject[]): Place[] {
  const groups = Map.groupBy(objects, ({ accountId, region }) => `${accountId} ${region}`);
  return [...groups.values()]
    .map((group) => {
      const days = group.map(({ date }) => date).sort();
      const { accountId, region } = group[0]!;
      const bytes = group.reduce((total, { sizeBytes }) => total + sizeBytes, 0);
      return { accountId, region, objects: group.length, bytes, firstDay: days[0]!, lastDay: days.at(-1)! };
    })
    .sort((a, b) => (a.accountId + a.region < b.accountId + b.region ? -1 : 1));
}

/** Times between two deliveries of a flow log that are twice as long as usual, as the names of its objects tell. */
function findSilences(objects: readonly StoredLogObject[]): Silence[] {
  const silences: Silence[] = [];
  for (const group of Map.groupBy(objects, toFlowLog).values()) {
    const times = [...new Set(group.map(toDelivery).filter((time) => time !== undefined))].sort((a, b) => a - b);
    const gaps = times.slice(1).map((time, i) => time - times[i]!);
    const usual = [...gaps].sort((a, b) => a - b)[Math.floor(gaps.length / 2)] ?? 0;
    const { accountId, region, flowLogId = '-' } = group[0]!;
    for (const [i, gap] of gaps.entries()) {
      if (gap < LEAST_GAP_MS || gap < usual * GAP_FACTOR) continue;
      const [from, to] = [new Date(times[i]! + usual), new Date(times[i + 1]!)];
      silences.push({ accountId, region, flowLogId, from, to });
    }
  }
  return silences.sort((a, b) => a.from.getTime() - b.from.getTime());
}

function toFlowLog({ accountId, region, flowLogId }: StoredLogObject): string {
  return [accountId, region, flowLogId].join(' ');
}

function toDelivery({ identity }: StoredLogObject): number | undefined {
  const match = DELIVERED_AT.exec(identity);
  if (match === null) return undefined;
  const [year, month, day, hour, minute] = match.slice(1).map(Number) as [number, number, number, number, number];
  return Date.UTC(year, month - 1, day, hour, minute);
}
