/** Legs of a host → what they add up to, who began, and how bad it is. */
import { judgeInitiator } from './initiator.ts';
import type { HostLegs } from './legs.ts';
import { judgeSeverity } from './severity-judgement.ts';
import type { SeverityTable } from './severity-table.ts';
import { Tallies, type Tally } from './sighting.ts';

export type JudgedHost = ReturnType<typeof judgeHost>;

/** `main` is the leg with most records, whose totals are the finding's; `merged` is all of them, for what is not counted. */
export function judgeHost(key: string, { own, outer }: HostLegs, table: SeverityTable) {
  const main = own.reduce((best, leg) => (isGreaterLeg(leg, best) ? leg : best));
  const [, accountId = main.accountId] = key.split(' ');
  const all = new Tallies();
  for (const leg of own) all.merge({ ...leg, accountId, interfaceId: '' });
  const merged = all.sorted()[0]!;
  const initiator = judgeInitiator(merged.votes);
  return { key, own, outer, main, merged, initiator, severity: judgeSeverity(main, initiator.initiator, table) };
}

function isGreaterLeg(leg: Tally, best: Tally): boolean {
  const difference = leg.recordsOut + leg.recordsIn - (best.recordsOut + best.recordsIn);
  if (difference !== 0) return difference > 0;
  const bytes = leg.bytesOut + leg.bytesIn - (best.bytesOut + best.bytesIn);
  if (bytes !== 0n) return bytes > 0n;
  const nearer = toDistance(best) - toDistance(leg);
  return nearer === 0 ? toName(leg) < toName(best) : nearer > 0;
}

/** Of legs that tell the same the host's own tells most: a transit gateway's has neither interface nor action. */
function toDistance({ instanceIds, interfaceId }: Tally): number {
  if (instanceIds.length > 0) return 0;
  return interfaceId === '-' ? 2 : 1;
}

function toName({ interfaceId, accountId }: Tally): string {
  return `${interfaceId} ${accountId}`;
}
