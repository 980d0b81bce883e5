/**
 * Who opened the conversation. Each record votes at the best level it has: TCP flags (SYN without ACK), flow-direction
 * with port roles, well-known port side. The best level at which anyone voted decides; SYN and FIN of an interval are
 * OR-ed in flow logs, so a short connection shows 3 (opener) and 19 (answerer).
 */
import type { Match } from './match.ts';

export type Initiator = 'local' | 'indicator' | 'unknown';

/** Votes per level, for the local end and for the indicator. */
export type InitiatorVotes = {
  synLocal: number;
  synIndicator: number;
  rolesLocal: number;
  rolesIndicator: number;
  portLocal: number;
  portIndicator: number;
};

const SYN = 2;
const ACK = 16;
export const TCP = 6;
const UDP = 17;
/** Linux hands out client ports from here on (net.ipv4.ip_local_port_range), Windows later still. */
const FIRST_EPHEMERAL_PORT = 32_768;
const FIRST_UNPRIVILEGED_PORT = 1024;

export function emptyVotes(): InitiatorVotes {
  return { synLocal: 0, synIndicator: 0, rolesLocal: 0, rolesIndicator: 0, portLocal: 0, portIndicator: 0 };
}

/** What of a match tells who began. */
export type Clues = Pick<Match, 'direction' | 'tcpFlags' | 'flowDirection' | 'localPort' | 'remotePort' | 'protocol'>;

/** The vote of one match, added to `votes`. */
export function addVote(votes: InitiatorVotes, match: Clues): void {
  const isFromLocal = match.direction === 'out';
  if (match.tcpFlags !== null && isOpening(match.tcpFlags)) {
    votes[isFromLocal ? 'synLocal' : 'synIndicator']++;
    return;
  }
  const server = serverSide(match);
  if (server === undefined) return;
  const isOpenedByLocal = server.side === 'indicator';
  const hasRoles = match.flowDirection !== null && server.isClear;
  if (hasRoles) votes[isOpenedByLocal ? 'rolesLocal' : 'rolesIndicator']++;
  else if (server.isWellKnown) votes[isOpenedByLocal ? 'portLocal' : 'portIndicator']++;
}

/** SYN without ACK: whoever sent it began. */
export function isOpening(tcpFlags: number): boolean {
  return (tcpFlags & SYN) !== 0 && (tcpFlags & ACK) === 0;
}

/** What the votes say, and why in words a person reads. */
export function judgeInitiator(votes: InitiatorVotes): { initiator: Initiator; reason: string } {
  const levels = [
    [votes.synLocal, votes.synIndicator, 'TCP SYN without ACK'],
    [votes.rolesLocal, votes.rolesIndicator, 'flow-direction and port roles'],
    [votes.portLocal, votes.portIndicator, 'well-known port side'],
  ] as const;
  for (const [local, indicator, name] of levels) {
    if (local + indicator === 0) continue;
    const initiator = local >= indicator ? 'local' : 'indicator';
    const all = local + indicator;
    const share = Math.max(local, indicator);
    return { initiator, reason: `${name} (${share} of ${all} records)` };
  }
  return { initiator: 'unknown', reason: 'neither flags nor ports tell' };
}

/** Which side serves, by its port: clear if the other side's port is one that only clients use. */
function serverSide(match: Clues): { side: 'local' | 'indicator'; isClear: boolean; isWellKnown: boolean } | undefined {
  const { localPort, remotePort, protocol } = match;
  if (localPort === null || remotePort === null || localPort === remotePort) return undefined;
  if (protocol !== null && protocol !== TCP && protocol !== UDP) return undefined;
  const [low, high] = [Math.min(localPort, remotePort), Math.max(localPort, remotePort)];
  return {
    side: remotePort < localPort ? 'indicator' : 'local',
    isClear: low < FIRST_EPHEMERAL_PORT && high >= FIRST_EPHEMERAL_PORT,
    isWellKnown: low < FIRST_UNPRIVILEGED_PORT && high >= FIRST_UNPRIVILEGED_PORT,
  };
}
