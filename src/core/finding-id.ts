/** Ids of findings. There is no clock of a run in them: the same traffic has the same id whenever it is looked at. */
import { hash } from 'node:crypto';
import type { Tally } from './sighting.ts';

export type HostParts = Pick<Tally, 'indicator' | 'accountId' | 'region' | 'localIp' | 'month'>;

/** What tells a host's tallies with an indicator in a month from others. */
export function toHostKey({ indicator, accountId, region, localIp, month }: HostParts): string {
  return [indicator, accountId, region, localIp, month].join(' ');
}

/** Id of the finding about the tally's host. */
export function toFindingId(host: HostParts): string {
  return toIdOfHost(toHostKey(host));
}

export function toIdOfHost(hostKey: string): string {
  return toId(hostKey);
}

/** Id of the finding about what an indicator tried in vain on one UTC day, on all hosts together. */
export function toScansId(indicator: string, day: string): string {
  return toId(`${indicator} rejected ${day}`);
}

/** Days that the records of a tally are of; its month where that is all that is known. */
export function daysOf({ course, month }: Pick<Tally, 'course' | 'month'>): string[] {
  const days = Object.keys(course?.days ?? {});
  return days.length === 0 ? [month] : days;
}

/** Ids of all findings that the tally can be part of. */
export function findingIdsOf(tally: Tally): string[] {
  return [toFindingId(tally), ...daysOf(tally).map((day) => toScansId(tally.indicator, day))];
}

function toId(text: string): string {
  return `fh-${hash('sha256', text).slice(0, 40)}`;
}
