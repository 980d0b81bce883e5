/** As many sightings as a bad month brings, each different. */

import type { Sighting } from '../../src/core/sighting-document.ts';
import type { CaseFile } from '../../src/report/case-file.ts';

export function toCase(sightings: readonly Sighting[]): CaseFile {
  return {
    writtenAt: new Date('2026-09-10T00:00:00Z'),
    version: '0.0.0',
    findings: [],
    sightings,
    contexts: new Map(),
    evidence: new Map(),
    runs: [],
    objects: [],
    lists: [],
    queries: [],
  };
}

export function makeSightings(count: number): Sighting[] {
  return Array.from({ length: count }, (_one, i) => {
    const indicator = `203.0.113.${i % 250}`;
    const day = String(1 + (i % 28)).padStart(2, '0');
    return {
      ...{ indicator, indicator_ip: [indicator], comment: `family ${i % 90}`, source: 'iocs.csv', also_in: [] },
      ...{ account_id: '111122223333', region: 'us-east-1', interface_id: `eni-${i.toString(16).padStart(17, '0')}` },
      local_ip: `10.${Math.floor(i / 65_536)}.${Math.floor(i / 256) % 256}.${i % 256}`,
      ...{ records_out: i + 1, bytes_out: BigInt(i) * 1009n, packets_out: BigInt(i), records_in: i, bytes_in: 7n },
      ...{ packets_in: 1n, accepted: i, rejected: i % 5 },
      ...{ first_seen: `2026-09-${day}T00:00:00Z`, last_seen: `2026-09-${day}T01:00:00Z` },
      ...({ initiator: 'local', initiator_reason: 'TCP SYN without ACK', severity: 'MEDIUM' } as const),
      finding_id: `fh-${i}`,
    };
  });
}
