import { describe, expect, it } from 'vitest';
import { addVote, emptyVotes, type InitiatorVotes, judgeInitiator } from '../../src/core/initiator.ts';
import type { Match } from '../../src/core/match.ts';
import { makeMatch } from './tallies.ts';

function vote(...matches: Partial<Match>[]): InitiatorVotes {
  const votes = emptyVotes();
  for (const match of matches) addVote(votes, makeMatch(match));
  return votes;
}

const NOTHING: Partial<Match> = { localPort: null, remotePort: null };

describe('the vote of a record', () => {
  it.each<[string, Partial<Match>, keyof InitiatorVotes | undefined]>([
    ['SYN from our side', { tcpFlags: 2 }, 'synLocal'],
    ['SYN from theirs', { tcpFlags: 2, direction: 'in' }, 'synIndicator'],
    ['SYN and FIN of a short connection', { tcpFlags: 3 }, 'synLocal'],
    ['SYN and RST', { tcpFlags: 6, direction: 'in' }, 'synIndicator'],
    ['SYN beats the ports', { tcpFlags: 2, localPort: 443, remotePort: 49_152 }, 'synLocal'],
    ['SYN-ACK votes by its ports', { tcpFlags: 18, direction: 'in' }, 'portLocal'],
    ['SYN-ACK and FIN too', { tcpFlags: 19, direction: 'in', flowDirection: 'ingress' }, 'rolesLocal'],
    ['no SYN', { tcpFlags: 0 }, 'portLocal'],
    ['flow-direction, their port serves', { flowDirection: 'egress' }, 'rolesLocal'],
    [
      'flow-direction, our port serves',
      { flowDirection: 'ingress', localPort: 8443, remotePort: 40_000 },
      'rolesIndicator',
    ],
    ['flow-direction, two client ports', { flowDirection: 'egress', localPort: 50_000, remotePort: 40_000 }, undefined],
    ['flow-direction, two server ports', { flowDirection: 'egress', localPort: 5000, remotePort: 443 }, 'portLocal'],
    ['flow-direction, no ports', { flowDirection: 'egress', ...NOTHING }, undefined],
    ['well-known port on their side', {}, 'portLocal'],
    ['well-known port on ours', { localPort: 22, remotePort: 51_000 }, 'portIndicator'],
    ['two well-known ports', { localPort: 123, remotePort: 22 }, undefined],
    ['the same port on both sides', { localPort: 123, remotePort: 123 }, undefined],
    ['no well-known port', { localPort: 40_000, remotePort: 8443 }, undefined],
    ['the last well-known port', { localPort: 1024, remotePort: 1023 }, 'portLocal'],
    ['UDP', { protocol: 17, remotePort: 53 }, 'portLocal'],
    ['no protocol named', { protocol: null }, 'portLocal'],
    ['ICMP has no ports', { protocol: 1, localPort: 0, remotePort: 8 }, undefined],
  ])('%s', (_name, match, expected) => {
    expect(vote(match)).toEqual({ ...emptyVotes(), ...(expected === undefined ? {} : { [expected]: 1 }) });
  });
});

describe('judgeInitiator', () => {
  it.each<[string, Partial<InitiatorVotes>, string, string]>([
    [
      'flags decide before all else',
      { synIndicator: 1, rolesLocal: 9, portLocal: 9 },
      'indicator',
      'TCP SYN without ACK (1 of 1 records)',
    ],
    [
      'then roles',
      { rolesLocal: 2, rolesIndicator: 1, portIndicator: 9 },
      'local',
      'flow-direction and port roles (2 of 3 records)',
    ],
    ['then ports', { portIndicator: 4, portLocal: 1 }, 'indicator', 'well-known port side (4 of 5 records)'],
    ['else nobody knows', {}, 'unknown', 'neither flags nor ports tell'],
    ['a tie is ours', { synLocal: 3, synIndicator: 3 }, 'local', 'TCP SYN without ACK (3 of 6 records)'],
  ])('%s', (_name, votes, initiator, reason) => {
    expect(judgeInitiator({ ...emptyVotes(), ...votes })).toEqual({ initiator, reason });
  });

  it('a reply of ours to a scanner is theirs', () => {
    const votes = vote(
      { direction: 'in', tcpFlags: 2, remotePort: 40_000, localPort: 22 },
      {
        direction: 'out',
        tcpFlags: 18,
        remotePort: 40_000,
        localPort: 22,
      },
    );
    expect(judgeInitiator(votes).initiator).toBe('indicator');
  });
});
