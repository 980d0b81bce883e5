/** What was planted, added up while it is planted: the answer that a sweep over the demo has to find. */
import type { FlowRecord } from './conversation.ts';
import type { FlowLog } from './network.ts';

/** One indicator, one local address, one interface; keys and their order as `flowhound sweep` prints them. */
export type PlantedSighting = {
  readonly indicator: string;
  indicator_ip: string[];
  readonly account_id: string;
  readonly region: string;
  readonly interface_id: string;
  readonly local_ip: string;
  records_out: number;
  bytes_out: number;
  packets_out: number;
  records_in: number;
  bytes_in: number;
  packets_in: number;
  accepted: number;
  rejected: number;
  first_seen: string;
  last_seen: string;
};

/** A planted record: `remote` is the indicator's address, whichever of the record's columns it stands in. */
export type Planted = {
  readonly indicator: string;
  readonly remote: string;
  readonly log: FlowLog;
  readonly record: FlowRecord;
};

export class Truth {
  readonly #sightings = new Map<string, PlantedSighting>();

  /** The packet-level columns are full in every planted record, so they alone say which end is which. */
  note({ indicator, remote, log, record }: Planted): void {
    const isOut = record.packetDestination === remote;
    const local = isOut ? record.packetSource : record.packetDestination;
    const sighting = this.#sighting(indicator, log, record.host.interfaceId, local);
    if (!sighting.indicator_ip.includes(remote)) sighting.indicator_ip = [...sighting.indicator_ip, remote].sort();
    const side = isOut ? 'out' : 'in';
    sighting[`records_${side}`] += 1;
    sighting[`bytes_${side}`] += record.bytes;
    sighting[`packets_${side}`] += record.packets;
    sighting[record.action === 'ACCEPT' ? 'accepted' : 'rejected'] += 1;
    const start = toTime(record.start);
    const end = toTime(record.end);
    if (sighting.first_seen === '' || start < sighting.first_seen) sighting.first_seen = start;
    if (end > sighting.last_seen) sighting.last_seen = end;
  }

  /** In the order of the output: indicator, account, region, interface, local address, as plain text. */
  sightings(): PlantedSighting[] {
    return [...this.#sightings.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, sighting]) => sighting);
  }

  #sighting(indicator: string, log: FlowLog, interfaceId: string, localIp: string): PlantedSighting {
    // NUL sorts before every printable character, so joined keys sort as their parts do.
    const key = [indicator, log.accountId, log.region, interfaceId, localIp].join('\0');
    const known = this.#sightings.get(key);
    if (known !== undefined) return known;
    const sighting: PlantedSighting = {
      indicator,
      indicator_ip: [],
      account_id: log.accountId,
      region: log.region,
      interface_id: interfaceId,
      local_ip: localIp,
      records_out: 0,
      bytes_out: 0,
      packets_out: 0,
      records_in: 0,
      bytes_in: 0,
      packets_in: 0,
      accepted: 0,
      rejected: 0,
      first_seen: '',
      last_seen: '',
    };
    this.#sightings.set(key, sighting);
    return sighting;
  }
}

function toTime(epochSeconds: number): string {
  return new Date(epochSeconds * 1000).toISOString().replace('.000Z', 'Z');
}
