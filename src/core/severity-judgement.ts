/** How bad a finding is, by the severity table. It is earned by the outcome: who began, what was let through, what came back. */
import type { Initiator } from './initiator.ts';
import { isAtLeast, type Severity } from './severity.ts';
import {
  DEFAULT_SEVERITY_TABLE,
  type Fact,
  SEVERAL_HOSTS,
  SEVERITY_LINES,
  type SeverityLine,
  type SeverityTable,
} from './severity-table.ts';
import type { Tally } from './sighting.ts';
import { formatBytes } from './story.ts';

export type Judgement = { readonly severity: Severity; readonly reason: string; readonly line: SeverityLine };

/** Severity of one host's traffic with one indicator, the reason in words, and the line of the table that says so. */
export function judgeSeverity(tally: Tally, initiator: Initiator, table = DEFAULT_SEVERITY_TABLE): Judgement {
  const isOpenedByHost = initiator === 'local' || (initiator === 'unknown' && tally.recordsOut > 0);
  if (isOpenedByHost) return judge('host', toOutboundFacts(tally, table), table);
  const inbound = judge('outside', toInboundFacts(tally), table);
  if (tally.votes.synLocal === 0) return inbound;
  const outbound = judge('host', toOutboundFacts(tally, table), table);
  return isAtLeast(outbound.severity, inbound.severity) ? outbound : inbound;
}

/** Several hosts with accepted, two-way traffic to one indicator: no longer one machine's trouble. */
export function raiseForHosts(
  { severity, reason }: Pick<Judgement, 'severity' | 'reason'>,
  hosts: number,
  { lines, severalHosts }: SeverityTable = DEFAULT_SEVERITY_TABLE,
): { severity: Severity; reason: string } | undefined {
  if (severity !== 'HIGH' || hosts < severalHosts) return undefined;
  return { severity: lines[SEVERAL_HOSTS] ?? 'CRITICAL', reason: `${reason}; ${hosts} hosts talk to this indicator` };
}

function judge(opener: SeverityLine['opener'], facts: ReadonlySet<Fact>, table: SeverityTable): Judgement {
  const line = SEVERITY_LINES.find((one) => one.opener === opener && one.when.every((fact) => facts.has(fact)))!;
  const reason = line.reason.replace('{large}', formatBytes(table.largeBytesOut).replace('.0 ', ' '));
  return { severity: table.lines[line.id] ?? line.severity, reason, line };
}

function toOutboundFacts(tally: Tally, { largeBytesOut }: SeverityTable): Set<Fact> {
  // A transit gateway record has no action and is never a reject.
  const passedOut = tally.recordsOut - tally.rejectedOut;
  const passedIn = tally.recordsIn - tally.rejectedIn;
  const facts = new Set<Fact>();
  if (passedOut === 0 && passedIn === 0) facts.add('nothing passed');
  const isTwoWay = tally.bytesOut > 0n && tally.bytesIn > 0n && passedOut > 0 && passedIn > 0;
  const isOnlyAttempts = tally.recordsIn === 0 && tally.votes.synLocal >= tally.recordsOut;
  const lasted = tally.firstSeen !== null && tally.lastSeen !== null && tally.lastSeen > tally.firstSeen;
  if (isTwoWay) facts.add('two-way');
  else if (isOnlyAttempts || !lasted) facts.add('unanswered');
  if (tally.bytesOut >= BigInt(largeBytesOut)) facts.add('large');
  return facts;
}

function toInboundFacts(tally: Tally): Set<Fact> {
  if (tally.recordsIn - tally.rejectedIn === 0) return new Set(['nothing let in']);
  return new Set(tally.recordsOut - tally.rejectedOut > 0 ? ['answered'] : []);
}
